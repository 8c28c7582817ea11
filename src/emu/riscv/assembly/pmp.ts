// Physical memory protection (privileged specification, chapter "Machine-Level ISA"). Regions consist of whole pages, so that
// one look serves a page in the translation caches; a region of 4 bytes (NA4) cannot be chosen.
import { H_HAS_SBI, H_PMP_ADDRESS, H_PMP_CONFIG, H_PMP_LOCKED, PMP_ENTRIES } from '../layout';
import { at, get32, get64, set32, set64 } from './hart';
import { EXECUTE, flushProtection, WRITE } from './mmu';

const R: i32 = 1;
const W: i32 = 2;
const X: i32 = 4;
const LOCKED: i32 = 0x80;
const OFF = 0;
const TOR = 1;
const NA4 = 2;
const NAPOT = 3;

/** Low bits of an address register that a page has no use for: set in a NAPOT region of a page, and in larger ones. */
const NAPOT_GRAIN: u64 = 0x1ff;
const TOR_GRAIN: u64 = 0x3ff;

function config(entry: i32): i32 {
  return <i32>load<u8>(at(H_PMP_CONFIG) + entry);
}
function matching(entry: i32): i32 {
  return (config(entry) >> 3) & 3;
}
function address(entry: i32): u64 {
  return <u64>get64(H_PMP_ADDRESS + entry * 8);
}

function isInside(entry: i32, pa: u64): bool {
  const word = pa >> 2;
  const top = address(entry);
  if (matching(entry) == TOR) {
    const bottom = entry == 0 ? 0 : address(entry - 1) & ~TOR_GRAIN;
    return word >= bottom && word < (top & ~TOR_GRAIN);
  }
  const ones = top | NAPOT_GRAIN;
  return (word ^ ones) >> (ctz<u64>(~ones) + 1) == 0;
}

/** Whether an access in a mode may touch the page of a physical address. Without software of machine mode all may. */
export function isPermitted(pa: u64, access: i32, mode: i32): bool {
  if (get32(H_HAS_SBI) != 0 || (mode == 3 && get32(H_PMP_LOCKED) == 0)) return true;
  for (let entry = 0; entry < PMP_ENTRIES; entry++) {
    if (matching(entry) == OFF || !isInside(entry, pa)) continue;
    const bits = config(entry);
    if (mode == 3 && (bits & LOCKED) == 0) return true;
    return (bits & (access == EXECUTE ? X : access == WRITE ? W : R)) != 0;
  }
  return mode == 3;
}

/** Writes eight entries' configurations; those that are locked stay, and what is reserved becomes less. */
export function writePmpConfig(offset: i32, value: i64): void {
  const first = offset - H_PMP_CONFIG;
  for (let i = 0; i < 8; i++) {
    const before = config(first + i);
    if (before & LOCKED) continue;
    let after = <i32>(value >> (8 * i)) & 0x9f;
    if ((after & (R | W)) == W) after &= ~W;
    if (((after >> 3) & 3) == NA4) after = (after & ~0x18) | (before & 0x18);
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

/** What an address register reads depends on how its entry matches. */
export function readPmpAddress(offset: i32): i64 {
  const value = <u64>get64(offset);
  return <i64>(matching((offset - H_PMP_ADDRESS) >> 3) == NAPOT ? value | NAPOT_GRAIN : value & ~TOR_GRAIN);
}
