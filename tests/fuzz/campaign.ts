/** Tries inputs in a process of their own until the time is up; what breaks it is made as small as can be. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { longestWait, starvationOf } from '../../src/gl/process/starvation.ts';
import type { FuzzReply, FuzzRequest } from './child.ts';
import { fuzzTargets } from './targets.ts';
import type { FuzzStep, FuzzTargetName } from './targets.ts';

const PROGRAM = fileURLToPath(new URL('child.ts', import.meta.url));
/** Longer than any input takes. Time without a processor does not count: a busy machine is no failure. */
const INPUT_TIMEOUT_MS = 30_000;
/** What a process may hold after all that it did so far. */
const MAX_RESIDENT_BYTES = 1536 << 20;
const END_TIMEOUT_MS = 5000;
const NO_ANSWER = 'no answer';
const INPUTS_A_PROCESS = 4000;
const MAX_SHRINKING_RUNS = 300;

/** An input that broke something. */
export interface FuzzFailure {
  readonly seed: number;
  readonly reason: string;
  readonly steps: readonly FuzzStep[];
}

/** What a campaign came to. */
export interface FuzzResult {
  readonly runs: number;
  readonly failures: readonly FuzzFailure[];
  readonly remarks: ReadonlyMap<string, number>;
  readonly residentBytes: number;
}

/** A process that tries inputs of one target. */
export class FuzzProcess {
  readonly #target: FuzzTargetName;
  #child: ChildProcess | null = null;
  #runs = 0;
  remarks: ReadonlyMap<string, number> = new Map();
  residentBytes = 0;

  constructor(target: FuzzTargetName) {
    this.#target = target;
  }

  /** Why the input broke something, or null. After a failure the next input gets a new process. */
  async attempt(request: FuzzRequest): Promise<string | null> {
    if (this.#runs >= INPUTS_A_PROCESS) await this.close();
    const child = (this.#child ??= fork(PROGRAM, [this.#target], {
      // Words of the driver about wrong shaders are none of ours.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { ...process.env, MESA_DEBUG: 'silent' },
    }));
    this.#runs++;
    const failure = await this.#answer(child, request);
    if (failure !== null) await this.close();
    return failure;
  }

  /** Ends the process: by itself, so that it ends what it started, or after a while by force. */
  async close(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    this.#runs = 0;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    const timer = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS);
    if (child.connected) child.disconnect();
    await exited;
    clearTimeout(timer);
  }

  async #answer(child: ChildProcess, request: FuzzRequest): Promise<string | null> {
    const { promise, resolve } = Promise.withResolvers<string | null>();
    const onMessage = (reply: FuzzReply): void => {
      this.remarks = new Map(reply.remarks);
      this.residentBytes = reply.residentBytes;
      const isLarge = reply.residentBytes > MAX_RESIDENT_BYTES;
      resolve(reply.failure ?? (isLarge ? `the process holds ${reply.residentBytes} bytes` : null));
    };
    const onExit = (code: number | null, signal: string | null): void =>
      resolve(`the process ended: ${signal ?? `status ${code}`}`);
    child.on('message', onMessage);
    child.on('exit', onExit);
    const { pid = 0 } = child;
    const begun = performance.now();
    const before = starvationOf(pid);
    const look = (): void => {
      const left = INPUT_TIMEOUT_MS - (performance.now() - begun - longestWait(before, starvationOf(pid)));
      if (left <= 0) resolve(`${NO_ANSWER} in ${INPUT_TIMEOUT_MS / 1000} s`);
      else timer = setTimeout(look, left);
    };
    let timer = setTimeout(look, INPUT_TIMEOUT_MS);
    try {
      child.send(request);
      return await promise;
    } finally {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
    }
  }
}

/** Tries inputs of seeds from `seed` on for so long. `onFailure` hears of each failure, made small, as it is found. */
export async function campaign(
  name: FuzzTargetName,
  options: {
    readonly seconds: number;
    readonly seed: number;
    readonly onFailure?: (failure: FuzzFailure) => void;
    readonly maxFailures?: number;
  },
): Promise<FuzzResult> {
  const { seconds, seed: first, onFailure, maxFailures = 1 } = options;
  const end = performance.now() + seconds * 1000;
  const process = new FuzzProcess(name);
  const failures: FuzzFailure[] = [];
  const remarks = new Map<string, number>();
  let runs = 0;
  try {
    for (let seed = first; performance.now() < end && failures.length < maxFailures; seed++) {
      runs++;
      const reason = await process.attempt({ seed });
      if (reason === null) continue;
      const whole = fuzzTargets[name].generate(seed);
      // Every try of one that hangs takes as long as it may.
      const steps = reason.startsWith(NO_ANSWER) ? whole : await shrink(name, whole, reason);
      const failure = { seed, reason, steps };
      failures.push(failure);
      onFailure?.(failure);
    }
    for (const [remark, count] of process.remarks) remarks.set(remark, count);
    return { runs, failures, remarks, residentBytes: process.residentBytes };
  } finally {
    await process.close();
  }
}

/** The same kind of failure: what it says, without numbers and places. */
function kindOf(reason: string): string {
  return (reason.split('\n')[0] ?? '').replaceAll(/\d+/g, 'N');
}

/** Leaves out what is not needed for the failure; gives up when that takes too long. */
async function shrink(name: FuzzTargetName, steps: readonly FuzzStep[], reason: string): Promise<readonly FuzzStep[]> {
  const process = new FuzzProcess(name);
  let runs = 0;
  const breaks = async (tried: readonly FuzzStep[]): Promise<boolean> => {
    if (++runs > MAX_SHRINKING_RUNS) return false;
    const found = await process.attempt({ steps: tried });
    return found !== null && kindOf(found) === kindOf(reason);
  };
  try {
    // What failed only together with what came before it cannot be made small.
    if (!(await breaks(steps))) return steps;
    let small = await shorten(steps, breaks);
    for (const [i, { text }] of small.entries()) {
      if (text === undefined) continue;
      const lines = await shorten(text.split('\n'), (some) => breaks(withText(small, i, some)));
      small = withText(small, i, lines);
    }
    return small;
  } finally {
    await process.close();
  }
}

function withText(steps: readonly FuzzStep[], at: number, lines: readonly string[]): readonly FuzzStep[] {
  return steps.map((step, i) => (i === at ? { ...step, text: lines.join('\n') } : step));
}

/** Leaves out ever smaller runs of a list as long as the rest still does it. */
async function shorten<T>(list: readonly T[], does: (some: readonly T[]) => Promise<boolean>): Promise<readonly T[]> {
  let small = list;
  for (let size = Math.ceil(small.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < small.length;) {
      const without = [...small.slice(0, at), ...small.slice(at + size)];
      if (without.length < small.length && (await does(without))) small = without;
      else at += size;
    }
  }
  return small;
}
