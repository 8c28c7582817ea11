/** What every server of the vtest protocol does in version 3, message by message. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { command, createObject, f32 } from '../../src/gl/virgl/test-guest.ts';
import { BIND, TARGET } from '../../src/gl/virgl/virgl-limits.ts';
import { isReadable, RawVtestClient, sizeOfFd, type VtestTransport } from './raw-vtest-client.ts';

/** Something to connect to. */
export interface VtestServer extends AsyncDisposable {
  connect(): VtestTransport;
}

const SIDE = 16;
const RGBA8 = 67;
const TEXTURE = [TARGET.texture2d, RGBA8, BIND.renderTarget, SIDE, SIDE, 1, 1, 0, 0] as const;
const [SURFACE, BYTES] = [9, SIDE * SIDE * 4];
const [GUEST, MAPPABLE, HAS_TIMELINE, ANY] = [1, 1, 1, 1];
const SOON_MS = 60_000;
const A_WHILE_MS = 50;

/** Commands that clear a texture to a colour. */
function clearing(texture: number, red: number, surface = SURFACE): number[] {
  return [
    ...createObject('surface', surface, texture, RGBA8, 0, 0),
    ...command('setFramebufferState', 1, 0, surface),
    ...command('clear', 4, ...f32(red, 0, 1, 1), 0, 0, 0),
  ];
}

function firstPixel(client: RawVtestClient, texture: number): number[] {
  client.send('transferGet', texture, 0, SIDE * 4, BYTES, 0, 0, 0, SIDE, SIDE, 1, BYTES);
  return [...client.read(BYTES).subarray(0, 4)];
}

/** The payload of submitCmd2 with one batch. */
function batch(
  commands: readonly number[],
  points: readonly (readonly [number, number, number])[],
  flags = 0,
  ring = 0,
): number[] {
  const start = 1 + 8;
  return [
    1,
    flags,
    start,
    commands.length,
    start + commands.length,
    points.length,
    ring,
    0,
    0,
    ...commands,
    ...points.flat(),
  ];
}

/** Runs all of it against a server. */
export function runVtestProtocol(name: string, start: () => Promise<VtestServer>): void {
  describe(`version 3 of the vtest protocol with ${name}`, () => {
    let server: VtestServer;
    const open = (): RawVtestClient => RawVtestClient.open(server.connect());

    beforeAll(async () => {
      server = await start();
    });
    afterAll(async () => server[Symbol.asyncDispose]());

    test.each([
      [0, 0],
      [1, 0],
      [2, 2],
      [3, 3],
      [9, 3],
    ])('%i is agreed on as %i', (wanted, agreed) => {
      using client = new RawVtestClient(server.connect());
      expect([...client.ask('pingProtocolVersion')]).toEqual([]);
      expect([...client.ask('resourceBusyWait', 0, 0)]).toEqual([0]);
      expect([...client.ask('protocolVersion', wanted)]).toEqual([agreed]);
    });

    test('getParam knows how many timelines there are, and says what it does not know', () => {
      using client = open();
      expect([...client.ask('getParam', 1)]).toEqual([1, 64]);
      expect([...client.ask('getParam', 99)]).toEqual([0, 0]);
    });

    test('getCapset gives the sets of virgl, in the versions there are', () => {
      using client = open();
      for (const [id, version, bytes] of [
        [1, 1, 308],
        [2, 2, 1376],
      ] as const) {
        const answer = client.ask('getCapset', id, version);
        expect(answer[0]).toBe(1);
        expect(answer.length * 4 - 4).toBeGreaterThanOrEqual(bytes);
        expect(answer[1]).toBe(version);
      }
      expect([...client.ask('getCapset', 2, 3)]).toEqual([0]);
      expect([...client.ask('getCapset', 77, 0)]).toEqual([0]);
    });

    test('contextInit takes a set of virgl, the same one again, and no other', () => {
      using client = open();
      client.send('contextInit', 2);
      client.send('contextInit', 2);
      expect(client.isServed()).toBe(true);
      expect(client.isHungUpFor('contextInit', 1)).toBe(true);
      using other = open();
      expect(other.isHungUpFor('contextInit', 0)).toBe(true);
    });

    test('the server numbers resources, and what is drawn into them arrives', () => {
      using client = open();
      const [texture = 0] = client.ask('resourceCreate', 0, ...TEXTURE);
      const [other = 0] = client.ask('resourceCreate', 0, ...TEXTURE);
      expect(texture).toBeGreaterThan(0);
      expect(other).not.toBe(texture);
      client.send('submitCmd', ...clearing(texture, 1));
      expect(firstPixel(client, texture)).toEqual([255, 0, 255, 255]);
      client.send('resourceUnref', other);
      expect(client.isServed()).toBe(true);
      expect(client.isHungUpFor('resourceCreate', 7, ...TEXTURE)).toBe(true);
    });

    test('resources with shared memory come with a number and a descriptor', () => {
      using client = open();
      const [texture] = client.ask('resourceCreate2', 0, ...TEXTURE, BYTES);
      expect(texture).toBeGreaterThan(0);
      expect(sizeOfFd(client.readFd())).toBeGreaterThanOrEqual(BYTES);
      const [plain] = client.ask('resourceCreate2', 0, ...TEXTURE, 0);
      expect(plain).not.toBe(texture);
      expect(client.isServed()).toBe(true);
    });

    test('blobs of the guest come with a number and a descriptor', () => {
      using client = open();
      const [blob] = client.ask('resourceCreateBlob', GUEST, MAPPABLE, 8192, 0, 0, 0);
      expect(blob).toBeGreaterThan(0);
      expect(sizeOfFd(client.readFd())).toBe(8192);
      client.send('resourceUnref', blob ?? 0);
      expect(client.isServed()).toBe(true);
    });

    test.each([2, 3, 0, 77])('a blob of kind %i, of nothing that was made before, is refused', (kind) => {
      using client = open();
      client.send('contextInit', 2);
      expect(client.isHungUpFor('resourceCreateBlob', kind, MAPPABLE, 4096, 0, 1, 0)).toBe(true);
    });

    test('sync objects are read as they were made and written', () => {
      using client = open();
      const [one = 0] = client.ask('syncCreate', 5, 1);
      const [two = 0] = client.ask('syncCreate', 0, 0);
      expect(one).not.toBe(two);
      expect([...client.ask('syncRead', one)]).toEqual([5, 1]);
      client.send('syncWrite', one, 7, 9);
      expect([...client.ask('syncRead', one)]).toEqual([7, 9]);
      expect([...client.ask('syncRead', two)]).toEqual([0, 0]);
      client.send('syncUnref', two);
      expect(client.isServed()).toBe(true);
      expect(client.isHungUpFor('syncRead', two)).toBe(true);
    });

    test('a sync object that is not there cannot be written or waited for', () => {
      for (const [message, ...payload] of [
        ['syncWrite', 99, 1, 0],
        ['syncWait', 0, 100, 99, 1, 0],
      ] as const) {
        using client = open();
        client.send('contextInit', 2);
        expect(client.isHungUpFor(message, ...payload)).toBe(true);
      }
    });

    test('a wait is over when all it waits for are so far', () => {
      using client = open();
      const [one = 0] = client.ask('syncCreate', 3, 0);
      const [two = 0] = client.ask('syncCreate', 0, 0);
      client.ask('syncWait', 0, SOON_MS, one, 3, 0);
      expect(isReadable(client.readFd(), SOON_MS)).toBe(true);
      client.ask('syncWait', 0, SOON_MS, one, 4, 0, two, 2, 0);
      const both = client.readFd();
      client.ask('syncWait', ANY, SOON_MS, one, 4, 0, two, 2, 0);
      const any = client.readFd();
      expect([isReadable(both, A_WHILE_MS), isReadable(any, A_WHILE_MS)]).toEqual([false, false]);
      client.send('syncWrite', two, 2, 0);
      expect([isReadable(any, SOON_MS), isReadable(both, A_WHILE_MS)]).toEqual([true, false]);
      client.send('syncWrite', one, 9, 0);
      expect(isReadable(both, SOON_MS)).toBe(true);
    });

    test('submitCmd2 draws, and sets sync objects at once or when the GPU has done it', () => {
      using client = open();
      const [texture = 0] = client.ask('resourceCreate', 0, ...TEXTURE);
      const [sync = 0] = client.ask('syncCreate', 0, 0);
      client.send('submitCmd2', ...batch(clearing(texture, 1), [[sync, 4, 0]]));
      expect([...client.ask('syncRead', sync)]).toEqual([4, 0]);
      expect(firstPixel(client, texture)).toEqual([255, 0, 255, 255]);
      client.send('submitCmd2', ...batch(clearing(texture, 0, SURFACE + 1), [[sync, 5, 0]], HAS_TIMELINE));
      client.ask('syncWait', 0, SOON_MS, sync, 5, 0);
      expect(isReadable(client.readFd(), SOON_MS)).toBe(true);
      expect([...client.ask('syncRead', sync)]).toEqual([5, 0]);
      expect(firstPixel(client, texture)).toEqual([0, 0, 255, 255]);
      client.ask('syncWait', 0, SOON_MS, sync, 6, 0);
      const wait = client.readFd();
      expect(isReadable(wait, A_WHILE_MS)).toBe(false);
      client.send('submitCmd2', ...batch([], [[sync, 6, 0]], HAS_TIMELINE));
      expect(isReadable(wait, SOON_MS)).toBe(true);
    });

    test('submitCmd2 of no batch does nothing', () => {
      using client = open();
      client.send('submitCmd2', 0, 0, 0, 0, 0, 0, 0, 0, 0);
      expect(client.isServed()).toBe(true);
    });

    test.each([
      ['more batches than there are words for', [5, 0, 0, 0, 0, 0, 0, 0, 0]],
      ['commands beyond the end', [1, 0, 9, 100, 0, 0, 0, 0, 0]],
      ['sync points beyond the end', [1, 0, 9, 0, 8, 1, 0, 0, 0]],
      ['a timeline that is not there', [1, HAS_TIMELINE, 9, 0, 9, 0, 64, 0, 0]],
      ['a sync object that is not there', batch([], [[99, 1, 0]])],
    ])('submitCmd2 with %s is refused', (_, payload) => {
      using client = open();
      client.send('contextInit', 2);
      expect(client.isHungUpFor('submitCmd2', ...payload)).toBe(true);
    });
  });
}
