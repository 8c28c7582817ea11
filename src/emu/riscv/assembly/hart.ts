// The hart that this instance serves: its area in the machine's memory; see ../layout.ts.
import { H_FCSR, H_FP_FAST, H_FP_STATE, H_MSTATUS } from '../layout';
import { hartBase } from './imports';

export function at(offset: i32): usize {
  return <usize>(hartBase + offset);
}
export function get64(offset: i32): i64 {
  return load<i64>(at(offset));
}
export function set64(offset: i32, value: i64): void {
  store<i64>(at(offset), value);
}
export function get32(offset: i32): i32 {
  return load<i32>(at(offset));
}
export function set32(offset: i32, value: i32): void {
  store<i32>(at(offset), value);
}

/** Writes fcsr and what follows from it. */
export function writeFcsr(value: i32): void {
  set32(H_FCSR, value & 0xff);
  set32(H_FP_FAST, i32((value & 0xe1) == 1));
  refreshFpState();
}

/** FP_READY needs mstatus.FS dirty (bit 0) and a valid frm (bit 1). */
export function refreshFpState(): void {
  const isDirty = i32(((get64(H_MSTATUS) >> 13) & 3) == 3);
  const isValid = i32(((get32(H_FCSR) >> 5) & 7) <= 4);
  set32(H_FP_STATE, isDirty | (isValid << 1));
}

/** Raises exception flags: NV 16, DZ 8, OF 4, UF 2, NX 1. */
export function raiseFlags(flags: i32): void {
  const fcsr = get32(H_FCSR) | flags;
  set32(H_FCSR, fcsr);
  set32(H_FP_FAST, i32((fcsr & 0xe1) == 1));
}
