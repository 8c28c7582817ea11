/** The pictures that the test guest's program `render` has the graphics card draw, recomputed: frame by frame. */
import { LAYOUT, scrollBlocks, type NumberBlock } from './layout.ts';
import type { Picture } from './picture-numbers.ts';

function fill({ width, pixels }: Picture, x: number, y: number, w: number, h: number, color: number): void {
  for (let row = y; row < y + h; row++) pixels.fill(color, row * width + x, row * width + x + w);
}

function drawNumber(picture: Picture, { x, y, cellWidth, cellHeight, columns }: NumberBlock, value: number): void {
  for (let i = 0; i < 16; i++) {
    const left = x + (i % columns) * cellWidth;
    const top = y + Math.floor(i / columns) * cellHeight;
    fill(picture, left, top, cellWidth, cellHeight, (value >> (15 - i)) & 1 ? 0xff_ffff : 0);
  }
}

/** Frame `frame`: a background, a rectangle, and its number in two corners. */
export function renderedFrame(frame: number, width: number, height: number): Picture {
  const { renderX, renderY, renderWidth, renderHeight, renderColorStep, renderBackgroundStep } = LAYOUT;
  const background = Math.imul(frame, renderBackgroundStep) & 0xff_ffff;
  const picture = { width, height, pixels: new Uint32Array(width * height).fill(background) };
  fill(picture, renderX, renderY, renderWidth, renderHeight, Math.imul(frame, renderColorStep) & 0xff_ffff);
  for (const block of scrollBlocks(width, height)) drawNumber(picture, block, frame);
  return picture;
}
