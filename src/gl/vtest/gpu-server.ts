/**
 * The server of `saffron gpu`: listens on a Unix socket and gives every client a GPU process of its own. One process more
 * than there are clients stands ready, so that a client does not wait for the device to open.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { HostError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { closeFd } from '../../base/native/fd.ts';
import { sendMessage, socketPair } from '../../base/native/socket.ts';
import { UnixListener } from '../../base/native/unix-listener.ts';
import type { RenderLimits } from '../core/limits.ts';
import type { ClientProcessMessage, ClientProcessOptions } from './client-messages.ts';
import { ProgressPage } from './progress-page.ts';

const CONTROL_FD = 3;
const PROGRESS_FD = 4;
const CHECK_MS = 1000;
const PROGRAM = fileURLToPath(new URL('client-process.ts', import.meta.url));

/** What a server is made of. */
export interface GpuServerOptions {
  readonly socket: string;
  /** `auto`, `software` or the path of a render node. */
  readonly renderNode: string;
  readonly maxClients: number;
  readonly limits: Partial<RenderLimits>;
  /** How long one command may keep a client's process from getting anywhere. */
  readonly hangTimeoutMs: number;
  readonly logLevel: string;
  readonly log: Logger;
  readonly onEvent: (event: GpuEvent) => void;
}

/** What happens to clients. */
export type GpuEvent =
  | {
      readonly event: 'client';
      readonly change: 'connected';
      readonly pid: number;
      readonly name: string;
      readonly protocol: number;
    }
  | {
      readonly event: 'client';
      readonly change: 'disconnected';
      readonly pid: number;
      readonly name: string;
      readonly reason: string;
    }
  | { readonly event: 'refused'; readonly reason: string };

/** A GPU process. */
interface Member {
  readonly child: ChildProcess;
  readonly control: number;
  readonly progress: ProgressPage;
  readonly exited: Promise<void>;
  readonly ready: Promise<{ renderer: string; version: string }>;
  isServing: boolean;
  onClient: (name: string, protocol: number) => void;
  name: string;
  reason: string;
  lastCount: number;
  stuckSince: number;
}

/** A server that listens. */
export class GpuServer implements AsyncDisposable {
  readonly renderer: string;
  readonly version: string;
  readonly #options: GpuServerOptions;
  readonly #members = new Set<Member>();
  readonly #listener: UnixListener;
  #spare: Member | null;
  #timer: NodeJS.Timeout | null = null;
  #failures = 0;
  #isOpen = true;

  private constructor(options: GpuServerOptions, spare: Member, renderer: string, version: string) {
    this.#options = options;
    this.#spare = spare;
    this.#members.add(spare);
    this.renderer = renderer;
    this.version = version;
    spare.onClient = (name, protocol) => this.#onClient(spare, name, protocol);
    this.#listener = new UnixListener(options.socket, (fd) => this.#onConnection(fd));
    void this.#awaitExit(spare);
  }

  /** Opens the device in a first process, then listens. Throws HostError when either cannot be done. */
  static async start(options: GpuServerOptions): Promise<GpuServer> {
    const spare = startMember(options);
    try {
      const { renderer, version } = await spare.ready;
      return new GpuServer(options, spare, renderer, version);
    } catch (error) {
      spare.child.kill('SIGKILL');
      await spare.exited;
      release(spare);
      throw error;
    }
  }

  /** Clients that are served now. */
  get clientCount(): number {
    let count = 0;
    for (const member of this.#members) if (member.isServing) count++;
    return count;
  }

  /** Ends all clients, and waits for their processes. Twice is once. */
  async close(): Promise<void> {
    this.#isOpen = false;
    this.#listener.close();
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    const members = [...this.#members];
    for (const { child } of members) child.kill('SIGKILL');
    await Promise.all(members.map((member) => member.exited));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #onConnection(fd: number): void {
    const { maxClients, onEvent } = this.#options;
    if (this.clientCount >= maxClients) {
      closeFd(fd);
      onEvent({ event: 'refused', reason: `${maxClients} clients are served already` });
      return;
    }
    const member = this.#spare ?? this.#start();
    this.#spare = null;
    try {
      sendMessage(member.control, ONE_BYTE, [fd]);
      member.isServing = true;
    } catch (error) {
      onEvent({ event: 'refused', reason: messageOf(error) });
      member.child.kill('SIGKILL');
    } finally {
      closeFd(fd);
    }
    this.#spare = this.#start();
    this.#timer ??= setInterval(() => this.#check(), CHECK_MS);
  }

  #start(): Member {
    const member = startMember(this.#options);
    member.onClient = (name, protocol) => this.#onClient(member, name, protocol);
    this.#members.add(member);
    void this.#awaitExit(member);
    return member;
  }

  #onClient({ child }: Member, name: string, protocol: number): void {
    this.#failures = 0;
    this.#options.onEvent({ event: 'client', change: 'connected', pid: child.pid ?? 0, name, protocol });
  }

  async #awaitExit(member: Member): Promise<void> {
    member.ready.catch(() => {});
    await member.exited;
    this.#members.delete(member);
    release(member);
    if (member.isServing) {
      const { name, reason, child } = member;
      this.#options.onEvent({ event: 'client', change: 'disconnected', pid: child.pid ?? 0, name, reason });
    } else if (this.#isOpen) {
      this.#failures++;
      this.#options.log.warn('a GPU process ended before it had a client', { reason: member.reason });
    }
    if (this.#spare === member) {
      // A device that is gone must not make us start processes for ever: the next client tries again.
      this.#spare = this.#isOpen && this.#failures < 3 ? this.#start() : null;
    }
    if (this.clientCount === 0 && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }

  /** Ends processes that get nowhere: stuck in the driver, or stopped. */
  #check(): void {
    const now = performance.now();
    for (const member of this.#members) {
      if (!member.isServing) continue;
      const { progress, child } = member;
      const isStuck = (progress.isBusy && progress.count === member.lastCount) || isStopped(child.pid ?? 0);
      member.lastCount = progress.count;
      if (!isStuck) member.stuckSince = now;
      else if (now - member.stuckSince >= this.#options.hangTimeoutMs) {
        member.reason = `hung for ${Math.round((now - member.stuckSince) / 1000)} s`;
        child.kill('SIGKILL');
      }
    }
  }
}

const ONE_BYTE = new Uint8Array(new ArrayBuffer(1));

function startMember(options: GpuServerOptions): Member {
  const [control, theirs] = socketPair();
  const progress = ProgressPage.create();
  const { renderNode, limits, logLevel, log } = options;
  const settings: ClientProcessOptions = {
    renderNode,
    limits,
    logLevel,
    controlFd: CONTROL_FD,
    progressFd: PROGRESS_FD,
  };
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(settings)], {
    stdio: ['ignore', 'inherit', 'inherit', theirs, progress.fd, 'ipc'],
  });
  closeFd(theirs);
  let settle: ((result: { renderer: string; version: string }) => void) | null = null;
  let fail: (error: HostError) => void = () => {};
  const ready = new Promise<{ renderer: string; version: string }>((resolve, reject) => {
    settle = resolve;
    fail = reject;
  });
  const member: Member = {
    child,
    control,
    progress,
    ready,
    exited: once(child, 'exit').then(
      () => {},
      () => {},
    ),
    isServing: false,
    onClient: () => {},
    name: '',
    reason: '',
    lastCount: 0,
    stuckSince: performance.now(),
  };
  child.on('error', (error) =>
    fail(new HostError('NO_PROCESS', `a GPU process could not be started: ${error.message}`)),
  );
  child.on('exit', (code, signal) => {
    if (member.reason === '') member.reason = signal === null ? `ended with status ${code}` : `ended by ${signal}`;
    fail(new HostError('NO_GL', `the GPU process ended before it was ready (${member.reason})`));
  });
  child.on('message', (message: ClientProcessMessage) => {
    switch (message.kind) {
      case 'ready':
        settle?.(message);
        break;
      case 'failed':
        member.reason = message.message;
        fail(new HostError(message.code, message.message));
        break;
      case 'client':
        member.name = message.name;
        member.onClient(message.name, message.protocol);
        break;
      case 'end':
        member.reason = message.reason;
        break;
      case 'log':
        log[message.level](message.message, { ...message.fields, pid: child.pid });
        break;
    }
  });
  return member;
}

function release({ control, progress }: Member): void {
  closeFd(control);
  progress.close();
}

/** Whether a process was stopped by a signal. */
function isStopped(pid: number): boolean {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.charAt(text.lastIndexOf(')') + 2) === 'T';
  } catch {
    return false;
  }
}
