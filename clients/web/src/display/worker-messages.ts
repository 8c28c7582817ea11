/** What the page and its decode worker say to each other. All of it can be cloned. */
import type { Rect } from '../../../../src/base/rect.ts';
import type { ChannelLink } from '../session/session.ts';
import type { SessionErrorCode } from '../session/session-error.ts';
import type { DisplayStats } from './display-stats.ts';

/** To the worker. `run` tells one display channel from the one before. */
export type ToWorker =
  /** First of all: where to paint. */
  | { readonly kind: 'canvas'; readonly canvas: OffscreenCanvas }
  | { readonly kind: 'open'; readonly run: number; readonly url: string; readonly link: ChannelLink }
  | { readonly kind: 'close'; readonly run: number }
  | { readonly kind: 'read'; readonly request: number; readonly rect: Rect };

/** From the worker. */
export type FromWorker =
  | { readonly kind: 'opened'; readonly run: number }
  /** The channel did not come about, or ended by itself. */
  | { readonly kind: 'ended'; readonly run: number; readonly code: SessionErrorCode; readonly message: string }
  /** 0 × 0: the guest shows no screen. */
  | { readonly kind: 'size'; readonly run: number; readonly width: number; readonly height: number }
  /** A frame is on the canvas; `stats` are those of the channel so far. */
  | { readonly kind: 'paint'; readonly run: number; readonly rect: Rect; readonly stats: DisplayStats }
  | {
      readonly kind: 'pixels';
      readonly request: number;
      readonly rect: Rect;
      readonly bytes: Uint8ClampedArray<ArrayBuffer>;
    };
