/**
 * The built-in machine: RISC-V harts in threads of their own, devices in another, this object on the main thread.
 *
 *     created ── start ──▶ running ◀── resume ─── paused
 *        │                    │  └──── pause ──────▲ │
 *        └── kill ──▶ stopped ◀─┴────────────────────┘
 *
 * What changes the state of harts and devices is done one after another. Whatever happens, the end is the same: harts are
 * stopped, then devices closed, then the serial line; then it is told.
 */
import { randomUUID } from 'node:crypto';
import { HostError, messageOf, StateError } from '../../../base/errors.ts';
import { LIMITS } from '../../../base/limits.ts';
import type { Logger } from '../../../base/log.ts';
import type { SharedMemory } from '../../../base/native/shared-memory.ts';
import { Signal } from '../../../base/signal.ts';
import type { FrameSinkHandle, FrameSourceHandle, PointerShape, PointerSource } from '../../../display/contract.ts';
import type { GpuNews, Machine, MachineEnd, MachineState, PacedRun } from '../../contract.ts';
import type { GuestWish } from '../../devices/finisher/finisher.ts';
import type { RenderWish } from '../../devices/gpu/start-renderer.ts';
import type { HartsState } from '../contract.ts';
import { createBoardHandle, type BoardHandle } from './board-registers.ts';
import type { Drive } from './drive.ts';
import { MachineAgent } from './machine-agent.ts';
import { MachineDevices, type MachineNews } from './machine-devices.ts';
import { MachineInput } from './machine-input.ts';
import type { BootPaths, BootPoint, DevicesState } from './machine-messages.ts';
import { openSerialLine, type SerialLine } from './serial-line.ts';

/** A wish for a size that another follows within this time is not told to the guest. */
const RESIZE_PAUSE_MS = 80;
const LEAST_SIDE = 64;
const WATCH = { everyMs: 5000, answerMs: 10_000 };

/** How a hart begins. */
export interface HartStart {
  readonly pc: bigint;
  readonly a0: bigint;
  readonly a1: bigint;
  readonly a2: bigint;
}

/** The harts of a machine, and how they are controlled. */
export interface Processor extends AsyncDisposable {
  /** Emitted once, when it cannot go on. */
  readonly onError: Signal<HostError>;
  start(hart: number, start: HartStart): void;
  /** Resolves when no hart executes any more. */
  pause(): Promise<void>;
  resume(): void;
  /** Resolves when no hart executes any more; `start` begins anew. */
  stop(): Promise<void>;
  instructionsRetired(hart: number): number;
  /** What harts know outside RAM, while none executes. */
  save(): HartsState;
  /** New harts go on from that at `resume`. */
  restore(state: HartsState): void;
}

/** Where harts and their memory come from. */
export interface ProcessorSource {
  readonly isa: string;
  readonly mmu: string;
  readonly timebaseHz: number;
  /** All shared memory of the harts. */
  readonly buffer: SharedArrayBuffer;
  readonly ramOffset: number;
  readonly ramBytes: number;
  /** The Int32 of `buffer` by which each hart is interrupted. */
  readonly interruptPlaces: readonly number[];
  /** Whether time is counted in instructions, so that runs are equal: there is one hart then. */
  readonly isPaced?: boolean;
  /** Starts the threads of the harts, which open their bus by `moduleUrl` and `handle`. Rejects with HostError. */
  create(bus: { readonly moduleUrl: string; readonly handle: unknown }): Promise<Processor>;
}

/**
 * A paused machine as plain data. Disks are not in it: a machine that goes on from it wants them as they were, and what was
 * written to one with `snapshot=on` is lost. Nor is a guest with 3D (devices/gpu/saved-state.ts says what that lacks).
 */
export interface VirtState {
  readonly harts: HartsState;
  readonly devices: DevicesState;
  /** BORROWED until the machine goes on or ends: the guest's RAM itself. */
  readonly ram: Uint8Array;
}

/** What is wished for the guest's screen. */
export interface ScreenWish {
  /** `auto`: 3D where it can be had. */
  readonly kind: 'auto' | '3d' | '2d';
  readonly render: RenderWish;
  /** RAM as a file, which 3D needs; closed when the machine has ended. Or why there is none, in one sentence. */
  readonly ramFile: SharedMemory | string;
}

export interface VirtMachineOptions {
  readonly name: string;
  readonly uuid?: string | undefined;
  readonly processor: ProcessorSource;
  readonly boot: BootPaths;
  readonly drives: readonly Drive[];
  /** The guest goes on from this, on a machine as large and with the same devices, instead of being booted. */
  readonly state?: VirtState;
  /** `off`, `stdio`, `unix:PATH` or `file:PATH`. */
  readonly serial: string;
  readonly size: { readonly width: number; readonly height: number };
  /** Absent: a 2D screen. */
  readonly screen?: ScreenWish;
  /** The two ends of each head's frames. */
  readonly heads: readonly { readonly sink: FrameSinkHandle; readonly source: FrameSourceHandle }[];
  readonly log: Logger;
  /** How often harts are looked at, and how long one that makes no progress may take to answer. */
  readonly watch?: { readonly everyMs: number; readonly answerMs: number };
}

export class VirtMachine implements Machine {
  readonly name: string;
  readonly uuid: string;
  readonly heads: readonly FrameSourceHandle[];
  readonly input: MachineInput = new MachineInput();
  readonly pointer: PointerSource;
  readonly agent: MachineAgent;
  readonly onState: Signal<MachineState> = new Signal();
  readonly onEnd: Signal<MachineEnd> = new Signal();
  readonly onGpu: Signal<GpuNews> = new Signal();
  readonly #options: VirtMachineOptions;
  readonly #log: Logger;
  readonly #handle: BoardHandle;
  readonly #pointer = { shape: undefined as PointerShape | null | undefined };
  readonly #onShape = new Signal<PointerShape | null>();
  readonly #onMove = new Signal<{ readonly head: number; readonly x: number; readonly y: number }>();
  readonly #resizeTimers = new Map<number, NodeJS.Timeout>();
  #state: MachineState = 'created';
  #isStarting = false;
  #processor: Processor | null = null;
  #devices: MachineDevices | null = null;
  #serial: SerialLine | null = null;
  #watch: NodeJS.Timeout | null = null;
  #retired: number[] = [];
  #last: Promise<void> = Promise.resolve();
  #ending: Promise<void> | null = null;

  constructor(options: VirtMachineOptions) {
    this.#options = options;
    this.#log = options.log;
    this.name = options.name;
    this.uuid = options.uuid ?? randomUUID();
    this.heads = options.heads.map(({ source }) => source);
    this.agent = new MachineAgent((bytes) => this.#devices?.order({ kind: 'agent', bytes }));
    const { buffer, interruptPlaces, isPaced } = options.processor;
    this.#handle = createBoardHandle(new Int32Array(buffer), interruptPlaces, isPaced);
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

  async start(): Promise<void> {
    if (this.#state !== 'created' || this.#isStarting || this.#ending !== null) {
      throw new StateError('machine-started', 'A machine can be started once.');
    }
    this.#isStarting = true;
    try {
      await this.#inTurn(() => this.#powerOn());
    } catch (error) {
      const failure =
        error instanceof HostError ? error : new HostError('machine-start', messageOf(error), { cause: error });
      await this.#end({ reason: 'error', message: failure.message });
      throw failure;
    }
  }

  async pause(): Promise<void> {
    await this.#change('running', async (processor, devices) => {
      await processor.pause();
      await devices.perform('pause');
      this.#setState('paused');
    });
  }

  async resume(): Promise<void> {
    await this.#change('paused', async (processor, devices) => {
      await devices.perform('resume');
      processor.resume();
      this.#setState('running');
    });
  }

  async reset(): Promise<void> {
    await this.#change(null, async (processor, devices) => {
      await processor.stop();
      await devices.perform('reset');
      this.#begin(processor, await devices.boot());
      if (this.#state === 'running') return;
      await devices.perform('resume');
      this.#setState('running');
    });
  }

  /** The whole machine, while it is paused. Rejects with StateError when it is not, and HostError when it has 3D. */
  async save(): Promise<VirtState> {
    let state: VirtState | null = null;
    await this.#change('paused', async (processor, devices) => {
      const { buffer, ramOffset, ramBytes } = this.#options.processor;
      const ram = new Uint8Array(buffer, ramOffset, ramBytes);
      state = { harts: processor.save(), devices: await devices.save(), ram };
    });
    if (state === null) throw notNow('saved', this.#state);
    return state;
  }

  async powerdown(): Promise<void> {
    if (this.#state !== 'running') throw notNow('powered down', this.#state);
    this.#devices?.order({ kind: 'power-button' });
  }

  async kill(): Promise<void> {
    if (this.#state !== 'stopped') await this.#end({ reason: 'killed', message: 'The guest was switched off.' });
  }

  suggestSize(head: number, width: number, height: number): void {
    if (!Number.isInteger(head) || head < 0 || head >= this.heads.length || this.#state === 'stopped') return;
    if (!isSide(width) || !isSide(height) || width * height > LIMITS.maxScreenPixels) return;
    clearTimeout(this.#resizeTimers.get(head));
    const timer = setTimeout(() => {
      this.#resizeTimers.delete(head);
      this.#devices?.order({ kind: 'size', head, width, height });
    }, RESIZE_PAUSE_MS);
    this.#resizeTimers.set(head, timer);
  }

  async #powerOn(): Promise<void> {
    const { processor: source, boot, drives, serial, size, heads, screen } = this.#options;
    this.#serial = await openSerialLine(serial, (bytes) => this.#devices?.order({ kind: 'serial', bytes }));
    const { isa, mmu, timebaseHz, buffer, ramOffset, ramBytes, interruptPlaces } = source;
    const ramFile = this.#ramFile;
    const devices = new MachineDevices(
      {
        handle: this.#handle,
        ram: new Uint8Array(buffer, ramOffset, ramBytes),
        ramFile: ramFile?.fd ?? null,
        harts: interruptPlaces.length,
        processor: { isa, mmu, timebaseHz },
        boot,
        drives,
        heads: heads.map(({ sink }) => sink),
        width: size.width,
        height: size.height,
        limits: {},
        render: ramFile === null || screen === undefined ? null : screen.render,
      },
      this.#log,
      (news) => this.#hear(news),
    );
    this.#devices = devices;
    const moduleUrl = new URL('./hart-bus.ts', import.meta.url).href;
    const creating = source.create({ moduleUrl, handle: this.#handle });
    let point: BootPoint | null = null;
    try {
      if (this.#options.state === undefined) point = await devices.boot();
    } finally {
      this.#processor = await creating;
    }
    const processor = this.#processor;
    processor.onError.subscribe((error) => {
      this.#log.error('the processor failed', { error: String((error.cause as Error | undefined)?.stack ?? error) });
      void this.#end({ reason: 'error', message: error.message });
    });
    if (this.#ending !== null) throw new HostError('killed', 'The guest was switched off.');
    // Who renders 3D starts meanwhile: the guest waits for it when it comes to its GPU.
    if (point !== null) this.#begin(processor, point);
    await devices.ready;
    if (point === null) await this.#goOn(processor, devices);
    if (this.#ending !== null) throw new HostError('killed', 'The guest was switched off.');
    devices.onError.subscribe((error) => void this.#end({ reason: 'error', message: error.message }));
    this.#tellGpu(devices);
    this.input.setTarget((event) => devices.order({ kind: 'input', event }));
    this.#watch = setInterval(() => this.#look(), (this.#options.watch ?? WATCH).everyMs);
    this.#watch.unref();
    this.#setState('running');
  }

  /** From a state, instead of from the beginning. */
  async #goOn(processor: Processor, devices: MachineDevices): Promise<void> {
    const { state, processor: source } = this.#options;
    if (state === undefined) return;
    const { harts, ram, devices: saved } = state;
    if (ram.length !== source.ramBytes || harts.harts.length !== source.interruptPlaces.length) {
      throw new HostError('machine-state', 'The saved machine had another memory size or number of processors.');
    }
    new Uint8Array(source.buffer, source.ramOffset, source.ramBytes).set(ram);
    // Devices may interrupt at once: what was pending is there before.
    processor.restore(harts);
    await devices.restore(saved);
    processor.resume();
  }

  /** RAM for who renders 3D; null where nobody shall. */
  get #ramFile(): SharedMemory | null {
    const { screen } = this.#options;
    return screen === undefined || screen.kind === '2d' || typeof screen.ramFile === 'string' ? null : screen.ramFile;
  }

  #tellGpu({ renderer, reason }: MachineDevices): void {
    const { screen } = this.#options;
    if (screen === undefined || screen.kind === '2d') return;
    if (renderer !== null) {
      this.onGpu.emit({ kind: 'rendering', renderer });
      return;
    }
    const why = typeof screen.ramFile === 'string' ? screen.ramFile : (reason ?? '');
    if (screen.kind === '3d') throw new HostError('gpu-3d', `The guest cannot have 3D: ${why}`);
    this.onGpu.emit({ kind: '2d', reason: why });
  }

  /** Firmware gets all harts at once and picks one; a kernel gets the first and starts the others. */
  #begin(processor: Processor, { entry, deviceTree, dynamicInfo }: BootPoint): void {
    const start = { pc: BigInt(entry), a1: BigInt(deviceTree), a2: BigInt(dynamicInfo ?? 0) };
    const harts = dynamicInfo === null ? 1 : this.#options.processor.interruptPlaces.length;
    for (let hart = 0; hart < harts; hart++) processor.start(hart, { ...start, a0: BigInt(hart) });
  }

  #hear(news: MachineNews): void {
    switch (news.kind) {
      case 'wish':
        this.#follow(news.wish, news.run);
        return;
      case 'restart':
        this.onGpu.emit({ kind: 'restarted', reason: news.reason, milliseconds: news.milliseconds });
        return;
      case 'quota':
        this.onGpu.emit({ kind: 'quota', reason: news.reason, refusals: news.refusals });
        return;
      case 'serial':
        this.#serial?.write(news.bytes);
        return;
      case 'agent-open':
        this.agent.setOpen(news.isOpen);
        return;
      case 'agent-data':
        this.agent.onData.emit(news.bytes);
        return;
      case 'agent-taken':
        this.agent.take(news.bytes);
        return;
      case 'lights':
        this.input.setLights(news.lights);
        return;
      case 'shape':
        this.#pointer.shape = news.shape;
        this.#onShape.emit(news.shape);
        return;
      case 'move':
        this.#onMove.emit({ head: news.head, x: news.x, y: news.y });
        return;
      case 'scanout':
        this.input.setFrameSize(news.head, news.width, news.height);
    }
  }

  #follow({ kind, code }: GuestWish, paced: PacedRun | null): void {
    const run = paced === null ? {} : { run: paced };
    switch (kind) {
      case 'poweroff':
        void this.#end({ reason: 'powerdown', message: 'The guest has shut down.', ...run });
        return;
      case 'failure':
        void this.#end({ reason: 'error', message: `The guest has given up with code ${code}.`, ...run });
        return;
      case 'reset':
        this.reset().catch((error: unknown) => {
          void this.#end({ reason: 'error', message: `The guest could not start anew: ${messageOf(error)}` });
        });
    }
  }

  /** A hart that waits for an interrupt makes no progress either: one that does not answer a pause has hung. */
  #look(): void {
    const processor = this.#processor;
    if (processor === null || this.#state !== 'running') return;
    const before = this.#retired;
    this.#retired = this.#options.processor.interruptPlaces.map((_, hart) => processor.instructionsRetired(hart));
    if (this.#retired.some((count, hart) => count !== before[hart])) return;
    void this.#inTurn(async () => {
      if (this.#state !== 'running') return;
      const isHung = Promise.withResolvers<boolean>();
      const timer = setTimeout(() => isHung.resolve(true), (this.#options.watch ?? WATCH).answerMs);
      const hasHung = await Promise.race([processor.pause().then(() => false), isHung.promise]);
      clearTimeout(timer);
      if (hasHung) void this.#end({ reason: 'error', message: 'The processor of the guest has hung.' });
      else processor.resume();
    });
  }

  /** Does what a running or paused machine can do, after all that is under way. */
  #change(
    wanted: MachineState | null,
    change: (processor: Processor, devices: MachineDevices) => Promise<void>,
  ): Promise<void> {
    return this.#inTurn(async () => {
      const [processor, devices] = [this.#processor, this.#devices];
      if (processor === null || devices === null || this.#ending !== null) throw notNow('changed', this.#state);
      if (wanted !== null && this.#state !== wanted) return;
      await change(processor, devices);
    });
  }

  #inTurn(action: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(action);
    this.#last = turn.catch(() => {});
    return turn;
  }

  #end(end: MachineEnd): Promise<void> {
    this.#ending ??= this.#closeAll(end);
    return this.#ending;
  }

  async #closeAll(end: MachineEnd): Promise<void> {
    for (const timer of this.#resizeTimers.values()) clearTimeout(timer);
    this.#resizeTimers.clear();
    if (this.#watch !== null) clearInterval(this.#watch);
    this.input.setTarget(null);
    // A start under way sees `#ending` and gives up.
    if (this.#isStarting && this.#state === 'created') await this.#last;
    await this.#quietly(this.#processor?.[Symbol.asyncDispose]());
    await this.#quietly(this.#devices?.close());
    await this.#quietly(this.#serial?.close());
    const { screen } = this.#options;
    if (screen !== undefined && typeof screen.ramFile !== 'string') screen.ramFile.close();
    this.agent.setOpen(false);
    this.#setState('stopped');
    this.onEnd.emit(end);
  }

  async #quietly(action: PromiseLike<void> | undefined): Promise<void> {
    try {
      await action;
    } catch (error) {
      this.#log.warn('not closed', { error: messageOf(error) });
    }
  }

  #setState(state: MachineState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.onState.emit(state);
  }
}

function notNow(what: string, state: MachineState): StateError {
  return new StateError('machine-state', `A machine that is ${state} cannot be ${what}.`);
}

function isSide(side: number): boolean {
  return Number.isInteger(side) && side >= LEAST_SIDE && side <= LIMITS.maxScreenSide;
}
