import { describe, expect, test } from 'vitest';
import { command, drawVbo, f32, PLAIN_VERTEX, plainDrawing, softwareDevice, TestGuest } from './test-guest.ts';
import { BIND, STAGE } from './virgl-limits.ts';

const POINTS = 0;
const [TEXTURE, VERTICES, INDICES, OTHER_INDICES] = [1, 2, 3, 4];
const WIDTH = 8;

/** A picture of one row; vertex i paints pixel i, index n of the first buffer is vertex n. */
function newGuest(vertexShader = PLAIN_VERTEX): TestGuest {
  const guest = new TestGuest();
  guest.create(TEXTURE, { width: WIDTH });
  guest.createBuffer(VERTICES, 16 * WIDTH);
  for (const id of [INDICES, OTHER_INDICES]) guest.createBuffer(id, 2 * WIDTH, BIND.indexBuffer);
  const place = (i: number): number[] => [(2 * i + 1) / WIDTH - 1, 0, 0, 1];
  const numbers = Array.from({ length: WIDTH }, (_, i) => i);
  guest.write(VERTICES, new Uint8Array(Float32Array.from(numbers.flatMap(place)).buffer));
  guest.write(INDICES, new Uint8Array(Uint16Array.from(numbers).buffer));
  guest.write(OTHER_INDICES, new Uint8Array(Uint16Array.from(numbers.toReversed()).buffer));
  const refusal = guest.run(
    ...plainDrawing({ picture: TEXTURE, vertices: VERTICES, vertex: vertexShader, width: WIDTH }),
    red(1),
  );
  expect(refusal).toBeNull();
  return guest;
}

const red = (value: number): number[] => command('setConstantBuffer', STAGE.fragment, 0, ...f32(value, 0, 0, 1));
/** Draws from the index of that number on. */
const draw = (index: number, count = 1, bias = 0, buffer: number = INDICES): number[][] => [
  command('setIndexBuffer', buffer, 2, 2 * index),
  drawVbo(POINTS, count, { indexed: 1, bias }),
];

function reds(guest: TestGuest): number[] {
  const bytes = guest.read(TEXTURE, { width: WIDTH }, 4 * WIDTH);
  return Array.from({ length: WIDTH }, (_, i) => bytes[4 * i] ?? -1);
}

describe.skipIf(softwareDevice() === null)('draws that follow one another', () => {
  test('each take their own indices', () => {
    using guest = newGuest();
    expect(guest.run(...draw(0), ...draw(3, 2), ...draw(7))).toBeNull();
    expect(reds(guest)).toEqual([255, 0, 0, 255, 255, 0, 0, 255]);
  });

  test('each add their own bias', () => {
    using guest = newGuest();
    expect(guest.run(...draw(0, 1, 2), ...draw(1), ...draw(0, 2, 4))).toBeNull();
    expect(reds(guest)).toEqual([0, 255, 255, 0, 255, 255, 0, 0]);
  });

  test('see what was set between them', () => {
    using guest = newGuest();
    expect(guest.run(...draw(0), ...draw(1), red(0.2), ...draw(2), red(0.4), ...draw(3))).toBeNull();
    expect(reds(guest)).toEqual([255, 255, 51, 102, 0, 0, 0, 0]);
  });

  test('are drawn though a later command is refused', () => {
    using guest = newGuest();
    const nothing = command('setIndexBuffer', 99, 2, 0);
    expect(guest.run(...draw(0), ...draw(1), nothing, drawVbo(9, 1, { indexed: 1 }), ...draw(2))).not.toBeNull();
    expect(guest.context.errorCount).toBe(2);
    expect(reds(guest)).toEqual([255, 255, 255, 0, 0, 0, 0, 0]);
  });

  test('read the buffer that was bound, though it is destroyed and another takes its place', () => {
    using guest = newGuest();
    guest.run(command('setIndexBuffer', INDICES, 2, 0));
    guest.renderer.destroyResource(INDICES);
    const first = drawVbo(POINTS, 1, { indexed: 1 });
    expect(guest.run(first, first, ...draw(0, 1, 0, OTHER_INDICES), ...draw(1, 1, 0, OTHER_INDICES))).toBeNull();
    expect(reds(guest)).toEqual([255, 0, 0, 0, 0, 0, 255, 255]);
  });

  test('all have number 0 to a shader that asks', () => {
    using guest = newGuest(`VERT
DCL IN[0]
DCL SV[0], DRAWID
DCL OUT[0], POSITION
DCL TEMP[0], LOCAL
IMM[0] FLT32 {0x40000000, 0x00000000, 0x00000000, 0x00000000}
  0: I2F TEMP[0].x, SV[0].xxxx
  1: MAD OUT[0], TEMP[0].xxxx, IMM[0], IN[0]
  2: END
`);
    expect(guest.run(...draw(0), ...draw(1), ...draw(2))).toBeNull();
    expect(reds(guest)).toEqual([255, 255, 255, 0, 0, 0, 0, 0]);
  });
});
