import { setTimeout as delay } from 'node:timers/promises';

/** How long and how often to look. */
export interface PollOptions {
  readonly timeoutMs: number;
  /** Time between two looks; 50 if left out. */
  readonly everyMs?: number;
}

/**
 * Looks again and again until `look` gives something else than null, and gives that back: for things outside our
 * process that tell nobody when they change (a window, a file). Rejects when the time is over, saying what was awaited.
 */
export async function pollUntil<T>(what: string, options: PollOptions, look: () => Promise<T | null>): Promise<T> {
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() > deadline) throw new Error(`waited ${options.timeoutMs} ms for ${what}`);
    await delay(options.everyMs ?? 50);
  }
}
