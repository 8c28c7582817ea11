/** What an image encoder is. `encoders.ts` lists them all; a new codec is a file beside these and a row there. */
import type { Rect } from '../../base/rect.ts';
import type { ImageEncoding } from '../contract.ts';
import type { Content, Picture } from '../picture.ts';

interface EncoderBase {
  readonly encoding: ImageEncoding;
  /** Processor time, nanoseconds a pixel, and bytes a pixel: guesses from bench/display, to choose by. */
  readonly costs: Readonly<Record<Content, { readonly nsPerPixel: number; readonly bytesPerPixel: number }>>;
}

/** An encoder that keeps every colour and is done at once. */
export interface LosslessEncoder extends EncoderBase {
  readonly isLossy: false;
  /** Encodes a rectangle; the bytes are BORROWED until the next encode or change of the picture. */
  encode(picture: Picture, rect: Rect): Uint8Array;
}

/** An encoder that loses detail and works in threads of its own. */
export interface LossyEncoder extends EncoderBase {
  readonly isLossy: true;
  /** Smaller images are not worth its start-up. */
  readonly minPixels: number;
  /** Says that images will come: what takes long to load is loaded now. A failure shows with the first image. */
  prepare(): void;
  /** Encodes a rectangle as it is now; `quality` is 1–100. Rejects with HostError when the library refuses. */
  encode(picture: Picture, rect: Rect, quality: number): Promise<Uint8Array>;
}

/** Either kind. */
export type ImageEncoder = LosslessEncoder | LossyEncoder;
