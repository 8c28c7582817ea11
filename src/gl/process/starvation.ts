/** How long threads of a process waited for a processor: on a busy machine that is most of the time that they take. */
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Milliseconds that each thread of a process has been kept waiting for a processor since it began, by the thread's number.
 * Empty where the kernel does not count, or where there is no such process.
 */
export function starvationOf(pid: number): ReadonlyMap<number, number> {
  const waits = new Map<number, number>();
  try {
    for (const name of readdirSync(`/proc/${pid}/task`)) {
      // Nanoseconds it ran, nanoseconds it waited, turns.
      const [, waited] = readFileSync(`/proc/${pid}/task/${name}/schedstat`, 'latin1').split(' ');
      waits.set(Number(name), Number(waited) / 1e6);
    }
  } catch {
    // It is gone, or a thread of it.
  }
  return waits;
}

/** How long the thread waited, between two looks, that waited longest. */
export function longestWait(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): number {
  let most = 0;
  for (const [thread, waited] of after) most = Math.max(most, waited - (before.get(thread) ?? waited));
  return most;
}
