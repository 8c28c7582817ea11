import { expect, it } from 'vitest';
import { BIND, TARGET } from './virgl-limits.ts';
import { command, drawVbo, f32, FORMAT, plainDrawing, TestGuest, TRIANGLES } from './test-guest.ts';

const TEXTURE = 1;
const VERTICES = 2;

/** More constants than any device takes in one shader, all of them reached. */
const GREEDY_FRAGMENT =
  'FRAG\nDCL IN[0], POSITION\nDCL OUT[0], COLOR\nDCL CONST[0..8000]\nDCL ADDR[0]\n' +
  'ARL ADDR[0].x, IN[0].xxxx\nMOV OUT[0], CONST[ADDR[0].x]\nEND\n';

it('goes on when the device does not take a program, however often it is drawn with', () => {
  using guest = new TestGuest({ limits: { maxErrors: 3 } });
  guest.create(TEXTURE, { target: TARGET.texture2d, format: FORMAT.rgba8, bind: BIND.renderTarget, width: 4 });
  guest.createBuffer(VERTICES, 48);
  const set = [...plainDrawing({ picture: TEXTURE, vertices: VERTICES, fragment: GREEDY_FRAGMENT })];
  expect(guest.run(...set)).toBe(null);
  for (let frame = 0; frame < 10; frame++) expect(guest.run(drawVbo(TRIANGLES, 3))).toBe('program');
  expect(guest.run(command('clear', 4, ...f32(1, 0, 0, 1), 0, 0, 0))).toBe(null);
  expect([...guest.read(TEXTURE, { width: 1 }, 4)]).toEqual([255, 0, 0, 255]);
});
