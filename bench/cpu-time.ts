/** Processor time of a process and all that it started, with some threads counted apart (Linux: proc(5)). */
import { readdir, readFile } from 'node:fs/promises';

/** Milliseconds of processor time since the processes began. */
export interface CpuTime {
  /** Everything but the threads counted apart: what serving costs. */
  readonly serverMs: number;
  /** The part of `serverMs` that is the first process's own. */
  readonly ownMs: number;
  /** The threads counted apart. */
  readonly apartMs: number;
}

/** The difference of two readings. */
export function cpuSince(before: CpuTime, after: CpuTime): CpuTime {
  return {
    serverMs: after.serverMs - before.serverMs,
    ownMs: after.ownMs - before.ownMs,
    apartMs: after.apartMs - before.apartMs,
  };
}

/**
 * Adds up a process tree, threads whose name `apart` matches by themselves. Other threads that ended are counted with their
 * process, processes that ended are not.
 */
export async function cpuTime(rootPid: number, apart: RegExp): Promise<CpuTime> {
  const sum = { serverMs: 0, ownMs: 0, apartMs: 0 };
  for (const pid of await processTree(rootPid)) {
    const { serverMs, apartMs } = await processCpuTime(pid, apart);
    sum.apartMs += apartMs;
    sum.serverMs += serverMs;
    if (pid === rootPid) sum.ownMs = serverMs;
  }
  return sum;
}

/** As `cpuTime`, of one process alone. */
export async function processCpuTime(pid: number, apart: RegExp): Promise<CpuTime> {
  const total = await statMs(`/proc/${pid}/stat`);
  let apartMs = 0;
  for (const tid of await readdir(`/proc/${pid}/task`).catch(() => [])) {
    const name = await readFile(`/proc/${pid}/task/${tid}/comm`, 'utf8').catch(() => '');
    if (apart.test(name)) apartMs += await statMs(`/proc/${pid}/task/${tid}/stat`);
  }
  return { serverMs: total - apartMs, ownMs: total - apartMs, apartMs };
}

/** A process and all its descendants. */
export async function processTree(rootPid: number): Promise<number[]> {
  const children = new Map<number, number[]>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number((await statFields(`/proc/${name}/stat`))[1] ?? 0);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree = [rootPid];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** Fields from the third on (state, parent, …): the second is a name that may hold anything, in brackets. */
async function statFields(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** User and system time, which Linux counts in hundredths of a second for programs. */
async function statMs(path: string): Promise<number> {
  const fields = await statFields(path);
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10;
}
