/**
 * One test for each class of fault that renderers of guests' commands were caught with: CVE-2016-10163, -10214, CVE-2017-5580,
 * -5937, -5956, -5957, -5993, -5994, -6209, -6210, -6317, -6355, -6386, CVE-2019-18388 to -18392, CVE-2020-8002, -8003,
 * CVE-2022-0135, -0175. Each ends with another guest that draws.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SegmentBacking } from '../core/backing.ts';
import type { GpuErrorCode } from '../core/gpu-error.ts';
import { hasEgl } from '../egl/test-device.ts';
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
  TestGuest,
  TRIANGLES,
  Witness,
} from './test-guest.ts';
import { BIND, STAGE, TARGET } from './virgl-limits.ts';

const HUGE = 0xffffffff;
const POINTS = 0;
let guest: TestGuest;
let witness: Witness;

beforeEach(() => {
  guest = new TestGuest();
  witness = new Witness(guest.renderer);
});
afterEach(() => {
  expect(witness.isRight).toBe(true);
  expect(guest.renderer.context.gl.getError()).toBe(0);
  witness[Symbol.dispose]();
  guest[Symbol.dispose]();
});

const transferWords = (id: number, level: number, ...box: readonly number[]): number[] => [id, level, 0, 0, 0, ...box];

/** Draws the points of attribute 0 of a buffer and captures what the vertex shader makes of them. */
function captured(
  vertices: number,
  prepare: readonly (readonly number[])[],
  draw: readonly number[],
  count: number,
): Float32Array {
  const [target] = [60];
  guest.createBuffer(target, 4096, BIND.streamOutput);
  const vertex =
    'VERT\nDCL IN[0]\nDCL OUT[0], POSITION\nDCL OUT[1], GENERIC[0]\nMOV OUT[0], IN[0]\nMOV OUT[1], IN[0]\nEND\n';
  const output = 1 | (4 << 10);
  expect(
    guest.run(
      createShader(1, 'vertex', vertex, [1, 4, 0, 0, 0, output, 0]),
      createShader(2, 'fragment', PLAIN_FRAGMENT),
      command('bindShader', 1, STAGE.vertex),
      command('bindShader', 2, STAGE.fragment),
      createObject('surface', 3, 61, FORMAT.rgba8, 0, 0),
      command('setFramebufferState', 1, 0, 3),
      command('setViewportState', 0, ...f32(2, 2, 0.5, 2, 2, 0.5)),
      createObject('vertexElements', 4, 0, 0, 0, FORMAT.rgba32Float),
      bindObject('vertexElements', 4),
      command('setVertexBuffers', 16, 0, vertices),
      createObject('streamoutTarget', 5, target, 0, 4096),
      command('setStreamoutTargets', 0, 5),
      ...prepare,
      draw,
      command('setStreamoutTargets', 0),
    ),
  ).toBe(null);
  return new Float32Array(guest.read(target, { width: 16 * count }, 16 * count).buffer);
}

describe.skipIf(!hasEgl)('a hostile guest', () => {
  it.each<readonly [string, readonly number[], GpuErrorCode]>([
    ['beyond the width', transferWords(1, 0, 3, 0, 0, 2, 1, 1), 'range'],
    ['that wraps around', transferWords(1, 0, HUGE, 0, 0, 2, 1, 1), 'range'],
    ['of no such level', transferWords(1, 1, 0, 0, 0, 1, 1, 1), 'range'],
    ['of a level far away', transferWords(1, HUGE, 0, 0, 0, 1, 1, 1), 'range'],
    ['of no such layer', transferWords(1, 0, 0, 0, 1, 1, 1, 1), 'range'],
    ['of many layers', transferWords(1, 0, 0, 0, 0, 1, 1, HUGE), 'range'],
    ['of nothing', transferWords(1, 0, 0, 0, 0, 0, 1, 1), 'range'],
  ])('writes no box %s', (_what, words, code) => {
    guest.create(1, { width: 4 });
    expect(guest.run(command('resourceInlineWrite', ...words, 1, 2, 3, 4))).toBe(code);
    guest.renderer.attachBacking(1, new SegmentBacking([new Uint8Array(16)]));
    expect(guest.run(command('transfer3d', ...words, 0, 1))).toBe(code);
    expect(guest.read(1, { width: 4 }, 16).every((byte) => byte === 0)).toBe(true);
  });

  it('reads and writes no memory behind its backing, or behind the words it sent', () => {
    guest.create(1, { width: 4 });
    guest.renderer.attachBacking(1, new SegmentBacking([new Uint8Array(8), new Uint8Array(7)]));
    const whole = transferWords(1, 0, 0, 0, 0, 4, 1, 1);
    for (const direction of [1, 2]) {
      expect(guest.run(command('transfer3d', ...whole, 0, direction))).toBe('range');
      expect(guest.run(command('transfer3d', ...whole, HUGE, direction))).toBe('range');
    }
    expect(guest.run(command('resourceInlineWrite', ...whole, 1, 2, 3))).toBe('range');
    // Rows that would lie on one another, and sizes whose product passes 32 bits.
    guest.create(2, { width: 4, height: 4 });
    expect(
      guest.run(
        command('resourceInlineWrite', 2, 0, 0, 8, 0, 0, 0, 0, 4, 4, 1, ...f32(...Array.from({ length: 16 }, () => 1))),
      ),
    ).toBe('range');
    expect(guest.run(command('resourceInlineWrite', 2, 0, 0, 0x40000000, 0, 0, 0, 0, 4, 4, 1, 1, 2, 3, 4))).toBe(
      'range',
    );
  });

  it('takes no more words than it sent', () => {
    const [header = 0] = command('clear', ...Array.from({ length: 8 }, () => 0));
    expect(guest.run([header, 4, 0])).toBe('framing');
  });

  it.each<readonly [string, Parameters<TestGuest['create']>[1]]>([
    ['width', { width: HUGE }],
    ['an area that wraps around', { width: 0x10000, height: 0x10000 }],
    ['levels', { width: 4, lastLevel: 3 }],
    ['levels without end', { width: 4, lastLevel: HUGE }],
    ['layers', { target: TARGET.texture2dArray, width: 4, arraySize: HUGE }],
    ['depth', { target: TARGET.texture3d, width: 2048, height: 2048, depth: 2048 }],
    ['samples', { width: 4, samples: HUGE }],
    ['faces', { target: TARGET.textureCube, width: 4, height: 4, arraySize: 7 }],
    ['no width', { width: 0 }],
    ['bytes of a buffer', { target: TARGET.buffer, width: HUGE }],
    ['a format that is none', { format: HUGE }],
    ['a kind that is none', { target: 9 }],
  ])('makes no resource of too much: %s', (_what, args) => {
    expect(guest.refusalOf(() => guest.create(1, args))).not.toBe(null);
    expect(guest.refusalOf(() => guest.renderer.resource(1))).toBe('resource');
  });

  it('destroys nothing twice, and uses nothing that is gone', () => {
    guest.create(1, { width: 4 });
    expect(guest.run(createObject('surface', 2, 1, FORMAT.rgba8, 0, 0))).toBe(null);
    expect(guest.run(command('setFramebufferState', 1, 0, 2), command('destroyObject', 2))).toBe(null);
    expect(guest.run(command('destroyObject', 2))).toBe('object');
    expect(guest.run(command('setFramebufferState', 1, 0, 2))).toBe('object');
    guest.renderer.destroyResource(1);
    expect(guest.refusalOf(() => guest.renderer.destroyResource(1))).toBe('resource');
    // What is bound is still there, though nobody can name it.
    expect(guest.run(command('clear', 4, ...f32(1, 0, 0, 1), 0, 0, 0))).toBe(null);
    expect(guest.run(createObject('surface', 3, 1, FORMAT.rgba8, 0, 0))).toBe('resource');
  });

  it('goes into no sub-context that is gone, and keeps none that it left', () => {
    expect(guest.run(command('createSubCtx', 1), command('setSubCtx', 1), command('destroySubCtx', 1))).toBe(null);
    expect(guest.run(command('setSubCtx', 1))).toBe('context');
    expect(guest.run(command('destroySubCtx', 1))).toBe('context');
    expect(guest.run(command('destroySubCtx', 0))).toBe('context');
    expect(guest.run(command('clear', 4, 0, 0, 0, 0, 0, 0, 0))).toBe(null);
  });

  it.each<readonly [string, readonly number[]]>([
    ['level', [1, FORMAT.rgba8, 1, 0]],
    ['level far away', [1, FORMAT.rgba8, HUGE, 0]],
    ['layer', [1, FORMAT.rgba8, 0, pair(0, 1)]],
    ['layers in reverse', [1, FORMAT.rgba8, 0, pair(2, 1)]],
    ['texture', [2, FORMAT.rgba8, 0, 0]],
  ])('draws to no such %s', (_what, words) => {
    guest.create(1, { width: 4 });
    guest.createBuffer(2, 64);
    expect(guest.run(createObject('surface', 5, ...words))).not.toBe(null);
  });

  it.each<readonly [string, readonly number[]]>([
    ['levels', [1, FORMAT.rgba8, pair(0, 0), 0x0100, 0]],
    ['levels in reverse', [1, FORMAT.rgba8, pair(0, 0), 0x0001, 0]],
    ['elements', [2, FORMAT.rgba32Float, 4, 5, 0]],
    ['elements in reverse', [2, FORMAT.rgba32Float, 2, 1, 0]],
    ['elements far away', [2, FORMAT.rgba32Float, HUGE, HUGE, 0]],
    ['swizzle', [1, FORMAT.rgba8, 0, 0, 7]],
    ['kind', [1, (FORMAT.rgba8 | (9 << 24)) >>> 0, 0, 0, 0]],
  ])('sees no such %s of a resource', (_what, words) => {
    guest.create(1, { width: 4 });
    guest.createBuffer(2, 64);
    expect(guest.run(createObject('samplerView', 5, ...words))).not.toBe(null);
  });

  it('copies and blits only between places that are there', () => {
    guest.create(1, { width: 4 });
    guest.create(2, { width: 8 });
    guest.createBuffer(3, 64);
    const copies = [
      [1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 8, 1, 1],
      [1, 0, 3, 0, 0, 2, 0, 0, 0, 0, 4, 1, 1],
      [1, 1, 0, 0, 0, 2, 0, 0, 0, 0, 1, 1, 1],
      [1, 0, 0, 0, 0, 2, 0, HUGE, 0, 0, 2, 1, 1],
      [3, 0, 60, 0, 0, 3, 0, 0, 0, 0, 8, 1, 1],
    ];
    for (const words of copies) expect(guest.run(command('resourceCopyRegion', ...words))).toBe('range');
    expect(guest.run(command('resourceCopyRegion', 1, 0, 0, 0, 0, 3, 0, 0, 0, 0, 4, 1, 1))).toBe('format');
    const side = (id: number, level: number, z: number, depth: number): number[] => [
      id,
      level,
      FORMAT.rgba8,
      0,
      0,
      z,
      4,
      1,
      depth,
    ];
    for (const [level, z, depth] of [
      [1, 0, 1],
      [0, 1, 1],
      [0, 0, 2],
      [0, -1, 1],
      [0, 0x7fffffff, 0x7fffffff],
    ] as const) {
      expect(guest.run(command('blit', 0xf, 0, 0, ...side(1, 0, 0, 1), ...side(2, level, z, depth)))).toBe('range');
      expect(guest.run(command('blit', 0xf, 0, 0, ...side(1, level, z, depth), ...side(2, 0, 0, 1)))).toBe('range');
    }
    expect(guest.run(command('blit', 0xf, 0, 0, ...side(3, 0, 0, 1), ...side(2, 0, 0, 1)))).toBe('resource');
  });

  it('writes no answer of a query outside its buffer', () => {
    guest.createBuffer(1, 24, BIND.queryBuffer);
    expect(guest.run(createObject('query', 2, 0, 16, 1))).toBe('range');
    expect(guest.run(createObject('query', 2, 0, HUGE - 7, 1))).toBe('range');
    expect(guest.run(createObject('query', 2, pair(10, 11), 0, 1))).toBe('value');
    expect(guest.run(createObject('query', 2, 0, 8, 1), command('beginQuery', 2), command('endQuery', 2))).toBe(null);
    expect(guest.run(command('getQueryResultQbo', 2, 1, 1, 3, 24, 0))).toBe('range');
    expect(guest.run(command('getQueryResultQbo', 2, 1, 1, 3, HUGE - 7, 0))).toBe('range');
    expect(guest.run(command('getQueryResult', 2, 1))).toBe(null);
    expect([...guest.read(1, { width: 8 }, 8)]).toEqual(Array.from({ length: 8 }, () => 0));
  });

  it('captures no vertices outside a buffer', () => {
    guest.createBuffer(1, 64, BIND.streamOutput);
    for (const [offset, size] of [
      [0, 68],
      [64, 4],
      [HUGE - 3, 8],
      [4, HUGE],
      [2, 4],
      [0, 0],
    ] as const)
      expect(guest.run(createObject('streamoutTarget', 2, 1, offset, size))).toBe('range');
  });

  it('binds nothing past the slots there are', () => {
    guest.createBuffer(1, 64);
    const refused = [
      command('setUniformBuffer', 0, 32, 0, 16, 1),
      command('setUniformBuffer', 6, 0, 0, 16, 1),
      command('setUniformBuffer', HUGE, 0, 0, 16, 1),
      command('setShaderBuffers', 0, 32, 0, 16, 1),
      command('setShaderBuffers', 0, HUGE, 0, 16, 1),
      command('setShaderImages', 0, 32, FORMAT.r32Uint, 3, 0, 16, 1),
      command('setSamplerViews', 0, 128, 0),
      command('bindSamplerStates', 0, 32, 0),
      command('setAtomicBuffers', 32, 0, 16, 1),
      command('setViewportState', 16, ...f32(1, 1, 1, 1, 1, 1)),
      command('setScissorState', HUGE, 0, 0),
      command('setConstantBuffer', 6, 0),
      command('setUniformBuffer', 0, 1, 256, 16, 1),
      command('setVertexBuffers', 16, 65, 1),
      command('setIndexBuffer', 1, 4, 68),
    ];
    for (const words of refused) expect(guest.run(words)).not.toBe(null);
  });

  it('draws no indices and no numbers of draws from behind a buffer', () => {
    guest.createBuffer(1, 64, BIND.indexBuffer);
    expect(guest.run(command('setIndexBuffer', 1, 4, 32))).toBe(null);
    expect(guest.run(drawVbo(TRIANGLES, 9, { indexed: 1 }))).toBe('range');
    expect(guest.run(drawVbo(TRIANGLES, HUGE, { indexed: 1 }))).toBe('range');
    const indirect = (offset: number, stride: number, count: number): number[] =>
      command('drawVbo', 0, 3, 4, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, offset, stride, count, 0, 0);
    expect(guest.run(indirect(52, 16, 1))).toBe('range');
    expect(guest.run(indirect(0, 16, 5))).toBe('range');
    expect(guest.run(indirect(0, HUGE - 3, 2))).toBe('range');
    expect(guest.run(command('launchGrid', 1, 1, 1, 1, 1, 1, 1, 56))).toBe('range');
  });

  it('reads zeros where vertices and indices leave their buffers', () => {
    guest.create(61, { width: 4, height: 4 });
    guest.createBuffer(1, 32);
    guest.write(1, new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8).buffer));
    guest.createBuffer(2, 16, BIND.indexBuffer);
    guest.write(2, new Uint8Array(Uint32Array.of(1, 1000, 0x7fffffff, 0xfffffff0).buffer));
    const [, ...numbers] = captured(1, [command('setIndexBuffer', 2, 4, 0)], drawVbo(POINTS, 4, { indexed: 1 }), 4);
    expect(numbers.slice(0, 3)).toEqual([6, 7, 8]);
    expect(numbers.slice(3)).toEqual(Array.from({ length: 12 }, () => 0));
  });

  it('reads zeros where vertices run past the end of their buffer', () => {
    guest.create(61, { width: 4, height: 4 });
    guest.createBuffer(1, 40);
    guest.write(1, new Uint8Array(new Float32Array(10).fill(7).buffer));
    const numbers = [...captured(1, [], drawVbo(POINTS, 6), 6)];
    expect(numbers.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => 7));
    expect(numbers.slice(8)).toEqual(Array.from({ length: 16 }, () => 0));
  });

  it('reaches no storage, constants or registers outside those of its shader by an index', () => {
    guest.createBuffer(1, 64, BIND.shaderBuffer);
    guest.createBuffer(2, 64, BIND.shaderBuffer);
    const shader = `COMP
PROPERTY CS_FIXED_BLOCK_WIDTH 1
PROPERTY CS_FIXED_BLOCK_HEIGHT 1
PROPERTY CS_FIXED_BLOCK_DEPTH 1
DCL BUFFER[0]
DCL CONST[0..1]
DCL TEMP[0..3], ARRAY(1), LOCAL
DCL TEMP[4..6]
DCL ADDR[0]
IMM[0] UINT32 {1000000, 0, 16, 4026531840}
IMM[1] UINT32 {7, 60, 32, 48}
UARL ADDR[0].x, IMM[0].xxxx
MOV TEMP[ADDR[0].x](1), IMM[1].xxxx
MOV TEMP[4].x, CONST[ADDR[0].x].xxxx
LOAD TEMP[5].x, BUFFER[0], IMM[0].xxxx
STORE BUFFER[0].x, IMM[0].xxxx, IMM[1].xxxx
STORE BUFFER[0].x, IMM[0].wwww, IMM[1].xxxx
STORE BUFFER[0].x, IMM[0].yyyy, TEMP[5].xxxx
STORE BUFFER[0].x, IMM[0].zzzz, TEMP[3].xxxx
END
`;
    guest.write(1, new Uint8Array(64).fill(0x55));
    expect(
      guest.run(
        createShader(1, 'compute', shader),
        command('bindShader', 1, STAGE.compute),
        command('setConstantBuffer', STAGE.compute, 0, ...f32(1, 2, 3, 4, 5, 6, 7, 8)),
        command('setShaderBuffers', STAGE.compute, 0, 0, 64, 1),
        command('launchGrid', 1, 1, 1, 1, 1, 1, 0, 0),
        command('memoryBarrier', HUGE),
      ),
    ).toBe(null);
    const words = new Uint32Array(guest.read(1, { width: 64 }, 64).buffer);
    // What lies outside reads as zero; an index past an array means its last register.
    expect([words[0], words[4]]).toEqual([0, 7]);
    expect([...words.slice(5), ...words.slice(1, 4)].every((word) => word === 0x55555555)).toBe(true);
    expect(guest.read(2, { width: 64 }, 64).every((byte) => byte === 0)).toBe(true);
  });

  it('sees nothing of others in registers it never wrote', () => {
    guest.create(1, { width: 4 });
    guest.createBuffer(2, 48);
    guest.write(2, new Uint8Array(Float32Array.of(-1, -1, 0, 1, 3, -1, 0, 1, -1, 3, 0, 1).buffer));
    const fragment = 'FRAG\nDCL OUT[0], COLOR\nDCL TEMP[0..3]\nADD OUT[0], TEMP[0], TEMP[3]\nEND\n';
    expect(
      guest.run(
        createShader(1, 'vertex', PLAIN_VERTEX),
        createShader(2, 'fragment', fragment),
        command('bindShader', 1, STAGE.vertex),
        command('bindShader', 2, STAGE.fragment),
        createObject('surface', 3, 1, FORMAT.rgba8, 0, 0),
        createObject('vertexElements', 4, 0, 0, 0, FORMAT.rgba32Float),
        bindObject('vertexElements', 4),
        command('setFramebufferState', 1, 0, 3),
        command('setViewportState', 0, ...f32(2, 0.5, 0.5, 2, 0.5, 0.5)),
        command('setVertexBuffers', 16, 0, 2),
        command('clear', 4, ...f32(1, 1, 1, 1), 0, 0, 0),
        drawVbo(TRIANGLES, 3),
      ),
    ).toBe(null);
    expect(guest.read(1, { width: 4 }, 16).every((byte) => byte === 0)).toBe(true);
  });

  it('clears no texture outside its levels', () => {
    guest.create(1, { width: 4 });
    for (const words of [
      [1, 1, 0, 0, 0, 1, 1, 1],
      [1, 0, 0, 0, 0, 5, 1, 1],
      [1, 0, HUGE, 0, 0, 2, 1, 1],
      [1, 0, 0, 0, 1, 1, 1, 1],
    ])
      expect(guest.run(command('clearTexture', ...words, 1, 2, 3, 4))).toBe('range');
  });

  it('has no more of anything than its quota', () => {
    using small = new TestGuest({
      limits: {
        maxObjects: 3,
        maxShaders: 1,
        maxSubContexts: 2,
        maxResources: 1,
        maxResourceBytes: 64 << 20,
        maxErrors: 5,
      },
    });
    small.create(1, { width: 4 });
    expect(small.refusalOf(() => small.create(2, { width: 4 }))).toBe('quota');
    expect(small.run(command('createSubCtx', 1))).toBe(null);
    expect(small.run(command('createSubCtx', 2))).toBe('quota');
    expect(small.run(createShader(1, 'vertex', PLAIN_VERTEX))).toBe(null);
    expect(small.run(createShader(2, 'vertex', PLAIN_VERTEX))).toBe('quota');
    for (const handle of [3, 4]) expect(small.run(createObject('surface', handle, 1, FORMAT.rgba8, 0, 0))).toBe(null);
    // To want too much, however often, is no reason to lose what there is.
    for (let i = 0; i < 20; i++) expect(small.run(createObject('surface', 5, 1, FORMAT.rgba8, 0, 0))).toBe('quota');
    expect(small.run(command('destroyObject', 3), createObject('surface', 5, 1, FORMAT.rgba8, 0, 0))).toBe(null);
    expect(small.run(command('setFramebufferState', 1, 0, 5), command('clear', 4, ...f32(0, 1, 0, 1), 0, 0, 0))).toBe(
      null,
    );
    expect([...small.read(1, { width: 1 }, 4)]).toEqual([0, 255, 0, 255]);
    expect(small.run(command('destroyObject', 4))).toBe(null);
    // Nor is it to name then, as often as it likes, what was refused.
    for (let i = 0; i < 20; i++) expect(small.run(createObject('surface', 6, 2, FORMAT.rgba8, 0, 0))).toBe('resource');
    for (let i = 0; i < 20; i++) expect(small.run(command('setFramebufferState', 1, 0, 6))).toBe('object');
    expect(small.run(command('clear', 4, ...f32(1, 0, 0, 1), 0, 0, 0))).toBe(null);
    expect([...small.read(1, { width: 1 }, 4)]).toEqual([255, 0, 0, 255]);
    small.renderer.destroyContext(1);
    small.renderer.destroyResource(1);
    const { quotas } = small.renderer;
    expect([quotas.bytes, quotas.objects, quotas.shaders, quotas.subContexts].map((each) => each.used)).toEqual([
      0, 0, 0, 0,
    ]);
  });

  it('pays for the samples that the device gives, and not for those it asked for', () => {
    using small = new TestGuest({ limits: { maxResourceBytes: 4 << 20 } });
    const { bytes } = small.renderer.quotas;
    const before = bytes.used;
    small.create(1, { width: 64, height: 64, samples: 2 });
    // Llvmpipe has four samples or none.
    expect(bytes.used - before).toBe(4 * 4 * 64 * 64);
    expect(small.refusalOf(() => small.create(2, { width: 350, height: 350, samples: 2 }))).toBe('quota');
    small.renderer.destroyContext(1);
    small.renderer.destroyResource(1);
    expect(bytes.used).toBe(0);
  });
});
