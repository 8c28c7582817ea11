import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SegmentBacking } from '../core/backing.ts';
import { RENDER_LIMITS } from '../core/limits.ts';
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
  softwareDevice,
  TestGuest,
  TRIANGLES,
} from '../virgl/test-guest.ts';
import { BIND, STAGE, TARGET } from '../virgl/virgl-limits.ts';
import { OrderScratch } from './order-record.ts';
import { ORDER_HEADER_WORDS, orderNames, orderTable } from './order.table.ts';
import { Shadow } from './shadow.ts';

const SIDE = 8;
const CONTEXT = 1;
const [RED, BLUE, DEPTH, TEXTURE, OTHER_TEXTURE, VERTICES, CONSTANTS] = [1, 2, 3, 4, 5, 6, 7] as const;
const CORNERS = Float32Array.of(-1, -1, 0.5, 1, 3, -1, 0.5, 1, -1, 3, 0.5, 1);

const TEXTURED = `FRAG
DCL OUT[0], COLOR
DCL SAMP[0]
DCL SAMP[1]
DCL SVIEW[0], 2D, FLOAT
DCL SVIEW[1], 2D, FLOAT
DCL CONST[0..1]
DCL TEMP[0..1]
IMM[0] FLT32 {0.4, 0.8, 1.7, 0.0}
TEX TEMP[0], IMM[0].xyww, SAMP[0], 2D
TEX TEMP[1], IMM[0].zxww, SAMP[1], 2D
ADD TEMP[0], TEMP[0], TEMP[1]
ADD TEMP[0], TEMP[0], CONST[1]
MOV OUT[0], TEMP[0]
END
`;
const BUFFERED = 'FRAG\nDCL OUT[0], COLOR\nDCL CONST[1][0..1]\nMOV OUT[0], CONST[1][1]\nEND\n';
const FRAGMENTS = [PLAIN_FRAGMENT, TEXTURED, BUFFERED];

const word = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });
/** One of few handles of a kind, so that they are bound, destroyed and taken again. */
const handles = (first: number): fc.Arbitrary<number> => word(3).map((n) => first + n);
/** Where the shadow has its own handles for objects that were destroyed while they were bound. */
const HIGH = 0xffff_ffff;
const shade = fc.constantFrom(0, 0.2, 0.6, 1);
const rgba = fc.tuple(shade, shade, shade, shade);

/** Commands that make and change state, all of them such as a guest's driver gives. */
const step: fc.Arbitrary<readonly number[]> = fc.oneof(
  fc
    .tuple(fc.oneof(handles(20), fc.constant(HIGH)), word(1), word(3), word(1))
    .map(([handle, scissor, cull, front]) =>
      createObject(
        'rasterizer',
        handle,
        (scissor << 14) | (cull << 8) | (front << 15) | (1 << 1) | (1 << 29),
        ...f32(1),
        0,
        0,
        ...f32(1, 0, 0, 0),
      ),
    ),
  fc
    .tuple(handles(24), word(1), word(15))
    .map(([handle, isOn, mask]) =>
      createObject(
        'blend',
        handle,
        0,
        0,
        isOn | (1 << 4) | (1 << 9) | (1 << 17) | (1 << 22) | (mask << 27),
        0,
        0,
        0,
        0,
        0,
        0,
        0,
      ),
    ),
  fc
    .tuple(handles(28), word(1), word(7))
    .map(([handle, isOn, test]) =>
      createObject('depthStencilAlpha', handle, isOn | (isOn << 1) | (test << 2), 0, 0, 0),
    ),
  fc
    .tuple(handles(32), fc.constantFrom(TEXTURE, OTHER_TEXTURE), fc.constantFrom(0o3210, 0o3012, 0o5551))
    .map(([handle, resource, swizzle]) => createObject('samplerView', handle, resource, FORMAT.rgba8, 0, 0, swizzle)),
  fc
    .tuple(handles(36), word(2), word(1))
    .map(([handle, wrap, filter]) =>
      createObject(
        'samplerState',
        handle,
        wrap | (wrap << 3) | (wrap << 6) | (filter << 9) | (filter << 13),
        ...f32(0, 0, 0),
        0,
        0,
        0,
        0,
      ),
    ),
  fc.tuple(handles(40), word(2)).map(([handle, n]) => createShader(handle, 'fragment', FRAGMENTS[n]!)),
  fc
    .tuple(handles(44), fc.constantFrom(RED, BLUE))
    .map(([handle, resource]) => createObject('surface', handle, resource, FORMAT.rgba8, 0, 0)),
  fc.tuple(handles(20)).map(([handle]) => bindObject('rasterizer', handle)),
  fc.tuple(handles(24)).map(([handle]) => bindObject('blend', handle)),
  fc.tuple(handles(28)).map(([handle]) => bindObject('depthStencilAlpha', handle)),
  fc
    .tuple(word(1), handles(32), handles(32))
    .map(([first, a, b]) => command('setSamplerViews', STAGE.fragment, first, a, b)),
  fc.tuple(word(1), handles(36)).map(([first, a]) => command('bindSamplerStates', STAGE.fragment, first, a)),
  fc.tuple(handles(40)).map(([handle]) => command('bindShader', handle, STAGE.fragment)),
  fc
    .tuple(handles(44), handles(44), word(1))
    .map(([a, b, depth]) => command('setFramebufferState', 2, 13 * depth, a, b)),
  fc.tuple(handles(44)).map(([a]) => command('setFramebufferState', 1, 0, a)),
  fc.integer({ min: 20, max: 47 }).map((handle) => command('destroyObject', handle)),
  fc.integer({ min: 10, max: 16 }).map((handle) => command('destroyObject', handle)),
  fc.tuple(rgba, rgba).map(([a, b]) => command('setConstantBuffer', STAGE.fragment, 0, ...f32(...a, ...b))),
  rgba.map((a) => command('setConstantBuffer', STAGE.fragment, 0, ...f32(...a))),
  word(1).map((n) => command('setUniformBuffer', STAGE.fragment, 1, 0, 32 * n, CONSTANTS)),
  fc.constant(command('setConstantBuffer', STAGE.fragment, 1)),
  fc.tuple(word(6), word(6)).map(([x, y]) => command('setScissorState', 0, pair(x, y), pair(8, 7))),
  fc
    .tuple(fc.constantFrom(2, 3, 4), fc.constantFrom(2, 4))
    .map(([a, b]) => command('setViewportState', 0, ...f32(a, b, 0.5, 4, 4, 0.5))),
  fc
    .tuple(fc.constantFrom(TEXTURE, OTHER_TEXTURE), word(3), word(2 ** 31))
    .map(([resource, x, texel]) =>
      command('resourceInlineWrite', resource, 0, 0, 4, 0, x, 0, 0, 1, 4, 1, ...Array.from({ length: 4 }, () => texel)),
    ),
  fc.constantFrom(0, 1, 2).map((id) => command('setSubCtx', id)),
  fc.constantFrom(1, 2).map((id) => command('createSubCtx', id)),
  fc.constantFrom(1, 2).map((id) => command('destroySubCtx', id)),
  fc.constant(drawVbo(TRIANGLES, 3)),
);

/** Enough state to draw with, under handles of its own. */
const BASE = [
  createShader(10, 'vertex', PLAIN_VERTEX),
  createShader(11, 'fragment', PLAIN_FRAGMENT),
  createObject('vertexElements', 12, 0, 0, 0, FORMAT.rgba32Float),
  createObject('surface', 13, DEPTH, FORMAT.z24s8, 0, 0),
  createObject('surface', 14, RED, FORMAT.rgba8, 0, 0),
  createObject('samplerView', 15, TEXTURE, FORMAT.rgba8, 0, 0, 0o3210),
  createObject('samplerState', 16, 0, ...f32(0, 0, 0), 0, 0, 0, 0),
  command('bindShader', 10, STAGE.vertex),
  command('bindShader', 11, STAGE.fragment),
  bindObject('vertexElements', 12),
  command('setFramebufferState', 1, 13, 14),
  command('setSamplerViews', STAGE.fragment, 0, 15, 15),
  command('bindSamplerStates', STAGE.fragment, 0, 16, 16),
  command('setViewportState', 0, ...f32(4, 4, 0.5, 4, 4, 0.5)),
  command('setVertexBuffers', 16, 0, VERTICES),
  command('setConstantBuffer', STAGE.fragment, 0, ...f32(0.2, 0.4, 0.6, 1, 0.1, 0.1, 0.1, 0)),
].flat();

type Args = Parameters<TestGuest['create']>[1];

const TARGETS: Args = { width: SIDE, height: SIDE };
const RESOURCES: readonly [number, Args][] = [
  [RED, TARGETS],
  [BLUE, TARGETS],
  [DEPTH, { ...TARGETS, format: FORMAT.z24s8, bind: BIND.depthStencil }],
  [TEXTURE, { width: 4, height: 4 }],
  [OTHER_TEXTURE, { width: 4, height: 4 }],
  [VERTICES, { target: TARGET.buffer, format: FORMAT.r8, bind: BIND.vertexBuffer, width: CORNERS.byteLength }],
  [CONSTANTS, { target: TARGET.buffer, format: FORMAT.r8, bind: BIND.constantBuffer, width: 64 }],
];

/** A guest whose renderer, and whose shadow, see the same. */
class ShadowedGuest implements Disposable {
  readonly guest = new TestGuest();
  readonly shadow: Shadow;

  constructor(maxBytes = 64 << 20) {
    this.shadow = new Shadow(RENDER_LIMITS, maxBytes);
    this.note('createContext', CONTEXT, 0);
    for (const [id, args] of RESOURCES) {
      this.guest.create(id, args);
      const { target, format, bind, width, height, depth, arraySize, lastLevel, samples, flags } =
        this.guest.renderer.resource(id).args;
      this.note('createResource', id, target, format, bind, width, height, depth, arraySize, lastLevel, samples, flags);
      this.note('attachResource', CONTEXT, id);
    }
    const write = (resource: number, values: Float32Array): number[] =>
      command('resourceInlineWrite', resource, 0, 0, 0, 0, 0, 0, 0, values.byteLength, 1, 1, ...f32(...values));
    this.submit([
      ...write(VERTICES, CORNERS),
      ...write(
        CONSTANTS,
        Float32Array.from({ length: 16 }, (_, i) => i / 16),
      ),
    ]);
  }

  note(order: keyof typeof orderTable, ...words: readonly number[]): ReturnType<Shadow['note']> {
    return this.shadow.note(orderTable[order].id, Uint32Array.from(words), 0, words.length, 1);
  }

  submit(words: readonly number[]): ReturnType<Shadow['note']> {
    const code = this.note('submit', CONTEXT, ...words);
    if (code === null) this.guest.context.submit(Uint32Array.from(words));
    return code;
  }

  [Symbol.dispose](): void {
    this.guest[Symbol.dispose]();
  }
}

/** Another renderer, told what a shadow knows. */
function rebuild(shadow: Shadow): TestGuest {
  const guest = new TestGuest();
  const { renderer } = guest;
  for (const { words, length } of shadow.replay(new OrderScratch(), () => null)) {
    const payload = words.slice(ORDER_HEADER_WORDS, length);
    const [id = 0, second = 0] = payload;
    switch (orderNames.get(words[0]!)) {
      case 'createResource': {
        const [, target = 0, format = 0, bind = 0, width = 0, height = 0, depth = 0, arraySize = 0, lastLevel = 0] =
          payload;
        renderer.createResource(id, {
          target,
          format,
          bind,
          width,
          height,
          depth,
          arraySize,
          lastLevel,
          samples: 0,
          flags: 0,
        });
        break;
      }
      case 'attachResource':
        renderer.findContext(id).attach(renderer.resource(second));
        break;
      case 'restore':
        renderer.findContext(id).restore(payload.subarray(1));
        break;
      case 'restoreTexels': {
        const [, level = 0, x = 0, y = 0, z = 0, width = 0, height = 0, depth = 0] = payload;
        const bytes = new Uint8Array(payload.buffer, 36, payload[8]);
        renderer.transferWith('toHost', new SegmentBacking([bytes]), {
          resource: id,
          level,
          stride: 0,
          layerStride: 0,
          box: { x, y, z, width, height, depth },
          offset: 0,
        });
        break;
      }
      default:
    }
  }
  return guest;
}

const CLEAR = [
  command('createSubCtx', 9),
  command('setSubCtx', 9),
  ...[RED, BLUE].flatMap((resource, i) => [
    createObject('surface', 1 + i, resource, FORMAT.rgba8, 0, 0),
    createObject('surface', 3 + i, DEPTH, FORMAT.z24s8, 0, 0),
    command('setFramebufferState', 1, 3 + i, 1 + i),
    command('clear', 4 | 3, ...f32(0.1, 0.2, 0.3, 0.4), 0, 0x3fe80000, 0),
  ]),
].flat();

/** What each of its sub-contexts draws with the state that it is in: all texels of the targets after each. */
function drawn(guest: TestGuest): Uint8Array[] {
  const pictures: Uint8Array[] = [];
  const draw = (): void => {
    guest.context.submit(Uint32Array.from(drawVbo(TRIANGLES, 3)));
    for (const id of [RED, BLUE]) {
      pictures.push(guest.read(id, { width: SIDE, height: SIDE }, SIDE * SIDE * 4).slice());
    }
  };
  const { context } = guest;
  context.submit(Uint32Array.from(CLEAR));
  for (const id of [0, 1, 2]) {
    context.submit(Uint32Array.from(command('setSubCtx', id)));
    draw();
  }
  return pictures;
}

describe.skipIf(softwareDevice() === null)('the shadow of a GPU', () => {
  it('makes another renderer draw the same, whatever state was made', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        using first = new ShadowedGuest();
        expect(first.submit([...BASE, ...steps.flat()])).toBeNull();
        using second = rebuild(first.shadow);
        expect(drawn(second)).toEqual(drawn(first.guest));
      }),
      { numRuns: 50 },
    );
  });

  it('keeps apart an object that is bound and destroyed, and another under its handle', () => {
    using first = new ShadowedGuest();
    const view = (resource: number): number[] => createObject('samplerView', 32, resource, FORMAT.rgba8, 0, 0, 0o3210);
    const texel = (resource: number, value: number): number[] =>
      command('resourceInlineWrite', resource, 0, 0, 0, 0, 0, 0, 0, 4, 1, 1, value, value, value, value);
    first.submit([
      ...BASE,
      ...createShader(40, 'fragment', TEXTURED),
      ...command('bindShader', 40, STAGE.fragment),
      ...texel(TEXTURE, 0x11223344),
      ...texel(OTHER_TEXTURE, 0x44332211),
      ...view(TEXTURE),
      ...command('setSamplerViews', STAGE.fragment, 0, 32),
      ...command('destroyObject', 32),
      ...view(OTHER_TEXTURE),
      ...command('setSamplerViews', STAGE.fragment, 1, 32),
      ...command('destroyObject', 32),
      // The handle that one of the two goes on under.
      ...createObject('samplerView', HIGH, RED, FORMAT.rgba8, 0, 0, 0o3210),
    ]);
    using second = rebuild(first.shadow);
    expect(second.run(createObject('samplerView', HIGH, RED, FORMAT.rgba8, 0, 0, 0o3210))).toBe('object');
    expect(second.run(view(RED))).toBeNull();
    expect(drawn(second)).toEqual(drawn(first.guest));
  });

  it('keeps constants beyond those of a shorter command, and buffers that were unbound by one', () => {
    using first = new ShadowedGuest();
    first.submit([
      ...BASE,
      ...createShader(40, 'fragment', TEXTURED),
      ...command('bindShader', 40, STAGE.fragment),
      ...command('setConstantBuffer', STAGE.fragment, 0, ...f32(0, 0, 0, 0, 0.25, 0.5, 0.25, 0)),
      ...command('setConstantBuffer', STAGE.fragment, 0, ...f32(1, 1, 1, 1)),
      ...command('setUniformBuffer', STAGE.fragment, 1, 0, 32, CONSTANTS),
      ...command('setConstantBuffer', STAGE.fragment, 1),
    ]);
    using second = rebuild(first.shadow);
    expect(drawn(second)).toEqual(drawn(first.guest));
    first.submit([...createShader(41, 'fragment', BUFFERED), ...command('bindShader', 41, STAGE.fragment)]);
    using third = rebuild(first.shadow);
    expect(drawn(third)).toEqual(drawn(first.guest));
  });

  it('goes on in the sub-context that was current, with a shader that came in parts', () => {
    using first = new ShadowedGuest();
    const text = new Uint8Array(Math.ceil((PLAIN_FRAGMENT.length + 1) / 4) * 4);
    text.set(new TextEncoder().encode(PLAIN_FRAGMENT));
    const words = new Uint32Array(text.buffer);
    first.submit([
      ...command('createSubCtx', 3),
      ...command('setSubCtx', 3),
      ...BASE,
      ...createObject('shader', 50, STAGE.fragment, text.length, 300, 0, ...words.subarray(0, 4)),
      ...createObject('shader', 50, STAGE.fragment, 16 + 2 ** 31, 300, 0, ...words.subarray(4)),
      ...command('bindShader', 50, STAGE.fragment),
    ]);
    using second = rebuild(first.shadow);
    for (const guest of [first.guest, second]) guest.run(command('clear', 4, ...f32(0, 0, 0, 1), 0, 0, 0));
    const draw = drawVbo(TRIANGLES, 3);
    expect([first.guest.run(draw), second.run(draw)]).toEqual([null, null]);
    const read = (guest: TestGuest): Uint8Array => guest.read(RED, { width: SIDE, height: SIDE }, SIDE * SIDE * 4);
    expect(read(second)).toEqual(read(first.guest));
    expect(read(second).slice(0, 4)).toEqual(Uint8Array.of(51, 102, 153, 255));
  });

  it('lets nobody wait for an answer for ever, and goes on to count', () => {
    using first = new ShadowedGuest();
    const query = (handle: number, offset: number): number[] => createObject('query', handle, 0, offset, CONSTANTS);
    first.submit([
      ...BASE,
      ...query(60, 0),
      ...query(61, 16),
      ...command('beginQuery', 61),
      ...command('endQuery', 61),
      ...command('beginQuery', 60),
      ...command('endQuery', 60),
      ...command('getQueryResult', 60, 0),
      ...command('beginQuery', 61),
    ]);
    using second = rebuild(first.shadow);
    const record = (offset: number): number[] => [
      ...new Uint32Array(second.read(CONSTANTS, { x: offset, width: 16 }, 16).slice().buffer),
    ];
    const DONE = 1;
    expect(record(0)).toEqual([DONE, 8, 0, 0]);
    expect(second.run(drawVbo(TRIANGLES, 3), command('endQuery', 61), command('getQueryResult', 61, 1))).toBeNull();
    expect(record(16)).toEqual([DONE, 8, SIDE * SIDE, 0]);
  });

  it('loses a context that makes it keep too much, and no other', () => {
    using guest = new ShadowedGuest(256 << 10);
    const objects = Array.from({ length: 5000 }, (_, i) =>
      createObject('samplerView', 100 + i, TEXTURE, FORMAT.rgba8, 0, 0, 0),
    );
    expect(guest.note('submit', CONTEXT, ...objects.flat())).toBe('quota');
    expect(guest.note('submit', CONTEXT, ...BASE)).toBe('context');
    expect(guest.note('createContext', 2, 0)).toBeNull();
    expect(guest.note('submit', 2, ...BASE)).toBeNull();
  });

  it('takes any words for commands, and can be told again after', () => {
    const header = fc
      .tuple(word(70), word(12), word(40))
      .map(([op, type, length]) => (op | (type << 8) | (length << 16)) >>> 0);
    const words = fc.array(fc.oneof(header, word(300), word(0xffff_ffff)), { maxLength: 200 });
    fc.assert(
      fc.property(fc.array(words, { maxLength: 8 }), (submissions) => {
        const shadow = new Shadow(RENDER_LIMITS, 1 << 20);
        shadow.note(orderTable.createContext.id, Uint32Array.of(CONTEXT, 0), 0, 2, 1);
        let isLost = false;
        for (const submission of submissions) {
          const code = shadow.note(
            orderTable.submit.id,
            Uint32Array.of(CONTEXT, ...submission),
            0,
            submission.length + 1,
            2,
          );
          if (isLost) expect(code).toBe('context');
          isLost ||= code !== null;
        }
        const orders = [...shadow.replay(new OrderScratch(), () => null)].length;
        expect(orders).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});
