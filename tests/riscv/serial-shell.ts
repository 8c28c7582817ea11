/** A machine whose guest has a shell on the serial port, which is the standard input and output of the machine's program. */
import { RunningProgram } from '../clients/running-program.ts';

const COMMAND_LIMIT_MS = 900_000;
const ASK_AGAIN_MS = 3000;
const KEPT_LINES = 500;

/** The machine. `using` it (asynchronously) ends it. */
export class SerialShell implements AsyncDisposable {
  readonly #program: RunningProgram;
  readonly #lines: string[] = [];
  #wake: () => void = () => {};

  constructor(program: string, words: readonly string[]) {
    this.#program = new RunningProgram(program, words, {
      onLine: (line) => {
        this.#lines.push(line.replaceAll('\r', ''));
        if (this.#lines.length > KEPT_LINES) this.#lines.shift();
        this.#wake();
      },
    });
    void this.#program.ended.then(() => this.#wake());
  }

  /** The process of the machine. */
  get pid(): number {
    return this.#program.pid;
  }

  /** Waits for the shell of a guest that was started with `saffron.run=shell`. */
  async start(): Promise<void> {
    await this.#until(/saffron: the system is up/);
    // What is typed before the shell is there is lost; `$?` tells what is printed from what was typed.
    const asking = setInterval(() => this.#program.write('echo "=here= $?"\n'), ASK_AGAIN_MS);
    await this.#until(/^=here= \d/).finally(() => clearInterval(asking));
  }

  /** Has a command done, and gives the lines that it printed, behind what was typed. Throws Error when it ends the machine, or takes a quarter of an hour. */
  async run(command: string): Promise<readonly string[]> {
    this.#program.write(`${command}; echo "=done= $?"\n`);
    return this.#until(/^=done= \d/);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.stop();
  }

  /** The lines up to the one that fits. */
  async #until(words: RegExp): Promise<readonly string[]> {
    const end = performance.now() + COMMAND_LIMIT_MS;
    for (;;) {
      const found = this.#lines.findIndex((line) => words.test(line));
      if (found >= 0) return this.#lines.splice(0, found + 1).slice(0, -1);
      const heard = this.#lines.join('\n');
      if (this.#program.hasEnded) throw this.#program.failure(`ended:\n${heard}`);
      const left = end - performance.now();
      if (left <= 0) throw this.#program.failure(`has not said ${words} in time:\n${heard}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
