/**
 * What is made and destroyed over and over to see whether memory stays what it was: one round of each kind of thing that a
 * guest can make, for the tests of every day and for longer runs.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { assert } from '../../base/assert.ts';
import { SAMPLE_SHADERS } from '../shader/tgsi/sample-shaders.ts';
import {
  bindObject,
  command,
  createObject,
  createShader,
  drawVbo,
  f32,
  FORMAT,
  pair,
  PLAIN_FRAGMENT,
  PLAIN_VERTEX,
  TRIANGLES,
} from './test-guest.ts';
import type { TestGuest } from './test-guest.ts';
import { BIND, STAGE, TARGET } from './virgl-limits.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const MB = 2 ** 20;
const [TEXTURE, BUFFER] = [1, 2];
/** Levels of a sampler view, and swizzle as it is: r, g, b, a. */
const ONE_LEVEL = 0;
const AS_IT_IS = 0 | (1 << 3) | (2 << 6) | (3 << 9);
const IDS = Array.from({ length: 11 }, (_, i) => i + 1);

/** Every kind of object, one handle each. */
const CREATE_ALL = [
  createObject('blend', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  createObject('rasterizer', 2, 0, ...f32(1), 0, 0, ...f32(1, 0, 0, 0)),
  createObject('depthStencilAlpha', 3, 0, 0, 0, 0),
  createShader(4, 'vertex', PLAIN_VERTEX),
  createShader(5, 'fragment', PLAIN_FRAGMENT),
  createObject('vertexElements', 6, 0, 0, 0, FORMAT.rgba32Float),
  createObject('samplerView', 7, TEXTURE, FORMAT.rgba8, pair(0, 0), ONE_LEVEL, AS_IT_IS),
  createObject('samplerState', 8, 0, ...f32(0, 0, 0), 0, 0, 0, 0),
  createObject('surface', 9, TEXTURE, FORMAT.rgba8, 0, 0),
  createObject('query', 10, 0, 0, BUFFER),
  createObject('streamoutTarget', 11, BUFFER, 0, 64),
];
const DESTROY_ALL = IDS.map((handle) => command('destroyObject', handle));
/** Binds them, so that what OpenGL keeps of them is made, and draws. */
const DRAW_WITH_ALL = [
  bindObject('blend', 1),
  bindObject('rasterizer', 2),
  bindObject('depthStencilAlpha', 3),
  command('bindShader', 4, STAGE.vertex),
  command('bindShader', 5, STAGE.fragment),
  bindObject('vertexElements', 6),
  command('setSamplerViews', STAGE.fragment, 0, 7),
  command('bindSamplerStates', STAGE.fragment, 0, 8),
  command('setFramebufferState', 1, 0, 9),
  command('setViewportState', 0, ...f32(2, 0.5, 0.5, 2, 0.5, 0.5)),
  command('setVertexBuffers', 16, 0, BUFFER),
  command('beginQuery', 10),
  drawVbo(TRIANGLES, 3),
  command('endQuery', 10),
];
const UNBIND_ALL = [
  bindObject('vertexElements', 0),
  command('bindShader', 0, STAGE.vertex),
  command('bindShader', 0, STAGE.fragment),
  command('setSamplerViews', STAGE.fragment, 0, 0),
  command('bindSamplerStates', STAGE.fragment, 0, 0),
  command('setFramebufferState', 0, 0),
  command('setVertexBuffers', 0, 0, 0),
];

/** How much memory grew in MiB, of this process and of its heap, from the first fifth of the rounds to the last. */
function growth(rounds: number, round: () => void): { process: number; heap: number } {
  const part = Math.ceil(rounds / 20);
  let before = process.memoryUsage();
  for (let i = 0; i < rounds; i++) {
    // Regularly, so that garbage does not decide what is measured.
    if (i % part === 0) collect();
    if (i === 4 * part) before = process.memoryUsage();
    round();
  }
  collect();
  const after = process.memoryUsage();
  return { process: (after.rss - before.rss) / MB, heap: (after.heapUsed - before.heapUsed) / MB };
}

/** Makes what objects need, has commands done, and destroys it again. */
function withResources(guest: TestGuest, commands: Uint32Array): void {
  guest.create(TEXTURE, {});
  guest.createBuffer(BUFFER, 256, BIND.vertexBuffer | BIND.streamOutput | BIND.queryBuffer);
  guest.context.submit(commands);
  guest.renderer.destroyResource(TEXTURE);
  guest.renderer.destroyResource(BUFFER);
}

/** Shaders of the stages that plain drawing does without. */
const OTHER_SHADERS = [
  createShader(1, 'geometry', SAMPLE_SHADERS.geometry),
  createShader(2, 'tessControl', SAMPLE_SHADERS.control),
  createShader(3, 'tessEval', SAMPLE_SHADERS.evaluation),
  createShader(4, 'compute', SAMPLE_SHADERS.compute),
];

/** One resource of each target, and one of several samples. */
const RESOURCES = [
  { target: TARGET.buffer, format: FORMAT.r8, bind: BIND.vertexBuffer, width: 4096 },
  { target: TARGET.buffer, format: FORMAT.r8, bind: BIND.staging, width: 4096 },
  { target: TARGET.texture1d, width: 64 },
  { target: TARGET.texture2d, width: 16, height: 16, lastLevel: 4 },
  { target: TARGET.texture2d, width: 16, height: 16, samples: 4 },
  { target: TARGET.texture2d, format: FORMAT.z24s8, bind: BIND.depthStencil, width: 16, height: 16 },
  { target: TARGET.texture3d, width: 8, height: 8, depth: 8 },
  { target: TARGET.textureCube, width: 8, height: 8, arraySize: 6 },
  { target: TARGET.textureRect, width: 16, height: 16 },
  { target: TARGET.texture1dArray, width: 16, arraySize: 4 },
  { target: TARGET.texture2dArray, width: 8, height: 8, arraySize: 4 },
  { target: TARGET.textureCubeArray, width: 8, height: 8, arraySize: 12 },
];

const CREATE_AND_DESTROY = Uint32Array.from([...CREATE_ALL, ...DESTROY_ALL].flat());
const DRAW = Uint32Array.from([...CREATE_ALL, ...DRAW_WITH_ALL, ...UNBIND_ALL, ...DESTROY_ALL].flat());
const SHADERS = Uint32Array.from(
  [...OTHER_SHADERS, ...OTHER_SHADERS.map((_, i) => command('destroyObject', i + 1))].flat(),
);
const SUB_CONTEXTS = Uint32Array.from(
  [command('createSubCtx', 1), command('setSubCtx', 1), command('destroySubCtx', 1)].flat(),
);
const CONTEXT = 2;

/** One kind of thing. */
interface MemoryRound {
  /** Rounds that a test of every day has time for. */
  readonly daily: number;
  /** MiB by which the process may grow: tables of the driver do, by steps of 20. */
  readonly slack: number;
  /** Makes it and destroys it. */
  run(guest: TestGuest): void;
}

/** Every kind of thing that a guest can make. */
export const MEMORY_ROUNDS = {
  'every kind of object': {
    daily: 10_000,
    slack: 32,
    run: (guest) => withResources(guest, CREATE_AND_DESTROY),
  },
  'every kind of object, drawn with': { daily: 300, slack: 16, run: (guest) => withResources(guest, DRAW) },
  'shaders of the other stages': { daily: 500, slack: 16, run: (guest) => guest.context.submit(SHADERS) },
  'resources of every target': {
    daily: 1000,
    slack: 32,
    run: (guest) => {
      for (const [i, args] of RESOURCES.entries()) guest.create(i + 1, args);
      for (const i of RESOURCES.keys()) guest.renderer.destroyResource(i + 1);
    },
  },
  'sub-contexts': { daily: 100, slack: 16, run: (guest) => guest.context.submit(SUB_CONTEXTS) },
  contexts: {
    daily: 50,
    slack: 16,
    run: (guest) => {
      guest.renderer.createContext(CONTEXT, 'another').submit(SUB_CONTEXTS);
      guest.renderer.destroyContext(CONTEXT);
    },
  },
} as const satisfies Readonly<Record<string, MemoryRound>>;

/** Repeats one of them; by how many MiB the process and its heap grew. Throws an AssertionError when something was refused. */
export function growthOf(
  guest: TestGuest,
  name: keyof typeof MEMORY_ROUNDS,
  rounds: number,
): { process: number; heap: number } {
  const grown = growth(rounds, () => MEMORY_ROUNDS[name].run(guest));
  assert(guest.context.errorCount === 0, `rounds of ${name} that are all done`);
  return grown;
}
