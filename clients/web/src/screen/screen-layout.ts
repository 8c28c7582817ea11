/**
 * Where the guest's picture lies in the element, in device pixels, so that "actual size" is one guest pixel on one
 * device pixel on every display. Pure arithmetic; the view turns it into CSS.
 */

/**
 * - `fit`: as large as the element allows, shape kept.
 * - `actual`: one guest pixel is one device pixel; larger screens scroll.
 * - `resize-guest`: the guest is asked for the element's size; shown like `actual`, or shrunk until it has followed.
 */
export type ScaleMode = 'fit' | 'actual' | 'resize-guest';

/** All scale modes, as the attribute spells them. */
export const SCALE_MODES: readonly ScaleMode[] = ['fit', 'actual', 'resize-guest'];

/** Whether a word names a scale mode. */
export function isScaleMode(word: string | null): word is ScaleMode {
  return SCALE_MODES.some((mode) => mode === word);
}

/** A place in the element, in device pixels. */
export interface ScreenLayout {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** The picture is larger than the element, which must let it scroll. */
  readonly scrolls: boolean;
  /** Device pixels per guest pixel are a whole number: draw them sharp. */
  readonly isSharp: boolean;
}

/** Lays a guest screen out in a viewport; all sizes are positive whole numbers of pixels. */
export function layOutScreen(
  mode: ScaleMode,
  guest: { readonly width: number; readonly height: number },
  viewport: { readonly width: number; readonly height: number },
): ScreenLayout {
  const fitting = Math.min(viewport.width / guest.width, viewport.height / guest.height);
  const scale = mode === 'fit' ? fitting : mode === 'actual' ? 1 : Math.min(1, fitting);
  const width = Math.max(1, Math.round(guest.width * scale));
  const height = Math.max(1, Math.round(guest.height * scale));
  return {
    left: Math.max(0, Math.floor((viewport.width - width) / 2)),
    top: Math.max(0, Math.floor((viewport.height - height) / 2)),
    width,
    height,
    scrolls: mode === 'actual' && (width > viewport.width || height > viewport.height),
    isSharp: width % guest.width === 0 && height % guest.height === 0,
  };
}

/** The guest pixel under a point of the picture, which is given in the same unit as the picture's shown size. */
export function guestPixelAt(
  point: { readonly x: number; readonly y: number },
  shown: { readonly width: number; readonly height: number },
  guest: { readonly width: number; readonly height: number },
): { readonly x: number; readonly y: number } {
  const along = (at: number, length: number, pixels: number): number =>
    Math.max(0, Math.min(pixels - 1, Math.floor((at * pixels) / Math.max(length, Number.MIN_VALUE))));
  return { x: along(point.x, shown.width, guest.width), y: along(point.y, shown.height, guest.height) };
}
