/**
 * The server of `saffron gpu`: listens on a Unix socket and gives every client a GPU process of its own. One process more
 * than there are clients stands ready, so that a client does not wait for the device to open.
 */
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { closeFd } from '../../base/native/fd.ts';
import { sendMessage, socketPair } from '../../base/native/socket.ts';
import { UnixListener } from '../../base/native/unix-listener.ts';
import type { RenderLimits } from '../core/limits.ts';
import { MemoryLedger } from '../process/memory-ledger.ts';
import { WORK_STATE } from '../process/order-channel.ts';
import { ProgressPage } from '../process/progress-page.ts';
import type { RenderMessage } from '../process/render-messages.ts';
import { RenderProcess } from '../process/render-process.ts';
import { ShaderStore } from '../process/shader-store.ts';
import { Watchdog } from '../process/watchdog.ts';
import type { WatchedProcess } from '../process/watchdog.ts';

const CHECK_MS = 1000;
const PROGRAM = fileURLToPath(new URL('client-process.ts', import.meta.url));

/** What a server is made of. */
export interface GpuServerOptions {
  readonly socket: string;
  /** `auto`, `software` or the path of a render node. */
  readonly renderNode: string;
  readonly maxClients: number;
  readonly limits: Partial<RenderLimits>;
  /** Bytes of all clients together. */
  readonly totalBytes: number;
  /** How long one command may keep a client's process from getting anywhere. */
  readonly hangTimeoutMs: number;
  /** Where what was compiled is kept for all clients, who must trust each other then; null: each keeps to itself. */
  readonly shaderFolder: string | null;
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
  /** A client asked for more than it may have, and was refused that; told at most once a second for each. */
  | {
      readonly event: 'quota';
      readonly pid: number;
      readonly name: string;
      readonly reason: string;
      readonly refusals: number;
    }
  | { readonly event: 'refused'; readonly reason: string };

/** A GPU process. */
interface Member {
  readonly process: RenderProcess;
  readonly control: number;
  readonly progress: ProgressPage;
  isServing: boolean;
  onMessage: (message: RenderMessage) => void;
  name: string;
  readonly watchdog: Watchdog;
  readonly watched: WatchedProcess;
}

/** A server that listens. */
export class GpuServer implements AsyncDisposable {
  readonly renderer: string;
  readonly version: string;
  readonly #options: GpuServerOptions;
  readonly #ledger: MemoryLedger;
  readonly #shaders: ShaderStore | null;
  readonly #members = new Set<Member>();
  readonly #listener: UnixListener;
  #spare: Member | null;
  #timer: NodeJS.Timeout | null = null;
  #failures = 0;
  #isOpen = true;

  private constructor(
    options: GpuServerOptions,
    ledger: MemoryLedger,
    shaders: ShaderStore | null,
    spare: Member,
    renderer: string,
    version: string,
  ) {
    this.#options = options;
    this.#ledger = ledger;
    this.#shaders = shaders;
    this.#spare = spare;
    this.#members.add(spare);
    this.renderer = renderer;
    this.version = version;
    this.#listen(spare);
    this.#listener = new UnixListener(options.socket, (fd) => this.#onConnection(fd));
    void this.#awaitExit(spare);
  }

  /** Opens the device in a first process, then listens. Throws HostError when either cannot be done. */
  static async start(options: GpuServerOptions): Promise<GpuServer> {
    const ledger = MemoryLedger.create(options.totalBytes);
    const { shaderFolder, log } = options;
    const shaders = shaderFolder === null ? null : ShaderStore.open(shaderFolder, log);
    const spare = startMember(options, ledger, shaders);
    try {
      const { renderer, version } = await spare.process.ready;
      return new GpuServer(options, ledger, shaders, spare, renderer, version);
    } catch (error) {
      spare.process.kill();
      await spare.process.exited;
      release(spare);
      ledger.close();
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
    for (const member of members) member.process.kill();
    await Promise.all(members.map((member) => member.process.exited));
    this.#ledger.close();
    this.#shaders?.save();
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
    member.isServing = true;
    for (const other of this.#members) other.process.collectShaders();
    // What others compiled it has before it hears of its client.
    if (this.#shaders === null || member.process.isReady) this.#hand(member, fd);
    else
      void member.process.ready.then(
        () => this.#hand(member, fd),
        () => closeFd(fd),
      );
    this.#spare = this.#start();
    this.#timer ??= setInterval(() => this.#check(), CHECK_MS);
  }

  /** Gives a process its client. */
  #hand(member: Member, fd: number): void {
    try {
      member.process.giveShaders();
      sendMessage(member.control, ONE_BYTE, [fd]);
    } catch (error) {
      this.#options.onEvent({ event: 'refused', reason: messageOf(error) });
      member.isServing = false;
      member.process.kill();
    } finally {
      closeFd(fd);
    }
  }

  #start(): Member {
    const member = startMember(this.#options, this.#ledger, this.#shaders);
    this.#listen(member);
    this.#members.add(member);
    void this.#awaitExit(member);
    return member;
  }

  #listen(member: Member): void {
    member.onMessage = (message) => {
      if (message.kind === 'client') this.#onClient(member, message.name, message.protocol);
      if (message.kind !== 'quota') return;
      const { reason, refusals } = message;
      this.#options.onEvent({ event: 'quota', pid: member.process.pid, name: member.name, reason, refusals });
    };
  }

  #onClient(member: Member, name: string, protocol: number): void {
    this.#failures = 0;
    member.name = name;
    this.#options.onEvent({ event: 'client', change: 'connected', pid: member.process.pid, name, protocol });
  }

  async #awaitExit(member: Member): Promise<void> {
    const { reason } = await member.process.exited;
    this.#members.delete(member);
    if (this.#isOpen) this.#ledger.giveBack(member.progress);
    release(member);
    if (member.isServing) {
      const { name, process } = member;
      this.#options.onEvent({ event: 'client', change: 'disconnected', pid: process.pid, name, reason });
    } else if (this.#isOpen) {
      this.#failures++;
      this.#options.log.warn('a GPU process ended before it had a client', { reason });
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
    for (const { isServing, process, watchdog, watched } of this.#members) {
      process.boundShaders();
      const hang = isServing ? watchdog.look(watched, now) : null;
      if (hang !== null) process.kill(hang.reason);
    }
  }
}

const ONE_BYTE = new Uint8Array(new ArrayBuffer(1));

function startMember(options: GpuServerOptions, ledger: MemoryLedger, shaders: ShaderStore | null): Member {
  const { renderNode, limits, logLevel, log, hangTimeoutMs } = options;
  const [control, theirs] = socketPair();
  const progress = ProgressPage.create();
  const process = new RenderProcess({
    program: PROGRAM,
    settings: { renderNode, limits, logLevel },
    // By the order of client-fds.ts.
    fds: [theirs, progress.fd, ledger.fd],
    log,
    shaders,
    onMessage: (message) => member.onMessage(message),
  });
  closeFd(theirs);
  const member: Member = {
    process,
    control,
    progress,
    isServing: false,
    onMessage: () => {},
    name: '',
    watchdog: new Watchdog(hangTimeoutMs),
    watched: { process, source: sourceOf(progress) },
  };
  return member;
}

/** A client's process as the watchdog sees it: at one command, or at none. */
function sourceOf(progress: ProgressPage): WatchedProcess['source'] {
  return {
    get progress() {
      return progress.count;
    },
    get workState() {
      return progress.isBusy ? WORK_STATE.order : WORK_STATE.rest;
    },
    workContext: 0,
  };
}

function release({ control, progress }: Member): void {
  closeFd(control);
  progress.close();
}
