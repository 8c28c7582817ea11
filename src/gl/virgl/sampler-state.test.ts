import { expect, it } from 'vitest';
import {
  bindObject,
  command,
  createObject,
  createShader,
  drawVbo,
  f32,
  FORMAT,
  PLAIN_VERTEX,
  TestGuest,
  TRIANGLES,
} from './test-guest.ts';
import { STAGE } from './virgl-limits.ts';

const [TARGET_TEXTURE, TEXTURE, VERTICES] = [1, 2, 3];
const SAMPLE_CONSTANT =
  'FRAG\nDCL OUT[0], COLOR\nDCL CONST[0]\nDCL SAMP[0]\nDCL SVIEW[0], 2D, FLOAT\nTEX OUT[0], CONST[0], SAMP[0], 2D\nEND\n';
const IDENTITY_SWIZZLE = 0 | (1 << 3) | (2 << 6) | (3 << 9);
const CORNERS = new Uint8Array(Float32Array.of(-1, -1, 0, 1, 3, -1, 0, 1, -1, 3, 0, 1).buffer);

/** Both filters linear. */
const LINEAR = (1 << 9) | (1 << 13);

/** What a sampler with this wrap mode and a blue border gives of a texture of four reds, at an abscissa. */
function texelAt(guest: TestGuest, wrap: number, s: number, filters = 0): number[] {
  const result = guest.run(
    createObject('samplerState', 9, wrap | (wrap << 3) | (wrap << 6) | filters, ...f32(0, 0, 0), ...f32(0, 0, 1, 1)),
    command('bindSamplerStates', STAGE.fragment, 0, 9),
    command('setConstantBuffer', STAGE.fragment, 0, ...f32(s, 0.5, 0, 0)),
    drawVbo(TRIANGLES, 3),
    command('destroyObject', 9),
  );
  expect(result).toBe(null);
  return [...guest.read(TARGET_TEXTURE, { width: 1 }, 4)];
}

it('wraps as each mode says, with the border where one asks for it', () => {
  using guest = new TestGuest();
  guest.create(TARGET_TEXTURE, {});
  guest.create(TEXTURE, {});
  guest.createBuffer(VERTICES, CORNERS.length);
  guest.write(VERTICES, CORNERS);
  guest.write(TEXTURE, Uint8Array.from([10, 20, 30, 40].flatMap((red) => [red, 0, 0, 255])), { width: 4 });
  const refusal = guest.run(
    createShader(1, 'vertex', PLAIN_VERTEX),
    createShader(2, 'fragment', SAMPLE_CONSTANT),
    command('bindShader', 1, STAGE.vertex),
    command('bindShader', 2, STAGE.fragment),
    createObject('surface', 3, TARGET_TEXTURE, FORMAT.rgba8, 0, 0),
    createObject('vertexElements', 4, 0, 0, 0, FORMAT.rgba32Float),
    bindObject('vertexElements', 4),
    createObject('samplerView', 5, TEXTURE, FORMAT.rgba8, 0, 0, IDENTITY_SWIZZLE),
    command('setSamplerViews', STAGE.fragment, 0, 5),
    command('setFramebufferState', 1, 0, 3),
    command('setViewportState', 0, ...f32(2, 0.5, 0.5, 2, 0.5, 0.5)),
    command('setVertexBuffers', 16, 0, VERTICES),
  );
  expect(refusal).toBe(null);
  const reds = (wrap: number): (number | 'border')[] =>
    [-1.3, -0.3, 0.3, 1.3].map((s) => {
      const [red = 0, , blue] = texelAt(guest, wrap, s);
      return blue === 255 ? 'border' : red;
    });
  // The numbers of PIPE_TEX_WRAP_*.
  expect({
    repeat: reds(0),
    clamp: reds(1),
    clampToEdge: reds(2),
    clampToBorder: reds(3),
    mirrorRepeat: reds(4),
    mirrorClampToEdge: reds(6),
    mirrorClampToBorder: reds(7),
  }).toEqual({
    repeat: [30, 30, 20, 20],
    clamp: [10, 10, 20, 40],
    clampToEdge: [10, 10, 20, 40],
    clampToBorder: ['border', 'border', 20, 'border'],
    mirrorRepeat: [30, 20, 20, 30],
    mirrorClampToEdge: [40, 20, 20, 40],
    mirrorClampToBorder: ['border', 20, 20, 'border'],
  });
  // Half of the border, however far from it; and back to programs that hold nothing.
  expect([-1.3, 0.375, 1.3].map((s) => texelAt(guest, 1, s, LINEAR).slice(0, 3))).toEqual([
    [5, 0, 128],
    [20, 0, 0],
    [20, 0, 128],
  ]);
  expect(reds(3)).toEqual(['border', 'border', 20, 'border']);
});
