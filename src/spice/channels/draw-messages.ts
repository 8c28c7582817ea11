/**
 * Drawing steps as SPICE messages, kept to what every viewer takes: one primary surface, solid fills, copies within the
 * surface, and images put as they are, without clip, mask, scaling or offset. Image bytes are passed on by reference.
 */
import type { Rect } from '../../base/rect.ts';
import type { DrawStep, ImageEncoding } from '../../display/contract.ts';
import { displayServer, Rop, ScaleMode, type DrawCopy } from '../wire/display.gen.ts';
import {
  BitmapFlags,
  BitmapFormat,
  BrushType,
  ClipType,
  ImageFlags,
  ImageType,
  type Image,
  type Mask,
} from '../wire/image.gen.ts';
import type { SpiceRect } from '../wire/common.gen.ts';
import type { ChannelPipe } from './channel-pipe.ts';

/** The surface everything is drawn on. */
export const PRIMARY_SURFACE = 0;

const NO_CLIP = { type: ClipType.none } as const;
const NO_MASK: Mask = { flags: 0, position: { x: 0, y: 0 }, bitmap: null };

const ENCODED_TYPES = {
  lz: ImageType.lzRgb,
  lz4: ImageType.lz4,
  jpeg: ImageType.jpeg,
} as const satisfies Readonly<Record<Exclude<ImageEncoding, 'raw'>, number>>;

/** Ids of one head's images among those of all heads: a viewer has one cache for them all. */
export function cacheId(head: number, id: bigint): bigint {
  return BigInt.asUintN(64, (BigInt(head) << 56n) ^ id);
}

/** Sends one step. `onSent` is called once, when the bytes were handed over or never will be. */
export function sendStep(pipe: ChannelPipe, head: number, step: DrawStep, onSent?: () => void): void {
  const surface = { surfaceId: PRIMARY_SURFACE, box: boxOf(step.rect), clip: NO_CLIP };
  switch (step.kind) {
    case 'fill': {
      const brush = { type: BrushType.solid, color: step.color & 0xffffff } as const;
      pipe.send(displayServer.drawFill, { ...surface, brush, rop: Rop.opPut, mask: NO_MASK }, onSent);
      return;
    }
    case 'copy':
      pipe.send(displayServer.copyBits, { ...surface, srcPosition: { x: step.fromX, y: step.fromY } }, onSent);
      return;
    case 'image': {
      const id = step.cacheAs === null ? 0n : cacheId(head, step.cacheAs);
      const flags = step.cacheAs === null ? 0 : ImageFlags.cacheMe;
      sendImage(pipe, step.rect, imageOf(step.encoding, id, flags, step.rect, step.data), onSent);
      return;
    }
    case 'cached': {
      const { width, height } = step.rect;
      const id = cacheId(head, step.id);
      sendImage(pipe, step.rect, { id, type: ImageType.fromCache, flags: 0, width, height }, onSent);
      return;
    }
  }
}

function sendImage(pipe: ChannelPipe, rect: Rect, src: Image, onSent?: () => void): void {
  const message: DrawCopy = {
    surfaceId: PRIMARY_SURFACE,
    box: boxOf(rect),
    clip: NO_CLIP,
    src,
    srcArea: { top: 0, left: 0, bottom: rect.height, right: rect.width },
    rop: Rop.opPut,
    scaleMode: ScaleMode.interpolate,
    mask: NO_MASK,
  };
  pipe.send(displayServer.drawCopy, message, onSent);
}

function imageOf(encoding: ImageEncoding, id: bigint, flags: number, rect: Rect, data: Uint8Array): Image {
  const { width, height } = rect;
  if (encoding !== 'raw') return { id, type: ENCODED_TYPES[encoding], flags, width, height, data };
  return {
    id,
    type: ImageType.bitmap,
    flags,
    width,
    height,
    bitmap: {
      format: BitmapFormat.thirtyTwoBit,
      flags: BitmapFlags.topDown,
      width,
      height,
      stride: 4 * width,
      paletteId: null,
      palette: null,
      data,
    },
  };
}

function boxOf(rect: Rect): SpiceRect {
  return { top: rect.y, left: rect.x, bottom: rect.y + rect.height, right: rect.x + rect.width };
}
