/** Pictures to measure with: 32-bit pixels, bytes B, G, R, X. */

/** A small generator of numbers, the same on every run. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
}

const GLYPH_WIDTH = 8;
const GLYPH_HEIGHT = 16;

/** A terminal full of text in 8 × 16 cells, `line` lines into its output. */
export function drawText(width: number, height: number, line: number): Uint8Array {
  const pixels = new Uint32Array(width * height);
  for (let row = 0; row * GLYPH_HEIGHT < height; row++) {
    const random = createRandom((line + row) * 7919 + 1);
    const length = 20 + (random() % 100);
    for (let column = 0; column < length && (column + 1) * GLYPH_WIDTH <= width; column++) {
      if (random() % 6 === 0) continue;
      drawGlyph(pixels, width, height, column * GLYPH_WIDTH, row * GLYPH_HEIGHT, random() % 64);
    }
  }
  return new Uint8Array(pixels.buffer);
}

function drawGlyph(pixels: Uint32Array, width: number, height: number, left: number, top: number, glyph: number): void {
  const random = createRandom(glyph * 977 + 13);
  for (let y = 3; y < 14; y++) {
    const bits = random() & random();
    for (let x = 1; x < 7; x++) {
      if (((bits >> x) & 1) !== 0 && top + y < height) pixels[(top + y) * width + left + x] = 0xc0c0c0;
    }
  }
}

/** A gradient with noise, as a camera would give; `frame` moves it. */
export function drawVideo(width: number, height: number, frame: number): Uint8Array {
  const pixels = new Uint32Array(width * height);
  const random = createRandom(frame * 31 + 5);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const noise = random();
      const red = ((x + frame * 2) & 255) ^ (noise & 15);
      const green = ((y + frame) & 255) ^ ((noise >> 4) & 15);
      const blue = (((x + y) >> 1) & 255) ^ ((noise >> 8) & 15);
      pixels[y * width + x] = (red << 16) | (green << 8) | blue;
    }
  }
  return new Uint8Array(pixels.buffer);
}

/** Runs `work` until `forMs` have passed; returns milliseconds for each run. */
export function measure(work: () => void, forMs = 400): number {
  for (let i = 0; i < 3; i++) work();
  const start = performance.now();
  let runs = 0;
  let spent = 0;
  while (spent < forMs) {
    work();
    runs++;
    spent = performance.now() - start;
  }
  return spent / runs;
}

/** Prints one line of numbers, rounded. */
export function report(bench: string, figures: Readonly<Record<string, number>>): void {
  const rounded = Object.fromEntries(
    Object.entries(figures).map(([key, value]) => [key, Number(value.toPrecision(4))]),
  );
  process.stdout.write(`${JSON.stringify({ bench, ...rounded })}\n`);
}
