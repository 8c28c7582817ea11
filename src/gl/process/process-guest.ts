/** A guest for tests: RAM, a GPU in a process of its own whose answers can be awaited, and a triangle to draw with it. */
import { SharedMemory } from '../../base/native/shared-memory.ts';
import { silentLogger } from '../../base/log.ts';
import type { ByteSource, GpuAnswer, ResourceArgs } from '../core/guest-gpu.ts';
import {
  bindObject,
  command,
  createObject,
  createShader,
  drawVbo,
  f32,
  FORMAT,
  TRIANGLES,
} from '../virgl/test-guest.ts';
import { PLAIN_FRAGMENT, PLAIN_VERTEX } from '../virgl/test-guest.ts';
import { BIND, STAGE } from '../virgl/virgl-limits.ts';
import { GuestGpuProcess } from './guest-gpu-process.ts';
import type { GuestGpuOptions, GuestGpuRestart } from './guest-gpu-process.ts';

/** Bytes of an array as a guest's descriptor chain gives them. */
export function sourceOf(words: readonly number[] | Uint32Array): ByteSource {
  const array = Uint32Array.from(words);
  const bytes = new Uint8Array(array.buffer);
  return {
    totalBytes: bytes.length,
    copyOut: (at, into, intoAt, length) => into.set(bytes.subarray(at, at + length), intoAt),
  };
}

/** A flat resource to draw to and to read from; the rest as given. */
export function picture(width: number, height: number, args: Partial<ResourceArgs> = {}): ResourceArgs {
  return {
    target: 2,
    format: 1,
    bind: 2 | 8,
    width,
    height,
    depth: 1,
    arraySize: 1,
    lastLevel: 0,
    samples: 0,
    flags: 0,
    ...args,
  };
}

/** A buffer. */
export function buffer(sizeBytes: number, bind: number): ResourceArgs {
  return picture(sizeBytes, 1, { target: 0, format: 64, bind });
}

/** A guest's GPU and RAM. */
export class ProcessGuest implements AsyncDisposable {
  readonly gpu: GuestGpuProcess;
  readonly ram: SharedMemory;
  readonly answers = new Map<number, GpuAnswer>();
  /** Serials in the order they were answered. */
  readonly answered: number[] = [];
  readonly restarts: GuestGpuRestart[] = [];
  readonly #waiting = new Map<number, (answer: GpuAnswer) => void>();
  private constructor(gpu: GuestGpuProcess, ram: SharedMemory) {
    this.gpu = gpu;
    this.ram = ram;
    gpu.onAnswer = (serial, answer) => {
      if (this.answers.has(serial)) throw new Error(`order ${serial} was answered twice`);
      this.answers.set(serial, answer);
      this.answered.push(serial);
      this.#waiting.get(serial)?.(answer);
      this.#waiting.delete(serial);
    };
    gpu.setMemory([{ fd: ram.fd, offset: 0, sizeBytes: ram.bytes.length }]);
  }

  /** Starts a GPU on the software device, with RAM. */
  static async start(options: Partial<GuestGpuOptions> = {}, ramBytes = 16 << 20): Promise<ProcessGuest> {
    let hear: (restart: GuestGpuRestart) => void = () => {};
    const gpu = await GuestGpuProcess.start({
      renderNode: 'software',
      log: silentLogger,
      ...options,
      onRestart: (restart) => hear(restart),
    });
    const guest = new ProcessGuest(gpu, SharedMemory.create('test-ram', ramBytes));
    hear = (restart) => {
      guest.restarts.push(restart);
    };
    return guest;
  }

  /** Waits for the answer to an order. */
  answer(serial: number): Promise<GpuAnswer> {
    const answer = this.answers.get(serial);
    if (answer !== undefined) return Promise.resolve(answer);
    return new Promise((resolve) => this.#waiting.set(serial, resolve));
  }

  /** Submits commands. */
  submit(context: number, ...commands: readonly (readonly number[])[]): number {
    const source = sourceOf(commands.flat());
    return this.gpu.submit(context, source, 0, source.totalBytes);
  }

  /** Waits until all is done that was ordered. */
  async finish(): Promise<void> {
    await this.answer(this.gpu.fence());
  }

  /** Reads a whole resource: pixels as numbers 0xXXRRGGBB. Throws when it is refused. */
  async read(resource: number, width: number, height: number): Promise<Uint32Array> {
    const shared = this.gpu.createPicture(width, height);
    const answer = await this.answer(this.gpu.readPicture(resource, { x: 0, y: 0, width, height }, shared));
    if (answer !== null) throw new Error(`reading was refused: ${answer}`);
    const pixels = new Uint32Array(shared.pixels.slice().buffer);
    shared.close();
    return pixels;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gpu.close();
    this.ram.close();
  }
}

/** Numbers of a triangle's things in each context that draws it, and of its resources. */
export const TRIANGLE = { side: 64, target: 900_005, vertices: 900_016, surface: 1, fragment: 4 } as const;

/** Where in RAM its corners lie. */
const CORNERS_AT = 4096;
const CORNERS = new Uint8Array(Float32Array.of(-1, -1, 1, -1, -1, 1).buffer);
const R32G32_FLOAT = 29;

/** Makes the resources of a triangle, its corners in guest RAM. */
export function createTriangle({ gpu, ram }: ProcessGuest): void {
  const { side, target, vertices } = TRIANGLE;
  ram.bytes.set(CORNERS, CORNERS_AT);
  gpu.createResource(target, picture(side, side));
  gpu.createResource(vertices, buffer(CORNERS.length, BIND.vertexBuffer));
  // In pieces, and those out of turn.
  ram.bytes.copyWithin(100, CORNERS_AT + 10, CORNERS_AT + CORNERS.length);
  gpu.attachBacking(vertices, [
    { region: 0, offset: CORNERS_AT, length: 10 },
    { region: 0, offset: 100, length: CORNERS.length - 10 },
  ]);
  gpu.transferToHost(0, { ...WHOLE, resource: vertices, width: CORNERS.length });
}

/** A box of one row at the beginning of a resource and its backing. */
export const WHOLE = { level: 0, stride: 0, layerStride: 0, x: 0, y: 0, z: 0, height: 1, depth: 1, offset: 0 } as const;

/** Lets a new context draw the triangle: all it takes but for its colour. */
export function prepareTriangle(guest: ProcessGuest, context: number): void {
  const { side, target, vertices, surface, fragment } = TRIANGLE;
  guest.gpu.createContext(context, `context ${context}`);
  guest.gpu.attachResource(context, target);
  guest.gpu.attachResource(context, vertices);
  guest.submit(
    context,
    createObject('surface', surface, target, FORMAT.b8g8r8a8, 0, 0),
    command('setFramebufferState', 1, 0, surface),
    command('setViewportState', 0, ...f32(side / 2, side / 2, 0.5, side / 2, side / 2, 0.5)),
    createObject('vertexElements', 2, 0, 0, 0, R32G32_FLOAT),
    bindObject('vertexElements', 2),
    command('setVertexBuffers', 8, 0, vertices),
    createShader(3, 'vertex', PLAIN_VERTEX),
    createShader(fragment, 'fragment', PLAIN_FRAGMENT),
    command('bindShader', 3, STAGE.vertex),
    command('bindShader', fragment, STAGE.fragment),
    command('setConstantBuffer', STAGE.fragment, 0, ...f32(0, 1, 0, 1)),
  );
}

/** Commands that draw the triangle on black. */
export const DRAW_TRIANGLE = [...command('clear', 4, ...f32(0, 0, 0, 1), 0, 0, 0), ...drawVbo(TRIANGLES, 3)];

/** Whether pixels show the triangle of a colour, as a number 0xRRGGBB: the half before the diagonal, from row 0 on. */
export function showsTriangle(pixels: Uint32Array, color: number): boolean {
  const { side } = TRIANGLE;
  return pixels.every((pixel, i) => {
    const place = Math.floor(i / side) + (i % side) - (side - 1);
    return place === 0 || (pixel & 0xffffff) === (place < 0 ? color : 0);
  });
}
