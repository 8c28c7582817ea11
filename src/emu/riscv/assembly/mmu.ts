// Addresses: Sv39 and Sv48 (privileged specification, "Supervisor-Level ISA"), the translation caches that interpreter and
// translated code look into, and the slow ways of loads and stores: cache misses, misaligned accesses, devices.
import {
  H_CODE_EPOCH,
  H_FAULT_CAUSE,
  H_FAULT_VALUE,
  H_FETCH_MIXED,
  H_FETCH_TLB,
  H_JUMP_GENERATION,
  H_JUMP_KEY,
  H_JUMP_PAGES,
  H_JUMPS,
  H_MENVCFG,
  H_MODE,
  H_MSTATUS,
  H_RAM_BYTES,
  H_RAM_START,
  H_READ_TLB,
  H_SATP,
  H_SCRATCH,
  H_TLB,
  H_USER_COUNT,
  H_USER_ENTRIES,
  H_WRITE_TLB,
  JUMP_ENTRIES,
  RAM_BASE,
  TLB_BYTES,
  TLB_ENTRIES,
  TLB_ENTRY_BYTES,
} from '../layout';
import { busLoad, busStore } from './imports';
import { at, get32, get64, set32, set64 } from './hart';
import { isMixedPage, isPermitted } from './pmp';

export const READ = 0;
export const WRITE = 1;
export const EXECUTE = 2;

const PTE_V: u64 = 1;
const PTE_R: u64 = 2;
const PTE_W: u64 = 4;
const PTE_X: u64 = 8;
const PTE_U: u64 = 16;
const PTE_A: u64 = 64;
const PTE_D: u64 = 128;
const PTE_RESERVED: u64 = 0xffc0000000000000;

const MSTATUS_SUM: i64 = 1 << 18;
const MSTATUS_MXR: i64 = 1 << 19;
const MSTATUS_MPRV: i64 = 1 << 17;
const ENVCFG_ADUE: i64 = 1 << 61;

/** A tag that nothing has: no access leaves bit 3 of an address in place, nor has a fetch. */
const NOTHING: i64 = 8;

/** Place in memory of a physical address of RAM, 0 when it is not RAM. */
function placeOf(pa: u64): i32 {
  const offset = pa - <u64>(<u32>RAM_BASE);
  return offset < <u64>(<u32>get32(H_RAM_BYTES)) ? <i32>offset + get32(H_RAM_START) : 0;
}

function fault(cause: i64, value: u64): i32 {
  set64(H_FAULT_CAUSE, cause);
  set64(H_FAULT_VALUE, <i64>value);
  return 0;
}

/** Cause of a page fault; those of access faults are less: 1, 5, 7. */
function pageFault(access: i32): i64 {
  return access == EXECUTE ? 12 : access == READ ? 13 : 15;
}
function accessFault(access: i32): i64 {
  return access == EXECUTE ? 1 : access == READ ? 5 : 7;
}

/** The mode that loads and stores are checked in. */
export function dataMode(): i32 {
  const mode = get32(H_MODE);
  const status = get64(H_MSTATUS);
  return mode == 3 && (status & MSTATUS_MPRV) != 0 ? <i32>((status >> 11) & 3) : mode;
}

let isUserPage = false;
let isMixed = false;

/** Physical address of so many bytes of a page that may be accessed so, or all ones with the fault noted. */
function translate(va: u64, bytes: i32, access: i32, mode: i32): u64 {
  const pa = walk(va, access, mode);
  if (pa == <u64>-1) return pa;
  isMixed = isMixedPage(pa, mode);
  if (isPermitted(pa, bytes, access, mode)) return pa;
  fault(accessFault(access), va);
  return <u64>-1;
}

function walk(va: u64, access: i32, mode: i32): u64 {
  const satp = get64(H_SATP);
  const scheme = <i32>(<u64>satp >> 60);
  isUserPage = false;
  if (mode == 3 || scheme == 0) return va;
  let level = scheme == 8 ? 2 : 3;
  const spare = 64 - (12 + 9 * (level + 1));
  if (<u64>(<i64>(va << spare) >> spare) != va) {
    fault(pageFault(access), va);
    return <u64>-1;
  }
  const status = get64(H_MSTATUS);
  let table = (<u64>(satp & 0xfffffffffff)) << 12;
  for (; level >= 0; level--) {
    const cell = table + (((va >> (12 + 9 * level)) & 0x1ff) << 3);
    const place = placeOf(cell);
    if (place == 0 || !isPermitted(cell, 8, READ, 1)) {
      fault(accessFault(access), va);
      return <u64>-1;
    }
    let pte = atomic.load<u64>(<usize>(<u32>place));
    if (!(pte & PTE_V) || (pte & (PTE_R | PTE_W)) == PTE_W || (pte & PTE_RESERVED) != 0) break;
    const base = ((pte >> 10) & 0xfffffffffff) << 12;
    if (!(pte & (PTE_R | PTE_X))) {
      if (pte & (PTE_A | PTE_D | PTE_U)) break;
      table = base;
      continue;
    }
    const isUser = (pte & PTE_U) != 0;
    if (mode == 0 ? !isUser : isUser && (access == EXECUTE || (status & MSTATUS_SUM) == 0)) break;
    const isAllowed =
      access == EXECUTE
        ? (pte & PTE_X) != 0
        : access == WRITE
          ? (pte & PTE_W) != 0
          : (pte & PTE_R) != 0 || ((status & MSTATUS_MXR) != 0 && (pte & PTE_X) != 0);
    if (!isAllowed) break;
    const within = ((<u64>1) << (12 + 9 * level)) - 1;
    if (base & within) break;
    const wanted = access == WRITE ? PTE_A | PTE_D : PTE_A;
    if ((pte & wanted) != wanted) {
      if ((get64(H_MENVCFG) & ENVCFG_ADUE) == 0) break;
      if (!isPermitted(cell, 8, WRITE, 1)) {
        fault(accessFault(access), va);
        return <u64>-1;
      }
      const seen = atomic.cmpxchg<u64>(<usize>(<u32>place), pte, pte | wanted);
      if (seen != pte) {
        // Another hart changed the entry: look again.
        level++;
        continue;
      }
    }
    isUserPage = isUser;
    return base | (va & within);
  }
  fault(pageFault(access), va);
  return <u64>-1;
}

function entryOf(cache: i32, va: u64): usize {
  return <usize>(cache + ((<i32>(va >> 12) & (TLB_ENTRIES - 1)) << 4));
}

/** Puts the page that was translated last into a data cache. */
function remember(cache: i32, va: u64, place: i32, mode: i32): void {
  if (isMixed) return;
  const entry = entryOf(cache, va);
  store<u64>(entry, va & ~0xfff);
  store<i32>(entry, place - <i32>va, 8);
  if (isUserPage && mode == 1) {
    const count = get32(H_USER_COUNT);
    if (count < 16) store<i32>(at(H_USER_ENTRIES + count * 4), <i32>entry);
    if (count < 17) set32(H_USER_COUNT, count + 1);
  }
}

/** Forgets user pages that the supervisor could reach: mstatus.SUM went away. */
export function forgetUserPages(): void {
  const count = get32(H_USER_COUNT);
  if (count > 16) flushData(1);
  else for (let i = 0; i < count; i++) store<i64>(<usize>load<i32>(at(H_USER_ENTRIES + i * 4)), NOTHING);
  set32(H_USER_COUNT, 0);
}

function flushData(mode: i32): void {
  const cache = at(H_TLB) + mode * 2 * TLB_BYTES;
  for (let i = 0; i < 2 * TLB_ENTRIES; i++) store<i64>(cache + i * TLB_ENTRY_BYTES, NOTHING);
}

/** Which caches of a hart's area serve data in the present mode. */
export function chooseCaches(): void {
  const mode = dataMode();
  const cache = <i32>at(H_TLB) + (mode == 3 ? 2 : mode) * 2 * TLB_BYTES;
  set32(H_READ_TLB, cache);
  set32(H_WRITE_TLB, cache + TLB_BYTES);
}

/** Empties the translation caches, but for machine mode's data: those are not translated. */
export function flushTranslations(): void {
  flushData(0);
  flushData(1);
  set32(H_USER_COUNT, 0);
  for (let i = 0; i < TLB_ENTRIES; i++) store<i64>(at(H_FETCH_TLB) + i * TLB_ENTRY_BYTES, NOTHING);
  flushJumps();
}

/** Empties all that knows what memory protection allows. */
export function flushProtection(): void {
  flushData(2);
  flushTranslations();
}

/** Empties all, at reset. */
export function flushAll(): void {
  flushData(2);
  clearJumps();
  flushTranslations();
}

/** FENCE.I: what is translated may differ from RAM now. */
export function doubtCode(): void {
  set32(H_CODE_EPOCH, get32(H_CODE_EPOCH) + 1);
  flushJumps();
}

/** No address has bits 61 and 63 apart, so no entry fits. */
function clearJumps(): void {
  for (let i = 0; i < JUMP_ENTRIES; i++) store<i64>(at(H_JUMPS) + i * 16, 0x2000000000000000);
}

/** Makes what the jump cache knows invalid, by another generation in its tags. */
export function flushJumps(): void {
  const generation = (get32(H_JUMP_GENERATION) + 1) & 0x1fff;
  set32(H_JUMP_GENERATION, generation);
  memory.fill(at(H_JUMP_PAGES), 0, 512);
  if (generation == 0) clearJumps();
  refreshJumpKey();
}

/** Bit 0: supervisor, bit 62: machine, bits 48 to 60: generation. A key of machine mode under MPRV fits no entry. */
export function refreshJumpKey(): void {
  const mode = get32(H_MODE);
  const isOff = mode == 3 && (get64(H_MSTATUS) & MSTATUS_MPRV) != 0;
  const tag: i64 = isOff ? 0x4000000000000001 : mode == 0 ? 0 : mode == 1 ? 1 : 0x4000000000000000;
  set64(H_JUMP_KEY, tag | ((<i64>get32(H_JUMP_GENERATION)) << 48));
}

/** One page's translations, after SFENCE.VMA with an address. */
export function flushPage(va: u64): void {
  for (let cache = 0; cache < 4; cache++) {
    const entry = entryOf(<i32>at(H_TLB) + cache * TLB_BYTES, va);
    if (((load<u64>(entry) ^ va) & ~0xfff) == 0) store<i64>(entry, NOTHING);
  }
  const fetch = entryOf(<i32>at(H_FETCH_TLB), va);
  if (((load<u64>(fetch) ^ va) & ~0xfff) == 0) store<i64>(fetch, NOTHING);
  const page = <i32>(va >> 12) & 4095;
  if ((load<u8>(at(H_JUMP_PAGES) + (page >> 3)) >> (page & 7)) & 1) flushJumps();
}

/**
 * Place in memory of the instruction at `va` in the present mode; 0 and a fault noted when there is none. H_FETCH_MIXED tells
 * whether it holds for this instruction only.
 */
export function fetchPlace(va: u64): i32 {
  const mode = get32(H_MODE);
  const entry = entryOf(<i32>at(H_FETCH_TLB), va);
  const tag = (va & ~0xfff) | <u64>mode | 4;
  set32(H_FETCH_MIXED, 0);
  if (load<u64>(entry) == tag) return load<i32>(entry, 8) + <i32>va;
  const pa = translate(va, 2, EXECUTE, mode);
  if (pa == <u64>-1) return 0;
  const place = placeOf(pa);
  if (place == 0) return fault(1, va);
  if (isMixed) {
    set32(H_FETCH_MIXED, 1);
    const isLong = (load<u16>(<usize>(<u32>place)) & 3) == 3 && (va & 0xfff) != 0xffe;
    return isLong && !isPermitted(pa + 2, 2, EXECUTE, mode) ? fault(1, va + 2) : place;
  }
  store<u64>(entry, tag);
  store<i32>(entry, place - <i32>va, 8);
  return place;
}

/**
 * Where a load finds its bytes: in RAM, or in H_SCRATCH after they were brought there. 0: a fault is noted.
 */
export function loadPlace(va: u64, size: i32): i32 {
  const mode = dataMode();
  if ((va & 0xfff) + size > 0x1000) return loadAcross(va, size);
  const pa = translate(va, size, READ, mode);
  if (pa == <u64>-1) return 0;
  const place = placeOf(pa);
  if (place != 0) {
    remember(get32(H_READ_TLB), va, place, mode);
    return place;
  }
  if (va & (size - 1)) return fault(4, va);
  const scratch = at(H_SCRATCH);
  if (pa >= 0x20000000000000) return fault(5, va);
  const low = busLoad(<f64>pa, size == 8 ? 4 : size);
  if (low < 0) return fault(5, va);
  store<u64>(scratch, <u64>low);
  if (size == 8) {
    const high = busLoad(<f64>(pa + 4), 4);
    if (high < 0) return fault(5, va);
    store<u32>(scratch, <u32>high, 4);
  }
  return <i32>scratch;
}

function loadAcross(va: u64, size: i32): i32 {
  const mode = dataMode();
  const scratch = at(H_SCRATCH);
  const split = 0x1000 - <i32>(va & 0xfff);
  const first = translate(va, split, READ, mode);
  if (first == <u64>-1) return 0;
  const second = translate(va + split, size - split, READ, mode);
  if (second == <u64>-1) return 0;
  for (let i = 0; i < size; i++) {
    const place = placeOf(i < split ? first + i : second + i - split);
    if (place == 0) return fault(5, va);
    store<u8>(scratch + i, load<u8>(<usize>(<u32>place)));
  }
  return <i32>scratch;
}

/** Stores the low `size` bytes of `value`; 0: a fault is noted and nothing is stored. */
export function storeSlow(va: u64, value: u64, size: i32): i32 {
  const mode = dataMode();
  if ((va & 0xfff) + size > 0x1000) return storeAcross(va, value, size);
  const pa = translate(va, size, WRITE, mode);
  if (pa == <u64>-1) return 0;
  const place = placeOf(pa);
  if (place != 0) {
    remember(get32(H_WRITE_TLB), va, place, mode);
    const to = <usize>(<u32>place);
    if (size == 8) store<u64>(to, value);
    else if (size == 4) store<u32>(to, <u32>value);
    else if (size == 2) store<u16>(to, <u16>value);
    else store<u8>(to, <u8>value);
    return 1;
  }
  if (va & (size - 1)) return fault(6, va);
  if (pa >= 0x20000000000000) return fault(7, va);
  const mask: u64 = size == 1 ? 0xff : size == 2 ? 0xffff : 0xffffffff;
  if (!busStore(<f64>pa, size == 8 ? 4 : size, <f64>(value & mask))) return fault(7, va);
  if (size == 8 && !busStore(<f64>(pa + 4), 4, <f64>(value >> 32))) return fault(7, va);
  return 1;
}

function storeAcross(va: u64, value: u64, size: i32): i32 {
  const mode = dataMode();
  const split = 0x1000 - <i32>(va & 0xfff);
  const first = translate(va, split, WRITE, mode);
  if (first == <u64>-1) return 0;
  const second = translate(va + split, size - split, WRITE, mode);
  if (second == <u64>-1) return 0;
  if (placeOf(first) == 0) return fault(7, va);
  if (placeOf(second) == 0) return fault(7, va + split);
  for (let i = 0; i < size; i++) {
    const place = placeOf(i < split ? first + i : second + i - split);
    store<u8>(<usize>(<u32>place), <u8>(value >> ((<u64>i) << 3)));
  }
  return 1;
}

/** Place for an atomic access, which must be aligned and in RAM; `isLoad` for LR. 0: a fault is noted. */
export function atomicPlace(va: u64, size: i32, isLoad: i32): i32 {
  if (va & (size - 1)) return fault(isLoad ? 4 : 6, va);
  const mode = dataMode();
  const pa = translate(va, size, isLoad ? READ : WRITE, mode);
  if (pa == <u64>-1) return 0;
  const place = placeOf(pa);
  if (place == 0) return fault(isLoad ? 5 : 7, va);
  remember(get32(isLoad ? H_READ_TLB : H_WRITE_TLB), va, place, mode);
  return place;
}
