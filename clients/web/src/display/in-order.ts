/**
 * Runs steps strictly in the order they were given, though some have to wait for something (a JPEG that the browser
 * decodes elsewhere). A step that need not wait, behind none that does, runs at once.
 */
interface Step {
  run: (() => void) | null;
}

export class InOrder {
  readonly #steps: Step[] = [];
  readonly #onError: (error: unknown) => void;
  readonly #onCaughtUp: () => void;
  #isRunning = false;
  #isClosed = false;

  /**
   * `onError` is told the first thing that a step or a wait threw; nothing runs afterwards. `onCaughtUp` hears when a wait
   * has ended and nothing is left to run.
   */
  constructor(onError: (error: unknown) => void, onCaughtUp: () => void) {
    this.#onError = onError;
    this.#onCaughtUp = onCaughtUp;
  }

  /** Steps that have not run yet. */
  get waiting(): number {
    return this.#steps.length;
  }

  /** A step that can run as soon as those before it have. */
  push(run: () => void): void {
    if (this.#isClosed) return;
    this.#steps.push({ run });
    this.#drain();
  }

  /** A step that also needs what `promise` gives. */
  pushAfter<T>(promise: Promise<T>, run: (value: T) => void): void {
    if (this.#isClosed) return;
    const step: Step = { run: null };
    this.#steps.push(step);
    promise.then(
      (value) => {
        step.run = () => run(value);
        this.#drain();
        if (!this.#isClosed && this.#steps.length === 0) this.#onCaughtUp();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  /** Forgets what has not run; nothing runs from now on. */
  close(): void {
    this.#isClosed = true;
    this.#steps.length = 0;
  }

  #drain(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      let done = 0;
      while (!this.#isClosed) {
        const run = this.#steps[done]?.run;
        if (run === null || run === undefined) break;
        done++;
        run();
      }
      this.#steps.splice(0, done);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isRunning = false;
    }
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return;
    this.close();
    this.#onError(error);
  }
}
