/** A part of a buffer that captures vertices, and the transform feedback object that remembers how far it is filled. */
import { Counted } from '../core/counted.ts';
import type { Resource } from './resource.ts';

/** A streamout target that exists. */
export class StreamoutTarget extends Counted {
  readonly kind = 'streamoutTarget';
  readonly resource: Resource;
  readonly offset: number;
  readonly size: number;

  /** The range lies inside the buffer. */
  constructor(resource: Resource, offset: number, size: number) {
    super();
    this.resource = resource;
    this.offset = offset;
    this.size = size;
    resource.retain();
  }

  protected override destroy(): void {
    this.resource.release();
  }
}
