/**
 * Draws what nobody sees before a guest comes. Code that has never run is read, compiled and learned from while the guest
 * waits, in this process as in the driver, and the loading of a scene is over before that is done: a process that renders
 * does so before it is ready, and leaves what was compiled to those after it (process/code-cache.ts). Then it goes on as
 * long as it stands ready, with the same once more, for the compilers of V8 take only code that has run a thousand times.
 *
 * It has a renderer of its own, with which all goes that it made. What a device refuses is left out, as with any guest.
 */
import { SegmentBacking } from '../core/backing.ts';
import { GpuError } from '../core/gpu-error.ts';
import type { GlDevice } from '../core/gl-device.ts';
import type { GlCapabilities } from '../egl/capabilities.ts';
import type { ResourceArgs } from '../core/guest-gpu.ts';
import { bindObject, command, createObject, createShader, drawVbo, f32, FORMAT, TRIANGLES } from './command-words.ts';
import type { DeviceFormats } from './device-formats.ts';
import { REHEARSAL_FRAGMENT_SHADERS, REHEARSAL_VERTEX_SHADERS } from './rehearsal-shaders.ts';
import { VirglRenderer } from './renderer.ts';
import { BIND, STAGE, TARGET } from './virgl-limits.ts';

/** What is drawn on. */
export interface RehearsalDevice {
  readonly device: GlDevice;
  readonly capabilities: GlCapabilities;
  readonly formats: DeviceFormats;
}

/** Frames before the process is ready: in them everything has run, and the driver has compiled it. */
const FIRST_FRAMES = 8;
/** And after it, if nobody comes: each has two dozen draws. */
const MORE_FRAMES = 120;
const SIZE = 8;
const VERTEX_BYTES = 32;
const CONTEXT = 1;

// Resources, and handles of objects.
const [FRONT, BACK, DEPTH, PICTURE, VERTICES, INDICES] = [1, 2, 3, 4, 5, 6];
const [FRONT_SURFACE, BACK_SURFACE, DEPTH_SURFACE, BACK_VIEW, PICTURE_VIEW, SAMPLER] = [1, 2, 3, 4, 5, 6];
const [BLEND, NO_BLEND, DEPTH_TEST, NO_DEPTH_TEST, RASTERIZER, ELEMENTS] = [7, 8, 9, 10, 11, 12];
const [SCISSORED, SHORT_LIVED_VIEW, SHORT_LIVED_SURFACE] = [13, 14, 15];
const SHORT_LIVED = 7;
const [FIRST_VERTEX_SHADER, FIRST_FRAGMENT_SHADER] = [20, 30];

/** Depth is tested with «less» and written. */
const DEPTH_BITS = 0b0111;
/** Source alpha over what is there, all components. */
const BLEND_BITS = 1 | (3 << 4) | (19 << 9) | (1 << 17) | (19 << 22) | (15 << 27);
const WRITES_ALL = 15 << 27;
/** Depth is clipped, pixel centres lie at halves. */
const RASTERIZER_BITS = (1 << 1) | (1 << 29);
const IDENTITY_SWIZZLE = 0o3210;

/** Offset, divisor, buffer and format of each attribute. */
const ATTRIBUTES = [0, 0, 16].flatMap((offset) => [offset, 0, 0, FORMAT.rgba32Float]);

/** A guest that is played. Resources that are refused are, and all else is, as with any guest. */
export interface PlayedGuest {
  /** Throws GpuError. */
  create(id: number, args: ResourceArgs): void;
  destroy(id: number): void;
  /** Writes into the first level of a resource. Throws GpuError. */
  write(id: number, bytes: Uint8Array, width: number, height: number): void;
  submit(commands: Uint32Array): void;
  finish(): void;
  close(): void;
}

/** How a renderer is played with: by the commands of a context alone, unless there is more on a guest's way to it. */
export type Play = (renderer: VirglRenderer) => PlayedGuest;

/** A rehearsal. */
export class Rehearsal implements Disposable {
  readonly #renderer: VirglRenderer;
  readonly #guest: PlayedGuest;
  readonly #frames = [words(frameCommands(0)), words(frameCommands(1))] as const;
  readonly #texels = new Uint8Array(new ArrayBuffer(4 * SIZE * SIZE)).fill(0x80);
  readonly #corners = new Uint8Array(new ArrayBuffer(4 * VERTEX_BYTES));
  #refusal: GpuError | null = null;
  #drawn = 0;
  #isOpen = true;

  /** Draws the first frames. */
  constructor({ device, capabilities, formats }: RehearsalDevice, play: Play = playDirectly) {
    this.#renderer = new VirglRenderer({ device, capabilities, formats });
    try {
      this.#guest = play(this.#renderer);
      this.#begin();
    } catch (error) {
      this.#renderer.close();
      throw error;
    }
  }

  /** Why something was refused last, or null; on a usual device nothing is. */
  get refusal(): GpuError | null {
    return this.#refusal ?? (this.#isOpen ? (this.#renderer.findContext(CONTEXT).lastError?.error ?? null) : null);
  }

  /** Draws one frame more; false, and nothing is done, when it is over. */
  goOn(): boolean {
    if (!this.#isOpen || this.#refusal !== null || this.#drawn >= FIRST_FRAMES + MORE_FRAMES) return false;
    const guest = this.#guest;
    guest.write(PICTURE, this.#texels, SIZE, SIZE);
    guest.write(VERTICES, this.#corners, this.#corners.length, 1);
    guest.create(SHORT_LIVED, { ...PLAIN, ...PLAIN_BUFFER, bind: BIND.vertexBuffer, width: 8 });
    guest.submit(this.#frames[this.#drawn++ % 2]!);
    guest.destroy(SHORT_LIVED);
    guest.finish();
    return true;
  }

  /** Forgets all that was drawn. Twice is once. */
  close(): void {
    if (!this.#isOpen) return;
    this.#refusal = this.refusal;
    this.#isOpen = false;
    this.#guest.close();
    this.#renderer.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #begin(): void {
    try {
      for (const [id, args] of RESOURCES) this.#guest.create(id, { ...PLAIN, ...args });
      this.#guest.write(INDICES, new Uint8Array(Uint16Array.of(0, 1, 2, 2, 1, 3).buffer), 12, 1);
      this.#guest.submit(words(objects()));
      while (this.#drawn < FIRST_FRAMES) this.goOn();
    } catch (error) {
      // Resources that the device does not have: its guests will do without as well.
      if (!(error instanceof GpuError)) throw error;
      this.#refusal = error;
    }
  }
}

function playDirectly(renderer: VirglRenderer): PlayedGuest {
  const context = renderer.createContext(CONTEXT, 'rehearsal');
  return {
    create: (id, args) => context.attach(renderer.createResource(id, args)),
    destroy: (id) => renderer.destroyResource(id),
    write: (resource, bytes, width, height) => {
      const box = { x: 0, y: 0, z: 0, width, height, depth: 1 };
      const whole = { resource, level: 0, stride: 0, layerStride: 0, offset: 0, box };
      renderer.transferWith('toHost', new SegmentBacking([bytes]), whole);
    },
    submit: (commands) => context.submit(commands),
    finish: () => renderer.finish(),
    close: () => {},
  };
}

const PLAIN = {
  target: TARGET.texture2d,
  format: FORMAT.rgba8,
  bind: BIND.samplerView,
  width: SIZE,
  height: SIZE,
  depth: 1,
  arraySize: 1,
  lastLevel: 0,
  samples: 0,
  flags: 0,
} as const;
const PLAIN_BUFFER = { target: TARGET.buffer, format: FORMAT.r8, height: 1 } as const;
const RESOURCES: readonly (readonly [number, Partial<ResourceArgs>])[] = [
  [FRONT, { bind: BIND.samplerView | BIND.renderTarget }],
  [BACK, { bind: BIND.samplerView | BIND.renderTarget }],
  [DEPTH, { format: FORMAT.z24s8, bind: BIND.depthStencil }],
  [PICTURE, {}],
  [VERTICES, { ...PLAIN_BUFFER, bind: BIND.vertexBuffer, width: 4 * VERTEX_BYTES }],
  [INDICES, { ...PLAIN_BUFFER, bind: BIND.indexBuffer, width: 12 }],
];

type Commands = readonly (readonly number[])[];

function words(commands: Commands): Uint32Array {
  return Uint32Array.from(commands.flat());
}

function view(handle: number, resource: number): number[] {
  return createObject('samplerView', handle, resource, FORMAT.rgba8, 0, 0, IDENTITY_SWIZZLE);
}

function rasterizer(handle: number, bits: number): number[] {
  return createObject('rasterizer', handle, bits, ...f32(1), 0, 0, ...f32(1, 0, 0, 0));
}

function objects(): Commands {
  return [
    createObject('surface', FRONT_SURFACE, FRONT, FORMAT.rgba8, 0, 0),
    createObject('surface', BACK_SURFACE, BACK, FORMAT.rgba8, 0, 0),
    createObject('surface', DEPTH_SURFACE, DEPTH, FORMAT.z24s8, 0, 0),
    view(BACK_VIEW, BACK),
    view(PICTURE_VIEW, PICTURE),
    createObject('samplerState', SAMPLER, 0, ...f32(0, 0, 0), 0, 0, 0, 0),
    createObject('blend', BLEND, 0, 0, BLEND_BITS, 0, 0, 0, 0, 0, 0, 0),
    createObject('blend', NO_BLEND, 0, 0, WRITES_ALL, 0, 0, 0, 0, 0, 0, 0),
    createObject('depthStencilAlpha', DEPTH_TEST, DEPTH_BITS, 0, 0, 0),
    createObject('depthStencilAlpha', NO_DEPTH_TEST, 0, 0, 0, 0),
    rasterizer(RASTERIZER, RASTERIZER_BITS),
    rasterizer(SCISSORED, RASTERIZER_BITS | (1 << 14)),
    createObject('vertexElements', ELEMENTS, ...ATTRIBUTES),
    ...REHEARSAL_VERTEX_SHADERS.map((text, i) => createShader(FIRST_VERTEX_SHADER + i, 'vertex', text)),
    ...REHEARSAL_FRAGMENT_SHADERS.map((text, i) => createShader(FIRST_FRAGMENT_SHADER + i, 'fragment', text)),
    command('bindSamplerStates', STAGE.fragment, 0, SAMPLER),
    bindObject('rasterizer', RASTERIZER),
    bindObject('vertexElements', ELEMENTS),
  ];
}

/** A picture into the back, with depth, and the back into the front, which many small draws follow. */
function frameCommands(frame: number): Commands {
  const half = SIZE / 2;
  const target = (surface: number, depth: number, height: number): Commands => [
    command('setFramebufferState', 1, depth, surface),
    command('setFramebufferStateNoAttach', 0, 0),
    command('setViewportState', 0, ...f32(half, height, 0.5, half, half, 0.5)),
  ];
  const program = (vertex: number, fragment: number, ...views: readonly number[]): Commands => [
    command('bindShader', FIRST_VERTEX_SHADER + vertex, STAGE.vertex),
    command('bindShader', FIRST_FRAGMENT_SHADER + fragment, STAGE.fragment),
    command('setSamplerViews', STAGE.fragment, 0, ...views),
    command('bindSamplerStates', STAGE.fragment, 0, ...views.map((each) => (each === 0 ? 0 : SAMPLER))),
    command('setVertexBuffers', VERTEX_BYTES, 0, VERTICES),
    constants(48, frame),
    command('setConstantBuffer', STAGE.fragment, 0, ...f32(...Array.from({ length: 16 }, () => frame))),
  ];
  const constants = (count: number, from: number): number[] =>
    command('setConstantBuffer', STAGE.vertex, 0, ...f32(...Array.from({ length: count }, (_, i) => i + from)));
  const indexed = (first: number, bias = 0): Commands => [
    command('setIndexBuffer', INDICES, 2, 2 * first),
    drawVbo(TRIANGLES, 3, { indexed: 1, bias }),
  ];
  /** As of a program that goes over all its state for each thing that it draws. */
  const small = (n: number): Commands => [
    bindObject('rasterizer', n % 2 === 0 ? RASTERIZER : SCISSORED),
    bindObject('depthStencilAlpha', n % 3 === 0 ? NO_DEPTH_TEST : DEPTH_TEST),
    bindObject('blend', n % 2 === 0 ? BLEND : NO_BLEND),
    bindObject('vertexElements', ELEMENTS),
    command('setScissorState', 0, 0, SIZE | (SIZE << 16)),
    command(
      'setVertexBuffers',
      VERTEX_BYTES,
      VERTEX_BYTES * (n % 2),
      VERTICES,
      ...(n % 3 === 0 ? [16, 0, VERTICES] : []),
    ),
    constants(16 + 4 * n, n),
    ...(n % 2 === 0 ? indexed(0, n % 4) : [drawVbo(TRIANGLES, 3)]),
  ];
  return [
    command('setSubCtx', 0),
    command('resourceInlineWrite', VERTICES, 0, 0, 0, 0, 0, 0, 0, 16, 1, 1, ...f32(0, 0, 0, 1)),
    ...target(BACK_SURFACE, DEPTH_SURFACE, -half),
    command('clear', 0b101, ...f32(0, 0, 0, 1), 0, 0x3ff0_0000, 0),
    bindObject('blend', NO_BLEND),
    bindObject('depthStencilAlpha', DEPTH_TEST),
    ...program(0, 0, PICTURE_VIEW),
    ...indexed(0),
    ...indexed(3),
    ...program(1, 2, PICTURE_VIEW),
    drawVbo(TRIANGLES, 3),
    ...target(FRONT_SURFACE, 0, -half),
    command('clear', 0b100, ...f32(0, 0, 0, 1), 0, 0, 0),
    bindObject('blend', BLEND),
    bindObject('depthStencilAlpha', NO_DEPTH_TEST),
    ...program(1, 1, BACK_VIEW),
    drawVbo(TRIANGLES, 3),
    ...target(BACK_SURFACE, DEPTH_SURFACE, half),
    createObject('surface', SHORT_LIVED_SURFACE, BACK, FORMAT.rgba8, 0, 0),
    view(SHORT_LIVED_VIEW, PICTURE),
    command('setBlendColor', ...f32(0, 0, 0, 0)),
    command('setStencilRef', 0),
    command('setSampleMask', 0xffff_ffff),
    command('setMinSamples', 1),
    command('setConstantBuffer', STAGE.fragment, 1),
    ...program(0, 0, SHORT_LIVED_VIEW, 0),
    ...SMALL_DRAWS.flatMap(small),
    ...program(1, 0, PICTURE_VIEW, BACK_VIEW),
    ...target(SHORT_LIVED_SURFACE, DEPTH_SURFACE, half),
    ...SMALL_DRAWS.flatMap(small),
    ...target(FRONT_SURFACE, 0, -half),
    command('destroyObject', SHORT_LIVED_SURFACE),
    command('destroyObject', SHORT_LIVED_VIEW),
    command('resourceCopyRegion', FRONT, 0, 0, 0, 0, BACK, 0, 0, 0, 0, half, half, 1),
    bindObject('rasterizer', RASTERIZER),
  ];
}

const SMALL_DRAWS = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
