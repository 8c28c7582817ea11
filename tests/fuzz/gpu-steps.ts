/**
 * What drivers of a virtio GPU do, at random: commands drawn from the wire table, where the name and the shape of each field
 * decide what is put there; chains of all forms, right and wrong; registers. Most commands are right or nearly so, as only
 * those get deep: ids are mostly ones that exist, rectangles mostly lie in their resources.
 */
import { commandBytes } from '../../src/emu/devices/gpu/test-guest.ts';
import { clearTo, noName, surfaceOf } from '../../src/emu/devices/gpu/test-render-guest.ts';
import { GpuFormat } from '../../src/emu/devices/gpu/wire/gpu.gen.ts';
import type { ControlHeader, gpuCommands } from '../../src/emu/devices/gpu/wire/gpu.gen.ts';
import { gpuModule } from '../../src/emu/devices/gpu/wire/gpu.table.ts';
import { VIRTIO_FEATURES } from '../../src/emu/virtio/device.ts';
import { MMIO_REGISTERS, MMIO_SLOT_BYTES } from '../../src/emu/virtio/mmio.table.ts';
import { createShader } from '../../src/gl/virgl/test-guest.ts';
import { BIND, TARGET } from '../../src/gl/virgl/virgl-limits.ts';
import type { Fields, Shape } from '../../src/wire/schema.ts';
import { joinBytes } from '../../src/wire/writer.ts';
import type { Random } from './random.ts';
import { VirglStream } from './virgl-steps.ts';
import type { VirglStep } from './virgl-steps.ts';

/** Of a submission: its control header, the size and the padding. */
const SUBMIT_HEAD_BYTES = 32;

/** Where things are in the guest's RAM: queues come first, then what backings are made of, then buffers of commands. */
export const GUEST_RAM = {
  base: 0x8000_0000,
  sizeBytes: 2 << 20,
  data: 0x8001_0000,
  dataEnd: 0x8010_0000,
  slots: 0x8010_0000,
  queueSize: 16,
} as const;

/** One thing that a driver does, its viewer, or the GPU behind the device. All of it is plain data. */
export type GpuStep =
  /** The machine; what comes first. Features are bits below 32. */
  | { readonly do: 'begin'; readonly heads: number; readonly is3d: boolean; readonly features: number }
  /** A command (hexadecimal), in pieces of these sizes and the rest, with buffers of these sizes for its answer. */
  | {
      readonly do: 'command';
      readonly queue: number;
      readonly bytes: string;
      readonly cuts: readonly number[];
      readonly answer: readonly number[];
      readonly isIndirect: boolean;
    }
  /** Writes a descriptor into a queue's table, or into one anywhere: address, length, flags, next. */
  | {
      readonly do: 'describe';
      readonly queue: number;
      readonly index: number;
      readonly words: readonly [number, number, number, number];
      readonly table?: number;
    }
  | { readonly do: 'publish'; readonly queue: number; readonly head: number }
  | { readonly do: 'available'; readonly queue: number; readonly index: number }
  | { readonly do: 'notify'; readonly queue: number }
  | { readonly do: 'store'; readonly offset: number; readonly size: number; readonly value: number }
  /** The GPU answers so many orders of a kind; without a kind: all. */
  | { readonly do: 'deliver'; readonly kind: 'plain' | 'fence' | 'picture' | null; readonly count: number }
  | { readonly do: 'look'; readonly head: number }
  | { readonly do: 'size'; readonly head: number; readonly width: number; readonly height: number }
  | { readonly do: 'pause' | 'resume' | 'reset' | 'replace' };

type CommandName = keyof typeof gpuCommands;
type Values = Readonly<Record<string, unknown>>;

interface KnownResource {
  readonly id: number;
  readonly width: number;
  readonly height: number;
}

const COMMANDS = gpuModule.tables?.['gpuCommands'] ?? {};
const NAMES = Object.keys(COMMANDS) as CommandName[];
const CURSOR: ReadonlySet<CommandName> = new Set(['updateCursor', 'moveCursor']);
/** How often each command comes; 1 where nothing is said. */
const WEIGHTS: Partial<Readonly<Record<CommandName, number>>> = {
  resourceCreate2d: 5,
  resourceAttachBacking: 6,
  transferToHost2d: 8,
  setScanout: 6,
  resourceFlush: 9,
  updateCursor: 5,
  moveCursor: 2,
};
const WEIGHTS_3D: Partial<Readonly<Record<CommandName, number>>> = {
  contextCreate: 3,
  contextAttachResource: 4,
  resourceCreate3d: 5,
  submit3d: 10,
  transferToHost3d: 4,
  transferFromHost3d: 4,
};
const SIZES = [1, 4, 16, 16, 16, 40, 64, 100] as const;
const FENCE = 1;
const RING_INDEX = 2;
const PAGE = 4096;
const LAST_ID = 8;

/** A driver from its first step to its last. */
export function gpuSteps(random: Random): GpuStep[] {
  return new GpuStream(random).steps();
}

/** Makes steps, and keeps in mind what should exist by now. */
class GpuStream {
  readonly #random: Random;
  readonly #is3d: boolean;
  readonly #heads: number;
  readonly #names: readonly CommandName[];
  #resources: KnownResource[] = [];
  #fence = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#is3d = random.percent(50);
    this.#heads = random.percent(95) ? random.between(1, 2) : 16;
    const weights = this.#is3d ? { ...WEIGHTS, ...WEIGHTS_3D } : WEIGHTS;
    this.#names = NAMES.flatMap((name) => Array.from({ length: weights[name] ?? 1 }, () => name));
  }

  steps(): GpuStep[] {
    const random = this.#random;
    const { indirectDescriptors, eventIndex } = VIRTIO_FEATURES;
    const features = Number(random.pick([0n, indirectDescriptors, eventIndex, indirectDescriptors | eventIndex]));
    const steps: GpuStep[] = [{ do: 'begin', heads: this.#heads, is3d: this.#is3d, features }, ...this.#prepare()];
    if (this.#is3d && random.percent(25)) steps.push(...this.#program());
    for (let i = random.between(5, 60); i > 0; i--) steps.push(...this.#step());
    return steps;
  }

  /** Things to use: without them most commands would meet nothing. */
  #prepare(): GpuStep[] {
    const random = this.#random;
    const steps: GpuStep[] = [];
    if (this.#is3d) steps.push(this.#command('contextCreate', noName, { contextId: 1 }));
    for (let id = random.between(1, 3); id > 0; id--) {
      steps.push(this.#create(id), this.#attach(id));
      if (this.#is3d) steps.push(this.#command('contextAttachResource', { resourceId: id }, { contextId: 1 }));
    }
    const { id = 1, width = 1, height = 1 } = this.#resources[0] ?? {};
    const rect = { x: 0, y: 0, width, height };
    steps.push(this.#command('setScanout', { rect, scanoutId: 0, resourceId: id }));
    return steps;
  }

  #create(resourceId: number): GpuStep {
    const random = this.#random;
    const [width, height] = [random.pick(SIZES), random.pick(SIZES)];
    this.#resources.push({ id: resourceId, width, height });
    if (!this.#is3d || random.percent(30)) {
      const format = random.pick(Object.values(GpuFormat));
      return this.#command('resourceCreate2d', { resourceId, format, width, height });
    }
    const args = { target: TARGET.texture2d, format: random.pick([1, 2]), bind: BIND.renderTarget | BIND.samplerView };
    const rest = { width, height, depth: 1, arraySize: 1, lastLevel: 0, samples: 0, flags: random.below(2) };
    return this.#command('resourceCreate3d', { resourceId, ...args, ...rest });
  }

  #attach(resourceId: number): GpuStep {
    const { width = 16, height = 16 } = this.#resources.find(({ id }) => id === resourceId) ?? {};
    return this.#command('resourceAttachBacking', { resourceId, entries: this.#entries(4 * width * height) });
  }

  /** Pieces of memory for so many bytes, or nearly. */
  #entries(bytes: number): { address: number; length: number }[] {
    const random = this.#random;
    const entries: { address: number; length: number }[] = [];
    for (let left = random.percent(90) ? bytes : random.near(bytes); left > 0 && entries.length < 12;) {
      const length = Math.min(left, random.percent(60) ? PAGE : random.between(1, 3 * PAGE));
      const { data, dataEnd } = GUEST_RAM;
      entries.push({ address: random.between(data, dataEnd - length), length });
      left -= length;
    }
    return entries;
  }

  /** A whole program that draws, as commands of the device. */
  #program(): GpuStep[] {
    return new VirglStream(this.#random).steps().flatMap((step) => this.#translate(step));
  }

  #translate(step: VirglStep): GpuStep[] {
    const random = this.#random;
    const inContext = { contextId: 1 };
    const submit = (words: readonly number[]): GpuStep => this.#submit(words);
    switch (step.do) {
      case 'create': {
        const [
          target = 0,
          format = 0,
          bind = 0,
          width = 0,
          height = 0,
          depth = 0,
          arraySize = 0,
          lastLevel = 0,
          samples = 0,
        ] = step.args;
        const size = { width, height, depth, arraySize, lastLevel, samples, flags: step.args[9] ?? 0 };
        this.#resources.push({ id: step.id, width, height });
        return [
          this.#command('resourceCreate3d', { resourceId: step.id, target, format, bind, ...size }),
          this.#command('contextAttachResource', { resourceId: step.id }, inContext),
        ];
      }
      case 'destroy':
        return [this.#command('resourceUnref', { resourceId: step.id })];
      case 'attach':
        return [this.#command('contextAttachResource', { resourceId: step.id }, inContext)];
      case 'detach':
        return [this.#command('contextDetachResource', { resourceId: step.id }, inContext)];
      case 'backing': {
        if (step.pieces.length === 0) return [this.#command('resourceDetachBacking', { resourceId: step.id })];
        const entries = step.pieces
          .filter((length) => length <= GUEST_RAM.dataEnd - GUEST_RAM.data)
          .map((length) => ({ address: random.between(GUEST_RAM.data, GUEST_RAM.dataEnd - length), length }));
        return [this.#command('resourceAttachBacking', { resourceId: step.id, entries })];
      }
      case 'toHost':
      case 'fromHost': {
        const names = ['level', 'stride', 'layerStride', 'x', 'y', 'z', 'width', 'height', 'depth', 'offset'];
        const body = Object.fromEntries(names.map((name, i) => [name, step.words[i] ?? 0]));
        const name = step.do === 'toHost' ? 'transferToHost3d' : 'transferFromHost3d';
        return [this.#command(name, { ...body, resource: step.id }, inContext)];
      }
      case 'submit':
        return step.words.length > 900 ? [] : [submit(step.words)];
      case 'shader':
        return [submit(createShader(step.handle, step.stage, step.text))];
      case 'poll':
      case 'finish':
        return [this.#deliver()];
      case 'fill':
        return [];
    }
  }

  #submit(words: readonly number[], contextId = 1): GpuStep {
    const random = this.#random;
    const size = 4 * words.length;
    const said = random.percent(96) ? size : random.percent(50) ? random.near(size) : random.absurd();
    return this.#command('submit3d', { size: said }, { contextId }, new Uint8Array(Uint32Array.from(words).buffer));
  }

  #step(): GpuStep[] {
    const random = this.#random;
    const chance = random.below(100);
    if (chance < 68) return [this.#anyCommand()];
    if (chance < 84 && this.#is3d) return [this.#deliver()];
    if (chance < 86) return [{ do: 'look', head: random.below(this.#heads) }];
    if (chance < 88) return this.#sized();
    if (chance < 90) return [{ do: random.percent(50) ? 'pause' : 'resume' }];
    if (chance < 92) return this.#again();
    if (chance < 94) return [{ do: 'notify', queue: random.below(3) }];
    // What comes after that may meet a device that waits for a reset.
    const odd = chance < 96 ? [this.#store()] : chance < 99 ? this.#oddChain() : this.#oddRing();
    return random.percent(60) ? [...odd, ...this.#again()] : odd;
  }

  #sized(): GpuStep[] {
    const random = this.#random;
    if (this.#is3d && random.percent(40)) return [{ do: 'replace' }];
    const [width, height] = [random.pick([0, 1, 640, 1280, 8192, 16384]), random.pick([0, 1, 480, 800, 8192])];
    return [{ do: 'size', head: random.below(this.#heads), width, height }];
  }

  /** The driver begins anew, mostly with what it needs. */
  #again(): GpuStep[] {
    this.#resources = [];
    return [{ do: 'reset' }, ...(this.#random.percent(80) ? this.#prepare() : [])];
  }

  #deliver(): GpuStep {
    const random = this.#random;
    return {
      do: 'deliver',
      kind: random.pick(['plain', 'plain', 'fence', 'picture', null] as const),
      count: random.between(1, 6),
    };
  }

  #store(): GpuStep {
    const random = this.#random;
    const offset = random.percent(90) ? random.pick(Object.values(MMIO_REGISTERS)) : random.below(MMIO_SLOT_BYTES);
    const value = random.percent(60) ? random.below(16) : random.absurd();
    return { do: 'store', offset, size: random.percent(80) ? 4 : random.pick([1, 2]), value };
  }

  /** Any command of the table, of fields that are right, nearly right or absurd. */
  #anyCommand(): GpuStep {
    const random = this.#random;
    const name = random.pick(this.#names);
    const isNew = name.startsWith('resourceCreate') && random.percent(80);
    const resourceId = isNew ? random.between(1, LAST_ID) : this.#resource();
    if (name === 'resourceCreate2d' || name === 'resourceCreate3d') {
      if (random.percent(75)) return this.#create(resourceId);
    } else if (name === 'resourceAttachBacking') {
      if (random.percent(80)) return this.#attach(resourceId);
    } else if (name === 'submit3d' && random.percent(90)) {
      const words = random.percent(70)
        ? [...surfaceOf(resourceId), ...clearTo(resourceId, random.u32() & 0xffffff)]
        : Array.from({ length: random.below(12) }, () => (random.percent(70) ? random.below(20) : random.absurd()));
      return this.#submit(words, this.#context());
    }
    const body = { ...this.#fields(COMMANDS[name]?.body.shape) };
    if ('debugName' in body) Object.assign(body, { nameLength: random.below(100) });
    if ('rect' in body && random.percent(75)) body['rect'] = this.#rectIn(Number(body['resourceId']));
    if (name === 'transferToHost2d' && random.percent(70)) body['offset'] = 0;
    if ('layerStride' in body && random.percent(75)) {
      const rect = this.#rectIn(Number(body['resource']));
      Object.assign(body, rect, { z: 0, depth: 1, level: 0, stride: 0, layerStride: 0, offset: 0 });
    }
    return this.#command(name, body);
  }

  #fields(shape: Shape | undefined): Record<string, unknown> {
    const fields: Fields = shape?.kind === 'struct' || shape?.kind === 'group' ? shape.fields : {};
    return Object.fromEntries(
      Object.entries(fields)
        .filter(([, { shape: each }]) => each.kind !== 'count' && each.kind !== 'padding')
        .map(([name, { shape: each }]) => [name, this.#value(name, each)]),
    );
  }

  #value(name: string, shape: Shape): unknown {
    const random = this.#random;
    switch (shape.kind) {
      case 'enum':
        return random.pick(Object.values(shape.values));
      case 'struct':
      case 'group':
        return this.#fields(shape);
      case 'list':
        return Array.from({ length: random.below(6) }, () => this.#value(name, shape.of.shape));
      case 'blob':
        return Uint8Array.from({ length: shape.size }, () => random.below(256));
      default:
    }
    if (name === 'resourceId' || name === 'resource') return random.percent(97) ? this.#resource() : random.absurd();
    if (name === 'scanoutId') return random.percent(95) ? random.below(this.#heads + 1) : random.absurd();
    if (name.startsWith('capset')) return random.percent(80) ? random.below(3) : random.absurd();
    if (name === 'address') {
      if (random.percent(80)) return random.between(GUEST_RAM.data, GUEST_RAM.dataEnd);
      return random.percent(50) ? random.near(GUEST_RAM.base + GUEST_RAM.sizeBytes) : random.absurd() * 0x10_0000;
    }
    if (name === 'offset' && random.percent(20)) return random.absurd() * random.pick([1, 4, 0x1f_ffff]);
    return random.percent(80) ? random.below(20) : random.absurd();
  }

  #resource(): number {
    const random = this.#random;
    const id = random.below(LAST_ID + 1);
    return random.percent(85) && this.#resources.length > 0 ? random.pick(this.#resources).id : id;
  }

  #context(): number {
    return this.#random.percent(85) ? 1 : this.#random.below(4);
  }

  #rectIn(resourceId: number): { x: number; y: number; width: number; height: number } {
    const random = this.#random;
    const { width = 16, height = 16 } = this.#resources.find(({ id }) => id === resourceId) ?? {};
    if (random.percent(50)) return { x: 0, y: 0, width, height };
    const [x, y] = [random.below(width), random.below(height)];
    return { x, y, width: random.between(1, width - x), height: random.between(1, height - y) };
  }

  #command(name: CommandName, body: Values, header: Partial<ControlHeader> = {}, tail = new Uint8Array(0)): GpuStep {
    const random = this.#random;
    const fence = random.percent(this.#is3d ? 45 : 10) ? ++this.#fence : 0;
    const whole = joinBytes([
      commandBytes(name, body as never, {
        flags: (fence === 0 ? 0 : FENCE) | (random.percent(10) ? RING_INDEX : 0),
        fenceLow: fence,
        fenceHigh: random.percent(90) ? 0 : random.u32(),
        contextId: this.#context(),
        ringIndex: random.below(3),
        ...header,
      }),
      tail,
    ]);
    // Commands of a submission are damaged where they are made, which spares draws that would take for ever.
    const upTo = name === 'submit3d' ? SUBMIT_HEAD_BYTES : whole.length;
    const bytes = random.percent(93) ? whole : this.#damage(whole, upTo);
    const own = CURSOR.has(name) ? 1 : 0;
    const cuts = random.percent(50) ? [24] : Array.from({ length: random.below(5) }, () => random.between(1, 60));
    const answer = random.percent(85)
      ? [0x1600]
      : Array.from({ length: random.below(4) }, () => random.pick([1, 23, 24, 25, 40, 1000]));
    return {
      do: 'command',
      queue: random.percent(97) ? own : 1 - own,
      bytes: Buffer.from(bytes).toString('hex'),
      cuts,
      answer,
      isIndirect: random.percent(60),
    };
  }

  /** Cut short, made longer, or with a word or a byte among the first `upTo` turned over. */
  #damage(whole: Uint8Array, upTo: number): Uint8Array {
    const random = this.#random;
    const length = random.percent(60) ? whole.length : random.below(whole.length + 40);
    const damaged = new Uint8Array(length);
    damaged.set(whole.subarray(0, length));
    if (length < 4) return damaged;
    const view = new DataView(damaged.buffer);
    const reach = Math.min(length, Math.max(upTo, 4));
    for (let i = random.below(4); i > 0; i--) {
      if (random.percent(50)) view.setUint8(random.below(reach), random.below(256));
      else view.setUint32(4 * random.below(reach >> 2), random.absurd(), true);
    }
    return damaged;
  }

  /** A chain with a fault, or with nothing wrong: it loops, leaves the table or RAM, or is in a wrong order. */
  #oddChain(): GpuStep[] {
    const random = this.#random;
    const queue = random.below(2);
    const { base, sizeBytes, slots, queueSize } = GUEST_RAM;
    const isNested = random.percent(50);
    const table = isNested ? slots : undefined;
    const length = random.between(1, 5);
    const steps: GpuStep[] = [];
    for (let i = 0; i < length; i++) {
      const isLast = i === length - 1;
      const flags = random.percent(80) ? (isLast ? 2 : 1) : random.below(8);
      const next = random.percent(80) ? i + 1 : random.percent(70) ? random.below(length) : random.absurd() & 0xffff;
      const size = random.percent(75) ? random.between(1, 600) : random.percent(40) ? 0 : random.absurd();
      const address = random.percent(75) ? slots + PAGE * random.below(16) : random.near(base + sizeBytes);
      steps.push({
        do: 'describe',
        queue,
        index: i,
        words: [random.percent(95) ? address : random.absurd() * 0x1000, size, flags, next],
        ...(table === undefined ? {} : { table }),
      });
    }
    const head = isNested ? random.below(queueSize) : 0;
    if (isNested) {
      const size = random.percent(70) ? 16 * length : random.percent(50) ? random.near(16 * length) : random.absurd();
      const at = random.percent(80) ? slots : random.near(base + sizeBytes - 16);
      steps.push({
        do: 'describe',
        queue,
        index: head,
        words: [at, size, random.percent(85) ? 4 : random.below(8), 0],
      });
    }
    return [...steps, { do: 'publish', queue, head }, { do: 'notify', queue }];
  }

  /** Heads and indices that the rings should not have. */
  #oddRing(): GpuStep[] {
    const random = this.#random;
    const queue = random.below(2);
    const odd: GpuStep = random.percent(50)
      ? {
          do: 'publish',
          queue,
          head: random.percent(50) ? random.below(GUEST_RAM.queueSize + 2) : random.absurd() & 0xffff,
        }
      : { do: 'available', queue, index: random.percent(50) ? random.below(40) : random.absurd() & 0xffff };
    return [odd, { do: 'notify', queue }];
  }
}
