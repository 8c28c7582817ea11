/**
 * What QEMU calls while it shows a console to us: org.qemu.Display1.Listener and its Unix.Map extension (QEMU's
 * display1.xml). Pictures come as bytes, or as a memfd that QEMU draws into with rectangles of what changed; either
 * way the changes of one burst are published as one frame.
 *
 * Numbers are checked against the present frame before they are used; a call that makes no sense is refused and
 * changes nothing. GPU buffers (ScanoutDMABUF) are refused: QEMU then never has a reason to offer them here.
 */
import { StateError } from '../../../base/errors.ts';
import { LIMITS } from '../../../base/limits.ts';
import { containsRect, uniteRect } from '../../../base/rect.ts';
import type { Rect } from '../../../base/rect.ts';
import type { FrameSink, PointerShape } from '../../../display/contract.ts';
import { DONE } from './dbus-connection.ts';
import type { DbusAnswer } from './dbus-connection.ts';
import { dbusError } from './dbus-error.ts';
import type { DbusMessage } from './dbus-message.ts';
import type { DbusReader } from './dbus-reader.ts';
import { pixelFormat } from './pixel-format.ts';
import type { PixelFormat } from './pixel-format.ts';
import { pointerShape } from './pointer-shape.ts';
import { RepeatFilter } from './repeat-filter.ts';

/** Memory that was mapped from a descriptor. */
export interface MappedPixels {
  readonly bytes: Uint8Array;
  close(): void;
}

export interface DisplayListenerOptions {
  readonly sink: FrameSink;
  /** Maps so many bytes of a descriptor, which stays the caller's. Throws when it holds fewer. */
  readonly map: (fd: number, sizeBytes: number) => MappedPixels;
  /** The console has a picture of another size; 0 × 0: none. */
  readonly onSize: (width: number, height: number) => void;
  readonly onPointerShape: (shape: PointerShape | null) => void;
  readonly onPointerMove: (x: number, y: number) => void;
}

const LISTENER = 'org.qemu.Display1.Listener';
const LISTENER_MAP = 'org.qemu.Display1.Listener.Unix.Map';
const PROPERTIES = 'org.freedesktop.DBus.Properties';
const MAX_RECTS = 32;

interface Method {
  readonly signature: string;
  readonly handle: (body: DbusReader, fds: readonly number[]) => DbusAnswer;
}

/** A picture that QEMU draws into under our eyes. */
interface Shared {
  readonly memory: MappedPixels;
  readonly offset: number;
  readonly strideBytes: number;
  readonly format: PixelFormat;
}

export class DisplayListener {
  readonly #options: DisplayListenerOptions;
  readonly #methods: ReadonlyMap<string, Method>;
  #width = 0;
  #height = 0;
  /** The whole frame as B, G, R, X: what came as bytes, or was converted. */
  #frame = new Uint8Array(0);
  #shared: Shared | null = null;
  #rects: Rect[] = [];
  readonly #repeats = new RepeatFilter();
  #shape: PointerShape | null = null;
  #isPointerShown = true;

  constructor(options: DisplayListenerOptions) {
    this.#options = options;
    options.sink.onWanted = () => this.flush();
    this.#methods = new Map<string, Method>([
      [`${PROPERTIES}.GetAll`, { signature: 's', handle: (body) => describe(body.string()) }],
      [`${PROPERTIES}.Get`, { signature: 'ss', handle: (body) => property(body.string(), body.string()) }],
      [`${LISTENER}.Scanout`, { signature: 'uuuuay', handle: (body) => this.#scanout(body) }],
      [`${LISTENER}.Update`, { signature: 'iiiiuuay', handle: (body) => this.#update(body) }],
      [`${LISTENER}.Disable`, { signature: '', handle: () => this.#disable() }],
      [`${LISTENER}.MouseSet`, { signature: 'iii', handle: (body) => this.#mouseSet(body) }],
      [`${LISTENER}.CursorDefine`, { signature: 'iiiiay', handle: (body) => this.#cursorDefine(body) }],
      [`${LISTENER_MAP}.ScanoutMap`, { signature: 'huuuuu', handle: (body, fds) => this.#scanoutMap(body, fds) }],
      [`${LISTENER_MAP}.UpdateMap`, { signature: 'iiii', handle: (body) => this.#updateMap(body) }],
    ]);
  }

  /** Does what a call says; null: there is no such method. Throws WireError or StateError and changes nothing then. */
  handle(call: DbusMessage, fds: readonly number[]): DbusAnswer | null {
    const row = this.#methods.get(`${call.interface}.${call.member}`);
    if (row === undefined) return null;
    if (call.signature !== row.signature) throw dbusError('value', `arguments of ${call.member}`, 0);
    return row.handle(call.body, fds);
  }

  /** Publishes what has changed, if anyone looks; kept until then. */
  flush(): void {
    if (this.#rects.length === 0 || !this.#options.sink.isWanted) return;
    const rects = this.#rects;
    this.#rects = [];
    const shared = this.#shared;
    let pixels: Uint8Array = this.#frame;
    let strideBytes = this.#width * 4;
    if (shared !== null) {
      const drawn = shared.memory.bytes.subarray(shared.offset);
      if (shared.format.isNative) {
        pixels = drawn;
        ({ strideBytes } = shared);
      } else {
        for (const rect of rects) this.#convert(shared.format, drawn, shared.strideBytes, rect, rect);
      }
    }
    if (!this.#repeats.isRepeat(pixels, strideBytes, rects)) this.#options.sink.publish(pixels, strideBytes, rects);
  }

  /** Lets go of mapped memory. The sink stays open. */
  close(): void {
    this.#shared?.memory.close();
    this.#shared = null;
    this.#rects = [];
    this.#options.sink.onWanted = null;
  }

  #scanout(body: DbusReader): DbusAnswer {
    const width = body.u32();
    const height = body.u32();
    const strideBytes = body.u32();
    const format = knownFormat(body.u32());
    const data = body.byteArray();
    checkSize(width, height);
    checkRows(data.length, width, height, strideBytes, format);
    this.#resize(width, height, null);
    const whole = { x: 0, y: 0, width, height };
    this.#convert(format, data, strideBytes, whole, { ...whole });
    this.#damage(whole);
    return DONE;
  }

  #update(body: DbusReader): DbusAnswer {
    const rect = this.#readRect(body);
    const strideBytes = body.u32();
    const format = knownFormat(body.u32());
    const data = body.byteArray();
    checkRows(data.length, rect.width, rect.height, strideBytes, format);
    if (this.#shared !== null) throw new StateError('no-scanout', 'Update without a Scanout before.');
    this.#convert(format, data, strideBytes, { x: 0, y: 0, width: rect.width, height: rect.height }, rect);
    this.#damage(rect);
    return DONE;
  }

  #scanoutMap(body: DbusReader, fds: readonly number[]): DbusAnswer {
    const fd = fds[body.u32()];
    const offset = body.u32();
    const width = body.u32();
    const height = body.u32();
    const strideBytes = body.u32();
    const format = knownFormat(body.u32());
    if (fd === undefined) throw dbusError('value', 'file descriptor index', 0);
    checkSize(width, height);
    const sizeBytes = offset + strideBytes * height;
    checkRows(sizeBytes - offset, width, height, strideBytes, format);
    const memory = this.#options.map(fd, sizeBytes);
    this.#resize(width, height, { memory, offset, strideBytes, format });
    this.#damage({ x: 0, y: 0, width, height });
    return DONE;
  }

  #updateMap(body: DbusReader): DbusAnswer {
    const rect = this.#readRect(body);
    if (this.#shared === null) throw new StateError('no-scanout', 'UpdateMap without a ScanoutMap before.');
    this.#damage(rect);
    return DONE;
  }

  #disable(): DbusAnswer {
    this.#resize(0, 0, null);
    return DONE;
  }

  #mouseSet(body: DbusReader): DbusAnswer {
    const x = body.i32();
    const y = body.i32();
    const isShown = body.i32() !== 0;
    if (isShown !== this.#isPointerShown) {
      this.#isPointerShown = isShown;
      this.#options.onPointerShape(isShown ? this.#shape : null);
    }
    if (isShown) this.#options.onPointerMove(x, y);
    return DONE;
  }

  #cursorDefine(body: DbusReader): DbusAnswer {
    this.#shape = pointerShape(body.i32(), body.i32(), body.i32(), body.i32(), body.byteArray());
    if (this.#isPointerShown) this.#options.onPointerShape(this.#shape);
    return DONE;
  }

  #readRect(body: DbusReader): Rect {
    const rect = { x: body.i32(), y: body.i32(), width: body.i32(), height: body.i32() };
    const { x, y, width, height } = rect;
    const frame = { x: 0, y: 0, width: this.#width, height: this.#height };
    if (x < 0 || y < 0 || width < 1 || height < 1 || !containsRect(frame, rect)) {
      throw dbusError('value', 'rectangle of an update', 0);
    }
    return rect;
  }

  #resize(width: number, height: number, shared: Shared | null): void {
    this.#shared?.memory.close();
    this.#shared = shared;
    this.#rects = [];
    this.#repeats.clear();
    const bytes = shared?.format.isNative === true ? 0 : width * height * 4;
    const isOtherSize = width !== this.#width || height !== this.#height;
    if (isOtherSize || this.#frame.length !== bytes) this.#frame = new Uint8Array(bytes);
    if (!isOtherSize) return;
    this.#width = width;
    this.#height = height;
    this.#options.sink.configure(width, height);
    this.#options.onSize(width, height);
  }

  #damage(rect: Rect): void {
    this.#rects.push(rect);
    if (this.#rects.length > MAX_RECTS) this.#rects = [this.#rects.reduce(uniteRect)];
  }

  /** Copies rectangle `from` of `pixels` to the place of `to` in the frame. */
  #convert(format: PixelFormat, pixels: Uint8Array, strideBytes: number, from: Rect, to: Rect): void {
    const { bytesPerPixel } = format;
    for (let row = 0; row < to.height; row++) {
      const fromAt = (from.y + row) * strideBytes + from.x * bytesPerPixel;
      const toAt = ((to.y + row) * this.#width + to.x) * 4;
      if (format.isNative) this.#frame.set(pixels.subarray(fromAt, fromAt + to.width * 4), toAt);
      else format.convertRow(pixels, fromAt, this.#frame, toAt, to.width);
    }
  }
}

function describe(interfaceName: string): DbusAnswer {
  return {
    signature: 'a{sv}',
    write: (body) =>
      body.array(8, () => {
        if (interfaceName !== LISTENER) return;
        body.align(8);
        body.string('Interfaces');
        body.signature('as');
        body.array(4, () => body.string(LISTENER_MAP));
      }),
  };
}

function property(interfaceName: string, name: string): DbusAnswer {
  if (interfaceName !== LISTENER || name !== 'Interfaces')
    throw new StateError('dbus', `There is no property ${name}.`);
  return {
    signature: 'v',
    write: (body) => {
      body.signature('as');
      body.array(4, () => body.string(LISTENER_MAP));
    },
  };
}

function knownFormat(pixman: number): PixelFormat {
  const format = pixelFormat(pixman);
  if (format === undefined) throw dbusError('value', `pixel format 0x${pixman.toString(16)}`, 0);
  return format;
}

function checkSize(width: number, height: number): void {
  const { maxScreenSide, maxScreenPixels } = LIMITS;
  if (width < 1 || height < 1) throw dbusError('value', 'size of a picture', 0);
  if (width > maxScreenSide || height > maxScreenSide || width * height > maxScreenPixels) {
    throw dbusError('limit', 'size of a picture', 0);
  }
}

function checkRows(bytes: number, width: number, height: number, strideBytes: number, format: PixelFormat): void {
  const row = width * format.bytesPerPixel;
  if (strideBytes < row || strideBytes > 2 ** 28) throw dbusError('value', 'stride of a picture', 0);
  if (bytes < (height - 1) * strideBytes + row) throw dbusError('truncated', 'pixels of a picture', 0);
}
