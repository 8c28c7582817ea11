import { expect, it } from 'vitest';
import { command, createObject, drawVbo, plainDrawing, TestGuest } from './test-guest.ts';
import { BIND } from './virgl-limits.ts';

const POINTS = 0;
const [PICTURE, VERTICES, FIRST, SECOND] = [1, 2, 3, 4];
const [FIRST_TARGET, SECOND_TARGET] = [10, 11];
const BYTES = 64;
/** Four components of register 0 into the first buffer, whose elements are four words. */
const CAPTURE_POSITION = [1, 4, 0, 0, 0, 4 << 10, 0];

/** A guest that captures the one vertex it draws, whose x is in the constant buffer of the vertex shader. */
function capturingGuest(): TestGuest {
  const guest = new TestGuest();
  guest.create(PICTURE, {});
  guest.createBuffer(VERTICES, 64);
  guest.createBuffer(FIRST, BYTES, BIND.streamOutput);
  guest.createBuffer(SECOND, BYTES, BIND.streamOutput);
  guest.write(VERTICES, new Uint8Array(Float32Array.of(...[1, 2, 3, 4].flatMap((x) => [x, 0, 0, 1])).buffer));
  const refusal = guest.run(
    ...plainDrawing({ picture: PICTURE, vertices: VERTICES, captured: CAPTURE_POSITION }),
    createObject('streamoutTarget', FIRST_TARGET, FIRST, 0, BYTES),
    createObject('streamoutTarget', SECOND_TARGET, SECOND, 0, BYTES),
  );
  expect(refusal).toBe(null);
  return guest;
}

/** Draws the vertex of this number into what is bound. */
const vertex = (n: number): number[] => command('drawVbo', n, 1, POINTS, 0, 1, 0, 0, 0, 0, 0, 0xffffffff, 0);

function capturedIn(guest: TestGuest, buffer: number): number[] {
  const floats = new Float32Array(guest.read(buffer, { width: BYTES }, BYTES).buffer);
  return [0, 4, 8, 12].map((at) => floats[at] ?? Number.NaN);
}

it('goes on where a set of targets was left, whatever was captured meanwhile', () => {
  using guest = capturingGuest();
  const refusal = guest.run(
    command('setStreamoutTargets', 0, FIRST_TARGET),
    vertex(0),
    command('setStreamoutTargets', 0),
    command('setStreamoutTargets', 0, SECOND_TARGET),
    vertex(1),
    command('setStreamoutTargets', 0, FIRST_TARGET),
    vertex(2),
    command('setStreamoutTargets', 0),
  );
  expect(refusal).toBe(null);
  expect(capturedIn(guest, FIRST)).toEqual([1, 3, 0, 0]);
  expect(capturedIn(guest, SECOND)).toEqual([2, 0, 0, 0]);
});

it('draws as many vertices as were captured, into a target named by its size', () => {
  using guest = capturingGuest();
  const fromCapture = drawVbo(POINTS, 0);
  fromCapture[12] = BYTES;
  const refusal = guest.run(
    command('setStreamoutTargets', 0, FIRST_TARGET),
    vertex(1),
    vertex(2),
    command('setStreamoutTargets', 0, SECOND_TARGET),
    fromCapture,
    command('setStreamoutTargets', 0),
  );
  expect(refusal).toBe(null);
  expect(capturedIn(guest, SECOND)).toEqual([1, 2, 0, 0]);
});
