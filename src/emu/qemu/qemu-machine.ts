/**
 * A guest under QEMU: one process and everything of ours that serves it, from power on to the end.
 *
 *     created ── start ──▶ running ◀── resume ─── paused
 *        │                    │  └──── pause ──────▲ │
 *        └── kill ──▶ stopped ◀─┴── the process has ended ┘
 *
 * Whatever happens, the end is the same: when the process is gone, everything else is closed, and then told.
 */
import { lstat, unlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { HostError, messageOf, StateError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Logger } from '../../base/log.ts';
import { closeFd } from '../../base/native/fd.ts';
import { socketPair } from '../../base/native/socket.ts';
import { Signal } from '../../base/signal.ts';
import type { FrameSinkHandle, FrameSourceHandle, PointerShape, PointerSource } from '../../display/contract.ts';
import type { GpuNews, Machine, MachineEnd, MachineState } from '../contract.ts';
import { QemuAgentPort } from './agent-port.ts';
import { AGENT_PORT_ID, hasAgentPort, hasTouchDevice, qemuArguments, serialPath } from './arguments.ts';
import type { QemuPlan } from './arguments.ts';
import { DbusDisplay } from './dbus-display.ts';
import { FirmwarePicture } from './firmware-picture.ts';
import type { GpuBackend } from './gpu-backend.ts';
import { machineEnd, startFailure } from './machine-end.ts';
import { PictureFile } from './picture-file.ts';
import { QemuInput } from './qemu-input.ts';
import { QemuProcess } from './qemu-process.ts';
import { QmpClient } from './qmp-client.ts';
import type { JsonObject } from './qmp-line.ts';

export interface QemuMachineOptions {
  readonly plan: QemuPlan;
  /** The QEMU program. */
  readonly path: string;
  /** The two ends of each head's frames. */
  readonly heads: readonly { readonly sink: FrameSinkHandle; readonly source: FrameSourceHandle }[];
  /** Makes the guest's GPU; called when `plan.screen` is not `own`. */
  readonly startGpu: (options: {
    readonly log: Logger;
    readonly heads: readonly FrameSinkHandle[];
    readonly width: number;
    readonly height: number;
    readonly onNews: (news: GpuNews) => void;
  }) => Promise<GpuBackend>;
}

/** A wish for a size that another follows within this time is not told to the guest. */
const RESIZE_PAUSE_MS = 80;
const LEAST_SIDE = 64;
/** Time in which QEMU ends after it has closed a socket. */
const LAST_WORDS_MS = 500;
/** QEMU's descriptors after the standard three. */
const FIRST_FD = 3;

export class QemuMachine implements Machine {
  readonly name: string;
  readonly uuid: string;
  readonly heads: readonly FrameSourceHandle[];
  readonly input: QemuInput;
  readonly pointer: PointerSource;
  readonly agent: QemuAgentPort | null;
  readonly onState = new Signal<MachineState>();
  readonly onEnd = new Signal<MachineEnd>();
  readonly onGpu = new Signal<GpuNews>();
  readonly #options: QemuMachineOptions;
  readonly #log: Logger;
  readonly #pointer = { shape: undefined as PointerShape | null | undefined };
  readonly #onShape = new Signal<PointerShape | null>();
  readonly #onMove = new Signal<{ readonly head: number; readonly x: number; readonly y: number }>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #resizeTimers = new Map<number, NodeJS.Timeout>();
  #state: MachineState = 'created';
  #isStarting = false;
  #finishing: Promise<void> | null = null;
  #isKilled = false;
  #failure: Error | null = null;
  #shutdown: string | null = null;
  #process: QemuProcess | null = null;
  #qmp: QmpClient | null = null;
  #gpu: GpuBackend | null = null;
  #display: DbusDisplay | null = null;
  #picture: PictureFile | null = null;
  #firmware: FirmwarePicture | null = null;

  constructor(options: QemuMachineOptions) {
    const { plan, heads } = options;
    this.#options = options;
    this.#log = plan.options.log;
    this.name = plan.options.name;
    this.uuid = plan.uuid;
    this.heads = heads.map(({ source }) => source);
    this.agent = hasAgentPort(plan) ? new QemuAgentPort() : null;
    this.input = new QemuInput({
      hasTouch: hasTouchDevice(plan),
      onActivity: () => this.#firmware?.nudge(),
      onRefused: (event, error) => {
        this.#log.debug('QEMU took no input', { kind: event.kind, error: messageOf(error) });
      },
    });
    const pointer = this.#pointer;
    this.pointer = {
      get shape() {
        return pointer.shape;
      },
      onShape: this.#onShape,
      onMove: this.#onMove,
    };
  }

  get state(): MachineState {
    return this.#state;
  }

  /** QEMU's process id while it runs; null otherwise. */
  get processId(): number | null {
    return this.#state === 'stopped' ? null : (this.#process?.pid ?? null);
  }

  async start(): Promise<void> {
    if (this.#state !== 'created' || this.#isStarting || this.#finishing !== null) {
      throw new StateError('machine-started', 'A machine can be started once.');
    }
    this.#isStarting = true;
    try {
      await this.#powerOn();
    } catch (error) {
      const failure =
        error instanceof HostError ? error : new HostError('qemu-start', messageOf(error), { cause: error });
      if (!this.#isKilled) this.#failure ??= failure;
      if (this.#process !== null) {
        await this.#process.stop(null);
        await this.#ended.promise;
      } else {
        await this.#finish(this.#isKilled ? KILLED : { reason: 'error', message: failure.message });
      }
      throw failure;
    }
  }

  async pause(): Promise<void> {
    await this.#command('stop');
  }

  async resume(): Promise<void> {
    await this.#command('cont');
  }

  async reset(): Promise<void> {
    await this.#command('system_reset');
  }

  async powerdown(): Promise<void> {
    try {
      await this.#command('system_powerdown');
    } catch (error) {
      // A guest may be off before QEMU comes to answer.
      await Promise.race([this.#ended.promise, delay(LAST_WORDS_MS)]);
      if (this.#shutdown === null) throw error;
    }
  }

  async kill(): Promise<void> {
    if (this.#state === 'stopped') return;
    this.#isKilled = true;
    const qmp = this.#qmp;
    if (this.#process !== null) {
      await this.#process.stop(qmp === null ? null : () => qmp.execute('quit'));
    } else if (!this.#isStarting) {
      await this.#finish(KILLED);
    }
    await this.#ended.promise;
  }

  suggestSize(head: number, width: number, height: number): void {
    if (!Number.isInteger(head) || head < 0 || head >= this.heads.length || this.#state === 'stopped') return;
    if (!isSide(width) || !isSide(height) || width * height > LIMITS.maxScreenPixels) return;
    clearTimeout(this.#resizeTimers.get(head));
    const timer = setTimeout(() => {
      this.#resizeTimers.delete(head);
      this.#gpu?.setSize(head, width, height);
      this.#display?.setSize(head, width, height).catch((error: unknown) => {
        this.#log.debug('QEMU took no size', { error: messageOf(error) });
      });
    }, RESIZE_PAUSE_MS);
    this.#resizeTimers.set(head, timer);
  }

  async #powerOn(): Promise<void> {
    const { plan } = this.#options;
    const sinks = this.#options.heads.map(({ sink }) => sink);
    const { width, height } = plan.options.size;
    if (plan.screen !== 'own') {
      const onNews = (news: GpuNews): void => this.onGpu.emit(news);
      this.#gpu = await this.#options.startGpu({ log: this.#log, heads: sinks, width, height, onNews });
      this.#followGpu(this.#gpu);
    }
    if (plan.screen === 'vga') this.#picture = new PictureFile();
    this.#checkAlive();
    const { qmp, process } = await this.#launch();
    this.#checkAlive();
    const died = process.exit.then((exit): never => {
      const message = this.#isKilled ? KILLED.message : startFailure(exit, String(process.lastWords));
      throw new HostError('qemu-start', message);
    });
    try {
      await Promise.race([this.#connect(qmp, plan.screen === 'own' ? sinks : null), died]);
    } catch (error) {
      // When QEMU dies its sockets close first, but its own end tells more.
      await Promise.race([died, delay(LAST_WORDS_MS)]);
      throw error;
    }
  }

  #checkAlive(): void {
    if (this.#isKilled) throw new HostError('killed', KILLED.message);
  }

  /** Starts the process and takes over our ends of its sockets. */
  async #launch(): Promise<{ readonly qmp: QmpClient; readonly process: QemuProcess }> {
    const { plan, path } = this.#options;
    const given: number[] = [];
    const pass = (fd: number): number => FIRST_FD + given.push(fd) - 1;
    const qmpPair = socketPair();
    const agentPair = this.agent === null ? null : socketPair();
    let process: QemuProcess;
    const qmpFd = pass(qmpPair[1]);
    const agentFd = agentPair === null ? null : pass(agentPair[1]);
    const gpuFd = this.#gpu === null ? null : pass(this.#gpu.qemuSocket);
    const pictureFd = this.#picture === null ? null : pass(this.#picture.fd);
    try {
      process = await QemuProcess.start({
        path,
        args: qemuArguments(plan, { qmp: qmpFd, gpu: gpuFd, agent: agentFd }, this.#gpu?.isRendering ?? false),
        fds: given,
        sharesTerminal: plan.options.serial === 'stdio',
        log: this.#log,
      });
    } catch (error) {
      closeFd(qmpPair[0]);
      if (agentPair !== null) closeFd(agentPair[0]);
      throw error;
    } finally {
      closeFd(qmpPair[1]);
      if (agentPair !== null) closeFd(agentPair[1]);
      this.#gpu?.releaseQemuSocket();
    }
    this.#process = process;
    void process.exit.then((exit) => this.#handleExit(exit));
    const qmp = new QmpClient(qmpPair[0], {
      onEvent: (event, data) => this.#handleEvent(event, data),
      onClose: (error) => {
        if (error !== null) this.#fail(error);
      },
    });
    this.#qmp = qmp;
    if (agentPair !== null) this.agent?.attach(agentPair[0]);
    if (pictureFd !== null) this.#watchFirmware(qmp, `/proc/self/fd/${pictureFd}`);
    return { qmp, process };
  }

  /** Joins what runs in QEMU to what serves it, and lets the guest run. */
  async #connect(qmp: QmpClient, sinks: readonly FrameSinkHandle[] | null): Promise<void> {
    await qmp.ready;
    const display = await DbusDisplay.connect({ qmp, sinks, log: this.#log });
    this.#display = display;
    this.#followDisplay(display, sinks !== null);
    const { width, height } = this.#options.plan.options.size;
    if (sinks !== null) {
      await Promise.allSettled(display.consoles.map((_, head) => display.setSize(head, width, height)));
    }
    await qmp.execute('cont');
    this.#firmware?.start();
    if (this.#state === 'created') this.#setState('running');
  }

  #followGpu(gpu: GpuBackend): void {
    gpu.onPointerShape.subscribe((shape) => this.#showPointer(shape));
    gpu.onPointerMove.subscribe((place) => this.#onMove.emit(place));
    gpu.onScanout.subscribe(({ head, width, height }) => {
      this.input.setFrameSize(head, width, height);
      if (head === 0 && width > 0) this.#firmware?.stop();
    });
    gpu.onRestart.subscribe((restart) => this.onGpu.emit({ kind: 'restarted', ...restart }));
    gpu.onQuota.subscribe((refusal) => this.onGpu.emit({ kind: 'quota', ...refusal }));
    gpu.onError.subscribe((error) => this.#fail(error));
  }

  #followDisplay(display: DbusDisplay, hasPictures: boolean): void {
    const { input } = this;
    display.consoles.forEach(({ width, height, isAbsolute, modifiers }, head) => {
      input.setConsoleSize(head, width, height);
      if (head > 0) return;
      input.setAbsolute(isAbsolute);
      input.setModifiers(modifiers);
    });
    display.onConsoleSize.subscribe(({ head, width, height }) => input.setConsoleSize(head, width, height));
    display.onPointerMode.subscribe(({ isAbsolute }) => input.setAbsolute(isAbsolute));
    display.onModifiers.subscribe((bits) => input.setModifiers(bits));
    display.onError.subscribe((error) => this.#fail(error));
    if (hasPictures) {
      display.onFrameSize.subscribe(({ head, width, height }) => input.setFrameSize(head, width, height));
      display.onPointerShape.subscribe((shape) => this.#showPointer(shape));
      display.onPointerMove.subscribe((place) => this.#onMove.emit(place));
    }
    input.setTarget(display);
  }

  #watchFirmware(qmp: QmpClient, filename: string): void {
    this.#firmware = new FirmwarePicture({
      take: async () => {
        await qmp.execute('screendump', { filename });
        return this.#picture?.read() ?? new Uint8Array(0);
      },
      show: (width, height, pixels) => {
        this.input.setFrameSize(0, width, height);
        this.#gpu?.showPicture(width, height, pixels);
      },
      log: this.#log,
    });
  }

  #showPointer(shape: PointerShape | null): void {
    this.#pointer.shape = shape;
    this.#onShape.emit(shape);
  }

  #handleEvent(event: string, data: JsonObject): void {
    switch (event) {
      case 'STOP':
        if (this.#state === 'running') this.#setState('paused');
        return;
      case 'RESUME':
        if (this.#state === 'paused') this.#setState('running');
        return;
      case 'RESET':
        this.#firmware?.start();
        return;
      case 'SHUTDOWN':
        this.#shutdown = typeof data['reason'] === 'string' ? data['reason'] : null;
        return;
      case 'GUEST_PANICKED':
        this.#log.warn('the guest has crashed: its kernel panicked');
        return;
      case 'VSERPORT_CHANGE':
        if (data['id'] === AGENT_PORT_ID) this.agent?.setOpen(data['open'] === true);
    }
  }

  /** Something of ours or of QEMU's does not work any more: the machine ends, unless it is ending already. */
  #fail(error: Error): void {
    if (this.#isKilled || this.#failure !== null || this.#shutdown !== null) return;
    const process = this.#process;
    if (process === null) return;
    const timer = setTimeout(() => {
      this.#failure = error;
      void process.stop(null);
    }, LAST_WORDS_MS);
    void process.exit.then(() => clearTimeout(timer));
  }

  async #handleExit(exit: { readonly code: number | null; readonly signal: NodeJS.Signals | null }): Promise<void> {
    const lastWords = String(this.#process?.lastWords ?? '');
    const facts = { exit, lastWords, shutdown: this.#shutdown, isKilled: this.#isKilled, failure: this.#failure };
    const isEarly = this.#state === 'created' && !this.#isKilled && this.#failure === null;
    await this.#finish(isEarly ? { reason: 'error', message: startFailure(exit, lastWords) } : machineEnd(facts));
  }

  #finish(end: MachineEnd): Promise<void> {
    this.#finishing ??= this.#closeAll(end);
    return this.#finishing;
  }

  async #closeAll(end: MachineEnd): Promise<void> {
    for (const timer of this.#resizeTimers.values()) clearTimeout(timer);
    this.#resizeTimers.clear();
    this.input.setTarget(null);
    this.#firmware?.stop();
    this.#qmp?.close();
    this.agent?.close();
    const closing = await Promise.allSettled([this.#display?.close(), this.#gpu?.close(), this.#removeSerialSocket()]);
    for (const result of closing) {
      if (result.status === 'rejected') this.#log.warn('not closed', { error: messageOf(result.reason) });
    }
    this.#picture?.close();
    this.#setState('stopped');
    this.#ended.resolve();
    this.onEnd.emit(end);
  }

  async #removeSerialSocket(): Promise<void> {
    const { serial } = this.#options.plan.options;
    const path = serial?.startsWith('unix:') === true ? serialPath(serial) : null;
    if (path === null || this.#process === null) return;
    try {
      if ((await lstat(path)).isSocket()) await unlink(path);
    } catch {
      // QEMU took it away itself.
    }
  }

  #setState(state: MachineState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.onState.emit(state);
  }

  async #command(command: string): Promise<void> {
    if (this.#qmp === null || this.#state === 'created' || this.#state === 'stopped') {
      throw new StateError('machine-off', 'The machine does not run.');
    }
    await this.#qmp.execute(command);
  }
}

const KILLED: MachineEnd = { reason: 'killed', message: 'The guest was switched off.' };

function isSide(side: number): boolean {
  return Number.isInteger(side) && side >= LEAST_SIDE && side <= LIMITS.maxScreenSide;
}
