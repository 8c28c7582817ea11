/**
 * A process that renders, seen from the one above it: started, heard until it is ready, watched, ended. OpenGL drivers are
 * native code that a guest can crash or hang, so nothing else lives in such a process.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { HostError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { nextCodeCache, NO_SHADER_CACHE } from './code-cache.ts';
import type { ReadyMessage, RenderMessage, RenderSettings, StartSettings } from './render-messages.ts';
import { ShaderMemory } from './shader-memory.ts';
import type { ShaderStore } from './shader-store.ts';
import { starvationOf } from './starvation.ts';

const LAUNCHER = fileURLToPath(new URL('launch.ts', import.meta.url));
/** Node says that the call by which one program takes another's place is new. */
const QUIETLY = ['--disable-warning=ExperimentalWarning'];
const FIRST_FD = 3;
/** Mesa's threads may be writing what they compiled last. */
const GIVE_TRIES = 50;
const GIVE_RETRY_MS = 10;

/** How a process is started. */
export interface RenderProcessOptions {
  /** The path of its program. */
  readonly program: string;
  readonly settings: RenderSettings;
  /** Descriptors that it gets as 3 and up; they stay the caller's. */
  readonly fds: readonly number[];
  readonly log: Logger;
  /** What others compiled whose code it may run, and what it adds; null: it keeps to itself. */
  readonly shaders: ShaderStore | null;
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
  readonly #shaders: ShaderStore | null;
  /** null: it keeps no compiled shaders. */
  readonly #memory: ShaderMemory | null;
  #isReady = false;
  #reason = '';

  constructor(options: RenderProcessOptions) {
    const { program, settings, fds, log } = options;
    const cache = nextCodeCache(program);
    this.#shaders = options.shaders;
    this.#memory = cache.own === '' ? null : shaderMemory(log);
    const memoryFds = this.#memory?.fds ?? [];
    const at = FIRST_FD + fds.length;
    const shaderFds: StartSettings['shaderFds'] = this.#memory === null ? null : [at, at + 1];
    const words = [program, JSON.stringify({ ...settings, shaderFds } satisfies StartSettings)];
    // By its number among the descriptors below.
    const launcher = [...QUIETLY, LAUNCHER, cache.own, String(at + memoryFds.length)];
    this.#child = spawn(process.execPath, process.execve === undefined ? words : [...launcher, ...words], {
      stdio: ['ignore', 'inherit', 'inherit', ...fds, ...memoryFds, 'ipc'],
      env: { ...cache.environment, ...(this.#memory === null ? NO_SHADER_CACHE : {}) },
    });
    const ready = Promise.withResolvers<ReadyMessage>();
    const exited = Promise.withResolvers<RenderExit>();
    // Whoever waits hears of it; nobody has to.
    ready.promise.catch(() => {});
    this.ready = ready.promise;
    this.exited = exited.promise;
    this.#child.on('error', (error) => {
      ready.reject(new HostError('NO_PROCESS', `a GPU process could not be started: ${error.message}`));
      if (this.#child.pid !== undefined) return;
      cache.drop();
      this.#memory?.close();
      exited.resolve({ reason: error.message, signal: null });
    });
    this.#child.on('exit', (code, signal) => {
      if (this.#reason === '') this.#reason = signal === null ? `ended with status ${code}` : `ended by ${signal}`;
      cache.drop();
      this.#end();
      ready.reject(new HostError('NO_GL', `the GPU process ended before it was ready (${this.#reason})`));
      exited.resolve({ reason: this.#reason, signal });
    });
    this.#child.on('message', (message: RenderMessage) => {
      switch (message.kind) {
        case 'ready':
          cache.share();
          cache.drop();
          this.#isReady = true;
          this.giveShaders();
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

  /** Whether its device is open. */
  get isReady(): boolean {
    return this.#isReady;
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

  /** Gives it what others compiled meanwhile whose code it may run. Nothing before it is ready; then it is given all. */
  giveShaders(): void {
    this.#give(GIVE_TRIES);
  }

  /** Takes what it compiled, for others. */
  collectShaders(): void {
    if (this.#shaders !== null) this.#memory?.collect(this.#shaders);
  }

  /** Sees to it that what it compiled does not become too much. To be called now and then while it works. */
  boundShaders(): void {
    this.#memory?.bound();
  }

  /** Ends it at once; `exited` tells when. A reason given here is the one told. */
  kill(reason = ''): void {
    if (reason !== '' && this.#reason === '') this.#reason = reason;
    this.#child.kill('SIGKILL');
  }

  #give(tries: number): void {
    if (!this.#isReady || this.#shaders === null || this.#memory === null) return;
    if (!this.#memory.give(this.#shaders) && tries > 1) setTimeout(() => this.#give(tries - 1), GIVE_RETRY_MS).unref();
  }

  #end(): void {
    this.collectShaders();
    this.#memory?.close();
    this.#shaders?.saveNowAndThen();
  }
}

function shaderMemory(log: Logger): ShaderMemory | null {
  try {
    return new ShaderMemory();
  } catch (error) {
    log.debug('a GPU process keeps no compiled shaders', { reason: messageOf(error) });
    return null;
  }
}
