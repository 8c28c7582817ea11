/** A program that a test started: its output kept, its end awaited, stopped with the scope that owns it. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

const KEPT_OUTPUT = 64 * 1024;
const GRACE_MS = 10_000;

/** How a program ended: by itself with a status, or by a signal. */
export interface ProgramEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What to start, and where its output goes. */
export interface ProgramOptions {
  /** Added to our own environment; a value of undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Gets each whole line of stdout, without its end. */
  readonly onLine?: (line: string) => void;
}

/** Programs that run now: should this process end without having stopped them, they are asked to end then. */
const running = new Set<ChildProcessByStdio<Writable, Readable, Readable>>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGTERM');
});

/** A started program. `using` it (asynchronously) ends it. */
export class RunningProgram implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #name: string;
  #output = '';
  #line = '';
  #hasEnded = false;
  /** Resolves when the program is gone and its output read; never rejects. */
  readonly ended: Promise<ProgramEnd>;

  constructor(program: string, args: readonly string[], options: ProgramOptions = {}) {
    this.#name = program;
    const env = { ...process.env, ...options.env };
    this.#child = spawn(program, args, { env, cwd: options.cwd, stdio: ['pipe', 'pipe', 'pipe'] });
    running.add(this.#child);
    const onLine = options.onLine;
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => this.#onStdout(text, onLine));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => this.#keep(text));
    this.#child.stdin.on('error', (error) => this.#keep(`stdin: ${error.message}\n`));
    this.ended = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#keep(`${error.message}\n`);
        if (this.#child.pid === undefined) this.#finish(resolve, null, null);
      });
      this.#child.once('close', (status, signal) => this.#finish(resolve, status, signal));
    });
  }

  /** 0 when the program could not be started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The last 64 KiB of stdout and stderr. */
  get output(): string {
    return this.#output;
  }

  /** Writes to stdin. */
  write(text: string): void {
    this.#child.stdin.write(text);
  }

  /** Closes stdin. */
  closeInput(): void {
    this.#child.stdin.end();
  }

  /** Sends a signal; a program that is gone is left in peace. */
  kill(signal: NodeJS.Signals): void {
    if (!this.#hasEnded) this.#child.kill(signal);
  }

  /** Asks by SIGTERM, after 10 s by SIGKILL; resolves with the end. */
  async stop(): Promise<ProgramEnd> {
    this.kill('SIGTERM');
    const timer = setTimeout(() => this.kill('SIGKILL'), GRACE_MS);
    const end = await this.ended;
    clearTimeout(timer);
    return end;
  }

  /** An error with this sentence and the program's last words. */
  failure(sentence: string): Error {
    return new Error(`${this.#name}: ${sentence}\n${this.#output.slice(-2000)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #onStdout(text: string, onLine: ((line: string) => void) | undefined): void {
    if (onLine === undefined) return this.#keep(text);
    const lines = (this.#line + text).split('\n');
    this.#line = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  }

  #keep(text: string): void {
    this.#output = (this.#output + text).slice(-KEPT_OUTPUT);
  }

  #finish(resolve: (end: ProgramEnd) => void, status: number | null, signal: NodeJS.Signals | null): void {
    this.#hasEnded = true;
    running.delete(this.#child);
    resolve({ status, signal });
  }
}
