/**
 * The kernels on 1280 × 800 pictures, in MB of pixels a second and as ratios to Buffer's copy and to zlib level 1. One JSON
 * line; run with `node bench/display/kernels.ts`.
 */
import { deflateSync } from 'node:zlib';
import { createMailboxMemory } from '../../src/display/frame-mailbox.ts';
import { Kernels } from '../../src/display/kernels/kernels.ts';
import { TileGrid } from '../../src/display/tile-grid.ts';
import { drawText, drawVideo, measure, report } from './scenes.ts';

const [width, height] = [1280, 800];
const all = { x: 0, y: 0, width, height };
const kernels = new Kernels(createMailboxMemory(width * height), width * height);
const slot = 65536;
const megabytes = (width * height * 4) / 1e6;
const text = drawText(width, height, 0);
const photo = drawVideo(width, height, 0);
const next = drawText(width, height, 1);
const copy = Buffer.alloc(text.length);
const rate = (ms: number): number => (megabytes / ms) * 1000;

const copyMs = measure(() => copy.set(text));
const zlibMs = measure(() => void deflateSync(text, { level: 1 }));
kernels.bytes.set(text, kernels.picture);
kernels.bytes.set(text, slot);
new TileGrid(width, height).addAll(kernels.tiles);
const equalMs = measure(() => void kernels.compare(slot, width, height, kernels.tiles.byteOffset, false));
const hashMs = measure(() => void kernels.hash(width, all));
const solidMs = measure(() => void kernels.solidColour(width, all));
const classifyMs = measure(() => void kernels.classify(width, all));
const lz4TextMs = measure(() => void kernels.lz4(width, all, 6));
const lzTextMs = measure(() => void kernels.lz(width, all, 28));
const lz4TextBytes = kernels.lz4(width, all, 6).length;
const lzTextBytes = kernels.lz(width, all, 28).length;
kernels.bytes.set(next, slot);
const differentMs = measure(() => void kernels.compare(slot, width, height, kernels.tiles.byteOffset, false));
const scrollMs = measure(() => void kernels.findShift(slot, width, all, false));
kernels.bytes.set(photo, kernels.picture);
const classifyPhotoMs = measure(() => void kernels.classify(width, all));
const lz4PhotoMs = measure(() => void kernels.lz4(width, all, 6));
const lzPhotoMs = measure(() => void kernels.lz(width, all, 28));

report('display-kernels', {
  copyMBps: rate(copyMs),
  compareEqualMs: equalMs,
  compareDifferentMs: differentMs,
  scrollSearchMs: scrollMs,
  hashMBps: rate(hashMs),
  solidMBps: rate(solidMs),
  classifyTextMBps: rate(classifyMs),
  classifyPhotoMBps: rate(classifyPhotoMs),
  lz4TextMBps: rate(lz4TextMs),
  lz4TextRatio: lz4TextBytes / text.length,
  lz4PhotoMBps: rate(lz4PhotoMs),
  lzTextMBps: rate(lzTextMs),
  lzTextRatio: lzTextBytes / text.length,
  lzPhotoMBps: rate(lzPhotoMs),
  lz4OverCopy: copyMs / lz4TextMs,
  lz4OverZlib1: zlibMs / lz4TextMs,
  compareOverCopy: copyMs / equalMs,
});
