/** A guest that draws, for tests: many commands under way at a time, each in a buffer of its own. */
import type { Rect } from '../../../base/rect.ts';
import { joinBytes } from '../../../wire/writer.ts';
import { commandBytes, TestGuest, type TestSink } from './test-guest.ts';
import type { TestRenderGpu } from './test-render-gpu.ts';
import { GpuResponse, type gpuCommands, type ControlHeader } from './wire/gpu.gen.ts';

type Commands = typeof gpuCommands;
type Body<K extends keyof Commands> = Parameters<Commands[K]['write']>[1];

const RAM_BASE = 0x4000_0000;
const RAM_BYTES = 2 << 20;
const SLOTS = 16;
const SLOTS_AT = RAM_BASE + (1 << 20);
const SLOT_BYTES = 0x8000;
/** In a slot: the table of descriptors, the command, and then the answer. */
const COMMAND_AT = 0x100;
const ANSWER_AT = 0x6000;
const ANSWER_BYTES = 0x2000;

/** A command that was sent; `answer` is null until the device has given it back. */
export interface Posted {
  readonly head: number;
  answer: { readonly type: number; readonly fenceLow: number; readonly bytes: Uint8Array } | null;
}

/** See above. */
export class RenderGuest implements Disposable {
  readonly guest: TestGuest;
  readonly gpu: TestRenderGpu;
  /** In the order the device gave them back. */
  readonly answered: Posted[] = [];
  #underWay = new Map<number, Posted>();

  constructor(gpu: TestRenderGpu, options: { readonly headCount?: number } = {}) {
    gpu.reset();
    gpu.orders.length = 0;
    gpu.refused.clear();
    this.gpu = gpu;
    this.guest = new TestGuest({ ...options, gpu, ramBytes: RAM_BYTES });
  }

  get sink(): TestSink {
    return this.guest.sinks[0]!;
  }

  /** Sends a command, with bytes behind it, and lets the device look at its queue. */
  post<K extends keyof Commands>(
    name: K,
    body: Body<K>,
    header: Partial<ControlHeader> = {},
    tail: Uint8Array = new Uint8Array(0),
  ): Posted {
    return this.postBytes(joinBytes([commandBytes(name, body, header), tail]));
  }

  postBytes(bytes: Uint8Array): Posted {
    const head = Array.from({ length: SLOTS }, (_, i) => i).find((i) => !this.#underWay.has(i));
    if (head === undefined) throw new Error('too many commands under way for a test');
    const slot = SLOTS_AT + head * SLOT_BYTES;
    this.guest.bytesAt(slot + COMMAND_AT, bytes.length).set(bytes);
    const [queue] = this.guest.queues;
    queue.describe(0, slot + COMMAND_AT, bytes.length, 1, 1, slot);
    queue.describe(1, slot + ANSWER_AT, ANSWER_BYTES, 2, 0, slot);
    queue.describe(head, slot, 32, 4, 0);
    queue.publish(head);
    const posted: Posted = { head, answer: null };
    this.#underWay.set(head, posted);
    this.run();
    return posted;
  }

  /** Lets the device look at its queue, and takes what it has given back. */
  run(): void {
    while (this.guest.device.handleQueue(0));
    this.collect();
  }

  /** Takes what the device has given back. */
  collect(): void {
    for (;;) {
      const used = this.guest.queues[0].takeUsed();
      if (used === null) return;
      const posted = this.#underWay.get(used.head);
      if (posted === undefined) throw new Error(`buffer ${used.head} was given back, which was not lent`);
      this.#underWay.delete(used.head);
      const bytes = this.guest.bytesAt(SLOTS_AT + used.head * SLOT_BYTES + ANSWER_AT, used.written).slice();
      const view = new DataView(bytes.buffer);
      posted.answer =
        used.written < 24
          ? { type: 0, fenceLow: 0, bytes }
          : { type: view.getUint32(0, true), fenceLow: view.getUint32(8, true), bytes: bytes.subarray(24) };
      this.answered.push(posted);
    }
  }

  /** The GPU answers, and the device goes on. */
  deliver(...which: Parameters<TestRenderGpu['deliver']>): void {
    this.gpu.deliver(...which);
    this.collect();
  }

  /** Sends a command and has it answered. */
  do<K extends keyof Commands>(name: K, body: Body<K>, header: Partial<ControlHeader> = {}, tail?: Uint8Array): number {
    const posted = this.post(name, body, header, tail);
    this.deliver();
    if (posted.answer === null) throw new Error(`${name} was not answered`);
    return posted.answer.type;
  }

  /** The guest begins anew: nothing of before is under way. */
  restart(): void {
    this.#underWay.clear();
    this.guest.restart();
  }

  /** Makes a texture that can be shown, of format B8G8R8X8, and lets context 1, which it makes if need be, draw to it. */
  createTarget(resourceId: number, width: number, height: number, options: { readonly format?: number } = {}): void {
    const { format = FORMAT.b8g8r8x8 } = options;
    const results = [
      this.do('resourceCreate3d', textureArgs(resourceId, width, height, format)),
      ...(this.#hasContext ? [] : [this.do('contextCreate', noName, { contextId: 1 })]),
      this.do('contextAttachResource', { resourceId }, { contextId: 1 }),
      this.submit(surfaceOf(resourceId, format)),
    ];
    this.#hasContext = true;
    if (results.some((type) => type !== GpuResponse.okNodata)) throw new Error(`no target: ${results.join()}`);
  }

  #hasContext = false;

  /** Sends words of the virgl protocol for context 1 and has them answered. */
  submit(words: readonly number[], header: Partial<ControlHeader> = {}): number {
    const tail = new Uint8Array(Uint32Array.from(words).buffer);
    return this.do('submit3d', { size: tail.length }, { contextId: 1, ...header }, tail);
  }

  /** Sends them. */
  postSubmit(words: readonly number[], header: Partial<ControlHeader> = {}): Posted {
    const tail = new Uint8Array(Uint32Array.from(words).buffer);
    return this.post('submit3d', { size: tail.length }, { contextId: 1, ...header }, tail);
  }

  [Symbol.dispose](): void {
    this.guest[Symbol.dispose]();
  }
}

/** Numbers of virgl's formats. */
export const FORMAT = { b8g8r8a8: 1, b8g8r8x8: 2 } as const;

/** CONTEXT_CREATE of a program without a name. */
export const noName = { nameLength: 0, contextInit: 0, debugName: new Uint8Array(64) };

/** RESOURCE_CREATE_3D of a 2D texture to draw to. */
export function textureArgs(
  resourceId: number,
  width: number,
  height: number,
  format: number = FORMAT.b8g8r8x8,
): Body<'resourceCreate3d'> {
  const [texture2d, target, flags] = [2, 2 | 8, 1];
  const size = { width, height, depth: 1, arraySize: 1, lastLevel: 0, samples: 0 };
  return { resourceId, target: texture2d, format, bind: target, flags, ...size };
}

const head = (command: number, object: number, length: number): number => command | (object << 8) | (length << 16);

/** Makes a surface of a texture, under the same number: CREATE_OBJECT. */
export function surfaceOf(resource: number, format: number = FORMAT.b8g8r8x8): number[] {
  return [head(1, 8, 5), resource, resource, format, 0, 0];
}

/** Fills a texture that has a surface with a colour 0xRRGGBB: SET_FRAMEBUFFER_STATE, CLEAR. */
export function clearTo(resource: number, color: number): number[] {
  const channels = [(color >> 16) & 255, (color >> 8) & 255, color & 255, 255].map((c) => c / 255);
  const floats = [...new Uint32Array(new Float32Array(channels).buffer)];
  return [head(5, 0, 3), 1, 0, resource, head(7, 0, 8), 4, ...floats, 0, 0, 0];
}

export function rectOf(width: number, height: number): Rect {
  return { x: 0, y: 0, width, height };
}
