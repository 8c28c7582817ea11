/** Draws that do not fit what is bound are the guest's fault, and it hears so: OpenGL would only do nothing. */
import { expect, it } from 'vitest';
import { SAMPLE_SHADERS } from '../shader/tgsi/sample-shaders.ts';
import { command, createObject, createShader, drawVbo, plainDrawing, TestGuest, TRIANGLES } from './test-guest.ts';
import { BIND, STAGE } from './virgl-limits.ts';

const [PICTURE, VERTICES, CAPTURED] = [1, 2, 3];
const [POINTS, LINES, LINE_STRIP, TRIANGLE_STRIP, TRIANGLE_FAN, LINES_ADJACENCY, PATCHES] = [0, 1, 3, 5, 6, 10, 14];
const VERTEX =
  'VERT\nDCL IN[0]\nDCL OUT[0], POSITION\nDCL OUT[1], GENERIC[2]\nMOV OUT[0], IN[0]\nMOV OUT[1], IN[0]\nEND\n';
const CONTROL = SAMPLE_SHADERS.control;
const EVALUATION = SAMPLE_SHADERS.evaluation;

/** A guest that can draw whatever it likes; `outputs` are captured. */
function drawingGuest(...outputs: readonly number[]): TestGuest {
  const guest = new TestGuest();
  guest.create(PICTURE, {});
  guest.createBuffer(VERTICES, 96);
  guest.createBuffer(CAPTURED, 4096, BIND.streamOutput);
  const refusal = guest.run(
    ...plainDrawing({
      picture: PICTURE,
      vertices: VERTICES,
      vertex: VERTEX,
      captured: [...outputs, ...(outputs.length === 0 ? [0] : [])],
    }),
  );
  expect(refusal).toBe(null);
  return guest;
}

const draw = (mode: number): number[] => (mode === PATCHES ? patches() : drawVbo(mode, 6));

/** Patches of three vertices. */
function patches(): number[] {
  return command('drawVbo', 0, 6, PATCHES, 0, 1, 0, 0, 0, 0, 0, 5, 0, 3, 0);
}

it('gives a geometry shader the primitives that it takes, and no others', () => {
  using guest = drawingGuest();
  expect(guest.run(draw(LINES))).toBe(null);
  guest.run(createShader(5, 'geometry', SAMPLE_SHADERS.geometry), command('bindShader', 5, STAGE.geometry));
  for (const mode of [POINTS, LINES, LINE_STRIP, LINES_ADJACENCY]) expect(guest.run(draw(mode))).toBe('state');
  for (const mode of [TRIANGLES, TRIANGLE_STRIP, TRIANGLE_FAN]) expect(guest.run(draw(mode))).toBe(null);
});

it('tessellates patches alone', () => {
  using guest = drawingGuest();
  expect(guest.run(draw(PATCHES))).toBe('state');
  guest.run(
    createShader(5, 'tessControl', CONTROL),
    createShader(6, 'tessEval', EVALUATION),
    command('bindShader', 5, STAGE.tessControl),
    command('bindShader', 6, STAGE.tessEval),
  );
  for (const mode of [POINTS, LINES, TRIANGLES]) expect(guest.run(draw(mode))).toBe('state');
  expect(guest.run(draw(PATCHES))).toBe(null);
});

it('goes on capturing the same kind of primitives', () => {
  using guest = drawingGuest(1, 4, 0, 0, 0, 1 | (4 << 10), 0);
  guest.run(
    createObject('streamoutTarget', 5, CAPTURED, 0, 4096),
    createObject('streamoutTarget', 6, CAPTURED, 0, 2048),
    command('setStreamoutTargets', 0, 5),
  );
  expect(guest.run(draw(LINES))).toBe(null);
  expect(guest.run(draw(TRIANGLES))).toBe('state');
  expect(guest.run(draw(LINE_STRIP))).toBe(null);
  guest.run(command('setStreamoutTargets', 0, 6));
  expect(guest.run(draw(TRIANGLES))).toBe(null);
});

it('gives a geometry shader what it takes of what tessellation makes', () => {
  using guest = drawingGuest();
  guest.run(
    createShader(5, 'geometry', SAMPLE_SHADERS.geometry),
    createShader(6, 'tessEval', 'TESS_EVAL\nPROPERTY TES_POINT_MODE 1\nDCL OUT[0], POSITION\nEND\n'),
    createShader(7, 'tessEval', 'TESS_EVAL\nPROPERTY TES_PRIM_MODE 4\nDCL OUT[0], POSITION\nEND\n'),
    command('bindShader', 5, STAGE.geometry),
    command('bindShader', 6, STAGE.tessEval),
  );
  expect(guest.run(draw(PATCHES))).toBe('state');
  expect(guest.run(command('bindShader', 7, STAGE.tessEval), draw(PATCHES))).toBe(null);
});

it('captures no primitives with their neighbours, and nothing into places without a target', () => {
  using guest = drawingGuest(1, 4, 0, 0, 0, 1 | (4 << 10), 0);
  guest.run(createObject('streamoutTarget', 5, CAPTURED, 0, 4096), command('setStreamoutTargets', 0, 5));
  expect(guest.run(draw(LINES_ADJACENCY))).toBe('state');
  expect(guest.run(draw(LINES))).toBe(null);
  expect(guest.run(command('setStreamoutTargets', 0, 0, 5), draw(LINES))).toBe('state');
  expect(guest.run(command('setStreamoutTargets', 0), draw(LINES_ADJACENCY))).toBe(null);
});
