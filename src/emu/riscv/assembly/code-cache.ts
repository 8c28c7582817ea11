// Finding translated code: from the virtual program counter through the jump cache, or the records of translated pages. A
// record is of a page of RAM in a mode. FENCE.I makes every record doubtful: when it is wanted next, its copy is compared.
import {
  H_CODE_EPOCH,
  H_CODE_GENERATION,
  H_FETCH_MIXED,
  H_JUMP_KEY,
  H_JUMP_PAGES,
  H_JUMPS,
  H_MET,
  H_MODE,
  H_MSTATUS,
  H_PAGE_HASH,
  H_PAGES,
  JUMP_ENTRIES,
  MET_ENTRIES,
  P_COPY,
  P_ENTRIES,
  P_EPOCH,
  P_FROM,
  P_KEY,
  P_NEXT,
  P_TO,
  P_USED,
  PAGE_HASH_ENTRIES,
  PAGE_RECORD_BYTES,
} from '../layout';
import { dropPage, meetPage } from './imports';
import { at, get32, get64 } from './hart';
import { fetchPlace } from './mmu';

/** Address of the record of a page, by the page's place in memory; 0: there is none. */
export function findPage(place: i32, mode: i32): i32 {
  const page = <u32>place & ~0xfff;
  const key = <u64>page | <u64>mode | 4;
  const hash = ((page >> 12) ^ ((<u32>mode) << 11)) & (PAGE_HASH_ENTRIES - 1);
  let number = <i32>load<u16>(at(H_PAGE_HASH) + (hash << 1));
  while (number != 0) {
    const record = at(H_PAGES) + (number - 1) * PAGE_RECORD_BYTES;
    if (load<u64>(record + P_KEY) == key) return <i32>record;
    number = load<i32>(record + P_NEXT);
  }
  return 0;
}

function isSame(record: usize, page: usize): bool {
  const from = <usize>load<i32>(record + P_FROM) & ~7;
  const to = <usize>load<i32>(record + P_TO);
  let i = from;
  for (; i + 32 <= to; i += 32) {
    const copy = record + P_COPY + i;
    const low = v128.xor(v128.load(copy), v128.load(page + i));
    const high = v128.xor(v128.load(copy, 16), v128.load(page + i, 16));
    if (v128.any_true(v128.or(low, high))) return false;
  }
  for (; i < to; i += 8) {
    if (load<u64>(record + P_COPY + i) != load<u64>(page + i)) return false;
  }
  return true;
}

function mix(hash: u32, word: u32): u32 {
  const mixed = (hash ^ word) * 0x9e3779b1;
  return mixed ^ (mixed >> 15);
}

/** As fingerprintOf of jit/fingerprint.ts. */
function fingerprintOf(page: usize): u32 {
  let hash: u32 = 0x811c9dc5;
  for (let at: usize = 0xf8; at < 0x1000; at += 0x400) {
    hash = mix(mix(hash, load<u32>(page + at)), load<u32>(page + at, 4));
  }
  return hash;
}

/** Tells of a page without translations, once for what is in it: before the next FENCE.I it needs not be looked at. */
function meet(place: i32, mode: i32): void {
  const page = <u32>place & ~0xfff;
  const met = at(H_MET) + ((((page >> 12) ^ ((<u32>mode) << 15)) & (MET_ENTRIES - 1)) << 3);
  const moment = mix(page | <u32>mode, <u32>get32(H_CODE_EPOCH));
  if (load<u32>(met, 4) == moment) return;
  store<u32>(met, moment, 4);
  const fingerprint = fingerprintOf(page);
  if (load<u32>(met) == fingerprint) return;
  store<u32>(met, fingerprint);
  meetPage(<i32>page, mode, fingerprint);
}

/**
 * Index in the function table of the translation that begins at `pc` in the present mode, 0 when there is none. Fills the
 * jump cache's entry, where the number of the entry stands.
 */
export function lookUp(pc: i64): i32 {
  const mode = get32(H_MODE);
  if (mode == 3 && (get64(H_MSTATUS) & 0x20000) != 0) return 0;
  const place = fetchPlace(pc);
  if (place == 0 || get32(H_FETCH_MIXED) != 0) return 0;
  const record = <usize>findPage(place, mode);
  let target: u32 = 0;
  if (record != 0) {
    const epoch = get32(H_CODE_EPOCH);
    let isGood = load<i32>(record + P_EPOCH) == epoch;
    if (!isGood) {
      isGood = isSame(record, <usize>(<u32>place & ~0xfff));
      if (isGood) store<i32>(record + P_EPOCH, epoch);
      else dropPage(<i32>record);
    }
    if (isGood) {
      target = load<u32>(record + P_ENTRIES + ((place & 0xffe) << 1));
      store<i32>(record + P_USED, get32(H_CODE_GENERATION));
    }
  } else {
    meet(place, mode);
  }
  const entry = at(H_JUMPS) + ((<i32>pc >> 1) & (JUMP_ENTRIES - 1)) * 16;
  store<i64>(entry, pc ^ get64(H_JUMP_KEY));
  store<i32>(entry, <i32>(target >> 10), 8);
  store<i32>(entry, <i32>(target & 1023), 12);
  const page = <i32>(pc >> 12) & 4095;
  const bits = at(H_JUMP_PAGES) + (page >> 3);
  store<u8>(bits, <u8>(<i32>load<u8>(bits) | (1 << (page & 7))));
  return <i32>(target >> 10);
}
