/**
 * One hart: its state in the machine's memory, the kernel and the interpreter over it. Runs in the thread that made it, in
 * slices of instructions; interrupts are looked at between them.
 */
// Guests look at the time often, and the global of this name is looked up each time.
import { performance } from 'node:perf_hooks';
import { compileWasm, createFunctionTable, instantiateWasm, type WasmTable } from '../../wasm/api.ts';
import { HostError, messageOf } from '../../base/errors.ts';
import type { GuestMemory, HartStart, PhysicalBus, TimeSource } from './contract.ts';
import { TIMEBASE_HZ } from './contract.ts';
import { MISA } from './csr.table.ts';
import { disassemble } from './disassembler.ts';
import { decodeTablesIn, hartArea, memoryPages } from './guest-memory.ts';
import { writeInterpreter } from './interpreter.ts';
import { createKernel, KERNEL_SIGNATURES, type Kernel } from './kernel.ts';
import { MAX_CODE_BYTES } from './jit/footprint.ts';
import type { RegionSource } from './jit/region-channel.ts';
import { Translator } from './jit/translator.ts';
import * as layout from './layout.ts';

/** How a hart is made. */
export interface HartOptions {
  readonly guest: GuestMemory;
  readonly hartId: number;
  readonly bus: PhysicalBus;
  readonly time: TimeSource;
  /** When the host's clock showed 0: milliseconds since 1970. */
  readonly originMs?: number;
  /** Whether ECALL from supervisor mode comes back as `EXIT_SBI`, instead of trapping into machine mode. */
  readonly hasSbi: boolean;
  /** Jumps to a place before it is translated; 0: the interpreter does everything. */
  readonly hotAfter?: number | undefined;
  /** Another thread that compiles; without one, the hart's own does. */
  readonly regions?: RegionSource | undefined;
  /** Memory that translated code may take, in bytes: what was not run longest is dropped then. MAX_CODE_BYTES when absent. */
  readonly maxCodeBytes?: number | undefined;
}

/**
 * Most places of a boot run some thousand times and never again: where the hart compiles, Debian's desktop is there soonest
 * from 8,000 to 20,000. Another thread takes less of it away.
 */
const HOT_AFTER = 12_000;
const HOT_AFTER_ELSEWHERE = 4000;

/** So many jumps to a place tell that the branches never taken since will hardly be taken later. */
const ENOUGH_HEAT = 100;

/** A timer that is set to this does not go off. */
const NEVER = (1n << 64n) - 1n;

/** A hart; see the file's head. */
export class Hart {
  readonly hartId: number;
  readonly #view: DataView;
  readonly #area: number;
  readonly #kernel: Kernel;
  readonly #table: WasmTable;
  readonly #translator: Translator;
  readonly #run: (budget: number) => void;
  readonly #options: HartOptions;

  constructor(options: HartOptions) {
    const { guest, hartId, bus, originMs = performance.timeOrigin } = options;
    const hotAfter = options.hotAfter ?? (options.regions === undefined ? HOT_AFTER : HOT_AFTER_ELSEWHERE);
    this.#options = options;
    this.hartId = hartId;
    this.#area = hartArea(hartId);
    this.#view = new DataView(guest.memory.buffer, this.#area, layout.HART_BYTES);
    this.#table = createFunctionTable(layout.FUNCTIONS);
    const ticksPerMs = TIMEBASE_HZ / 1000;
    const sinceOriginMs = performance.timeOrigin - originMs;
    this.#kernel = createKernel(guest.memory, this.#area, {
      busLoad: (address, sizeBytes) => bus.load(address, sizeBytes),
      busStore: (address, sizeBytes, value) => (bus.store(address, sizeBytes, value) ? 1 : 0),
      now: () => Math.floor((sinceOriginMs + performance.now()) * ticksPerMs),
      meetPage: (place, mode, fingerprint) =>
        options.regions?.recall({ place: place >>> 0, mode, fingerprint: fingerprint >>> 0 }),
      dropPage: (record) => this.#translator.dropPage(record),
    });
    const kernel = Object.fromEntries(
      Object.keys(KERNEL_SIGNATURES).map((name) => [name, (this.#kernel as unknown as Record<string, unknown>)[name]]),
    );
    this.#translator = new Translator({
      guest,
      hart: this.#area,
      table: this.#table,
      kernel: this.#kernel,
      kernelFunctions: kernel,
      tables: decodeTablesIn(guest),
      hasHeat: hotAfter >= ENOUGH_HEAT,
      regions: options.regions,
      maxCodeBytes: options.maxCodeBytes ?? MAX_CODE_BYTES / guest.hartCount,
    });
    const module = compileWasm(
      writeInterpreter({
        hart: this.#area,
        memoryPages: memoryPages(guest),
        tableLength: layout.FUNCTIONS,
        hotAfter,
      }),
    );
    const { run } = instantiateWasm(module, guest.memory, {
      env: { table: this.#table, hot: (pc: bigint) => (this.#translator.translate(pc) ? 1 : 0) },
      kernel,
    }) as { run: (budget: number) => void };
    this.#run = run;
  }

  /** Brings the hart to the state after reset and lets it begin. */
  reset(start: HartStart): void {
    const { guest, time, hasSbi } = this.#options;
    const view = this.#view;
    new Uint8Array(view.buffer, this.#area, 0x800).fill(0);
    this.set64(layout.H_MSTATUS, 0xa00000000n);
    this.set64(layout.H_MISA, MISA);
    this.set64(layout.H_ID, BigInt(this.hartId));
    view.setInt32(layout.H_RAM_START, guest.ramOffset, true);
    view.setUint32(layout.H_RAM_BYTES, guest.ramBytes, true);
    view.setInt32(layout.H_TICK_INSTRUCTIONS, time === 'host' ? 0 : time.instructionsPerTick, true);
    view.setInt32(layout.H_HAS_SBI, hasSbi ? 1 : 0, true);
    // Accessed and dirty bits are set without a trap, which software that knows of neither way copes with.
    this.set64(layout.H_MENVCFG, (1n << 61n) | (hasSbi ? 1n << 63n : 0n));
    this.set64(layout.H_STIMECMP, NEVER);
    this.set64(layout.H_MTIMECMP, NEVER);
    if (hasSbi) {
      this.set64(layout.H_MEDELEG, 0xb1ffn);
      this.set64(layout.H_MIDELEG, 0x222n);
      this.set64(layout.H_MCOUNTEREN, 7n);
      // Linux relies on its firmware for this: its vDSO reads the time in user mode.
      this.set64(layout.H_SCOUNTEREN, 7n);
    }
    view.setInt32(layout.H_MODE, start.mode === 'machine' ? 3 : 1, true);
    this.set64(layout.H_PC, start.pc);
    this.set64(layout.H_X + 80, start.a0);
    this.set64(layout.H_X + 88, start.a1);
    this.set64(layout.H_X + 96, start.a2 ?? 0n);
    this.adopt();
  }

  /** Goes on from the state that was put into the hart's area. */
  adopt(): void {
    this.#translator.clear();
    this.#kernel.flushAll();
    this.#kernel.writeStatus(this.get64(layout.H_MSTATUS));
  }

  /** Runs about so many instructions; returns an EXIT_ value of layout.ts. Throws HostError, with the place, when that fails. */
  runSlice(instructions: number): number {
    const view = this.#view;
    this.#translator.installCompiled();
    const left = view.getInt32(layout.H_BUDGET, true);
    this.set64(layout.H_SLICE_END, this.get64(layout.H_SLICE_END) + BigInt(instructions - left));
    view.setInt32(layout.H_BUDGET, instructions, true);
    view.setInt32(layout.H_EXIT, layout.EXIT_SLICE, true);
    this.#kernel.takeInterrupt();
    try {
      this.#run(instructions);
    } catch (error) {
      throw new HostError('hart', `${messageOf(error)} (last known in ${this.describePlace()})`, { cause: error });
    }
    return view.getInt32(layout.H_EXIT, true);
  }

  /** Does what another hart asked for: REQUEST_ bits. */
  serve(requests: number): void {
    if ((requests & layout.REQUEST_SFENCE) !== 0) this.#kernel.flushTranslations();
    if ((requests & layout.REQUEST_FENCE_I) !== 0) this.#kernel.doubtCode();
  }

  /** Whether what was run last is WFI. */
  get isInWfi(): boolean {
    return this.#view.getInt32(layout.H_EXIT, true) === layout.EXIT_WFI;
  }

  /** Whether an interrupt is pending that would end WFI. */
  get hasWakeup(): boolean {
    return (this.#kernel.readMip() & this.get64(layout.H_MIE)) !== 0n;
  }

  /** Ticks until a timer's interrupt, Infinity when none is set. With instruction-counted time, see `skipTime`. */
  get ticksToTimer(): number {
    const enabled = this.get64(layout.H_MIE);
    const supervisor = (enabled & 0x20n) === 0n ? NEVER : this.get64(layout.H_STIMECMP);
    const machine = (enabled & 0x80n) === 0n || this.#options.hasSbi ? NEVER : this.get64(layout.H_MTIMECMP);
    const compare = supervisor < machine ? supervisor : machine;
    return compare === NEVER ? Infinity : Math.max(0, Number(compare - this.time));
  }

  /** The counter `time`, in ticks of TIMEBASE_HZ. */
  get time(): bigint {
    return BigInt.asUintN(64, this.#kernel.time());
  }

  /** Lets so many ticks go by at once, while the hart sleeps. */
  skipTime(ticks: number): void {
    this.set64(layout.H_TIME_BASE, this.get64(layout.H_TIME_BASE) + BigInt(ticks));
  }

  /** Instructions done since reset. */
  get instructionsRetired(): bigint {
    return this.get64(layout.H_SLICE_END) - BigInt(this.#view.getInt32(layout.H_BUDGET, true));
  }

  /** The mode and program counter that were last noted, and the instruction there, for people. */
  describePlace(): string {
    const pc = this.get64(layout.H_PC);
    const mode = ['user', 'supervisor', '', 'machine'][this.#view.getInt32(layout.H_MODE, true)];
    const place = this.#kernel.fetchPlace(BigInt.asIntN(64, pc)) >>> 0;
    const memory = new DataView(this.#view.buffer);
    const isWhole = place !== 0 && (place & 0xfff) <= 0xffc;
    return `${mode} mode, 0x${pc.toString(16)}${isWhole ? `: ${disassemble(memory.getUint32(place, true))}` : ''}`;
  }

  /** Regions translated since the hart was made. */
  get regionCount(): number {
    return this.#translator.regionCount;
  }

  /** Memory that translated code takes now, in bytes, as footprint.ts estimates it. */
  get codeBytes(): number {
    return this.#translator.codeBytes;
  }

  /** A word of the hart's state, by its offset in layout.ts. */
  get64(offset: number): bigint {
    return this.#view.getBigUint64(offset, true);
  }

  set64(offset: number, value: bigint): void {
    this.#view.setBigUint64(offset, value, true);
  }
}
