/**
 * A resource of a guest: a buffer or texture of OpenGL, or plain memory where OpenGL has no use for it. Rows and layers lie
 * as the guest has them: row 0 is OpenGL's row 0, so nothing is ever turned over.
 */
import { Counted } from '../core/counted.ts';
import type { Backing } from '../core/backing.ts';
import type { ResourceArgs } from '../core/guest-gpu.ts';
import type { TextureFormat } from './texture-format.ts';

/** A part of a resource. For buffers `x` and `width` count bytes. */
export interface Box {
  readonly x: number;
  readonly y: number;
  /** Slice of a 3D texture, layer or face of others. */
  readonly z: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
}

/** Where a resource's contents are. */
export type ResourceStorage =
  | { readonly kind: 'buffer'; readonly name: number }
  | {
      readonly kind: 'texture';
      readonly name: number;
      readonly glTarget: number;
      readonly isImmutable: boolean;
      /** Of a texel: at least as many as the guest asked for; 1 where it has no samples. */
      readonly samples: number;
    }
  | { readonly kind: 'memory'; readonly bytes: Uint8Array };

/** Parameters of a texture as they are set now; views of it set them when they are bound. */
export interface TextureParameters {
  /** Four swizzles, packed; −1 if not known. */
  swizzle: number;
  baseLevel: number;
  maxLevel: number;
  stencilMode: number;
}

let lastSerial = 0;

/** A resource that exists. */
export class Resource extends Counted {
  readonly id: number;
  /** Differs from that of every other resource of this process, which names of OpenGL and of guests do not. */
  readonly serial: number = ++lastSerial;
  readonly args: ResourceArgs;
  /** The format of a texture; null for buffers and memory. */
  readonly format: TextureFormat | null;
  readonly storage: ResourceStorage;
  /** What the quota counts. */
  readonly sizeBytes: number;
  readonly parameters: TextureParameters = { swizzle: -1, baseLevel: -1, maxLevel: -1, stencilMode: -1 };
  backing: Backing | null = null;
  readonly #onDestroy: (resource: Resource) => void;

  constructor(
    id: number,
    args: ResourceArgs,
    format: TextureFormat | null,
    storage: ResourceStorage,
    sizeBytes: number,
    onDestroy: (resource: Resource) => void,
  ) {
    super();
    this.id = id;
    this.args = args;
    this.format = format;
    this.storage = storage;
    this.sizeBytes = sizeBytes;
    this.#onDestroy = onDestroy;
  }

  /** OpenGL's name of the buffer; 0 for anything else. */
  get buffer(): number {
    return this.storage.kind === 'buffer' ? this.storage.name : 0;
  }

  /** Copies into the memory that stands for this resource: its backing if there is one. Memory resources only. */
  writeMemory(offset: number, bytes: Uint8Array): void {
    if (this.backing !== null && offset + bytes.length <= this.backing.sizeBytes) this.backing.write(offset, bytes);
    if (this.storage.kind === 'memory') this.storage.bytes.set(bytes, offset);
  }

  protected override destroy(): void {
    this.backing = null;
    this.#onDestroy(this);
  }
}

/** Width, height and layers (or slices) of a level. */
export function levelSize({ args }: Resource, level: number): { width: number; height: number; layers: number } {
  return {
    width: Math.max(1, args.width >>> level),
    height: Math.max(1, args.height >>> level),
    layers: args.depth > 1 ? Math.max(1, args.depth >>> level) : Math.max(1, args.arraySize),
  };
}
