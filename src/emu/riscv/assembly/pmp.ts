// Physical memory protection (privileged specification, chapter "Machine-Level ISA"), with regions from 4 bytes on. A page
// that a region covers in part is never in a translation cache, nor is its code translated.
import { H_HAS_SBI, H_PMP_ADDRESS, H_PMP_CONFIG, H_PMP_LOCKED, PMP_ENTRIES } from '../layout';
import { at, get32, get64, set32, set64 } from './hart';
import { EXECUTE, flushProtection, WRITE } from './mmu';

const R: i32 = 1;
const W: i32 = 2;
const X: i32 = 4;
const LOCKED: i32 = 0x80;
const TOR = 1;
const NA4 = 2;
const NAPOT = 3;

function config(entry: i32): i32 {
  return <i32>load<u8>(at(H_PMP_CONFIG) + entry);
}
function matching(entry: i32): i32 {
  return (config(entry) >> 3) & 3;
}
function address(entry: i32): u64 {
  return <u64>get64(H_PMP_ADDRESS + entry * 8);
}

const NONE = 0;
const PART = 1;
const WHOLE = 2;

/** How much of so many bytes an entry covers. */
function coverage(entry: i32, pa: u64, bytes: u64): i32 {
  const first = pa >> 2;
  const last = (pa + bytes - 1) >> 2;
  const kind = matching(entry);
  const top = address(entry);
  let start = top;
  let end = top;
  if (kind == TOR) start = entry == 0 ? 0 : address(entry - 1);
  else if (kind == NA4) end = top + 1;
  else if (kind == NAPOT) {
    const low = ((<u64>2) << ctz<u64>(~top)) - 1;
    start = top & ~low;
    end = start + low + 1;
  }
  if (last < start || first >= end || start >= end) return NONE;
  return first >= start && last < end ? WHOLE : PART;
}

/** Whether nothing is forbidden in a mode: without software of machine mode, and to it, while it has locked nothing. */
function isFree(mode: i32): bool {
  return get32(H_HAS_SBI) != 0 || (mode == 3 && get32(H_PMP_LOCKED) == 0);
}

/** Whether an access in a mode may touch these bytes, which lie in a page. The first entry with one of them must have all. */
export function isPermitted(pa: u64, bytes: i32, access: i32, mode: i32): bool {
  if (isFree(mode)) return true;
  for (let entry = 0; entry < PMP_ENTRIES; entry++) {
    const covered = coverage(entry, pa, bytes);
    if (covered == NONE) continue;
    if (covered == PART) return false;
    const bits = config(entry);
    if (mode == 3 && (bits & LOCKED) == 0) return true;
    return (bits & (access == EXECUTE ? X : access == WRITE ? W : R)) != 0;
  }
  return mode == 3;
}

/** Whether what is permitted may differ within the page of an address. */
export function isMixedPage(pa: u64, mode: i32): bool {
  if (isFree(mode)) return false;
  for (let entry = 0; entry < PMP_ENTRIES; entry++) {
    const covered = coverage(entry, pa & ~0xfff, 0x1000);
    if (covered != NONE) return covered == PART;
  }
  return false;
}

/** Writes eight entries' configurations; those that are locked stay, and what is reserved becomes less. */
export function writePmpConfig(offset: i32, value: i64): void {
  const first = offset - H_PMP_CONFIG;
  for (let i = 0; i < 8; i++) {
    const before = config(first + i);
    if (before & LOCKED) continue;
    let after = <i32>(value >> (8 * i)) & 0x9f;
    if ((after & (R | W)) == W) after &= ~W;
    store<u8>(at(H_PMP_CONFIG) + first + i, <u8>after);
    if (after & LOCKED) set32(H_PMP_LOCKED, 1);
  }
  flushProtection();
}

/** An address does not change when its entry is locked, or the next one, which begins there. */
export function writePmpAddress(offset: i32, value: i64): void {
  const entry = (offset - H_PMP_ADDRESS) >> 3;
  const isBelowLocked = entry + 1 < PMP_ENTRIES && (config(entry + 1) & LOCKED) != 0 && matching(entry + 1) == TOR;
  if ((config(entry) & LOCKED) != 0 || isBelowLocked) return;
  set64(offset, value);
  flushProtection();
}
