// Finding what differs between two pictures of equal size, in tiles of 64 × 64, and taking it over. The X byte of a pixel
// counts for nothing and becomes 0 in the copy. A box is packed as left | top << 8 | right << 16 | bottom << 24, in pixels
// of its tile, right and bottom exclusive; 0 is no box.

const TILE: u32 = 64;

export function colours(): v128 {
  return i32x4.splat(0x00ffffff);
}

/** Fills `boxes` for all tiles: the exact bounding box of the difference where the bit in `tiles` is set, 0 elsewhere. */
export function compareTiles(a: usize, b: usize, width: u32, height: u32, tiles: usize, boxes: usize): u32 {
  const stride = (<usize>width) << 2;
  let found: u32 = 0;
  let tile: u32 = 0;
  for (let y: u32 = 0; y < height; y += TILE) {
    const h = min(TILE, height - y);
    for (let x: u32 = 0; x < width; x += TILE) {
      let box: u32 = 0;
      if ((load<u32>(tiles + ((tile >> 5) << 2)) >> (tile & 31)) & 1) {
        const at = <usize>y * stride + ((<usize>x) << 2);
        box = compareTile(a + at, b + at, stride, min(TILE, width - x), h);
        if (box) found++;
      }
      store<u32>(boxes + (tile << 2), box);
      tile++;
    }
  }
  return found;
}

function compareTile(a: usize, b: usize, stride: usize, width: u32, height: u32): u32 {
  let top: u32 = 0;
  let at: usize = 0;
  while (top < height && !rowDiffers(a + at, b + at, width)) {
    top++;
    at += stride;
  }
  if (top == height) return 0;
  let bottom = height;
  at = <usize>(height - 1) * stride;
  while (!rowDiffers(a + at, b + at, width)) {
    bottom--;
    at -= stride;
  }
  let left = width;
  let right: u32 = 0;
  for (let y = top; y < bottom; y++) {
    at = <usize>y * stride;
    left = firstDifference(a + at, b + at, left);
    right = lastDifference(a + at, b + at, right, width);
    if (left == 0 && right == width) break;
  }
  return left | (top << 8) | (right << 16) | (bottom << 24);
}

function differs(a: usize, b: usize): bool {
  return ((load<u32>(a) ^ load<u32>(b)) & 0x00ffffff) != 0;
}

function difference(a: usize, b: usize): v128 {
  return v128.and(v128.xor(v128.load(a), v128.load(b)), colours());
}

function rowDiffers(a: usize, b: usize, width: u32): bool {
  let x: u32 = 0;
  for (; x + 16 <= width; x += 16) {
    const at = (<usize>x) << 2;
    const d = v128.or(
      v128.or(v128.xor(v128.load(a + at), v128.load(b + at)), v128.xor(v128.load(a + at, 16), v128.load(b + at, 16))),
      v128.or(
        v128.xor(v128.load(a + at, 32), v128.load(b + at, 32)),
        v128.xor(v128.load(a + at, 48), v128.load(b + at, 48)),
      ),
    );
    if (v128.any_true(v128.and(d, colours()))) return true;
  }
  for (; x + 4 <= width; x += 4) {
    if (v128.any_true(difference(a + ((<usize>x) << 2), b + ((<usize>x) << 2)))) return true;
  }
  for (; x < width; x++) {
    if (differs(a + ((<usize>x) << 2), b + ((<usize>x) << 2))) return true;
  }
  return false;
}

/** The first column below `limit` that differs, else `limit`. */
function firstDifference(a: usize, b: usize, limit: u32): u32 {
  let x: u32 = 0;
  for (; x + 4 <= limit; x += 4) {
    if (v128.any_true(difference(a + ((<usize>x) << 2), b + ((<usize>x) << 2)))) break;
  }
  for (; x < limit; x++) {
    if (differs(a + ((<usize>x) << 2), b + ((<usize>x) << 2))) return x;
  }
  return limit;
}

/** One more than the last column from `limit` on that differs, else `limit`. */
function lastDifference(a: usize, b: usize, limit: u32, width: u32): u32 {
  let x = width;
  for (; x >= limit + 4; x -= 4) {
    if (v128.any_true(difference(a + ((<usize>(x - 4)) << 2), b + ((<usize>(x - 4)) << 2)))) break;
  }
  for (; x > limit; x--) {
    if (differs(a + ((<usize>(x - 1)) << 2), b + ((<usize>(x - 1)) << 2))) return x;
  }
  return limit;
}

/** Takes the pixels in `boxes` over from `from` to `to`. */
export function copyBoxes(to: usize, from: usize, width: u32, height: u32, boxes: usize): void {
  const stride = (<usize>width) << 2;
  for (let y: u32 = 0; y < height; y += TILE) {
    for (let x: u32 = 0; x < width; x += TILE) {
      const box = load<u32>(boxes);
      boxes += 4;
      if (box == 0) continue;
      const bottom = y + (box >> 24);
      const left = x + (box & 255);
      const pixels = ((box >> 16) & 255) - (box & 255);
      for (let row = y + ((box >> 8) & 255); row < bottom; row++) {
        const at = <usize>row * stride + ((<usize>left) << 2);
        copyColours(to + at, from + at, pixels);
      }
    }
  }
}

function copyColours(to: usize, from: usize, pixels: u32): void {
  let x: u32 = 0;
  for (; x + 4 <= pixels; x += 4) {
    v128.store(to + ((<usize>x) << 2), v128.and(v128.load(from + ((<usize>x) << 2)), colours()));
  }
  for (; x < pixels; x++) store<u32>(to + ((<usize>x) << 2), load<u32>(from + ((<usize>x) << 2)) & 0x00ffffff);
}

/** Takes a whole picture over. */
export function copyPicture(to: usize, from: usize, pixels: u32): void {
  copyColours(to, from, pixels);
}

/** Moves a rectangle within a picture; the two places may overlap. */
export function moveRect(
  base: usize,
  pictureWidth: u32,
  x: u32,
  y: u32,
  width: u32,
  height: u32,
  fromX: u32,
  fromY: u32,
): void {
  const stride = (<usize>pictureWidth) << 2;
  const bytes = (<usize>width) << 2;
  let to = base + <usize>y * stride + ((<usize>x) << 2);
  let from = base + <usize>fromY * stride + ((<usize>fromX) << 2);
  if (fromY >= y) {
    for (let row: u32 = 0; row < height; row++) {
      memory.copy(to, from, bytes);
      to += stride;
      from += stride;
    }
  } else {
    to += <usize>(height - 1) * stride;
    from += <usize>(height - 1) * stride;
    for (let row: u32 = 0; row < height; row++) {
      memory.copy(to, from, bytes);
      to -= stride;
      from -= stride;
    }
  }
}
