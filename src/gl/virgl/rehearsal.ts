/**
 * Draws what nobody sees before a guest comes. Code that has never run is read, compiled and learned from while the guest
 * waits, in this process as in the driver, and the loading of a scene is over before that is done: a process that renders
 * does so while it stands ready, and leaves what was compiled to those after it (process/code-cache.ts).
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

/** Most of what there is to gain is gained in the first; in a hundred it is little more, for twice the time. */
const FRAMES = 8;
const SIZE = 8;
const VERTEX_BYTES = 32;
const CONTEXT = 1;

// Resources, and handles of objects.
const [FRONT, BACK, DEPTH, PICTURE, VERTICES, INDICES] = [1, 2, 3, 4, 5, 6];
const [FRONT_SURFACE, BACK_SURFACE, DEPTH_SURFACE, BACK_VIEW, PICTURE_VIEW, SAMPLER] = [1, 2, 3, 4, 5, 6];
const [BLEND, NO_BLEND, DEPTH_TEST, NO_DEPTH_TEST, RASTERIZER, ELEMENTS] = [7, 8, 9, 10, 11, 12];
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

/** Draws a few frames and forgets them. Gives why something was refused last, or null; on a usual device nothing is. */
export function rehearse({ device, capabilities, formats }: RehearsalDevice): GpuError | null {
  using renderer = new VirglRenderer({ device, capabilities, formats });
  try {
    return drawFrames(renderer);
  } catch (error) {
    // Resources that the device does not have: its guests will do without as well.
    if (!(error instanceof GpuError)) throw error;
    return error;
  }
}

function drawFrames(renderer: VirglRenderer): GpuError | null {
  const context = renderer.createContext(CONTEXT, 'rehearsal');
  const create = (id: number, args: Partial<ResourceArgs>): void => {
    const plain = { depth: 1, arraySize: 1, lastLevel: 0, samples: 0, flags: 0, height: 1 };
    const picture = { target: TARGET.texture2d, format: FORMAT.rgba8, bind: BIND.samplerView, width: SIZE };
    context.attach(renderer.createResource(id, { ...plain, ...picture, height: SIZE, ...args }));
  };
  const write = (resource: number, bytes: Uint8Array, width: number, height: number): void => {
    const box = { x: 0, y: 0, z: 0, width, height, depth: 1 };
    const whole = { resource, level: 0, stride: 0, layerStride: 0, offset: 0, box };
    renderer.transferWith('toHost', new SegmentBacking([bytes]), whole);
  };
  const buffer = { target: TARGET.buffer, format: FORMAT.r8, height: 1 };
  const drawn = { bind: BIND.samplerView | BIND.renderTarget };
  create(FRONT, drawn);
  create(BACK, drawn);
  create(DEPTH, { format: FORMAT.z24s8, bind: BIND.depthStencil });
  create(PICTURE, {});
  create(VERTICES, { ...buffer, bind: BIND.vertexBuffer, width: 4 * VERTEX_BYTES });
  create(INDICES, { ...buffer, bind: BIND.indexBuffer, width: 12 });
  write(INDICES, new Uint8Array(Uint16Array.of(0, 1, 2, 2, 1, 3).buffer), 12, 1);
  const texels = new Uint8Array(new ArrayBuffer(4 * SIZE * SIZE)).fill(0x80);
  const corners = new Uint8Array(new ArrayBuffer(4 * VERTEX_BYTES));
  context.submit(words(objects()));
  for (let frame = 0; frame < FRAMES; frame++) {
    write(PICTURE, texels, SIZE, SIZE);
    write(VERTICES, corners, corners.length, 1);
    context.submit(words(frameCommands(frame)));
    renderer.finish();
  }
  return context.lastError?.error ?? null;
}

type Commands = readonly (readonly number[])[];

function words(commands: Commands): Uint32Array {
  return Uint32Array.from(commands.flat());
}

function objects(): Commands {
  const view = (handle: number, resource: number): number[] =>
    createObject('samplerView', handle, resource, FORMAT.rgba8, 0, 0, IDENTITY_SWIZZLE);
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
    createObject('rasterizer', RASTERIZER, RASTERIZER_BITS, ...f32(1), 0, 0, ...f32(1, 0, 0, 0)),
    createObject('vertexElements', ELEMENTS, ...ATTRIBUTES),
    ...REHEARSAL_VERTEX_SHADERS.map((text, i) => createShader(FIRST_VERTEX_SHADER + i, 'vertex', text)),
    ...REHEARSAL_FRAGMENT_SHADERS.map((text, i) => createShader(FIRST_FRAGMENT_SHADER + i, 'fragment', text)),
    command('bindSamplerStates', STAGE.fragment, 0, SAMPLER),
    bindObject('rasterizer', RASTERIZER),
    bindObject('vertexElements', ELEMENTS),
  ];
}

/** A picture into the back, with depth, and the back into the front. */
function frameCommands(frame: number): Commands {
  const half = SIZE / 2;
  const target = (surface: number, depth: number): Commands => [
    command('setFramebufferState', 1, depth, surface),
    command('setFramebufferStateNoAttach', 0, 0),
    command('setViewportState', 0, ...f32(half, -half, 0.5, half, half, 0.5)),
  ];
  const program = (vertex: number, fragment: number, view: number): Commands => [
    command('bindShader', FIRST_VERTEX_SHADER + vertex, STAGE.vertex),
    command('bindShader', FIRST_FRAGMENT_SHADER + fragment, STAGE.fragment),
    command('setSamplerViews', STAGE.fragment, 0, view),
    command('bindSamplerStates', STAGE.fragment, 0, SAMPLER),
    command('setVertexBuffers', VERTEX_BYTES, 0, VERTICES),
    command('setConstantBuffer', STAGE.vertex, 0, ...f32(...Array.from({ length: 48 }, (_, i) => i + frame))),
    command('setConstantBuffer', STAGE.fragment, 0, ...f32(...Array.from({ length: 16 }, () => frame))),
  ];
  const indexed = (first: number): Commands => [
    command('setIndexBuffer', INDICES, 2, 2 * first),
    drawVbo(TRIANGLES, 3, { indexed: 1 }),
  ];
  return [
    command('setSubCtx', 0),
    ...target(BACK_SURFACE, DEPTH_SURFACE),
    command('clear', 0b101, ...f32(0, 0, 0, 1), 0, 0x3ff0_0000, 0),
    bindObject('blend', NO_BLEND),
    bindObject('depthStencilAlpha', DEPTH_TEST),
    ...program(0, 0, PICTURE_VIEW),
    ...indexed(0),
    ...indexed(3),
    ...program(1, 2, PICTURE_VIEW),
    drawVbo(TRIANGLES, 3),
    ...target(FRONT_SURFACE, 0),
    command('clear', 0b100, ...f32(0, 0, 0, 1), 0, 0, 0),
    bindObject('blend', BLEND),
    bindObject('depthStencilAlpha', NO_DEPTH_TEST),
    ...program(1, 1, BACK_VIEW),
    drawVbo(TRIANGLES, 3),
  ];
}
