/** A guest for tests: RAM, commands of the virgl protocol, and a GPU whose answers can be awaited. */
import { SharedMemory } from '../../base/native/shared-memory.ts';
import { silentLogger } from '../../base/log.ts';
import type { ByteSource, GpuAnswer, GuestResourceArgs } from '../core/guest-gpu.ts';
import { commandTable } from '../virgl/command.table.ts';
import type { CommandName } from '../virgl/command.table.ts';
import { objectTable } from '../virgl/object.table.ts';
import type { ObjectKind } from '../virgl/object.table.ts';
import { GuestGpuProcess } from './guest-gpu-process.ts';
import type { GuestGpuOptions, GuestGpuRestart } from './guest-gpu-process.ts';

/** A command with its payload. */
export function command(name: CommandName, payload: readonly number[], type = 0): number[] {
  return [commandTable[name].op | (type << 8) | (payload.length << 16), ...payload.map((word) => word >>> 0)];
}

/** CREATE_OBJECT. */
export function create(kind: ObjectKind, ...payload: readonly number[]): number[] {
  return command('createObject', payload, objectTable[kind].type);
}

/** BIND_OBJECT. */
export function bind(kind: ObjectKind, handle: number): number[] {
  return command('bindObject', [handle], objectTable[kind].type);
}

/** CREATE_OBJECT of a shader, in one command. */
export function shader(handle: number, stage: number, text: string): number[] {
  const bytes = Buffer.from(`${text}\0`);
  const padded = Buffer.alloc(Math.ceil(bytes.length / 4) * 4);
  bytes.copy(padded);
  const words = Array.from({ length: padded.length / 4 }, (_, i) => padded.readUInt32LE(4 * i));
  return create('shader', handle, stage, bytes.length, 300, 0, ...words);
}

/** The word of a number of 32 bits with a point. */
export function float(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0]!;
}

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
export function picture(width: number, height: number, args: Partial<GuestResourceArgs> = {}): GuestResourceArgs {
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
export function buffer(sizeBytes: number, bind: number): GuestResourceArgs {
  return picture(sizeBytes, 1, { target: 0, format: 64, bind });
}

/** A guest's GPU and RAM. */
export class TestGuest implements AsyncDisposable {
  readonly gpu: GuestGpuProcess;
  readonly ram: SharedMemory;
  readonly answers = new Map<number, GpuAnswer>();
  /** Serials in the order they were answered. */
  readonly answered: number[] = [];
  readonly restarts: GuestGpuRestart[] = [];
  readonly #waiting = new Map<number, (answer: GpuAnswer) => void>();
  #onRestart: (() => void) | null = null;

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
  static async start(options: Partial<GuestGpuOptions> = {}, ramBytes = 16 << 20): Promise<TestGuest> {
    let hear: (restart: GuestGpuRestart) => void = () => {};
    const gpu = await GuestGpuProcess.start({
      renderNode: 'software',
      log: silentLogger,
      ...options,
      onRestart: (restart) => hear(restart),
    });
    const guest = new TestGuest(gpu, SharedMemory.create('test-ram', ramBytes));
    hear = (restart) => {
      guest.restarts.push(restart);
      guest.#onRestart?.();
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

  /** Waits until the process was replaced so often. */
  async restarted(times: number): Promise<void> {
    while (this.restarts.length < times) {
      await new Promise<void>((resolve) => {
        this.#onRestart = resolve;
      });
    }
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
