// Whether a picture is the one before, shifted: rows (or columns) are hashed, rows that stand elsewhere vote for the distance
// they moved, and the stretch that gains most by that distance is told. It is a proposal: what it predicts wrongly shows in
// the comparison that follows.

const FACTOR: i32 = 0x01000193;

/** A hash of each row of a rectangle, X bytes left out, to `out`. */
export function hashRows(at: usize, stride: usize, width: u32, height: u32, out: usize): void {
  const mask = i32x4.splat(0x00ffffff);
  const factor = i32x4.splat(FACTOR);
  for (let y: u32 = 0; y < height; y++) {
    let s = i32x4.splat(0x3c6ef372);
    let t = i32x4.splat(0x1f83d9ab);
    let x: u32 = 0;
    for (; x + 8 <= width; x += 8) {
      s = i32x4.mul(v128.xor(s, v128.and(v128.load(at + ((<usize>x) << 2)), mask)), factor);
      t = i32x4.mul(v128.xor(t, v128.and(v128.load(at + ((<usize>x) << 2), 16), mask)), factor);
    }
    for (; x < width; x++) {
      s = i32x4.mul(v128.xor(s, i32x4.splat(load<u32>(at + ((<usize>x) << 2)) & 0x00ffffff)), factor);
    }
    s = i32x4.add(s, v128.xor(i32x4.shl(t, 7), i32x4.shr_u(t, 25)));
    let hash: u32 = i32x4.extract_lane(s, 0);
    hash = (rotl<u32>(hash, 7) * 0x9e3779b1) ^ i32x4.extract_lane(s, 1);
    hash = (rotl<u32>(hash, 9) * 0x9e3779b1) ^ i32x4.extract_lane(s, 2);
    hash = (rotl<u32>(hash, 11) * 0x9e3779b1) ^ i32x4.extract_lane(s, 3);
    store<u32>(out + ((<usize>y) << 2), hash ^ (hash >> 15));
    at += stride;
  }
}

/** A hash of each column of a rectangle, X bytes left out, to `out`. */
export function hashColumns(at: usize, stride: usize, width: u32, height: u32, out: usize): void {
  const mask = i32x4.splat(0x00ffffff);
  const factor = i32x4.splat(FACTOR);
  memory.fill(out, 0x5a, (<usize>width) << 2);
  for (let y: u32 = 0; y < height; y++) {
    let x: u32 = 0;
    for (; x + 4 <= width; x += 4) {
      const i = (<usize>x) << 2;
      const mixed = i32x4.mul(v128.xor(v128.load(out + i), v128.and(v128.load(at + i), mask)), factor);
      v128.store(out + i, v128.xor(mixed, i32x4.shr_u(mixed, 15)));
    }
    for (; x < width; x++) {
      const i = (<usize>x) << 2;
      const mixed: u32 = (load<u32>(out + i) ^ (load<u32>(at + i) & 0x00ffffff)) * FACTOR;
      store<u32>(out + i, mixed ^ (mixed >> 15));
    }
    at += stride;
  }
}

/**
 * What tells a line from others: its hash and that of the line before. 0 for a line that repeats the one before: doubled
 * pixels and empty space say nothing of how far a picture moved, but where they begin does.
 */
function keyOf(hashes: usize, i: i32): u32 {
  const hash = load<u32>(hashes + ((<usize>i) << 2));
  const above = load<u32>(hashes + ((<usize>(i - 1)) << 2));
  return hash == above ? 0 : (rotl<u32>(above, 5) * 0x85ebca6b) ^ hash;
}

/**
 * Looks for the shift between two lists of `count` hashes. `table` holds 8 bytes for each of `slots` (a power of two, at
 * least twice `count`), `votes` 8 bytes for each hash. Returns the shift (new[i] is old[i - shift]) or 0; `result` gets
 * four i32: first and end of the stretch, how many lines it gains, how many lines differ in all.
 */
export function findShift(
  before: usize,
  after: usize,
  count: i32,
  table: usize,
  slots: u32,
  votes: usize,
  result: usize,
): i32 {
  const mask = slots - 1;
  memory.fill(table, 0, (<usize>slots) << 3);
  memory.fill(votes, 0, (<usize>count) << 3);
  // An entry is a line's key and its number + 1; number -1 for a key that several lines have.
  for (let i = 1; i < count; i++) {
    const key = keyOf(before, i);
    if (key == 0) continue;
    let slot = (key * 0x9e3779b1) & mask;
    for (;;) {
      const entry = table + ((<usize>slot) << 3);
      const line = load<i32>(entry, 4);
      if (line == 0) {
        store<u32>(entry, key);
        store<i32>(entry, i + 1, 4);
        break;
      }
      if (load<u32>(entry) == key) {
        store<i32>(entry, -1, 4);
        break;
      }
      slot = (slot + 1) & mask;
    }
  }
  let changed = 0;
  let best = 0;
  let bestVotes = 0;
  for (let i = 0; i < count; i++) {
    const at = (<usize>i) << 2;
    if (load<u32>(after + at) == load<u32>(before + at)) continue;
    changed++;
    const key = i == 0 ? 0 : keyOf(after, i);
    if (key == 0) continue;
    let slot = (key * 0x9e3779b1) & mask;
    for (;;) {
      const entry = table + ((<usize>slot) << 3);
      const line = load<i32>(entry, 4);
      if (line == 0) break;
      if (load<u32>(entry) == key) {
        if (line > 0) {
          const shift = i - (line - 1);
          const place = votes + ((<usize>(shift + count)) << 2);
          const number = load<i32>(place) + 1;
          store<i32>(place, number);
          if (number > bestVotes) {
            bestVotes = number;
            best = shift;
          }
        }
        break;
      }
      slot = (slot + 1) & mask;
    }
  }
  if (best == 0) return 0;
  // The stretch with the greatest sum, where a changed line foretold rightly counts + 1 and a wrong one - 1.
  let sum = 0;
  let start = 0;
  let bestSum = 0;
  let bestStart = 0;
  let bestEnd = 0;
  const end = best > 0 ? count : count + best;
  for (let i = max(best, 0); i < end; i++) {
    const hash = load<u32>(after + ((<usize>i) << 2));
    if (sum <= 0) {
      sum = 0;
      start = i;
    }
    if (hash != load<u32>(before + ((<usize>(i - best)) << 2))) sum--;
    else if (hash != load<u32>(before + ((<usize>i) << 2))) sum++;
    if (sum > bestSum) {
      bestSum = sum;
      bestStart = start;
      bestEnd = i + 1;
    }
  }
  store<i32>(result, bestStart);
  store<i32>(result, bestEnd, 4);
  store<i32>(result, bestSum, 8);
  store<i32>(result, changed, 12);
  return bestSum > 0 ? best : 0;
}
