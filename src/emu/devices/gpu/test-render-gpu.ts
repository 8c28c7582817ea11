/**
 * A 3D GPU in the test's own process: the real renderer, with answers that come when the test wants them. Orders are carried
 * out at once, in order; `deliver` tells what became of them.
 */
import { SharedMemory } from '../../../base/native/shared-memory.ts';
import type { Rect } from '../../../base/rect.ts';
import { SegmentBacking } from '../../../gl/core/backing.ts';
import { GpuError } from '../../../gl/core/gpu-error.ts';
import type {
  BackingPiece,
  ByteSource,
  GpuAnswer,
  GuestGpu,
  GuestRamRegion,
  ResourceArgs,
  GuestTransfer,
  SharedPicture,
} from '../../../gl/core/guest-gpu.ts';
import type { RenderLimits } from '../../../gl/core/limits.ts';
import { readCapabilities } from '../../../gl/egl/capabilities.ts';
import { GlDisplay } from '../../../gl/egl/display.ts';
import { probeDeviceFormats } from '../../../gl/virgl/device-formats.ts';
import { VirglRenderer } from '../../../gl/virgl/renderer.ts';

type Kind = 'plain' | 'fence' | 'picture';

interface Order {
  readonly serial: number;
  readonly kind: Kind;
  readonly name: string;
  readonly answer: GpuAnswer;
}

/** See above. */
export class TestRenderGpu implements GuestGpu {
  readonly capsets: ReadonlyMap<number, Uint8Array>;
  onAnswer: (serial: number, answer: GpuAnswer) => void = () => {};
  /** Answers come by `deliver` alone; else each comes in a microtask. */
  isManual = true;
  /** Names of the orders, as they came. */
  readonly orders: string[] = [];
  /** Orders whose answers have not been delivered. */
  waiting: Order[] = [];
  /** Refuses orders of these names with `quota`. */
  readonly refused: Set<string> = new Set();
  readonly #limits: Partial<RenderLimits>;
  readonly #display = GlDisplay.open({ renderNode: 'software' });
  readonly #capabilities;
  readonly #formats;
  #renderer: VirglRenderer;
  #serial = 0;
  #memory: SharedMemory[] = [];
  #regions: Uint8Array[] = [];
  readonly #pieces = new Map<number, readonly BackingPiece[]>();
  readonly #pictures = new Set<SharedMemory>();

  constructor(limits: Partial<RenderLimits> = {}) {
    this.#limits = limits;
    const first = this.#display.createContext();
    first.makeCurrent();
    this.#capabilities = readCapabilities(this.#display.gl);
    this.#formats = probeDeviceFormats(this.#display.gl, this.#capabilities);
    first.close();
    this.#renderer = this.#createRenderer();
    this.capsets = new Map([1, 2].map((id) => [id, this.#renderer.capset(id)]));
  }

  /** Pictures that nobody has closed. */
  get openPictures(): number {
    return this.#pictures.size;
  }

  /** Delivers answers: of all orders, those that follow from answers too, or of the oldest ones of a kind. */
  deliver(kind?: Kind, count = this.waiting.length): void {
    for (let left = count; left > 0 || kind === undefined; left--) {
      const order = this.waiting.find((other) => kind === undefined || other.kind === kind);
      if (order === undefined) return;
      this.waiting = this.waiting.filter((other) => other !== order);
      this.onAnswer(order.serial, order.answer);
    }
  }

  setMemory(regions: readonly GuestRamRegion[]): void {
    for (const memory of this.#memory) memory.close();
    this.#memory = regions.map(({ fd, offset, sizeBytes }) => SharedMemory.map(fd, 0, offset + sizeBytes));
    this.#regions = regions.map(({ offset }, i) => this.#memory[i]!.bytes.subarray(offset));
    this.orders.push('setMemory');
    for (const id of this.#pieces.keys()) this.#back(id);
  }

  createContext(id: number, name: string): number {
    return this.#order('createContext', () => void this.#renderer.createContext(id, name));
  }

  destroyContext(id: number): number {
    return this.#order('destroyContext', () => this.#renderer.destroyContext(id));
  }

  createResource(id: number, args: ResourceArgs): number {
    return this.#order('createResource', () => void this.#renderer.createResource(id, args));
  }

  destroyResource(id: number): number {
    return this.#order('destroyResource', () => {
      this.#pieces.delete(id);
      this.#renderer.destroyResource(id);
    });
  }

  attachBacking(id: number, pieces: readonly BackingPiece[]): number {
    return this.#order('attachBacking', () => {
      this.#renderer.resource(id);
      this.#pieces.set(id, pieces);
      this.#back(id);
    });
  }

  detachBacking(id: number): number {
    return this.#order('detachBacking', () => {
      this.#pieces.delete(id);
      this.#renderer.attachBacking(id, null);
    });
  }

  attachResource(context: number, resource: number): number {
    return this.#order('attachResource', () =>
      this.#renderer.findContext(context).attach(this.#renderer.resource(resource)),
    );
  }

  detachResource(context: number, resource: number): number {
    return this.#order('detachResource', () => this.#renderer.findContext(context).detach(resource));
  }

  submit(context: number, source: ByteSource, at: number, length: number): number {
    return this.#order('submit', () => {
      const words = new Uint32Array(length / 4);
      source.copyOut(at, new Uint8Array(words.buffer), 0, length);
      this.#renderer.findContext(context).submit(words);
    });
  }

  transferToHost(_: number, transfer: GuestTransfer): number {
    return this.#order('transferToHost', () => this.#renderer.transfer('toHost', withBox(transfer)));
  }

  transferFromHost(_: number, transfer: GuestTransfer): number {
    return this.#order('transferFromHost', () => this.#renderer.transfer('fromHost', withBox(transfer)));
  }

  fence(): number {
    return this.#order('fence', () => this.#renderer.finish(), 'fence');
  }

  createPicture(width: number, height: number): SharedPicture {
    const memory = SharedMemory.create('test-picture', width * height * 4);
    this.#pictures.add(memory);
    const close = (): void => {
      this.#pictures.delete(memory);
      memory.close();
    };
    return { width, height, strideBytes: width * 4, pixels: memory.bytes, close };
  }

  readPicture(resource: number, { x, y, width, height }: Rect, { strideBytes, pixels }: SharedPicture): number {
    return this.#order(
      `readPicture ${resource} ${x},${y} ${width}x${height}`,
      () => {
        this.#renderer.resource(resource);
        const rows = new Uint8Array(width * height * 4);
        const box = { x, y, z: 0, width, height, depth: 1 };
        const transfer = { resource, level: 0, stride: 0, layerStride: 0, box, offset: 0 };
        transfer.stride = width * 4;
        this.#renderer.transferWith('fromHost', new SegmentBacking([rows]), transfer);
        for (let row = 0; row < height; row++) {
          pixels.set(rows.subarray(row * width * 4, (row + 1) * width * 4), (y + row) * strideBytes + x * 4);
        }
      },
      'picture',
    );
  }

  reset(): void {
    this.orders.push('reset');
    this.waiting = [];
    this.#pieces.clear();
    this.#renderer.close();
    this.#renderer = this.#createRenderer();
  }

  close(): Promise<void> {
    this.#renderer.close();
    this.#display.close();
    for (const memory of [...this.#memory, ...this.#pictures]) memory.close();
    return Promise.resolve();
  }

  #createRenderer(): VirglRenderer {
    const [device, capabilities, formats, limits] = [this.#display, this.#capabilities, this.#formats, this.#limits];
    return new VirglRenderer({ device, capabilities, formats, limits });
  }

  #back(id: number): void {
    const segments = (this.#pieces.get(id) ?? []).map(
      ({ region, offset, length }) => this.#regions[region]?.subarray(offset, offset + length) ?? new Uint8Array(0),
    );
    this.#renderer.attachBacking(id, new SegmentBacking(segments));
  }

  #order(name: string, run: () => void, kind: Kind = 'plain'): number {
    this.orders.push(name);
    let answer: GpuAnswer = null;
    try {
      if (this.refused.has(name)) throw new GpuError('quota', 'as the test wants it');
      run();
    } catch (error) {
      if (!(error instanceof GpuError)) throw error;
      answer = error.code;
    }
    const serial = ++this.#serial;
    this.waiting.push({ serial, kind, name, answer });
    if (!this.isManual) queueMicrotask(() => this.deliver());
    return serial;
  }
}

function withBox({
  resource,
  level,
  stride,
  layerStride,
  x,
  y,
  z,
  width,
  height,
  depth,
  offset,
}: GuestTransfer): Parameters<VirglRenderer['transfer']>[1] {
  return { resource, level, stride, layerStride, box: { x, y, z, width, height, depth }, offset };
}
