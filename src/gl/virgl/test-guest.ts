/**
 * A guest's driver for tests: commands by the names of the tables, a renderer on the software device to do them, and a
 * picture drawn by the shortest way, which shows that all is well.
 */
import '../egl/native-stack.ts';
import { assert } from '../../base/assert.ts';
import { HostError } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { SegmentBacking } from '../core/backing.ts';
import { GpuError } from '../core/gpu-error.ts';
import type { GpuErrorCode } from '../core/gpu-error.ts';
import type { GlDevice } from '../core/gl-device.ts';
import type { RenderLimits } from '../core/limits.ts';
import { readCapabilities } from '../egl/capabilities.ts';
import type { GlCapabilities } from '../egl/capabilities.ts';
import { GlDisplay } from '../egl/display.ts';
import { command, createObject, createShader, bindObject, drawVbo, f32, FORMAT, TRIANGLES } from './command-words.ts';
import type { VirglContext } from './context.ts';
import { probeDeviceFormats } from './device-formats.ts';
import type { DeviceFormats } from './device-formats.ts';
import { VirglRenderer } from './renderer.ts';
import type { ResourceArgs } from '../core/guest-gpu.ts';
import type { Box } from './resource.ts';
import { BIND, STAGE, TARGET } from './virgl-limits.ts';

export { bindObject, command, createObject, createShader, drawVbo, f32, FORMAT, TRIANGLES } from './command-words.ts';

/** Low and high half of a resource's layers or the like. */
export function pair(low: number, high: number): number {
  return (low | (high << 16)) >>> 0;
}

/** Puts attribute 0 where it says. */
export const PLAIN_VERTEX = 'VERT\nDCL IN[0]\nDCL OUT[0], POSITION\nMOV OUT[0], IN[0]\nEND\n';
/** Corners of a triangle over all of the viewport, made of their numbers. */
export const COVERING_VERTEX = `VERT
DCL SV[0], VERTEXID
DCL OUT[0], POSITION
DCL TEMP[0]
IMM[0] UINT32 {1, 0, 0, 0}
IMM[1] FLT32 {4.0, -1.0, 0.0, 1.0}
AND TEMP[0].x, SV[0].xxxx, IMM[0].xxxx
USHR TEMP[0].y, SV[0].xxxx, IMM[0].xxxx
U2F TEMP[0].xy, TEMP[0].xyyy
MAD OUT[0].xy, TEMP[0].xyyy, IMM[1].xxxx, IMM[1].yyyy
MOV OUT[0].zw, IMM[1].zzzw
END
`;
/** Paints constant 0. */
export const PLAIN_FRAGMENT = 'FRAG\nDCL OUT[0], COLOR\nDCL CONST[0]\nMOV OUT[0], CONST[0]\nEND\n';

interface Device {
  readonly display: GlDisplay;
  readonly capabilities: GlCapabilities;
  readonly formats: DeviceFormats;
}

let opened: Device | null | undefined;

/** The software device of this process, or null where there is none. */
export function softwareDevice(): Device | null {
  if (opened !== undefined) return opened;
  try {
    const display = GlDisplay.open({ renderNode: 'software', flavour: 'gl' });
    const context = display.createContext();
    context.makeCurrent();
    const capabilities = readCapabilities(display.gl);
    const formats = probeDeviceFormats(display.gl, capabilities);
    context.close();
    opened = { display, capabilities, formats };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    opened = null;
  }
  return opened;
}

/** What a guest may be given for a test. */
export interface TestGuestOptions {
  readonly limits?: Partial<RenderLimits>;
  readonly log?: Logger;
  readonly device?: GlDevice;
}

/** A guest with one context. Close it, or use `using`. */
export class TestGuest implements Disposable {
  readonly renderer: VirglRenderer;
  readonly context: VirglContext;

  constructor(options: TestGuestOptions = {}) {
    const device = softwareDevice();
    assert(device !== null, 'there is a software device');
    const { display, capabilities, formats } = device;
    this.renderer = new VirglRenderer({
      device: options.device ?? display,
      capabilities,
      formats,
      limits: options.limits ?? {},
      ...(options.log === undefined ? {} : { log: options.log }),
    });
    this.context = this.renderer.createContext(1, 'test');
  }

  /** Makes a resource and lets the context name it. Throws GpuError. */
  create(id: number, args: Partial<ResourceArgs>): void {
    const resource = this.renderer.createResource(id, {
      target: TARGET.texture2d,
      format: FORMAT.rgba8,
      bind: BIND.renderTarget | BIND.samplerView,
      width: 4,
      height: 1,
      depth: 1,
      arraySize: 1,
      lastLevel: 0,
      samples: 0,
      flags: 0,
      ...args,
    });
    this.context.attach(resource);
  }

  /** Makes a buffer. */
  createBuffer(id: number, sizeBytes: number, bind: number = BIND.vertexBuffer): void {
    this.create(id, { target: TARGET.buffer, format: FORMAT.r8, bind, width: sizeBytes });
  }

  /** Submits commands; why the last of them that was refused was, or null. */
  run(...commands: readonly (readonly number[])[]): GpuErrorCode | null {
    const before = this.context.lastError;
    this.context.submit(Uint32Array.from(commands.flat()));
    if (this.context.lost !== null) return this.context.lost.code;
    return this.context.lastError === before ? null : (this.context.lastError?.error.code ?? null);
  }

  /** Writes bytes into a buffer, or into the first level of a texture. Throws GpuError. */
  write(id: number, bytes: Uint8Array, box: Partial<Box> = {}): void {
    const whole = { x: 0, y: 0, z: 0, width: bytes.length, height: 1, depth: 1, ...box };
    this.renderer.transferWith('toHost', new SegmentBacking([bytes]), {
      resource: id,
      level: 0,
      stride: 0,
      layerStride: 0,
      box: whole,
      offset: 0,
    });
  }

  /** Reads a box of a level. Throws GpuError. */
  read(id: number, box: Partial<Box>, sizeBytes: number, level = 0): Uint8Array {
    const bytes = new Uint8Array(sizeBytes).fill(0xee);
    this.renderer.transferWith('fromHost', new SegmentBacking([bytes]), {
      resource: id,
      level,
      stride: 0,
      layerStride: 0,
      box: { x: 0, y: 0, z: 0, width: 1, height: 1, depth: 1, ...box },
      offset: 0,
    });
    return bytes;
  }

  /** Why something is refused, or null. */
  refusalOf(act: () => void): GpuErrorCode | null {
    try {
      act();
      return null;
    } catch (error) {
      if (error instanceof GpuError) return error.code;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.renderer.close();
  }
}

/** What is drawn with, by default from `PLAIN_VERTEX` to `PLAIN_FRAGMENT`, and words of what the vertex shader captures. */
export interface PlainDrawing {
  readonly picture: number;
  readonly vertices: number;
  readonly vertex?: string;
  readonly fragment?: string;
  readonly captured?: readonly number[];
  /** Of the viewport; by default of a picture of four by one. */
  readonly width?: number;
}

/**
 * Commands after which vertices of four floats are drawn into a picture of format rgba8: shaders 1 and 2, surface 3, vertex
 * elements 4.
 */
export function plainDrawing({
  picture,
  vertices,
  vertex = PLAIN_VERTEX,
  fragment = PLAIN_FRAGMENT,
  captured = [0],
  width = 4,
}: PlainDrawing): readonly (readonly number[])[] {
  return [
    createShader(1, 'vertex', vertex, captured),
    createShader(2, 'fragment', fragment),
    command('bindShader', 1, STAGE.vertex),
    command('bindShader', 2, STAGE.fragment),
    createObject('surface', 3, picture, FORMAT.rgba8, 0, 0),
    createObject('vertexElements', 4, 0, 0, 0, FORMAT.rgba32Float),
    bindObject('vertexElements', 4),
    command('setFramebufferState', 1, 0, 3),
    command('setViewportState', 0, ...f32(width / 2, 0.5, 0.5, width / 2, 0.5, 0.5)),
    command('setVertexBuffers', 16, 0, vertices),
  ];
}

const FIRST_ID = 0x7f00_0000;
const TEXTURE = FIRST_ID;
const VERTICES = FIRST_ID + 1;
const WHOLE = { level: 0, stride: 0, layerStride: 0, offset: 0 };

/**
 * Another guest of the same renderer, who draws four pixels: what anybody can rely on, whatever others do. Its context has
 * a number that no test uses.
 */
export class Witness implements Disposable {
  readonly #renderer: VirglRenderer;
  readonly #context: VirglContext;
  readonly #pixels = new Uint8Array(16);
  #red = 0;

  constructor(renderer: VirglRenderer) {
    this.#renderer = renderer;
    this.#context = renderer.createContext(FIRST_ID, 'witness');
    const base = { depth: 1, arraySize: 1, lastLevel: 0, samples: 0, flags: 0, height: 1 };
    const texture = { ...base, target: TARGET.texture2d, format: FORMAT.rgba8, bind: BIND.renderTarget, width: 4 };
    const buffer = { ...base, target: TARGET.buffer, format: FORMAT.r8, bind: BIND.vertexBuffer, width: 48 };
    this.#context.attach(renderer.createResource(TEXTURE, texture));
    this.#context.attach(renderer.createResource(VERTICES, buffer));
    const corners = new Uint8Array(Float32Array.of(-1, -1, 0, 1, 3, -1, 0, 1, -1, 3, 0, 1).buffer);
    const box = { x: 0, y: 0, z: 0, width: 48, height: 1, depth: 1 };
    renderer.transferWith('toHost', new SegmentBacking([corners]), { ...WHOLE, resource: VERTICES, box });
    this.#submit(
      ...plainDrawing({ picture: TEXTURE, vertices: VERTICES }),
      // The first draw makes the program, which is there from now on.
      drawVbo(TRIANGLES, 3),
    );
  }

  /** Draws another colour than the last time, and looks at it. */
  get isRight(): boolean {
    this.#red = (this.#red + 51) % 255;
    this.#submit(
      command('setConstantBuffer', STAGE.fragment, 0, ...f32(this.#red / 255, 0, 1, 1)),
      drawVbo(TRIANGLES, 3),
    );
    const box = { x: 0, y: 0, z: 0, width: 4, height: 1, depth: 1 };
    this.#pixels.fill(0xee);
    this.#renderer.transferWith('fromHost', new SegmentBacking([this.#pixels]), { ...WHOLE, resource: TEXTURE, box });
    const wanted = [this.#red, 0, 255, 255];
    return this.#context.errorCount === 0 && this.#pixels.every((byte, i) => byte === wanted[i % 4]);
  }

  [Symbol.dispose](): void {
    this.#renderer.destroyResource(TEXTURE);
    this.#renderer.destroyResource(VERTICES);
    this.#renderer.destroyContext(FIRST_ID);
  }

  #submit(...commands: readonly (readonly number[])[]): void {
    this.#context.submit(Uint32Array.from(commands.flat()));
  }
}
