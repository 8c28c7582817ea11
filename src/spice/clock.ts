/** Time as the SPICE server sees it, so that a test can let minutes pass at once. */
export interface Clock {
  /** Milliseconds that only ever grow, from an unspecified start. */
  now(): number;
  /** Runs `run` once after that many milliseconds, unless the handle is disposed first. */
  after(milliseconds: number, run: () => void): Disposable;
}

/** The machine's own clock. A timer keeps the process alive until it fires or is disposed. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
