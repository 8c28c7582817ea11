import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PointerShape } from '../../../display/contract.ts';
import { GuestMemory } from '../../virtio/guest-memory.ts';
import type { GpuRefusal } from './device.ts';
import { commandBytes, TestGuest } from './test-guest.ts';
import { GpuFormat, GpuResponse, gpuCommands, readDisplayInfo, readEdidAnswer } from './wire/gpu.gen.ts';

const { okNodata, errUnspec, errOutOfMemory, errInvalidScanoutId, errInvalidResourceId, errInvalidParameter } =
  GpuResponse;
const { b8g8r8a8Unorm, b8g8r8x8Unorm } = GpuFormat;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const rect = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });

/** Makes resource `id` with its backing at the guest's data area, in pieces of `pieceBytes`. */
function createResource(
  guest: TestGuest,
  id: number,
  width: number,
  height: number,
  options: { readonly format?: GpuFormat; readonly pieceBytes?: number; readonly at?: number } = {},
): void {
  const { format = b8g8r8x8Unorm, at = guest.data } = options;
  const bytes = width * height * 4;
  const { pieceBytes = bytes } = options;
  expect(guest.send('resourceCreate2d', { resourceId: id, format, width, height })).toBe(okNodata);
  const entries = [];
  for (let done = 0; done < bytes; done += pieceBytes) {
    entries.push({ address: at + done * 2, length: Math.min(pieceBytes, bytes - done) });
  }
  if (pieceBytes === bytes) entries[0]!.address = at;
  expect(guest.send('resourceAttachBacking', { resourceId: id, entries })).toBe(okNodata);
}

/** Fills guest memory with words counting from `from`. */
function fillWords(guest: TestGuest, at: number, words: number, from = 0): void {
  const bytes = guest.bytesAt(at, words * 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < words; i++) view.setUint32(i * 4, from + i, true);
}

function showAll(guest: TestGuest, id: number, width: number, height: number): void {
  const whole = rect(0, 0, width, height);
  expect(guest.send('setScanout', { scanoutId: 0, resourceId: id, rect: whole })).toBe(okNodata);
  expect(guest.send('transferToHost2d', { resourceId: id, rect: whole, offset: 0 })).toBe(okNodata);
  expect(guest.send('resourceFlush', { resourceId: id, rect: whole })).toBe(okNodata);
}

test('what the guest draws is what its head shows', () => {
  const guest = new TestGuest();
  const sizes: unknown[] = [];
  guest.device.onScanout.subscribe((size) => sizes.push(size));
  createResource(guest, 1, 40, 30);
  fillWords(guest, guest.data, 1200, 0x10_0000);
  showAll(guest, 1, 40, 30);
  const sink = guest.sinks[0]!;
  expect(sizes).toEqual([{ head: 0, width: 40, height: 30 }]);
  expect([sink.at(0, 0), sink.at(39, 29)]).toEqual([0x10_0000, 0x10_0000 + 1199]);
  expect(guest.interrupts).toBeGreaterThan(0);
  expect(guest.isGuarded).toBe(true);
});

test('a transfer copies its rectangle alone, from a backing in any pieces', () => {
  const guest = new TestGuest();
  createResource(guest, 1, 40, 30, { pieceBytes: 100 });
  for (let i = 0; i < 48; i++) fillWords(guest, guest.data + 200 * i, 25, 25 * i);
  showAll(guest, 1, 40, 30);
  const sink = guest.sinks[0]!;
  expect([...sink.pixels]).toEqual(Array.from({ length: 1200 }, (_, i) => i));
  for (let i = 0; i < 48; i++) fillWords(guest, guest.data + 200 * i, 25, 5000 + 25 * i);
  const part = rect(3, 4, 20, 6);
  expect(guest.send('transferToHost2d', { resourceId: 1, rect: part, offset: (4 * 40 + 3) * 4 })).toBe(okNodata);
  guest.send('resourceFlush', { resourceId: 1, rect: rect(0, 0, 40, 30) });
  for (let y = 0; y < 30; y++) {
    for (let x = 0; x < 40; x++) {
      const isInside = x >= 3 && x < 23 && y >= 4 && y < 10;
      expect(sink.at(x, y)).toBe((isInside ? 5000 : 0) + y * 40 + x);
    }
  }
});

test('the last pixel of a backing can be transferred, one more cannot', () => {
  const guest = new TestGuest();
  createResource(guest, 1, 8, 8);
  const transfer = (width: number, offset: number): number =>
    guest.send('transferToHost2d', { resourceId: 1, rect: rect(0, 0, width, 1), offset });
  expect(transfer(1, 8 * 8 * 4 - 4)).toBe(okNodata);
  expect(transfer(2, 8 * 8 * 4 - 4)).toBe(errInvalidParameter);
  expect(transfer(1, 2 ** 53 - 8)).toBe(errInvalidParameter);
  expect(transfer(8, 0)).toBe(okNodata);
});

test.each([
  ['b8g8r8a8Unorm', [0xb, 0x6, 0x7, 0xa]],
  ['b8g8r8x8Unorm', [0xb, 0x6, 0x7, 0xa]],
  ['a8r8g8b8Unorm', [0xa, 0x7, 0x6, 0xb]],
  ['x8r8g8b8Unorm', [0xa, 0x7, 0x6, 0xb]],
  ['r8g8b8a8Unorm', [0x7, 0x6, 0xb, 0xa]],
  ['r8g8b8x8Unorm', [0x7, 0x6, 0xb, 0xa]],
  ['a8b8g8r8Unorm', [0xa, 0xb, 0x6, 0x7]],
  ['x8b8g8r8Unorm', [0xa, 0xb, 0x6, 0x7]],
] as const)('%s is shown as B, G, R, X', (name, bytes) => {
  const guest = new TestGuest();
  createResource(guest, 1, 4, 4, { format: GpuFormat[name] });
  for (let i = 0; i < 16; i++) guest.bytesAt(guest.data + 4 * i, 4).set(bytes);
  showAll(guest, 1, 4, 4);
  expect(guest.sinks[0]!.at(3, 3)).toBe(0x0a07_060b);
  guest.send('transferToHost2d', { resourceId: 1, rect: rect(1, 1, 2, 2), offset: 0 });
  guest.send('resourceFlush', { resourceId: 1, rect: rect(0, 0, 4, 4) });
  expect([guest.sinks[0]!.at(1, 1), guest.sinks[0]!.at(0, 0)]).toEqual([0x0a07_060b, 0x0a07_060b]);
});

test('a head shows a part of a resource, and damage is told in its pixels', () => {
  const guest = new TestGuest({ headCount: 2 });
  createResource(guest, 1, 60, 20);
  fillWords(guest, guest.data, 1200);
  guest.send('setScanout', { scanoutId: 0, resourceId: 1, rect: rect(0, 0, 30, 20) });
  guest.send('setScanout', { scanoutId: 1, resourceId: 1, rect: rect(30, 5, 30, 15) });
  guest.send('transferToHost2d', { resourceId: 1, rect: rect(0, 0, 60, 20), offset: 0 });
  const [left, right] = guest.sinks as [(typeof guest.sinks)[0], (typeof guest.sinks)[0]];
  guest.send('resourceFlush', { resourceId: 1, rect: rect(0, 0, 60, 20) });
  expect([left.at(29, 19), right.at(0, 0)]).toEqual([19 * 60 + 29, 5 * 60 + 30]);
  left.published.length = right.published.length = 0;
  guest.send('resourceFlush', { resourceId: 1, rect: rect(28, 10, 4, 4) });
  expect(left.published).toEqual([rect(28, 10, 2, 4)]);
  expect(right.published).toEqual([rect(0, 5, 2, 4)]);
});

test('a flip to another resource shows all of it, though little is flushed', () => {
  const guest = new TestGuest();
  createResource(guest, 1, 8, 8);
  createResource(guest, 2, 8, 8, { at: guest.data + 4096 });
  fillWords(guest, guest.data, 64, 100);
  fillWords(guest, guest.data + 4096, 64, 500);
  showAll(guest, 1, 8, 8);
  guest.send('transferToHost2d', { resourceId: 2, rect: rect(0, 0, 8, 8), offset: 0 });
  const bytes = commandBytes('setScanout', { scanoutId: 0, resourceId: 2, rect: rect(0, 0, 8, 8) });
  guest.sendBytes(bytes);
  guest.send('resourceFlush', { resourceId: 2, rect: rect(0, 0, 1, 1) });
  expect(guest.sinks[0]!.at(7, 7)).toBe(563);
  expect(guest.sinks[0]!.sizes).toEqual(['8x8']);
});

test('while nobody looks only the place of damage is kept', () => {
  const guest = new TestGuest();
  createResource(guest, 1, 8, 8);
  const sink = guest.sinks[0]!;
  sink.isWanted = false;
  showAll(guest, 1, 8, 8);
  expect(sink.published).toEqual([]);
  sink.isWanted = true;
  sink.onWanted?.();
  expect(sink.published).toEqual([rect(0, 0, 8, 8)]);
  sink.onWanted?.();
  expect(sink.published).toHaveLength(1);
});

test('a head that is turned off keeps its picture a moment, for drivers that change mode', () => {
  const guest = new TestGuest();
  const sizes: string[] = [];
  guest.device.onScanout.subscribe(({ width, height }) => sizes.push(`${width}x${height}`));
  createResource(guest, 1, 8, 8);
  showAll(guest, 1, 8, 8);
  const off = { scanoutId: 0, resourceId: 0, rect: rect(0, 0, 0, 0) };
  guest.send('setScanout', off);
  vi.advanceTimersByTime(50);
  showAll(guest, 1, 8, 8);
  vi.advanceTimersByTime(500);
  expect(guest.sinks[0]!.sizes).toEqual(['8x8']);
  guest.send('setScanout', off);
  vi.advanceTimersByTime(500);
  expect(guest.sinks[0]!.sizes).toEqual(['8x8', '0x0']);
  expect(sizes).toEqual(['8x8', '0x0']);
});

test('the firmware’s picture is shown until a driver shows one, and again after a reset', () => {
  const guest = new TestGuest();
  const sink = guest.sinks[0]!;
  const picture = { width: 2, height: 2, pixels: new Uint8Array(16).fill(7) };
  guest.device.showPicture(picture);
  expect(sink.at(1, 1)).toBe(0x0707_0707);
  createResource(guest, 1, 8, 8);
  showAll(guest, 1, 8, 8);
  guest.device.showPicture(picture);
  expect(sink.width).toBe(8);
  guest.device.reset();
  expect([sink.width, sink.at(0, 0)]).toEqual([2, 0x0707_0707]);
  expect(guest.send('resourceUnref', { resourceId: 1 })).toBe(errInvalidResourceId);
});

test('an ended resource turns off the head that shows it', () => {
  const guest = new TestGuest();
  createResource(guest, 1, 8, 8);
  showAll(guest, 1, 8, 8);
  expect(guest.send('resourceUnref', { resourceId: 1 })).toBe(okNodata);
  guest.sinks[0]!.onWanted?.();
  vi.advanceTimersByTime(500);
  expect(guest.sinks[0]!.width).toBe(0);
  createResource(guest, 1, 8, 8);
  showAll(guest, 1, 8, 8);
  expect(guest.sinks[0]!.width).toBe(8);
});

test('monitors are told with their sizes, and their EDID has the size too', () => {
  const guest = new TestGuest({ headCount: 2 });
  const events: number[] = [];
  guest.device.onConfigChange = () => events.push(1);
  const modesOf = () => {
    const answer = guest.ask('getDisplayInfo', {});
    expect(answer.header.type).toBe(GpuResponse.okDisplayInfo);
    expect(answer.written).toBe(24 + 16 * 24);
    return readDisplayInfo(answer.body).modes;
  };
  expect(modesOf().slice(0, 3)).toEqual([
    { rect: rect(0, 0, 1280, 800), enabled: 1, flags: 0 },
    { rect: rect(1280, 0, 1280, 800), enabled: 1, flags: 0 },
    { rect: rect(0, 0, 0, 0), enabled: 0, flags: 0 },
  ]);
  guest.device.setSize(1, 1024, 768);
  guest.device.setSize(1, 1024, 768);
  expect(events).toEqual([1]);
  expect(modesOf()[1]).toEqual({ rect: rect(1280, 0, 1024, 768), enabled: 1, flags: 0 });
  guest.device.setSize(0, 0, 0);
  expect(modesOf().slice(0, 2)).toEqual([
    { rect: rect(0, 0, 0, 0), enabled: 0, flags: 0 },
    { rect: rect(0, 0, 1024, 768), enabled: 1, flags: 0 },
  ]);
  const config = new Uint8Array(16);
  guest.device.readConfig(0, config);
  expect([...new Uint32Array(config.buffer)]).toEqual([1, 0, 2, 0]);
  guest.device.writeConfig(4, Uint8Array.of(1, 0, 0, 0));
  guest.device.readConfig(0, config);
  expect(config[0]).toBe(0);
  const { size, edid } = readEdidAnswer(guest.ask('getEdid', { scanoutId: 1 }).body);
  expect(size).toBe(128);
  expect([edid[56]! | ((edid[58]! & 0xf0) << 4), edid[59]! | ((edid[61]! & 0xf0) << 4)]).toEqual([1024, 768]);
  expect(guest.send('getEdid', { scanoutId: 2 })).toBe(errInvalidScanoutId);
});

test('fences come back with their answers, and nothing of the header without one', () => {
  const guest = new TestGuest();
  const fenced = { flags: 1, fenceLow: 7, fenceHigh: 9, contextId: 3 };
  expect(guest.ask('getDisplayInfo', {}, fenced).header).toMatchObject(fenced);
  expect(guest.ask('resourceUnref', { resourceId: 5 }, fenced).header).toMatchObject({
    ...fenced,
    type: errInvalidResourceId,
  });
  const ringed = { flags: 3, fenceLow: 1, fenceHigh: 0, contextId: 2, ringIndex: 4 };
  expect(guest.ask('resourceUnref', { resourceId: 5 }, ringed).header).toMatchObject(ringed);
  expect(guest.ask('resourceUnref', { resourceId: 5 }, { ...fenced, flags: 0x10 }).header).toEqual({
    type: errInvalidResourceId,
    flags: 0,
    fenceLow: 0,
    fenceHigh: 0,
    contextId: 0,
    ringIndex: 0,
  });
});

test.each([b8g8r8a8Unorm, b8g8r8x8Unorm])('the pointer has an image with alpha, and a place (format %i)', (format) => {
  const guest = new TestGuest();
  const shapes: (PointerShape | null)[] = [];
  const places: unknown[] = [];
  guest.device.onPointerShape.subscribe((shape) => shapes.push(shape));
  guest.device.onPointerMove.subscribe((place) => places.push(place));
  createResource(guest, 1, 64, 64, { format });
  fillWords(guest, guest.data, 4096, 0x8010_0000);
  guest.send('transferToHost2d', { resourceId: 1, rect: rect(0, 0, 64, 64), offset: 0 });
  const at = { scanoutId: 0, x: 100, y: 0xffff_fffe, resourceId: 1, hotX: 5, hotY: 99 };
  expect(guest.send('updateCursor', at)).toBe(okNodata);
  expect(shapes[0]).toMatchObject({ width: 64, height: 64, hotX: 5, hotY: 63 });
  expect(new DataView(shapes[0]!.pixels.buffer).getUint32(4, true)).toBe(0x8010_0001);
  expect(places).toEqual([{ head: 0, x: 105, y: 61 }]);
  expect(guest.send('moveCursor', { ...at, x: 7, y: 7 })).toBe(okNodata);
  expect(places[1]).toEqual({ head: 0, x: 12, y: 70 });
  expect(guest.send('updateCursor', { ...at, resourceId: 9 })).toBe(errInvalidResourceId);
  expect(guest.send('moveCursor', { ...at, scanoutId: 1 })).toBe(errInvalidScanoutId);
  guest.send('updateCursor', { ...at, resourceId: 0 });
  expect(shapes).toEqual([shapes[0], null]);
  expect(places).toHaveLength(2);
});

test('an image too large for a pointer is refused', () => {
  const guest = new TestGuest();
  createResource(guest, 1, 8, 8);
  createResource(guest, 2, 257, 8);
  const at = { scanoutId: 0, x: 0, y: 0, hotX: 0, hotY: 0 };
  expect(guest.send('updateCursor', { ...at, resourceId: 2 })).toBe(errInvalidParameter);
  expect(guest.send('updateCursor', { ...at, resourceId: 1 })).toBe(okNodata);
});

test('cursor commands need no room for an answer', () => {
  const guest = new TestGuest();
  const bytes = commandBytes('moveCursor', { scanoutId: 0, x: 1, y: 2, resourceId: 0, hotX: 0, hotY: 0 });
  expect(guest.sendBytes(bytes, 1, 0).written).toBe(0);
  expect(guest.sendBytes(bytes, 0).header.type).toBe(errUnspec);
});

const refusals: readonly [string, number, (guest: TestGuest) => number][] = [
  ['resource 0', errInvalidResourceId, (g) => g.send('resourceCreate2d', { ...good, resourceId: 0 })],
  ['a resource twice', errInvalidResourceId, (g) => g.send('resourceCreate2d', { ...good, resourceId: 1 })],
  ['no width', errInvalidParameter, (g) => g.send('resourceCreate2d', { ...good, width: 0 })],
  ['a huge height', errInvalidParameter, (g) => g.send('resourceCreate2d', { ...good, height: 0xffff_ffff })],
  ['too many pixels', errOutOfMemory, (g) => g.send('resourceCreate2d', { ...good, width: 16384, height: 16384 })],
  [
    'an unknown format',
    errInvalidParameter,
    (g) => g.send('resourceCreate2d', { ...good, format: 5 as unknown as GpuFormat }),
  ],
  ['an unknown resource to end', errInvalidResourceId, (g) => g.send('resourceUnref', { resourceId: 9 })],
  [
    'a backing twice',
    errUnspec,
    (g) => g.send('resourceAttachBacking', { resourceId: 1, entries: [{ address: g.data, length: 4 }] }),
  ],
  [
    'a backing outside RAM',
    errInvalidParameter,
    (g) => {
      g.send('resourceDetachBacking', { resourceId: 1 });
      const entries = [
        { address: g.data, length: 256 },
        { address: 0x4010_0000 - 4, length: 8 },
      ];
      const type = g.send('resourceAttachBacking', { resourceId: 1, entries });
      g.send('resourceAttachBacking', { resourceId: 1, entries: [{ address: g.data, length: 256 }] });
      return type;
    },
  ],
  ['no backing to detach', errUnspec, (g) => g.send('resourceDetachBacking', { resourceId: 2 })],
  [
    'a transfer without backing',
    errUnspec,
    (g) => g.send('transferToHost2d', { resourceId: 2, rect: rect(0, 0, 1, 1), offset: 0 }),
  ],
  [
    'a transfer outside',
    errInvalidParameter,
    (g) => g.send('transferToHost2d', { resourceId: 1, rect: rect(0, 0, 9, 1), offset: 0 }),
  ],
  [
    'a rectangle that wraps around',
    errInvalidParameter,
    (g) => g.send('transferToHost2d', { resourceId: 1, rect: rect(0xffff_ffff, 0, 2, 1), offset: 0 }),
  ],
  [
    'a scanout that is not there',
    errInvalidScanoutId,
    (g) => g.send('setScanout', { scanoutId: 1, resourceId: 1, rect: rect(0, 0, 8, 8) }),
  ],
  [
    'a scanout outside its resource',
    errInvalidParameter,
    (g) => g.send('setScanout', { scanoutId: 0, resourceId: 1, rect: rect(1, 0, 8, 8) }),
  ],
  [
    'an empty scanout',
    errInvalidParameter,
    (g) => g.send('setScanout', { scanoutId: 0, resourceId: 1, rect: rect(0, 0, 8, 0) }),
  ],
  ['a flush outside', errInvalidParameter, (g) => g.send('resourceFlush', { resourceId: 1, rect: rect(0, 7, 8, 2) })],
  ['a capability set', errInvalidParameter, (g) => g.send('getCapsetInfo', { capsetIndex: 0 })],
  ['a capability set by number', errInvalidParameter, (g) => g.send('getCapset', { capsetId: 1, capsetVersion: 1 })],
  ['an unknown command', errUnspec, (g) => g.sendBytes(header(0x20c)).header.type],
  ['a 3D command', errUnspec, (g) => g.sendBytes(header(0x200)).header.type],
  ['a blob', errUnspec, (g) => g.sendBytes(header(0x10c)).header.type],
  ['a UUID', errUnspec, (g) => g.sendBytes(header(0x10b)).header.type],
  ['half a command', errInvalidParameter, (g) => g.sendBytes(header(0x103)).header.type],
  ['a count without entries', errInvalidParameter, (g) => g.sendBytes(header(0x106, [1, 0xffff_ffff])).header.type],
];
const good = { resourceId: 7, format: b8g8r8x8Unorm, width: 8, height: 8 };

function header(type: number, words: readonly number[] = []): Uint8Array {
  return new Uint8Array(new Uint32Array([type, 0, 0, 0, 0, 0, ...words]).buffer);
}

test.each(refusals)('%s is refused, and nothing has changed', (_, wanted, send) => {
  const guest = new TestGuest();
  const seen: GpuRefusal[] = [];
  createResource(guest, 1, 8, 8);
  guest.send('resourceCreate2d', { ...good, resourceId: 2 });
  guest.device.onRefusal.subscribe((refusal) => seen.push(refusal));
  expect(send(guest)).toBe(wanted);
  expect(seen[0]!.response).toBe(wanted);
  seen.length = 0;
  showAll(guest, 1, 8, 8);
  expect(guest.send('resourceCreate2d', good)).toBe(okNodata);
  expect(seen).toEqual([]);
  expect(guest.isGuarded).toBe(true);
});

test('an answer that does not fit is an error, and one without room for a header is none', () => {
  const guest = new TestGuest();
  const bytes = commandBytes('getDisplayInfo', {});
  const short = guest.sendBytes(bytes, 0, 100);
  expect([short.header.type, short.written]).toEqual([errUnspec, 24]);
  expect(guest.sendBytes(bytes, 0, 8).written).toBe(0);
  expect(guest.sendBytes(Uint8Array.of(1, 2, 3)).written).toBe(0);
  expect(guest.send('getDisplayInfo', {})).toBe(GpuResponse.okDisplayInfo);
});

test('what a guest takes of the host is bounded', () => {
  const limits = { maxResources: 3, maxHostBytes: 2048, maxBackingEntries: 4, maxCommandBytes: 1024 };
  const guest = new TestGuest({ limits });
  const create = (resourceId: number, width: number): number =>
    guest.send('resourceCreate2d', { ...good, resourceId, width });
  expect([create(1, 32), create(2, 33), create(2, 32), create(3, 1)]).toEqual([
    okNodata,
    errOutOfMemory,
    okNodata,
    errOutOfMemory,
  ]);
  guest.send('resourceUnref', { resourceId: 2 });
  expect([create(2, 8), create(3, 8), create(4, 8)]).toEqual([okNodata, okNodata, errOutOfMemory]);
  const attach = (resourceId: number, count: number): number =>
    guest.send('resourceAttachBacking', {
      resourceId,
      entries: Array.from({ length: count }, () => ({ address: guest.data, length: 16 })),
    });
  expect([attach(1, 5), attach(1, 3), attach(2, 2)]).toEqual([errOutOfMemory, okNodata, errOutOfMemory]);
  guest.send('resourceUnref', { resourceId: 1 });
  expect([attach(2, 4), attach(3, 70)]).toEqual([okNodata, errOutOfMemory]);
});

test('resources outlive a pause, and memory that moves meanwhile', () => {
  const guest = new TestGuest();
  createResource(guest, 1, 8, 8);
  guest.device.stop();
  expect(guest.device.handleQueue(0)).toBe(false);
  fillWords(guest, guest.data, 64, 900);
  guest.start();
  showAll(guest, 1, 8, 8);
  expect(guest.sinks[0]!.at(7, 7)).toBe(963);
  guest.device.stop();
  guest.start(new GuestMemory([{ guestAddress: 0x4000_0000, bytes: guest.ram.subarray(0, 0x8_0000) }]));
  expect(guest.send('transferToHost2d', { resourceId: 1, rect: rect(0, 0, 8, 8), offset: 0 })).toBe(
    errInvalidParameter,
  );
  expect(guest.send('resourceFlush', { resourceId: 1, rect: rect(0, 0, 8, 8) })).toBe(okNodata);
});

test('a closed device closes its frame lines', () => {
  const guest = new TestGuest();
  createResource(guest, 1, 8, 8);
  showAll(guest, 1, 8, 8);
  guest.device.close();
  expect(guest.sinks[0]!.isClosed).toBe(true);
  expect(guest.device.handleQueue(0)).toBe(false);
});

test('every command of 2D has a handler on one of the queues', () => {
  const guest = new TestGuest();
  for (const { id } of Object.values(gpuCommands)) {
    if (id >= 0x200 && id < 0x300) continue;
    const bytes = new Uint8Array(64);
    new DataView(bytes.buffer).setUint32(0, id, true);
    const seen: GpuRefusal[] = [];
    const subscription = guest.device.onRefusal.subscribe((refusal) => seen.push(refusal));
    guest.sendBytes(bytes, id >= 0x300 ? 1 : 0);
    subscription[Symbol.dispose]();
    expect(seen.map(({ command }) => command).join()).not.toMatch(/^0x/);
  }
});
