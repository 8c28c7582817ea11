import { LIMITS } from '../../../base/limits.ts';
import { assert } from '../../../base/assert.ts';
import { makeEdid } from './edid.ts';

/** A monitor as the guest is told of it: 0 × 0 is none. */
export interface Monitor {
  readonly width: number;
  readonly height: number;
}

/** The monitors at the device's heads: what viewers want to see. They stand side by side. */
export class Monitors {
  readonly #sizes: Monitor[];
  readonly #edids: (Uint8Array | null)[];

  constructor(heads: number, width: number, height: number) {
    this.#sizes = Array.from({ length: heads }, () => fittingSize(width, height));
    this.#edids = Array.from({ length: heads }, () => null);
  }

  get count(): number {
    return this.#sizes.length;
  }

  get(head: number): Monitor {
    const size = this.#sizes[head];
    assert(size !== undefined, `there is no head ${head}`);
    return size;
  }

  /** The left edge of a monitor. */
  leftOf(head: number): number {
    return this.#sizes.slice(0, head).reduce((x, { width }) => x + width, 0);
  }

  /** Changes a monitor; sizes are cut to what a screen may have. False when it had that size already. */
  set(head: number, width: number, height: number): boolean {
    const old = this.get(head);
    const size = fittingSize(width, height);
    if (old.width === size.width && old.height === size.height) return false;
    this.#sizes[head] = size;
    this.#edids[head] = null;
    return true;
  }

  /** The EDID of a monitor; a head without one has that of 1024 × 768, which drivers take for a plug without a cable. */
  edidOf(head: number): Uint8Array {
    const { width, height } = this.get(head);
    return (this.#edids[head] ??= width === 0 ? makeEdid(1024, 768, head) : makeEdid(width, height, head));
  }
}

function fittingSize(width: number, height: number): Monitor {
  if (!(width >= 1 && height >= 1)) return { width: 0, height: 0 };
  const w = Math.min(Math.floor(width), LIMITS.maxScreenSide);
  const h = Math.min(Math.floor(height), LIMITS.maxScreenSide);
  return { width: w, height: Math.min(h, Math.floor(LIMITS.maxScreenPixels / w)) };
}
