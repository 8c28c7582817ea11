import { afterAll, describe, expect, test } from 'vitest';
import type { PointerShape } from '../../../display/contract.ts';
import { hasEgl } from '../../../gl/egl/test-device.ts';
import { GuestMemory } from '../../virtio/guest-memory.ts';
import type { GpuRefusal } from './device.ts';
import { TestRenderGpu } from './test-render-gpu.ts';
import { clearTo, FORMAT, noName, rectOf, RenderGuest, surfaceOf, textureArgs } from './test-render-guest.ts';
import { GpuFormat, GpuResponse, readCapsetInfo } from './wire/gpu.gen.ts';
import { Reader } from '../../../wire/reader.ts';

const { okNodata, okCapset, okCapsetInfo, errUnspec, errOutOfMemory } = GpuResponse;
const { errInvalidContextId, errInvalidResourceId, errInvalidParameter } = GpuResponse;

const FENCED = 1;
const RED = 0xff_0000;
const GREEN = 0x00_ff00;
const BLUE = 0x00_00ff;

const shown = (color: number): number => (0xff00_0000 | color) >>> 0;

describe.skipIf(!hasEgl)('a GPU that renders', () => {
  const gpu = hasEgl ? new TestRenderGpu() : null!;
  afterAll(() => gpu?.close());

  const whole = rectOf(32, 16);
  const scanout = (resourceId: number) => ({ scanoutId: 0, resourceId, rect: whole });

  /** A guest with one texture on its screen, nothing of it flushed. */
  function showTarget(...ids: readonly number[]): RenderGuest {
    const it = new RenderGuest(gpu);
    for (const id of ids) it.createTarget(id, 32, 16);
    it.do('setScanout', scanout(ids[0]!));
    it.deliver();
    return it;
  }

  test('says so, and gives its capability sets', () => {
    using it = new RenderGuest(gpu);
    expect(it.guest.device.features & 1n).toBe(1n);
    const config = new Uint8Array(16);
    it.guest.device.readConfig(0, config);
    expect(config[12]).toBe(2);
    for (const [capsetIndex, id] of [1, 2].entries()) {
      const info = it.post('getCapsetInfo', { capsetIndex }).answer!;
      expect(info.type).toBe(okCapsetInfo);
      const { capsetId, maxSize } = readCapsetInfo(new Reader(info.bytes));
      expect(capsetId).toBe(id);
      const capset = it.post('getCapset', { capsetId, capsetVersion: 1 }).answer!;
      expect([capset.type, capset.bytes]).toEqual([okCapset, gpu.capsets.get(id)]);
      expect(maxSize).toBe(capset.bytes.length);
    }
    expect(it.do('getCapsetInfo', { capsetIndex: 2 })).toBe(errInvalidParameter);
    expect(it.do('getCapset', { capsetId: 3, capsetVersion: 1 })).toBe(errInvalidParameter);
    expect(it.do('getCapset', { capsetId: 1, capsetVersion: 2 })).toBe(errInvalidParameter);
  });

  test('shows what is drawn, once it has been read back', () => {
    using it = showTarget(1);
    expect(it.submit(clearTo(1, 0x12_3456))).toBe(okNodata);
    expect(it.post('resourceFlush', { resourceId: 1, rect: whole }).answer?.type).toBe(okNodata);
    it.sink.published.length = 0;
    it.deliver();
    expect(it.sink.published).toEqual([whole]);
    expect([it.sink.at(0, 0), it.sink.at(31, 15)]).toEqual([shown(0x12_3456), shown(0x12_3456)]);
  });

  test('reads back what was damaged and no more, right way up', () => {
    using it = showTarget(1);
    const { guest } = it;
    const entries = [{ address: guest.data, length: 32 * 16 * 4 }];
    expect(it.do('resourceAttachBacking', { resourceId: 1, entries })).toBe(okNodata);
    const bytes = guest.bytesAt(guest.data, 32 * 16 * 4);
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, 32 * 16).map((_, i) => 0xff00_0000 + i);
    bytes.set(new Uint8Array(words.buffer));
    const box = { x: 0, y: 0, z: 0, width: 32, height: 16, depth: 1, offset: 0, level: 0, stride: 128, layerStride: 0 };
    expect(it.do('transferToHost3d', { ...box, resource: 1 }, { contextId: 1 })).toBe(okNodata);
    gpu.orders.length = 0;
    it.do('resourceFlush', { resourceId: 1, rect: { x: 3, y: 5, width: 7, height: 2 } });
    expect(gpu.orders).toEqual(['readPicture 1 3,5 7x2']);
    expect([it.sink.at(3, 5), it.sink.at(9, 6)]).toEqual([0xff00_0000 + 5 * 32 + 3, 0xff00_0000 + 6 * 32 + 9]);
    expect(it.sink.at(3, 7)).toBe(0);
  });

  test('a flush is of its own moment, whatever is drawn before the pixels arrive', () => {
    using it = showTarget(1);
    it.submit(clearTo(1, RED));
    it.post('resourceFlush', { resourceId: 1, rect: whole });
    it.submit(clearTo(1, GREEN));
    expect(it.sink.at(0, 0)).toBe(shown(RED));
  });

  test('a guest that draws into the picture on screen is held until the last flush could be read', () => {
    using it = showTarget(1);
    it.submit(clearTo(1, RED));
    it.post('resourceFlush', { resourceId: 1, rect: whole });
    it.postSubmit(clearTo(1, GREEN));
    it.post('resourceFlush', { resourceId: 1, rect: whole });
    const held = it.postSubmit(clearTo(1, BLUE));
    const behind = it.post('getDisplayInfo', {});
    it.deliver('plain');
    expect([held.answer, behind.answer]).toEqual([null, null]);
    it.deliver('picture', 1);
    expect(it.sink.at(0, 0)).toBe(shown(RED));
    expect(behind.answer?.type).toBe(GpuResponse.okDisplayInfo);
    it.deliver('picture', 1);
    expect(it.sink.at(0, 0)).toBe(shown(GREEN));
    it.deliver();
    expect(held.answer?.type).toBe(okNodata);
  });

  test('of several flips while one picture is read the newest is shown, whole', () => {
    using it = showTarget(1, 2, 3);
    for (const [id, color] of [RED, GREEN, BLUE].entries()) it.submit(clearTo(id + 1, color));
    gpu.orders.length = 0;
    it.post('resourceFlush', { resourceId: 1, rect: whole });
    for (const id of [2, 3]) {
      it.post('setScanout', scanout(id));
      it.post('resourceFlush', { resourceId: id, rect: { x: 0, y: 0, width: 1, height: 1 } });
      it.postSubmit(clearTo(1, 0x77_7777));
    }
    it.sink.published.length = 0;
    it.deliver('picture', 1);
    expect(it.sink.at(0, 0)).toBe(shown(RED));
    it.deliver();
    expect(it.sink.at(31, 15)).toBe(shown(BLUE));
    expect(it.sink.published).toEqual([whole, whole]);
    expect(gpu.orders.filter((name) => name.startsWith('read'))).toEqual([
      'readPicture 1 0,0 32x16',
      'readPicture 3 0,0 32x16',
    ]);
  });

  test('nothing is read while nobody looks, and all that changed when somebody does', () => {
    using it = new RenderGuest(gpu);
    it.sink.isWanted = false;
    it.createTarget(1, 32, 16);
    it.do('setScanout', scanout(1));
    it.submit(clearTo(1, RED));
    const flush = it.post('resourceFlush', { resourceId: 1, rect: whole }, { flags: FENCED, fenceLow: 1 });
    it.deliver();
    expect(flush.answer?.type).toBe(okNodata);
    expect(gpu.orders.filter((name) => name.startsWith('read'))).toEqual([]);
    expect(gpu.openPictures).toBe(0);
    it.sink.isWanted = true;
    it.sink.onWanted?.();
    it.deliver();
    expect(it.sink.at(31, 15)).toBe(shown(RED));
  });

  test('a fenced flush is answered when its picture has been read', () => {
    using it = showTarget(1);
    it.submit(clearTo(1, RED));
    const first = it.post('resourceFlush', { resourceId: 1, rect: whole }, { flags: FENCED, fenceLow: 1 });
    const second = it.post('resourceFlush', { resourceId: 1, rect: whole }, { flags: FENCED, fenceLow: 2 });
    it.deliver('fence');
    it.deliver('plain');
    expect([first.answer, second.answer]).toEqual([null, null]);
    it.deliver('picture', 1);
    expect([first.answer?.fenceLow, second.answer]).toEqual([1, null]);
    it.deliver('picture', 1);
    expect(second.answer?.fenceLow).toBe(2);
  });

  test('a picture that is on its way is not shown on a screen of another size, or over a newer one', () => {
    using it = showTarget(1);
    it.createTarget(2, 16, 16);
    it.submit(clearTo(1, RED));
    it.submit(clearTo(2, GREEN));
    it.post('resourceFlush', { resourceId: 1, rect: whole });
    it.post('setScanout', { scanoutId: 0, resourceId: 2, rect: rectOf(16, 16) });
    it.post('resourceFlush', { resourceId: 2, rect: rectOf(16, 16) });
    it.deliver();
    expect([it.sink.width, it.sink.at(0, 0), it.sink.at(15, 15)]).toEqual([16, shown(GREEN), shown(GREEN)]);
    it.post('resourceFlush', { resourceId: 2, rect: rectOf(16, 16) });
    it.do('resourceCreate2d', { resourceId: 9, format: GpuFormat.b8g8r8x8Unorm, width: 16, height: 16 });
    it.do('setScanout', { scanoutId: 0, resourceId: 9, rect: rectOf(16, 16) });
    it.do('resourceFlush', { resourceId: 9, rect: rectOf(16, 16) });
    it.deliver();
    expect(it.sink.at(0, 0)).toBe(0);
  });

  test('two screens show their parts of one texture', () => {
    using it = new RenderGuest(gpu, { headCount: 2 });
    it.createTarget(1, 32, 16);
    it.submit(clearTo(1, RED));
    it.do('setScanout', { scanoutId: 0, resourceId: 1, rect: { x: 0, y: 0, width: 16, height: 16 } });
    it.do('setScanout', { scanoutId: 1, resourceId: 1, rect: { x: 16, y: 4, width: 16, height: 12 } });
    gpu.orders.length = 0;
    it.do('resourceFlush', { resourceId: 1, rect: { x: 10, y: 2, width: 10, height: 4 } });
    expect(gpu.orders).toEqual(['readPicture 1 10,2 6x4', 'readPicture 1 16,4 4x2']);
    expect(it.guest.sinks[1]!.at(0, 0)).toBe(shown(RED));
    expect(it.guest.sinks[1]!.published.at(-1)).toEqual({ x: 0, y: 0, width: 4, height: 2 });
  });

  test('the pointer takes its image from a texture, alpha and all', () => {
    using it = new RenderGuest(gpu);
    const shapes: (PointerShape | null)[] = [];
    it.guest.device.onPointerShape.subscribe((shape) => shapes.push(shape));
    it.createTarget(1, 8, 8, { format: FORMAT.b8g8r8a8 });
    it.submit(clearTo(1, RED));
    const cursor = { scanoutId: 0, x: 1, y: 1, resourceId: 1, hotX: 2, hotY: 3 };
    it.guest.send('updateCursor', cursor);
    it.guest.send('updateCursor', { ...cursor, hotX: 4 });
    expect(shapes).toEqual([]);
    it.deliver();
    it.deliver();
    expect(shapes).toMatchObject([{ width: 8, height: 8, hotX: 4, hotY: 3 }]);
    expect([...shapes[0]!.pixels.subarray(252)]).toEqual([0, 0, 255, 255]);
    it.guest.send('updateCursor', { ...cursor, resourceId: 0 });
    expect(shapes.at(-1)).toBe(null);
  });

  test('fences come in the order of their commands, those of 2D commands too', () => {
    using it = showTarget(1);
    const fenced = (fenceLow: number) => ({ flags: FENCED, fenceLow });
    const draw = it.postSubmit(clearTo(1, RED), fenced(1));
    const immediate = it.post('getDisplayInfo', {}, fenced(2));
    const refused = it.post('resourceUnref', { resourceId: 99 }, fenced(3));
    const free = it.post('getDisplayInfo', {});
    it.deliver('plain');
    expect([draw.answer, immediate.answer, refused.answer]).toEqual([null, null, null]);
    expect(free.answer?.type).toBe(GpuResponse.okDisplayInfo);
    it.answered.length = 0;
    it.deliver('fence');
    expect(it.answered.map(({ answer }) => [answer!.type, answer!.fenceLow])).toEqual([
      [okNodata, 1],
      [GpuResponse.okDisplayInfo, 2],
      [errInvalidResourceId, 3],
    ]);
    expect(immediate.answer?.bytes.length).toBe(24 * 16);
  });

  test('what the GPU refuses is refused, told, and forgotten', () => {
    using it = new RenderGuest(gpu);
    const seen: GpuRefusal[] = [];
    it.guest.device.onRefusal.subscribe((refusal) => seen.push(refusal));
    expect(it.do('resourceCreate3d', { ...textureArgs(1, 32, 16), format: 499 })).toBe(errInvalidParameter);
    expect(it.do('resourceUnref', { resourceId: 1 })).toBe(errInvalidResourceId);
    gpu.refused.add('createContext');
    expect(it.do('contextCreate', noName, { contextId: 1 })).toBe(errOutOfMemory);
    expect(it.do('contextDestroy', {}, { contextId: 1 })).toBe(errInvalidContextId);
    expect(seen.map(({ command }) => command)).toEqual([
      'resourceCreate3d',
      'resourceUnref',
      'contextCreate',
      'contextDestroy',
    ]);
    gpu.refused.clear();
    it.createTarget(1, 32, 16);
    gpu.refused.add('attachBacking');
    const backing = { resourceId: 1, entries: [{ address: it.guest.data, length: 64 }] };
    expect(it.do('resourceAttachBacking', backing)).toBe(errOutOfMemory);
    gpu.refused.clear();
    expect(it.do('resourceAttachBacking', backing)).toBe(okNodata);
  });

  const box = { x: 0, y: 0, z: 0, width: 4, height: 4, depth: 1, offset: 0, level: 0, stride: 0, layerStride: 0 };
  const refusals: readonly [string, number, (it: RenderGuest) => number][] = [
    ['context 0', errInvalidContextId, (it) => it.do('contextCreate', noName, { contextId: 0 })],
    ['a context twice', errInvalidContextId, (it) => it.do('contextCreate', noName, { contextId: 1 })],
    ['no context to end', errInvalidContextId, (it) => it.do('contextDestroy', {}, { contextId: 2 })],
    ['resource 0', errInvalidResourceId, (it) => it.do('resourceCreate3d', textureArgs(0, 4, 4))],
    ['a resource twice', errInvalidResourceId, (it) => it.do('resourceCreate3d', textureArgs(1, 4, 4))],
    [
      'drawing in no context',
      errInvalidContextId,
      (it) => it.do('submit3d', { size: 0 }, { contextId: 7 }, new Uint8Array(0)),
    ],
    [
      'more commands than there are',
      errInvalidParameter,
      (it) => it.do('submit3d', { size: 8 }, { contextId: 1 }, new Uint8Array(4)),
    ],
    ['half a word', errInvalidParameter, (it) => it.do('submit3d', { size: 3 }, { contextId: 1 }, new Uint8Array(4))],
    [
      'an unknown resource for a context',
      errInvalidResourceId,
      (it) => it.do('contextAttachResource', { resourceId: 9 }, { contextId: 1 }),
    ],
    [
      'a resource for an unknown context',
      errInvalidContextId,
      (it) => it.do('contextDetachResource', { resourceId: 1 }, { contextId: 9 }),
    ],
    [
      'a transfer without backing',
      errUnspec,
      (it) => it.do('transferToHost3d', { ...box, resource: 1 }, { contextId: 1 }),
    ],
    [
      'a transfer of an unknown resource',
      errInvalidResourceId,
      (it) => it.do('transferFromHost3d', { ...box, resource: 9 }, { contextId: 1 }),
    ],
    [
      'a transfer in an unknown context',
      errInvalidContextId,
      (it) => it.do('transferFromHost3d', { ...box, resource: 1 }, { contextId: 9 }),
    ],
    [
      'a backing outside RAM',
      errInvalidParameter,
      (it) => it.do('resourceAttachBacking', { resourceId: 1, entries: [{ address: 0x4020_0000 - 4, length: 8 }] }),
    ],
    [
      'a screen larger than its texture',
      errInvalidParameter,
      (it) => it.do('setScanout', { scanoutId: 0, resourceId: 1, rect: rectOf(33, 16) }),
    ],
    ['a blob', errUnspec, (it) => it.postBytes(new Uint8Array(Uint32Array.of(0x10c, ...zeros).buffer)).answer!.type],
  ];
  const zeros = Array.from({ length: 15 }, () => 0);

  test.each(refusals)('%s is refused, and drawing goes on', (_, wanted, send) => {
    using it = showTarget(1);
    expect(send(it)).toBe(wanted);
    it.submit(clearTo(1, RED));
    it.do('resourceFlush', { resourceId: 1, rect: whole });
    expect(it.sink.at(31, 15)).toBe(shown(RED));
    expect(it.guest.isGuarded).toBe(true);
  });

  test('the guest reads back what was drawn', () => {
    using it = showTarget(1);
    it.submit(clearTo(1, 0x12_3456));
    const entries = [
      { address: it.guest.data, length: 1024 },
      { address: it.guest.data + 4096, length: 1024 },
    ];
    it.do('resourceAttachBacking', { resourceId: 1, entries });
    const all = { ...box, width: 32, height: 16 };
    const posted = it.post('transferFromHost3d', { ...all, resource: 1 }, { contextId: 1, flags: FENCED, fenceLow: 5 });
    expect(posted.answer).toBe(null);
    it.deliver();
    expect(posted.answer).toMatchObject({ type: okNodata, fenceLow: 5 });
    expect([...it.guest.bytesAt(it.guest.data + 4096 + 1020, 4)]).toEqual([0x56, 0x34, 0x12, 0xff]);
    expect(it.guest.bytesAt(it.guest.data + 1024, 4)).toEqual(new Uint8Array(4));
  });

  test('a 2D picture that a context may use is shown as the context draws it', () => {
    using it = showTarget(1);
    const { guest } = it;
    it.do('resourceCreate2d', { resourceId: 2, format: GpuFormat.b8g8r8x8Unorm, width: 32, height: 16 });
    it.do('resourceAttachBacking', { resourceId: 2, entries: [{ address: guest.data, length: 2048 }] });
    guest.bytesAt(guest.data, 2048).fill(0x5a);
    expect(it.do('transferToHost2d', { resourceId: 2, rect: whole, offset: 0 })).toBe(okNodata);
    gpu.orders.length = 0;
    expect(it.do('contextAttachResource', { resourceId: 2 }, { contextId: 1 })).toBe(okNodata);
    expect(gpu.orders).toEqual([]);
    it.do('setScanout', scanout(2));
    it.do('resourceFlush', { resourceId: 2, rect: whole });
    expect(it.sink.at(0, 0)).toBe(0x5a5a_5a5a);
    it.submit(surfaceOf(2));
    it.submit(clearTo(2, GREEN));
    it.do('resourceFlush', { resourceId: 2, rect: whole });
    expect(it.sink.at(31, 15)).toBe(shown(GREEN));
    expect(it.do('transferToHost2d', { resourceId: 2, rect: rectOf(32, 1), offset: 0 })).toBe(okNodata);
    it.do('resourceFlush', { resourceId: 2, rect: whole });
    expect([it.sink.at(0, 0) & 0xff_ffff, it.sink.at(0, 1)]).toEqual([0x5a_5a5a, shown(GREEN)]);
    expect(it.do('contextDetachResource', { resourceId: 2 }, { contextId: 1 })).toBe(okNodata);
    expect(it.do('resourceUnref', { resourceId: 2 })).toBe(okNodata);
  });

  test('a pause keeps what is under way, and answers it when the machine goes on', () => {
    using it = showTarget(1);
    const draw = it.postSubmit(clearTo(1, RED), { flags: FENCED, fenceLow: 1 });
    const unfenced = it.postSubmit(clearTo(1, GREEN));
    it.guest.device.stop();
    it.deliver();
    expect([draw.answer, unfenced.answer]).toEqual([null, null]);
    it.guest.start();
    it.collect();
    expect([draw.answer, unfenced.answer]).toMatchObject([{ type: okNodata, fenceLow: 1 }, { type: okNodata }]);
    it.do('resourceFlush', { resourceId: 1, rect: whole });
    expect(it.sink.at(0, 0)).toBe(shown(GREEN));
  });

  test('a held command outlives a pause, too', () => {
    using it = showTarget(1);
    it.submit(clearTo(1, RED));
    it.post('resourceFlush', { resourceId: 1, rect: whole });
    it.post('resourceFlush', { resourceId: 1, rect: whole });
    const held = it.postSubmit(clearTo(1, GREEN));
    it.guest.device.stop();
    it.guest.start();
    it.run();
    it.deliver();
    it.deliver();
    expect(held.answer?.type).toBe(okNodata);
    expect(it.sink.at(0, 0)).toBe(shown(RED));
  });

  test('backings follow the machine’s memory to where it is', () => {
    using it = showTarget(1);
    const { guest } = it;
    const half = guest.ram.length / 2;
    it.do('resourceAttachBacking', { resourceId: 1, entries: [{ address: guest.data, length: 2048 }] });
    gpu.orders.length = 0;
    guest.device.stop();
    guest.start();
    expect(gpu.orders).toEqual(['setMemory']);
    const [{ guestAddress, file }] = guest.memory.parts as [(typeof guest.memory.parts)[0]];
    guest.device.stop();
    guest.start(
      new GuestMemory([
        { guestAddress, bytes: guest.ram.subarray(0, half), file: file! },
        {
          guestAddress: guestAddress + half,
          bytes: guest.ram.subarray(half),
          file: { fd: file!.fd, offset: file!.offset + half },
        },
      ]),
    );
    expect(gpu.orders).toEqual(['setMemory', 'detachBacking', 'setMemory', 'attachBacking']);
    guest.bytesAt(guest.data, 2048).fill(0x33);
    it.deliver();
    expect(it.do('transferToHost3d', { ...box, width: 32, height: 16, resource: 1 }, { contextId: 1 })).toBe(okNodata);
    it.do('resourceFlush', { resourceId: 1, rect: whole });
    expect(it.sink.at(31, 15) & 0xff_ffff).toBe(0x33_3333);
  });

  test('a reset forgets everything, whatever is under way', () => {
    using it = showTarget(1);
    it.postSubmit(clearTo(1, RED), { flags: FENCED, fenceLow: 1 });
    it.post('resourceFlush', { resourceId: 1, rect: whole }, { flags: FENCED, fenceLow: 2 });
    it.guest.device.stop();
    it.guest.device.reset();
    expect([it.sink.width, gpu.openPictures]).toEqual([0, 0]);
    it.restart();
    it.deliver();
    expect(it.do('resourceUnref', { resourceId: 1 })).toBe(errInvalidResourceId);
    expect(it.do('contextDestroy', {}, { contextId: 1 })).toBe(errInvalidContextId);
    expect(it.do('contextCreate', noName, { contextId: 1 })).toBe(okNodata);
  });
});
