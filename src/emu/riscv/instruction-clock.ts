/** A hart's own count of time, as it stands in shared memory: for threads that look while the hart waits for them. */
import { hartArea } from './guest-memory.ts';
import * as layout from './layout.ts';

/** Instructions done since the hart was started; while it runs, those of finished slices. */
export function instructionsRetired(memory: SharedArrayBuffer, hart: number): number {
  const view = new DataView(memory, hartArea(hart));
  return Number(view.getBigInt64(layout.H_SLICE_END, true)) - view.getInt32(layout.H_BUDGET, true);
}

/** The counter `time` of a hart whose time is counted in instructions. */
export function instructionTicks(memory: SharedArrayBuffer, hart: number): number {
  const view = new DataView(memory, hartArea(hart));
  const perTick = view.getInt32(layout.H_TICK_INSTRUCTIONS, true);
  const slept = Number(view.getBigInt64(layout.H_TIME_BASE, true));
  return slept + (perTick === 0 ? 0 : Math.floor(instructionsRetired(memory, hart) / perTick));
}

/** The registers of a hart that programs can see, as they lie in memory, in pieces. */
export function hartRegisters(memory: SharedArrayBuffer, hart: number): readonly Uint8Array[] {
  const pieces = [
    [layout.H_X, layout.H_STEP],
    [layout.H_FCSR, layout.H_CODE_EPOCH],
    [layout.H_TIME_BASE, layout.H_PMP_ADDRESS + 8 * layout.PMP_ENTRIES],
  ] as const;
  return pieces.map(([from, to]) => new Uint8Array(memory, hartArea(hart) + from, to - from));
}
