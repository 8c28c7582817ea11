import type { Rect } from '../../../base/rect.ts';
import type { Backing } from './backing.ts';
import { turnToBgra } from './pixel-format.ts';
import type { GpuFormat } from './wire/gpu.gen.ts';

/** A picture on the host that the guest fills from its memory: Virtio 1.3 §5.7.6.8, VIRTIO_GPU_CMD_RESOURCE_CREATE_2D. */
export class Resource2d {
  readonly id: number;
  readonly format: GpuFormat;
  readonly width: number;
  readonly height: number;
  /** Bytes from row to row. */
  readonly strideBytes: number;
  /** Bytes B, G, R, A, whatever the format; rows without gaps. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  backing: Backing | null = null;
  /** It has a twin of the same number in the 3D GPU, which is what is shown: 3D contexts may draw to it. */
  isRendered = false;
  readonly #words: Uint32Array<ArrayBuffer>;

  /** Sizes are checked by the caller. Throws RangeError when the host has no memory. */
  constructor(id: number, format: GpuFormat, width: number, height: number) {
    this.id = id;
    this.format = format;
    this.width = width;
    this.height = height;
    this.strideBytes = width * 4;
    this.pixels = new Uint8Array(this.strideBytes * height);
    this.#words = new Uint32Array(this.pixels.buffer);
  }

  /** Whether the rectangle lies in the picture. Any u32 numbers. */
  contains(rect: Rect): boolean {
    return rect.x + rect.width <= this.width && rect.y + rect.height <= this.height;
  }

  /**
   * Copies a rectangle, which lies in the picture, from the backing: its first pixel stands at `offset`, rows are as far
   * apart as here. False, and nothing happened, when the backing does not hold all of it.
   */
  transfer(rect: Rect, offset: number): boolean {
    const segments = this.backing?.segments;
    if (segments === undefined) return false;
    const { strideBytes } = this;
    const rowBytes = rect.width * 4;
    if (rowBytes === 0 || rect.height === 0) return true;
    if (offset + strideBytes * (rect.height - 1) + rowBytes > segments.totalBytes) return false;
    const start = rect.y * strideBytes + rect.x * 4;
    if (rowBytes === strideBytes) {
      segments.copyOut(offset, this.pixels, start, strideBytes * rect.height);
    } else {
      for (let row = 0; row < rect.height; row++) {
        segments.copyOut(offset + row * strideBytes, this.pixels, start + row * strideBytes, rowBytes);
      }
    }
    const turn = turnToBgra(this.format);
    if (turn !== null) {
      for (let row = 0; row < rect.height; row++) {
        const first = (rect.y + row) * this.width + rect.x;
        turn(this.#words, first, first + rect.width);
      }
    }
    return true;
  }

  /** Gives the pixels' memory back at once: a guest can make and end resources faster than garbage is collected. */
  release(): void {
    this.backing?.release();
    this.backing = null;
    this.pixels.buffer.transfer(0);
  }
}
