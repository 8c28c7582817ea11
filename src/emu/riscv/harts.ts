/** The harts of a machine, each in a thread of its own, as the board and the machine's owner see them. */
import { MessageChannel, Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { assert } from '../../base/assert.ts';
import { HostError, messageOf } from '../../base/errors.ts';
import { Signal } from '../../base/signal.ts';
import type { BusSource, GuestMemory, HartsState, HartStart, TimeSource } from './contract.ts';
import { MMU_TYPE, RISCV_ISA, TIMEBASE_HZ } from './contract.ts';
import { createGuestMemory, hartArea } from './guest-memory.ts';
import { instructionsRetired } from './instruction-clock.ts';
import type { HartWorkerData } from './hart.worker.ts';
import { HartSignals } from './hart-signals.ts';
import type { CompilerWorkerData } from './jit/compiler.worker.ts';
import { KnownPages } from './jit/known-pages.ts';
import { allocateWaiting, type RegionPort } from './jit/region-channel.ts';
import { setV8Flags } from './jit/v8-flags.ts';
import * as layout from './layout.ts';

/** What may differ from machine to machine. */
export interface HartsOptions {
  /** `host` when absent. */
  readonly time?: TimeSource;
  /** Harts begin in machine mode, where firmware answers their calls. */
  readonly hasFirmware?: boolean;
  /** See `HartOptions.hotAfter`. */
  readonly hotAfter?: number;
  /** No sleep of a hart is longer, so that a clock that was set does no harm. 10 s when absent. */
  readonly maxSleepMs?: number;
  /** Where it is kept from run to run what was hot; null or absent: nowhere. See jit/hot-code.ts. */
  readonly hotCodeFile?: string | null | undefined;
}

const MAX_SLEEP_MS = 10_000;
/** How long the end of a machine waits until what was hot is written down. */
const SAVE_MS = 10_000;

/** Processor and RAM of a machine before its harts have threads. */
export class HartsSource {
  readonly isa = RISCV_ISA;
  readonly mmu = MMU_TYPE;
  readonly timebaseHz = TIMEBASE_HZ;
  readonly guest: GuestMemory;
  readonly #options: HartsOptions;

  /** Reserves memory: `ramBytes` a multiple of 64 KiB up to 3 GiB, 1 to 8 harts. Throws RangeError when there is no room. */
  constructor(ramBytes: number, hartCount: number, options: HartsOptions = {}) {
    setV8Flags();
    this.guest = createGuestMemory(ramBytes, hartCount);
    this.#options = options;
  }

  /** All shared memory. */
  get buffer(): SharedArrayBuffer {
    return this.guest.memory.buffer;
  }

  get ramOffset(): number {
    return this.guest.ramOffset;
  }

  get ramBytes(): number {
    return this.guest.ramBytes;
  }

  /** Whether time is counted in instructions. */
  get isPaced(): boolean {
    return typeof this.#options.time === 'object';
  }

  /** Index in an Int32Array over `buffer` of each hart's interrupt word: bits as in mip, set with Atomics and notified. */
  get interruptPlaces(): readonly number[] {
    return Array.from({ length: this.guest.hartCount }, (_, hart) => (hartArea(hart) + layout.H_INTERRUPTS) / 4);
  }

  /** Starts the threads. Rejects with the error of a thread that could not. */
  async create(bus: BusSource): Promise<Harts> {
    const originMs = performance.timeOrigin + performance.now();
    const { time = 'host', hasFirmware = false, hotAfter, maxSleepMs = MAX_SLEEP_MS } = this.#options;
    // Where time is counted in instructions, so must be when translated code is there.
    const channels = time === 'host' && hotAfter === undefined ? this.interruptPlaces.map(() => regionChannel()) : [];
    const workers = this.interruptPlaces.map((_, hartId) => {
      const regions = channels[hartId]?.hart ?? null;
      const workerData: HartWorkerData = {
        guest: this.guest,
        hartId,
        bus,
        time,
        originMs,
        hasSbi: !hasFirmware,
        hotAfter,
        maxSleepMs,
        regions,
      };
      const transferList = regions === null ? [] : [regions.port];
      return new Worker(new URL('./hart.worker.ts', import.meta.url), { workerData, transferList });
    });
    // Nothing waits for it: what harts have asked for until it is there stays in their channels.
    const compiler = channels.length === 0 ? null : this.#startCompiler(channels.map((channel) => channel.compiler));
    const signals = new HartSignals(this.guest);
    for (const hart of workers.keys()) signals.setState(hart, layout.HSM_STOPPED);
    try {
      await Promise.all(workers.map((worker) => once(worker, 'message')));
    } catch (error) {
      const threads = compiler === null ? workers : [...workers, compiler];
      await Promise.all(threads.map((thread) => thread.terminate()));
      throw error;
    }
    return new Harts(this.guest, signals, workers, compiler, this.isPaced ? null : originMs);
  }

  #startCompiler(ports: readonly RegionPort[]): Worker {
    const { hotCodeFile = null } = this.#options;
    const workerData: CompilerWorkerData = { guest: this.guest, ports, hotCodeFile };
    const transferList = ports.map(({ port }) => port);
    return new Worker(new URL('./jit/compiler.worker.ts', import.meta.url), { workerData, transferList });
  }
}

/** Resolves when the thread that compiles has written down what is new, or has ended, or takes too long. */
async function untilSaved(compiler: Worker): Promise<void> {
  const isSaved = Promise.withResolvers<void>();
  const timer = setTimeout(isSaved.resolve, SAVE_MS);
  for (const event of ['message', 'exit']) compiler.once(event, () => isSaved.resolve());
  compiler.postMessage('save');
  // It has none when it has ended.
  if (compiler.threadId < 0) isSaved.resolve();
  await isSaved.promise;
  clearTimeout(timer);
}

function regionChannel(): { readonly hart: RegionPort; readonly compiler: RegionPort } {
  const { port1, port2 } = new MessageChannel();
  const waiting = allocateWaiting();
  const known = KnownPages.allocate();
  return { hart: { port: port1, waiting, known }, compiler: { port: port2, waiting, known } };
}

/** Running harts. Dispose of them to end their threads. */
export class Harts implements AsyncDisposable {
  /** Emitted once, when the thread of a hart has ended by itself; what waits for it is rejected with the same. */
  readonly onError: Signal<HostError> = new Signal();
  readonly #guest: GuestMemory;
  readonly #signals: HartSignals;
  readonly #workers: readonly Worker[];
  readonly #compiler: Worker | null;
  readonly #originMs: number | null;
  readonly #waiting = new Set<(error: HostError) => void>();
  #error: HostError | null = null;
  #isClosing = false;

  /**
   * `compiler`: the thread that translates, null when harts do so themselves. `originMs`: when the harts' clock showed 0,
   * milliseconds since 1970; null: their time is counted in instructions.
   */
  constructor(
    guest: GuestMemory,
    signals: HartSignals,
    workers: readonly Worker[],
    compiler: Worker | null,
    originMs: number | null,
  ) {
    this.#guest = guest;
    this.#signals = signals;
    this.#workers = workers;
    this.#compiler = compiler;
    this.#originMs = originMs;
    compiler?.on('error', (error) => this.#fail('The translator of the guest', error));
    for (const [hart, worker] of workers.entries()) {
      worker.on('error', (error) => this.#fail(`Processor ${hart} of the guest`, error));
      worker.on('exit', () => this.#fail(`Processor ${hart} of the guest`, new Error('its thread has ended')));
    }
  }

  /** Starts a hart that is stopped, in supervisor mode or, with firmware, in machine mode, and lets all run. */
  start(hart: number, start: Omit<HartStart, 'mode'>): void {
    this.#signals.start(hart, start);
    this.resume();
  }

  /** Resolves when no hart executes any more. Rejects with HostError. */
  async pause(): Promise<void> {
    await this.#command(layout.COMMAND_PAUSE);
  }

  resume(): void {
    for (const hart of this.#workers.keys()) this.#signals.setCommand(hart, layout.COMMAND_RUN);
  }

  /** Resolves when no hart executes any more; all are stopped then, and `start` begins anew. Rejects with HostError. */
  async stop(): Promise<void> {
    await this.#command(layout.COMMAND_STOP);
    for (const hart of this.#workers.keys()) this.#signals.setState(hart, layout.HSM_STOPPED);
  }

  /** What they know, while none executes; RAM comes beside it. */
  save(): HartsState {
    const harts = this.#areas().map((area) => area.slice());
    return { harts, clockTicks: this.#clockTicks };
  }

  /** Goes on, at `resume`, from what `save` gave, on new harts with the same RAM. */
  restore({ harts, clockTicks }: HartsState): void {
    const before = this.#clockTicks;
    for (const [hart, area] of this.#areas().entries()) {
      const saved = harts[hart];
      assert(saved?.length === layout.H_STATE_BYTES, 'there is a state for each hart');
      const words = new DataView(saved.buffer, saved.byteOffset);
      area.set(saved.subarray(0, layout.H_INTERRUPTS));
      const view = new DataView(area.buffer, area.byteOffset);
      const base = view.getBigInt64(layout.H_TIME_BASE, true);
      view.setBigInt64(layout.H_TIME_BASE, base + BigInt(clockTicks - before), true);
      area.set(saved.subarray(layout.H_START), layout.H_START);
      // The thread of the hart sleeps on these, and looks at no others before it is told to run.
      this.#signals.interrupt(hart, words.getInt32(layout.H_INTERRUPTS, true) & ~layout.ATTENTION);
      this.#signals.addRequests(hart, words.getInt32(layout.H_REQUESTS, true));
      const state = words.getInt32(layout.H_HSM, true);
      this.#signals.setState(hart, state === layout.HSM_STOPPED ? state : state | layout.HSM_RESTORED);
    }
  }

  #areas(): Uint8Array[] {
    const { buffer } = this.#guest.memory;
    return [...this.#workers.keys()].map((hart) => new Uint8Array(buffer, hartArea(hart), layout.H_STATE_BYTES));
  }

  get #clockTicks(): number {
    if (this.#originMs === null) return 0;
    return Math.floor(((performance.timeOrigin + performance.now() - this.#originMs) * TIMEBASE_HZ) / 1000);
  }

  /** Instructions done since the hart was started; while it runs, those of finished slices. */
  instructionsRetired(hart: number): number {
    return instructionsRetired(this.#guest.memory.buffer, hart);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true;
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
    if (this.#compiler === null) return;
    await untilSaved(this.#compiler);
    await this.#compiler.terminate();
  }

  async #command(command: number): Promise<void> {
    if (this.#error !== null) throw this.#error;
    for (const hart of this.#workers.keys()) this.#signals.setCommand(hart, command);
    const { promise: failed, reject } = Promise.withResolvers<never>();
    this.#waiting.add(reject);
    try {
      await Promise.race([
        failed,
        Promise.all([...this.#workers.keys()].map((hart) => this.#signals.untilInactive(hart))),
      ]);
    } finally {
      this.#waiting.delete(reject);
    }
  }

  #fail(what: string, cause: Error): void {
    if (this.#error !== null || this.#isClosing) return;
    const error = new HostError('hart', `${what} has failed: ${messageOf(cause)}.`, { cause });
    this.#error = error;
    for (const reject of this.#waiting) reject(error);
    this.onError.emit(error);
  }
}
