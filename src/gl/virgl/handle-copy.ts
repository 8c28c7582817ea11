/** Commands that copy between resources. */
import { GpuError } from '../core/gpu-error.ts';
import * as GL from '../egl/gl-constants.ts';
import { blit as blitBoxes } from './blit.ts';
import type { BlitSide } from './blit.ts';
import type { VirglContext } from './context.ts';
import { copyRegion } from './copy-region.ts';
import type { Handler } from './decode.ts';
import type { Resource } from './resource.ts';
import { bit, bits } from './words.ts';
import type { Words } from './words.ts';

function readSide(context: VirglContext, words: Words, at: number): BlitSide {
  const resource = context.resource(words.u32(at));
  if (resource.storage.kind !== 'texture') throw new GpuError('resource', `resource ${resource.id} is no texture`);
  return {
    resource,
    level: words.u32(at + 1),
    format: context.renderer.formats.get(words.u32(at + 2)),
    x: words.i32(at + 3),
    y: words.i32(at + 4),
    z: words.i32(at + 5),
    width: words.i32(at + 6),
    height: words.i32(at + 7),
    depth: words.i32(at + 8),
  };
}

function blit(context: VirglContext, words: Words): void {
  const flags = words.u32(1);
  const minimum = words.u32(2);
  const maximum = words.u32(3);
  blitBoxes(context, {
    mask: flags & 0xff,
    filter: bits(flags, 8, 2) === 1 ? GL.LINEAR : GL.NEAREST,
    scissor: bit(flags, 10)
      ? { x: minimum & 0xffff, y: minimum >>> 16, right: maximum & 0xffff, bottom: maximum >>> 16 }
      : null,
    isConditional: bit(flags, 11),
    isBlended: bit(flags, 12),
    dst: readSide(context, words, 4),
    src: readSide(context, words, 13),
  });
}

function resourceCopyRegion(context: VirglContext, words: Words): void {
  const dst: Resource = context.resource(words.u32(1));
  const src: Resource = context.resource(words.u32(6));
  copyRegion(context, {
    dst,
    dstLevel: words.u32(2),
    dstX: words.u32(3),
    dstY: words.u32(4),
    dstZ: words.u32(5),
    src,
    srcLevel: words.u32(7),
    box: {
      x: words.u32(8),
      y: words.u32(9),
      z: words.u32(10),
      width: words.u32(11),
      height: words.u32(12),
      depth: words.u32(13),
    },
  });
}

export const copyHandlers = { blit, resourceCopyRegion } satisfies Record<string, Handler>;
