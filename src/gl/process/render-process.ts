/**
 * A process that renders, seen from the one above it: started, heard until it is ready, watched, ended. OpenGL drivers are
 * native code that a guest can crash or hang, so nothing else lives in such a process.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { HostError } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { nextCodeCache } from './code-cache.ts';
import type { ReadyMessage, RenderMessage, RenderSettings } from './render-messages.ts';
import { starvationOf } from './starvation.ts';

const LAUNCHER = fileURLToPath(new URL('launch.ts', import.meta.url));
/** Node says that the call by which one program takes another's place is new. */
const QUIETLY = ['--disable-warning=ExperimentalWarning'];

/** How a process is started. */
export interface RenderProcessOptions {
  /** The path of its program. */
  readonly program: string;
  readonly settings: RenderSettings;
  /** Descriptors that it gets as 3 and up; they stay the caller's. */
  readonly fds: readonly number[];
  readonly log: Logger;
  /** Hears what is neither about its start nor for the log. */
  readonly onMessage?: (message: RenderMessage) => void;
}

/** How a process ended. */
export interface RenderExit {
  readonly reason: string;
  /** The signal that ended it, if one did. */
  readonly signal: NodeJS.Signals | null;
}

/** A process that renders. */
export class RenderProcess {
  /** Settles when the device is open. Rejects with HostError when it is not to be had. */
  readonly ready: Promise<ReadyMessage>;
  /** Settles when the process is gone. */
  readonly exited: Promise<RenderExit>;
  readonly #child: ChildProcess;
  #reason = '';

  constructor(options: RenderProcessOptions) {
    const { program, settings, fds, log } = options;
    const cache = nextCodeCache();
    const words = [program, JSON.stringify(settings)];
    // By its number among the descriptors below.
    const launcher = [...QUIETLY, LAUNCHER, cache.own, String(3 + fds.length)];
    this.#child = spawn(process.execPath, process.execve === undefined ? words : [...launcher, ...words], {
      stdio: ['ignore', 'inherit', 'inherit', ...fds, 'ipc'],
      env: cache.environment,
    });
    const ready = Promise.withResolvers<ReadyMessage>();
    const exited = Promise.withResolvers<RenderExit>();
    // Whoever waits hears of it; nobody has to.
    ready.promise.catch(() => {});
    this.ready = ready.promise;
    this.exited = exited.promise;
    this.#child.on('error', (error) => {
      ready.reject(new HostError('NO_PROCESS', `a GPU process could not be started: ${error.message}`));
      if (this.#child.pid === undefined) exited.resolve({ reason: error.message, signal: null });
    });
    this.#child.on('exit', (code, signal) => {
      if (this.#reason === '') this.#reason = signal === null ? `ended with status ${code}` : `ended by ${signal}`;
      ready.reject(new HostError('NO_GL', `the GPU process ended before it was ready (${this.#reason})`));
      exited.resolve({ reason: this.#reason, signal });
    });
    this.#child.on('message', (message: RenderMessage) => {
      switch (message.kind) {
        case 'ready':
          cache.share();
          ready.resolve(message);
          return;
        case 'failed':
          this.#reason = message.message;
          ready.reject(new HostError(message.code, message.message));
          return;
        case 'end':
          this.#reason = message.reason;
          return;
        case 'log':
          log[message.level](message.message, { ...message.fields, pid: this.pid });
          return;
        default:
          options.onMessage?.(message);
      }
    });
  }

  /** 0 when it never ran. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Whether it was stopped by a signal. */
  get isStopped(): boolean {
    try {
      const text = readFileSync(`/proc/${this.pid}/stat`, 'latin1');
      return text.charAt(text.lastIndexOf(')') + 2) === 'T';
    } catch {
      return false;
    }
  }

  /** How long each of its threads has waited for a processor (starvation.ts). */
  get starvation(): ReadonlyMap<number, number> {
    return starvationOf(this.pid);
  }

  /** Ends it at once; `exited` tells when. A reason given here is the one told. */
  kill(reason = ''): void {
    if (reason !== '' && this.#reason === '') this.#reason = reason;
    this.#child.kill('SIGKILL');
  }
}
