/** The harts of a machine, each in a thread of its own, as the board and the machine's owner see them. */
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import type { BusSource, GuestMemory, TimeSource } from './contract.ts';
import { MMU_TYPE, RISCV_ISA, TIMEBASE_HZ } from './contract.ts';
import { createGuestMemory, hartArea } from './guest-memory.ts';
import type { HartWorkerData } from './hart.worker.ts';
import { HartSignals } from './hart-signals.ts';
import * as layout from './layout.ts';

/** Processor and RAM of a machine before its harts have threads. */
export class HartsSource {
  readonly isa = RISCV_ISA;
  readonly mmu = MMU_TYPE;
  readonly timebaseHz = TIMEBASE_HZ;
  readonly guest: GuestMemory;
  readonly #time: TimeSource;

  /** Reserves memory: `ramBytes` a multiple of 64 KiB up to 3 GiB, 1 to 8 harts. Throws RangeError when there is no room. */
  constructor(ramBytes: number, hartCount: number, time: TimeSource = 'host') {
    this.guest = createGuestMemory(ramBytes, hartCount);
    this.#time = time;
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

  /** Index in an Int32Array over `buffer` of each hart's interrupt word: bits as in mip, set with Atomics and notified. */
  get interruptPlaces(): readonly number[] {
    return Array.from({ length: this.guest.hartCount }, (_, hart) => (hartArea(hart) + layout.H_INTERRUPTS) / 4);
  }

  /** Starts the threads. Rejects with the error of a thread that could not. */
  async create(bus: BusSource): Promise<Harts> {
    const originMs = performance.timeOrigin + performance.now();
    const workers = this.interruptPlaces.map((_, hartId) => {
      const workerData: HartWorkerData = { guest: this.guest, hartId, bus, time: this.#time, originMs };
      return new Worker(new URL('./hart.worker.ts', import.meta.url), { workerData });
    });
    const signals = new HartSignals(this.guest);
    for (const hart of workers.keys()) signals.setState(hart, layout.HSM_STOPPED);
    try {
      await Promise.all(workers.map((worker) => once(worker, 'message')));
    } catch (error) {
      await Promise.all(workers.map((worker) => worker.terminate()));
      throw error;
    }
    return new Harts(this.guest, signals, workers);
  }
}

/** Running harts. Dispose of them to end their threads. */
export class Harts implements AsyncDisposable {
  readonly #guest: GuestMemory;
  readonly #signals: HartSignals;
  readonly #workers: readonly Worker[];

  constructor(guest: GuestMemory, signals: HartSignals, workers: readonly Worker[]) {
    this.#guest = guest;
    this.#signals = signals;
    this.#workers = workers;
  }

  /** Starts a hart that is stopped, in supervisor mode, and lets all run. */
  start(hart: number, start: { readonly pc: bigint; readonly a0: bigint; readonly a1: bigint }): void {
    this.#signals.start(hart, start);
    this.resume();
  }

  /** Resolves when no hart executes any more. */
  async pause(): Promise<void> {
    await this.#command(layout.COMMAND_PAUSE);
  }

  resume(): void {
    for (const hart of this.#workers.keys()) this.#signals.setCommand(hart, layout.COMMAND_RUN);
  }

  /** Resolves when no hart executes any more; all are stopped then, and `start` begins anew. */
  async stop(): Promise<void> {
    await this.#command(layout.COMMAND_STOP);
    for (const hart of this.#workers.keys()) this.#signals.setState(hart, layout.HSM_STOPPED);
  }

  /** Instructions done since the hart was started; while it runs, those of finished slices. */
  instructionsRetired(hart: number): number {
    const view = new DataView(this.#guest.memory.buffer, hartArea(hart));
    return Number(view.getBigInt64(layout.H_SLICE_END, true)) - view.getInt32(layout.H_BUDGET, true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  async #command(command: number): Promise<void> {
    for (const hart of this.#workers.keys()) this.#signals.setCommand(hart, command);
    await Promise.all([...this.#workers.keys()].map((hart) => this.#signals.untilInactive(hart)));
  }
}
