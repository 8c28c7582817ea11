/**
 * QEMU as a child process: started so that it ends when we do, however we end; its last words kept; ended in order.
 *
 * It gets a session of its own, so that Ctrl-C at our terminal reaches us alone. `setpriv` makes the kernel kill it when
 * the thread that started it is gone, so machines are started on the main thread; where `setpriv` is not there, a
 * shell waits for our end of a pipe to close and kills it then.
 */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { HostError } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { findProgram } from './find-program.ts';
import { LastWords } from './last-words.ts';

/** How a process came to its end. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface QemuProcessOptions {
  readonly path: string;
  readonly args: readonly string[];
  /** Descriptors of ours that the process gets as 3, 4, … */
  readonly fds: readonly number[];
  /** Whether standard input and output are ours, for a serial port there. */
  readonly sharesTerminal: boolean;
  readonly log: Logger;
}

/** Time for an orderly end after being asked to, and after SIGTERM. */
const QUIT_MS = 3000;
const TERM_MS = 2000;

export class QemuProcess {
  /** Resolves when the process is gone and all it said was read. */
  readonly exit: Promise<ProcessExit>;
  readonly lastWords = new LastWords();
  readonly #child: ChildProcess;
  readonly #guard: ChildProcess | null;
  #isGone = false;

  private constructor(child: ChildProcess, guard: ChildProcess | null, log: Logger) {
    this.#child = child;
    this.#guard = guard;
    child.stderr?.on('data', (bytes: Buffer) => {
      for (const line of this.lastWords.push(bytes)) log.debug('qemu says', { line });
    });
    this.exit = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        this.#isGone = true;
        this.#guard?.kill('SIGKILL');
        resolve({ code, signal });
      });
    });
  }

  /** Starts QEMU; resolves when the process exists. Throws HostError when it cannot be started. */
  static async start(options: QemuProcessOptions): Promise<QemuProcess> {
    const setpriv = await findSetpriv();
    const [path, args] =
      setpriv === null
        ? [options.path, options.args]
        : [setpriv, ['--pdeathsig', 'KILL', '--', options.path, ...options.args]];
    const terminal = options.sharesTerminal ? 'inherit' : 'ignore';
    const child = spawn(path, args, {
      stdio: [terminal, terminal, 'pipe', ...options.fds],
      detached: true,
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => {
        reject(new HostError('qemu-start', `QEMU could not be started: ${error.message}.`, { cause: error }));
      });
    });
    const guard = setpriv === null && child.pid !== undefined ? startGuard(child.pid) : null;
    return new QemuProcess(child, guard, options.log);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Ends it: by `askToQuit`, by SIGTERM, by SIGKILL, each when the one before took too long. Resolves when gone. */
  async stop(askToQuit: (() => Promise<unknown>) | null): Promise<void> {
    if (askToQuit !== null && !this.#isGone) {
      askToQuit().catch(() => {});
      if (await this.#endsWithin(QUIT_MS)) return;
    }
    this.#child.kill('SIGTERM');
    if (await this.#endsWithin(TERM_MS)) return;
    this.#child.kill('SIGKILL');
    await this.exit;
  }

  async #endsWithin(ms: number): Promise<boolean> {
    if (this.#isGone) return true;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([this.exit, promise]);
    clearTimeout(timer);
    return this.#isGone;
  }
}

let setprivSearch: Promise<string | null> | null = null;

/** The path of a `setpriv` that knows --pdeathsig (util-linux 2.33 and newer, not busybox). */
function findSetpriv(): Promise<string | null> {
  setprivSearch ??= searchSetpriv();
  return setprivSearch;
}

async function searchSetpriv(): Promise<string | null> {
  const path = await findProgram('setpriv');
  if (path === null) return null;
  return new Promise((resolve) => {
    execFile(path, ['--pdeathsig', 'KILL', '--', 'true'], (error) => resolve(error === null ? path : null));
  });
}

function startGuard(pid: number): ChildProcess {
  const script = 'read -r line; kill -KILL "$1"';
  const guard = spawn('/bin/sh', ['-c', script, 'sh', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.on('error', () => {});
  guard.stdin?.on('error', () => {});
  guard.unref();
  return guard;
}
