import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { StateError } from '../../../base/errors.ts';
import type { Rect } from '../../../base/rect.ts';
import type { FrameSink, PointerShape } from '../../../display/contract.ts';
import { WireError } from '../../../wire/wire-error.ts';
import type { DbusMessage } from './dbus-message.ts';
import { DbusReader } from './dbus-reader.ts';
import { DbusWriter } from './dbus-writer.ts';
import { DisplayListener } from './display-listener.ts';

const LISTENER = 'org.qemu.Display1.Listener';
const MAP = 'org.qemu.Display1.Listener.Unix.Map';
const XRGB = 0x20020888;

/** A sink that keeps what is published as one picture. */
class Sheet implements FrameSink {
  isWanted = true;
  onWanted: (() => void) | null = null;
  width = 0;
  height = 0;
  pixels = new Uint8Array(0);
  readonly rects: Rect[] = [];
  frames = 0;

  configure(width: number, height: number): void {
    this.width = width;
    this.height = height;
    this.pixels = new Uint8Array(width * height * 4);
  }

  publish(pixels: Uint8Array, strideBytes: number, rects: readonly Rect[]): void {
    this.frames++;
    this.rects.push(...rects);
    for (const { x, y, width, height } of rects) {
      for (let row = y; row < y + height; row++) {
        const at = row * strideBytes + x * 4;
        this.pixels.set(pixels.subarray(at, at + width * 4), (row * this.width + x) * 4);
      }
    }
  }

  close(): void {}
}

function setUp(memory: Uint8Array = new Uint8Array(0)) {
  const sheet = new Sheet();
  const shapes: (PointerShape | null)[] = [];
  const moves: number[][] = [];
  const sizes: number[][] = [];
  let open = 0;
  const listener = new DisplayListener({
    sink: sheet,
    map: (_, sizeBytes) => {
      if (sizeBytes > memory.length) throw new StateError('short', 'too short');
      open++;
      return { bytes: memory.subarray(0, sizeBytes), close: () => open-- };
    },
    onSize: (width, height) => sizes.push([width, height]),
    onPointerShape: (shape) => shapes.push(shape),
    onPointerMove: (x, y) => moves.push([x, y]),
  });
  const call = (
    interfaceName: string,
    member: string,
    signature: string,
    numbers: readonly number[],
    data?: Uint8Array,
  ) => {
    const body = new DbusWriter();
    for (const number of numbers) body.u32(number);
    if (data !== undefined) body.array(1, () => body.append(data));
    return listener.handle(messageOf(interfaceName, member, signature, body.bytes.slice()), [99]);
  };
  return { sheet, shapes, moves, sizes, listener, call, open: () => open };
}

function messageOf(interfaceName: string, member: string, signature: string, body: Uint8Array): DbusMessage {
  return {
    kind: 'call',
    serial: 1,
    wantsReply: true,
    path: '/org/qemu/Display1/Listener',
    interface: interfaceName,
    member,
    errorName: '',
    replySerial: 0,
    signature,
    fdCount: 0,
    body: new DbusReader(body, true),
  };
}

const filled = (bytes: number, value: number): Uint8Array => new Uint8Array(bytes).fill(value);

test('a scanout is shown, and updates of a burst become one frame', () => {
  const { call, sheet, listener, sizes } = setUp();
  call(LISTENER, 'Scanout', 'uuuuay', [4, 2, 16, XRGB], filled(32, 1));
  listener.flush();
  call(LISTENER, 'Update', 'iiiiuuay', [1, 0, 2, 1, 8, XRGB], filled(8, 7));
  call(LISTENER, 'Update', 'iiiiuuay', [3, 1, 1, 1, 4, XRGB], filled(4, 9));
  listener.flush();
  expect(sizes).toEqual([[4, 2]]);
  expect(sheet.frames).toBe(2);
  expect([...sheet.pixels].filter((_, at) => at % 4 === 0)).toEqual([1, 7, 7, 1, 1, 1, 1, 9]);
});

test('rows may be further apart than they are long', () => {
  const { call, sheet, listener } = setUp();
  const data = new Uint8Array(20);
  data.fill(1, 0, 8);
  data.fill(2, 12, 20);
  call(LISTENER, 'Scanout', 'uuuuay', [2, 2, 12, XRGB], data);
  listener.flush();
  expect([...sheet.pixels]).toEqual([...filled(8, 1), ...filled(8, 2)]);
});

test.each([
  ['x8b8g8r8', 0x20030888, [0x33, 0x22, 0x11, 0]],
  ['b8g8r8x8', 0x20080888, [0, 0x33, 0x22, 0x11]],
  ['r8g8b8', 0x18020888, [0x11, 0x22, 0x33]],
  ['b8g8r8', 0x18030888, [0x33, 0x22, 0x11]],
])('%s is turned into blue, green, red', (_, format, pixel) => {
  const { call, sheet, listener } = setUp();
  call(LISTENER, 'Scanout', 'uuuuay', [1, 1, pixel.length, format], Uint8Array.from(pixel));
  listener.flush();
  expect([...sheet.pixels.subarray(0, 3)]).toEqual([0x11, 0x22, 0x33]);
});

test('16-bit pixels are widened to full range', () => {
  const { call, sheet, listener } = setUp();
  call(LISTENER, 'Scanout', 'uuuuay', [2, 1, 4, 0x10020565], Uint8Array.of(0xff, 0xff, 0x00, 0xf8));
  listener.flush();
  expect([...sheet.pixels]).toEqual([255, 255, 255, 0, 0, 0, 255, 0]);
});

test('a mapped picture is read where QEMU draws it', () => {
  const memory = new Uint8Array(4096);
  const { call, sheet, listener, open } = setUp(memory);
  memory.fill(5, 64, 64 + 32);
  call(MAP, 'ScanoutMap', 'huuuuu', [0, 64, 4, 2, 16, XRGB]);
  listener.flush();
  expect([...new Set(sheet.pixels)]).toEqual([5]);
  memory.fill(6, 64 + 16, 64 + 20);
  call(MAP, 'UpdateMap', 'iiii', [0, 1, 1, 1]);
  listener.flush();
  expect(sheet.pixels[16]).toBe(6);
  call(LISTENER, 'Disable', '', []);
  expect(open()).toBe(0);
  expect([sheet.width, sheet.height]).toEqual([0, 0]);
});

test('what is drawn while nobody looks is shown when somebody does', () => {
  const { call, sheet, listener } = setUp();
  sheet.isWanted = false;
  call(LISTENER, 'Scanout', 'uuuuay', [1, 1, 4, XRGB], filled(4, 3));
  listener.flush();
  expect(sheet.frames).toBe(0);
  sheet.isWanted = true;
  sheet.onWanted?.();
  expect(sheet.pixels[0]).toBe(3);
});

test('a small rectangle drawn again unchanged is not a frame, until something else was drawn', () => {
  const { call, sheet, listener } = setUp();
  const cell = (value: number): void => {
    call(LISTENER, 'Update', 'iiiiuuay', [0, 0, 1, 1, 4, XRGB], filled(4, value));
    listener.flush();
  };
  call(LISTENER, 'Scanout', 'uuuuay', [80, 80, 320, XRGB], filled(25600, 1));
  listener.flush();
  cell(2);
  cell(2);
  cell(2);
  expect(sheet.frames).toBe(2);
  cell(3);
  expect([sheet.frames, sheet.pixels[0]]).toEqual([3, 3]);
  call(LISTENER, 'Update', 'iiiiuuay', [0, 0, 80, 80, 320, XRGB], filled(25600, 9));
  listener.flush();
  cell(3);
  expect([sheet.frames, sheet.pixels[0]]).toEqual([5, 3]);
});

test('the pointer hides and comes back, and straight colour is multiplied', () => {
  const { call, shapes, moves } = setUp();
  call(LISTENER, 'CursorDefine', 'iiiiay', [1, 1, 0, 0], Uint8Array.of(255, 128, 0, 128));
  call(LISTENER, 'MouseSet', 'iii', [0, 0, 0]);
  call(LISTENER, 'MouseSet', 'iii', [5, 6, 1]);
  expect(shapes.map((shape) => shape && [...shape.pixels])).toEqual([[128, 64, 0, 128], null, [128, 64, 0, 128]]);
  expect(moves).toEqual([[5, 6]]);
});

test('premultiplied colour stays as it is', () => {
  const { call, shapes } = setUp();
  call(LISTENER, 'CursorDefine', 'iiiiay', [1, 1, 0, 0], Uint8Array.of(100, 128, 0, 128));
  expect([...(shapes[0]?.pixels ?? [])]).toEqual([100, 128, 0, 128]);
});

test('it says that it can map pictures', () => {
  const { listener } = setUp();
  const body = new DbusWriter();
  body.string(LISTENER);
  const answer = listener.handle(messageOf('org.freedesktop.DBus.Properties', 'GetAll', 's', body.bytes.slice()), []);
  const written = new DbusWriter();
  answer?.write(written);
  expect(new DbusReader(written.bytes, true).value(answer?.signature ?? '')).toEqual([['Interfaces', [MAP]]]);
});

test('an unknown method is none', () => {
  expect(setUp().call(LISTENER, 'ScanoutDMABUF', 'huuuutb', [0])).toBeNull();
});

const SCANOUT = [LISTENER, 'Scanout', 'uuuuay'] as const;
const UPDATE = [LISTENER, 'Update', 'iiiiuuay'] as const;
const SCANOUT_MAP = [MAP, 'ScanoutMap', 'huuuuu'] as const;
test.each([
  ['a picture without width', SCANOUT, [0, 1, 4, XRGB], filled(4, 0)],
  ['a picture too wide', SCANOUT, [20000, 1, 80000, XRGB], filled(80000, 0)],
  ['a picture with too few bytes', SCANOUT, [4, 4, 16, XRGB], filled(60, 0)],
  ['rows shorter than the picture', SCANOUT, [4, 4, 12, XRGB], filled(64, 0)],
  ['an unknown pixel format', SCANOUT, [1, 1, 4, 0x20111111], filled(4, 0)],
  ['an update outside the picture', UPDATE, [2, 2, 3, 1, 12, XRGB], filled(12, 0)],
  ['an update at a negative place', UPDATE, [-1 >>> 0, 0, 1, 1, 4, XRGB], filled(4, 0)],
  ['an update of negative size', UPDATE, [0, 0, -1 >>> 0, 1, 4, XRGB], filled(4, 0)],
  ['a mapped picture larger than its memory', SCANOUT_MAP, [0, 0, 64, 64, 256, XRGB], undefined],
  ['a mapped picture with a descriptor that is not there', SCANOUT_MAP, [7, 0, 1, 1, 4, XRGB], undefined],
  ['a mapped update without such a picture', [MAP, 'UpdateMap', 'iiii'] as const, [0, 0, 1, 1], undefined],
  ['a pointer too large', [LISTENER, 'CursorDefine', 'iiiiay'] as const, [300, 1, 0, 0], filled(1200, 0)],
  ['a pointer with too few bytes', [LISTENER, 'CursorDefine', 'iiiiay'] as const, [2, 2, 0, 0], filled(8, 0)],
  ['arguments of other types', [LISTENER, 'Scanout', 'uuuu'] as const, [1, 1, 4, XRGB], undefined],
])('%s is refused and changes nothing', (_, [interfaceName, member, signature], numbers, data) => {
  const { call, sheet, listener, open } = setUp(new Uint8Array(4096));
  call(...SCANOUT, [4, 4, 16, XRGB], filled(64, 1));
  listener.flush();
  expect(() => call(interfaceName, member, signature, numbers, data)).toThrow();
  listener.flush();
  expect([sheet.frames, sheet.width, sheet.height, open()]).toEqual([1, 4, 4, 0]);
  call(...UPDATE, [3, 3, 1, 1, 4, XRGB], filled(4, 2));
  listener.flush();
  expect(sheet.pixels.at(-1)).toBe(2);
});

test('calls of random numbers end in an answer or a typed error', () => {
  const number = fc.oneof(fc.integer({ min: -2, max: 70 }), fc.integer(), fc.constant(XRGB));
  const row = fc.constantFrom(SCANOUT, UPDATE, SCANOUT_MAP, [MAP, 'UpdateMap', 'iiii'] as const);
  const one = fc.tuple(row, fc.array(number, { minLength: 7, maxLength: 7 }), fc.nat(512));
  fc.assert(
    fc.property(fc.array(one, { maxLength: 20 }), (calls) => {
      const { call, listener } = setUp(new Uint8Array(4096));
      for (const [[interfaceName, member, signature], numbers, bytes] of calls) {
        const count = signature.replace('ay', '').length;
        const data = signature.endsWith('ay') ? new Uint8Array(bytes) : undefined;
        try {
          call(
            interfaceName,
            member,
            signature,
            numbers.slice(0, count).map((value) => value >>> 0),
            data,
          );
        } catch (error) {
          expect(error instanceof WireError || error instanceof StateError).toBe(true);
        }
        listener.flush();
      }
      listener.close();
    }),
    { numRuns: 500 },
  );
});
