import { expect, it } from 'vitest';
import { command, drawVbo, FORMAT, plainDrawing, TestGuest, TRIANGLES } from './test-guest.ts';
import { BIND, STAGE, TARGET } from './virgl-limits.ts';

const [PICTURE, VERTICES, LAYERS] = [1, 2, 3];
const CORNERS = new Uint8Array(Float32Array.of(-1, -1, 0, 1, 3, -1, 0, 1, -1, 3, 0, 1).buffer);
/** Paints how many layers the image has, in 255ths, and the red of its second. */
const LOAD_SECOND = `FRAG
DCL OUT[0], COLOR
DCL IMAGE[0], 2D_ARRAY, PIPE_FORMAT_R8G8B8A8_UNORM
DCL TEMP[0..1]
IMM[0] UINT32 {0, 0, 1, 0}
IMM[1] FLT32 {0.00392156862745098, 0.0, 0.0, 1.0}
RESQ TEMP[0].xyz, IMAGE[0], 2D_ARRAY, PIPE_FORMAT_R8G8B8A8_UNORM
LOAD TEMP[1], IMAGE[0], IMM[0].xyzw, 2D_ARRAY, PIPE_FORMAT_R8G8B8A8_UNORM
U2F TEMP[0].x, TEMP[0].zzzz
MUL OUT[0].x, TEMP[0].xxxx, IMM[1].xxxx
MOV OUT[0].y, TEMP[1].xxxx
MOV OUT[0].zw, IMM[1].zzzw
END
`;

it('gives shaders images of some layers of a texture, which have no others', () => {
  using guest = new TestGuest();
  guest.create(PICTURE, {});
  guest.createBuffer(VERTICES, CORNERS.length);
  guest.write(VERTICES, CORNERS);
  guest.create(LAYERS, { target: TARGET.texture2dArray, width: 1, arraySize: 6, bind: BIND.samplerView });
  const reds = [10, 20, 30, 40, 50, 60];
  guest.write(LAYERS, Uint8Array.from(reds.flatMap((red) => [red, 0, 0, 255])), { width: 1, depth: reds.length });
  const drawing = plainDrawing({ picture: PICTURE, vertices: VERTICES, fragment: LOAD_SECOND });
  expect(guest.run(...drawing)).toBe(null);
  const seen = (first: number, last: number): number[] => {
    const image = command('setShaderImages', STAGE.fragment, 0, FORMAT.rgba8, 1, first | (last << 16), 0, LAYERS);
    expect(guest.run(image, drawVbo(TRIANGLES, 3))).toBe(null);
    return [...guest.read(PICTURE, { width: 1 }, 4)].slice(0, 2);
  };
  expect(seen(0, 5)).toEqual([6, 20]);
  expect(seen(1, 3)).toEqual([3, 30]);
  expect(seen(0, 1)).toEqual([2, 20]);
  expect(seen(3, 5)).toEqual([3, 50]);
});
