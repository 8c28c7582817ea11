/** How far two pictures of one size are apart, and how far they may be. */

/** Rows of R, G, B, A without gaps. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** A part that is not compared. */
export interface Mask {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What may differ: a channel by so much everywhere, and more than that in at most a share of the pixels. */
export interface Tolerance {
  readonly channel: number;
  readonly share: number;
}

/** What differs. */
export interface Difference {
  /** The greatest difference of a channel. */
  readonly greatest: number;
  /** The share of the pixels of which a channel differs by more than the tolerance. */
  readonly share: number;
}

/**
 * With what the same driver drew without a server: rounding only, of formats that a guest's driver stores in another way and
 * of values that pass through memory.
 */
export const SAME_DRIVER: Tolerance = { channel: 3, share: 0.0005 };

/** With a picture of another version of the driver: edges may fall otherwise, and filters weigh otherwise. */
export const OTHER_DRIVER: Tolerance = { channel: 10, share: 0.01 };

/** Compares two pictures but for their alpha. Throws an Error when they differ in size. */
export function differenceOf(
  one: Image,
  other: Image,
  { channel }: Tolerance,
  masks: readonly Mask[] = [],
): Difference {
  if (one.width !== other.width || one.height !== other.height)
    throw new Error(`${one.width} × ${one.height} pixels, and ${other.width} × ${other.height}`);
  let [greatest, count] = [0, 0];
  for (let at = 0; at < one.pixels.length; at += 4) {
    if (isMasked(one, at, masks)) continue;
    const most = pixelDifference(one.pixels, other.pixels, at);
    if (most > greatest) greatest = most;
    if (most > channel) count++;
  }
  return { greatest, share: count / (one.width * one.height) };
}

/** Whether a difference is within a tolerance. */
export function isWithin({ share }: Difference, tolerance: Tolerance): boolean {
  return share <= tolerance.share;
}

/** A picture of the difference: black where there is none, masked parts grey, and else eight times as bright as it is. */
export function differenceImage(one: Image, other: Image, masks: readonly Mask[] = []): Image {
  const pixels = new Uint8Array(one.pixels.length).fill(255);
  for (let at = 0; at < pixels.length; at += 4) {
    const hidden = isMasked(one, at, masks);
    for (let i = at; i < at + 3; i++)
      pixels[i] = hidden ? 64 : Math.min(255, 8 * Math.abs((one.pixels[i] ?? 0) - (other.pixels[i] ?? 0)));
  }
  return { width: one.width, height: one.height, pixels };
}

function pixelDifference(one: Uint8Array, other: Uint8Array, at: number): number {
  let most = 0;
  for (let i = at; i < at + 3; i++) most = Math.max(most, Math.abs((one[i] ?? 0) - (other[i] ?? 0)));
  return most;
}

function isMasked({ width }: Image, at: number, masks: readonly Mask[]): boolean {
  const [x, y] = [(at >> 2) % width, Math.floor((at >> 2) / width)];
  return masks.some((mask) => x >= mask.x && y >= mask.y && x < mask.x + mask.width && y < mask.y + mask.height);
}
