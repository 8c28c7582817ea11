import type { Rect } from '../../../base/rect.ts';
import type { ResourceArgs } from '../../../gl/core/guest-gpu.ts';
import type { Backing } from './backing.ts';

/** A texture or buffer that lives in the 3D GPU: the device knows its size and its guest memory, nothing more. */
export class RenderResource {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly isRendered = true;
  backing: Backing | null = null;

  constructor(id: number, { width, height }: ResourceArgs) {
    this.id = id;
    this.width = width;
    this.height = height;
  }

  /** Whether the rectangle lies in its first level. Any u32 numbers. */
  contains(rect: Rect): boolean {
    return rect.x + rect.width <= this.width && rect.y + rect.height <= this.height;
  }
}
