import { LIMITS } from '../../../base/limits.ts';
import type { PointerShape } from '../../../display/contract.ts';
import { dbusError } from './dbus-error.ts';

/**
 * The pointer in CursorDefine's arguments. QEMU hands on what the guest gave: guests' display drivers give premultiplied
 * colour, some emulated devices straight colour. Where a colour is above its alpha it must be straight, and is
 * multiplied here. Throws WireError when size and bytes do not fit together.
 */
export function pointerShape(
  width: number,
  height: number,
  hotX: number,
  hotY: number,
  data: Uint8Array,
): PointerShape {
  const { maxCursorSide } = LIMITS;
  if (width < 1 || height < 1 || width > maxCursorSide || height > maxCursorSide) {
    throw dbusError('limit', 'pointer size', 0);
  }
  if (data.length < width * height * 4) throw dbusError('truncated', 'pointer pixels', data.length);
  const pixels = data.slice(0, width * height * 4);
  if (isStraight(pixels)) premultiply(pixels);
  const clamp = (value: number, side: number): number => Math.min(Math.max(value, 0), side - 1);
  return { width, height, hotX: clamp(hotX, width), hotY: clamp(hotY, height), pixels };
}

function isStraight(pixels: Uint8Array): boolean {
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = pixels[at + 3] ?? 0;
    if ((pixels[at] ?? 0) > alpha || (pixels[at + 1] ?? 0) > alpha || (pixels[at + 2] ?? 0) > alpha) return true;
  }
  return false;
}

function premultiply(pixels: Uint8Array): void {
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = pixels[at + 3] ?? 0;
    for (let channel = at; channel < at + 3; channel++) {
      pixels[channel] = Math.round(((pixels[channel] ?? 0) * alpha) / 255);
    }
  }
}
