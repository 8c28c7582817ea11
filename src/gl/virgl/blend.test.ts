import { expect, it } from 'vitest';
import { formatNamed } from './formats.ts';
import {
  bindObject,
  command,
  createObject,
  drawVbo,
  f32,
  FORMAT,
  plainDrawing,
  PLAIN_FRAGMENT,
  TestGuest,
  TRIANGLES,
} from './test-guest.ts';
import { BIND, STAGE } from './virgl-limits.ts';

const [PICTURE, OTHER, VERTICES] = [1, 2, 3];
/** Numbers of gallium. */
const FACTOR = { one: 1, dstAlpha: 4, saturated: 6, zero: 17, oneMinusDstAlpha: 20 } as const;
const ALL_OVER = Float32Array.of(-1, -1, 0, 1, -1, 3, 0, 1, 3, -1, 0, 1);

/** The red of half a red, drawn with a factor over black of alpha 0; `at` is in the second of two colour buffers if 1. */
function redOf(format: number, factor: number, at: 0 | 1): number | undefined {
  using guest = new TestGuest();
  guest.create(PICTURE, { format, bind: BIND.renderTarget });
  guest.create(OTHER, { bind: BIND.renderTarget });
  guest.createBuffer(VERTICES, 48);
  guest.write(VERTICES, new Uint8Array(ALL_OVER.buffer));
  const target = 1 | (factor << 4) | (FACTOR.zero << 9) | (FACTOR.one << 17) | (FACTOR.zero << 22) | (15 << 27);
  const surfaces = at === 0 ? [5] : [3, 5];
  const fragment =
    at === 0
      ? PLAIN_FRAGMENT
      : 'FRAG\nDCL OUT[0], COLOR\nDCL OUT[1], COLOR[1]\nDCL CONST[0]\nMOV OUT[0], CONST[0]\nMOV OUT[1], CONST[0]\nEND\n';
  const refusal = guest.run(
    ...plainDrawing({ picture: OTHER, vertices: VERTICES, fragment }),
    createObject('surface', 5, PICTURE, format, 0, 0),
    createObject('blend', 6, 0, 0, target, 0, 0, 0, 0, 0, 0, 0),
    bindObject('blend', 6),
    command('setFramebufferState', surfaces.length, 0, ...surfaces),
    command('setConstantBuffer', STAGE.fragment, 0, ...f32(0.5, 0, 0, 1)),
    command('clear', 4 | 8, ...f32(0, 0, 0, 0), 0, 0, 0),
    drawVbo(TRIANGLES, 3),
  );
  expect(refusal).toBe(null);
  return guest.read(PICTURE, { width: 1 }, 4)[0];
}

it.each([0, 1] as const)('blends with an alpha of one where the format has none (colour buffer %i)', (at) => {
  const without = formatNamed('R8G8B8X8_UNORM')!.number;
  const reds = (format: number): unknown[] =>
    [FACTOR.dstAlpha, FACTOR.oneMinusDstAlpha, FACTOR.saturated].map((factor) => redOf(format, factor, at));
  expect(reds(FORMAT.rgba8)).toEqual([0, 128, 128]);
  expect(reds(without)).toEqual([128, 0, 0]);
});
