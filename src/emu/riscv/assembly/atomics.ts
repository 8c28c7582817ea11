// Extension A, as far as WebAssembly has no instruction for it. Places are aligned and in RAM.
import { H_RESERVED, H_RESERVED_VALUE } from '../layout';
import { get32, get64, set32, set64 } from './hart';

/** Sign-extends a word by shifts: the optimiser makes a cast of an atomic load one that extends with zeros. */
function extend(word: i32): i64 {
  return ((<i64>word) << 32) >> 32;
}

export function lr_w(place: i32): i64 {
  const value = extend(atomic.load<i32>(<usize>(<u32>place)));
  set32(H_RESERVED, place);
  set64(H_RESERVED_VALUE, value);
  return value;
}

export function lr_d(place: i32): i64 {
  const value = atomic.load<i64>(<usize>(<u32>place));
  set32(H_RESERVED, place);
  set64(H_RESERVED_VALUE, value);
  return value;
}

/** A store by another hart in between is seen by its value; one that wrote the same value is taken for none. */
export function sc_w(place: i32, value: i64): i64 {
  const isHeld = get32(H_RESERVED) == place;
  set32(H_RESERVED, 0);
  if (!isHeld) return 1;
  const seen = <i32>get64(H_RESERVED_VALUE);
  return i64(atomic.cmpxchg<i32>(<usize>(<u32>place), seen, <i32>value) != seen);
}

export function sc_d(place: i32, value: i64): i64 {
  const isHeld = get32(H_RESERVED) == place;
  set32(H_RESERVED, 0);
  if (!isHeld) return 1;
  const seen = get64(H_RESERVED_VALUE);
  return i64(atomic.cmpxchg<i64>(<usize>(<u32>place), seen, value) != seen);
}

function extremeW(place: i32, value: i32, isMax: bool, isUnsigned: bool): i64 {
  const at = <usize>(<u32>place);
  while (true) {
    const old = atomic.load<i32>(at);
    const isLess = isUnsigned ? <u32>value < <u32>old : value < old;
    const chosen = isLess != isMax ? value : old;
    if (atomic.cmpxchg<i32>(at, old, chosen) == old) return extend(old);
  }
}

function extremeD(place: i32, value: i64, isMax: bool, isUnsigned: bool): i64 {
  const at = <usize>(<u32>place);
  while (true) {
    const old = atomic.load<i64>(at);
    const isLess = isUnsigned ? <u64>value < <u64>old : value < old;
    const chosen = isLess != isMax ? value : old;
    if (atomic.cmpxchg<i64>(at, old, chosen) == old) return old;
  }
}

export function amomin_w(place: i32, value: i64): i64 {
  return extremeW(place, <i32>value, false, false);
}
export function amomax_w(place: i32, value: i64): i64 {
  return extremeW(place, <i32>value, true, false);
}
export function amominu_w(place: i32, value: i64): i64 {
  return extremeW(place, <i32>value, false, true);
}
export function amomaxu_w(place: i32, value: i64): i64 {
  return extremeW(place, <i32>value, true, true);
}
export function amomin_d(place: i32, value: i64): i64 {
  return extremeD(place, value, false, false);
}
export function amomax_d(place: i32, value: i64): i64 {
  return extremeD(place, value, true, false);
}
export function amominu_d(place: i32, value: i64): i64 {
  return extremeD(place, value, false, true);
}
export function amomaxu_d(place: i32, value: i64): i64 {
  return extremeD(place, value, true, true);
}
