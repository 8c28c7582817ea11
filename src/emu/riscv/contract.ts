/** What the processor and the board around it ask of each other. */
import type { WasmMemory } from '../../wasm/api.ts';

/**
 * Physical addresses outside RAM. Called synchronously in the hart's thread; an access of 8 bytes comes as two of 4, the low
 * word first. May block for a few microseconds. A store may set the hart's own interrupt word, or end the machine.
 */
export interface PhysicalBus {
  /** What is read, 0 to 2^32 - 1; -1 when nothing is there: a load access fault. */
  load(address: number, sizeBytes: 1 | 2 | 4): number;
  /** false: nothing is there: a store access fault. */
  store(address: number, sizeBytes: 1 | 2 | 4, value: number): boolean;
}

/** The memory of a machine: plain data, for every thread. */
export interface GuestMemory {
  readonly memory: WasmMemory;
  /** Where guest-physical 0x8000_0000 lies in it. */
  readonly ramOffset: number;
  readonly ramBytes: number;
  readonly hartCount: number;
}

/** Where `time` comes from: the host's clock, or the count of instructions, which makes runs equal. */
export type TimeSource = 'host' | { readonly instructionsPerTick: number };

/** How a hart begins. */
export interface HartStart {
  readonly pc: bigint;
  readonly a0: bigint;
  readonly a1: bigint;
  readonly a2?: bigint;
  readonly mode: 'machine' | 'supervisor';
}

/** All that the harts of a machine know outside RAM, as plain data. */
export interface HartsState {
  /** By hart: its area up to H_STATE_BYTES, as layout.ts has it. */
  readonly harts: readonly Uint8Array[];
  /** What the host's clock had come to, in ticks since it began; 0 where time is counted in instructions. */
  readonly clockTicks: number;
}

/** Ticks of `time` in a second; the device tree's timebase-frequency. */
export const TIMEBASE_HZ = 10_000_000;

/** A module that exports `openBus(handle): PhysicalBus`, and what it is given; structured-clonable. */
export interface BusSource {
  readonly moduleUrl: string;
  readonly handle: unknown;
}

/** The extensions in the device tree's words. */
export const RISCV_ISA = 'rv64imafdc_zicntr_zicsr_zifencei_zba_zbb_zbs_sstc_svadu';

/** The deepest page tables there are. */
export const MMU_TYPE = 'riscv,sv48';
