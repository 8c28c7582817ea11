import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HostError } from '../../../base/errors.ts';
import { joinBytes, Writer } from '../../../wire/writer.ts';
import { MMIO_REGISTERS as R } from '../../virtio/mmio.table.ts';
import { TestVirtioGuest } from '../../virtio/test-guest.ts';
import { BlockDevice } from './device.ts';
import { SegmentList } from '../../virtio/segment-list.ts';
import type { Disk } from './disk.ts';
import { OverlayDisk } from './overlay-disk.ts';
import { RawDisk } from './raw-disk.ts';
import { BlockRequestType as T, BlockStatus, writeBlockRange, writeBlockRequest } from './wire/block.gen.ts';

const FLUSH = 1 << 9;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saffron-block-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** A disk in memory that a test can hold up and that tells what was done to it. */
class MemoryDisk implements Disk {
  readonly bytes: number;
  readonly isReadOnly: boolean;
  readonly content: Uint8Array;
  readonly log: string[] = [];
  gate: Promise<void> = Promise.resolve();
  failure: Error | null = null;
  /** Sectors of each request that are read at once. */
  prompt = 0;

  constructor(sectors: number, isReadOnly = false) {
    this.bytes = sectors * 512;
    this.isReadOnly = isReadOnly;
    this.content = Uint8Array.from({ length: this.bytes }, (_, i) => (i >>> 9) & 0xff);
  }
  readNow(at: number, into: SegmentList, bytes: number): number {
    const count = Math.min(bytes, this.prompt * 512);
    into.copyIn(0, this.content, at, count);
    return count;
  }
  async read(at: number, into: Uint8Array): Promise<void> {
    await this.#pass(`read ${at} ${into.length}`);
    into.set(this.content.subarray(at, at + into.length));
  }
  async write(at: number, from: Uint8Array): Promise<void> {
    const bytes = from.slice();
    await this.#pass(`write ${at} ${from.length}`);
    this.content.set(bytes, at);
  }
  async flush(): Promise<void> {
    await this.#pass('flush');
  }
  async writeZeroes(at: number, bytes: number): Promise<void> {
    await this.#pass(`zero ${at} ${bytes}`);
    this.content.fill(0, at, at + bytes);
  }
  async close(): Promise<void> {
    // Nothing to close.
  }
  async #pass(what: string): Promise<void> {
    await this.gate;
    if (this.failure !== null) throw this.failure;
    this.log.push(what);
  }
}

class BlockGuest {
  readonly device: BlockDevice;
  readonly guest: TestVirtioGuest;
  readonly troubles: string[] = [];

  constructor(disk: Disk, features = FLUSH, ramBytes = 4 << 20) {
    this.device = new BlockDevice({ disk, serial: 'saffron-0' });
    this.device.onTrouble.subscribe((error) => this.troubles.push(error.message));
    this.guest = new TestVirtioGuest(this.device, { ramBytes, queueSize: 64 });
    this.guest.start(features);
  }

  /** Posts a request and does not wait. */
  post(type: number, sector: bigint | number, data: Uint8Array | number): void {
    const out = typeof data === 'number' ? [] : [data];
    const back = typeof data === 'number' && data > 0 ? [data] : [];
    this.guest.post(0, [header(type, sector), ...out.filter(({ length }) => length > 0)], [...back, 1]);
  }

  async ask(
    type: number,
    sector: bigint | number,
    data: Uint8Array | number,
  ): Promise<{ readonly status: number; readonly bytes: Uint8Array }> {
    this.post(type, sector, data);
    return this.answer();
  }

  async answer(): Promise<{ readonly status: number; readonly bytes: Uint8Array }> {
    const { bytes, head } = await this.guest.answer(0);
    return { status: this.guest.lastByte(0, head), bytes: bytes.subarray(0, -1) };
  }
}

function header(type: number, sector: bigint | number): Uint8Array {
  const writer = new Writer();
  writeBlockRequest(writer, { type, sector: BigInt(sector) });
  return joinBytes(writer.finish());
}

function range(sector: bigint | number, sectors: number, flags = 0): Uint8Array {
  const writer = new Writer();
  writeBlockRange(writer, { sector: BigInt(sector), sectors, flags });
  return joinBytes(writer.finish());
}

const { ok, ioerr, unsupp } = BlockStatus;
const filled = (bytes: number, value: number): Uint8Array => new Uint8Array(bytes).fill(value);

test('the driver learns size, serial and what the disk can do', async () => {
  const it = new BlockGuest(new MemoryDisk(100));
  expect([it.guest.read(R.config), it.guest.read(R.config + 4), it.guest.read(R.config + 20)]).toEqual([100, 0, 512]);
  // Whole pages at least, 256 KiB at best.
  expect([it.guest.read(R.config + 24), it.guest.read(R.config + 28)]).toEqual([(8 << 16) | 3, 512]);
  expect(it.device.features & ((1n << 5n) | (1n << 9n) | (1n << 10n))).toBe((1n << 9n) | (1n << 10n));
  expect(new BlockDevice({ disk: new MemoryDisk(1, true), serial: '' }).features & (1n << 5n)).toBe(1n << 5n);
  const { status, bytes } = await it.ask(T.getId, 0, 20);
  expect([status, Buffer.from(bytes).toString().replaceAll('\0', '')]).toEqual([ok, 'saffron-0']);
});

test('what is written is read, and flushed when the driver says so', async () => {
  const disk = new MemoryDisk(2000);
  const it = new BlockGuest(disk);
  const data = Uint8Array.from({ length: 600 * 1024 }, (_, i) => i * 7);
  expect((await it.ask(T.out, 3, data)).status).toBe(ok);
  expect(disk.log.at(-1)).toBe(`write ${3 * 512 + 512 * 1024} ${88 * 1024}`);
  const { status, bytes } = await it.ask(T.in, 3, data.length);
  expect(status).toBe(ok);
  expect(Buffer.compare(bytes, data)).toBe(0);
  expect((await it.ask(T.flush, 0, 0)).status).toBe(ok);
  expect(disk.log.at(-1)).toBe('flush');
  expect(it.guest.isGuarded).toBe(true);
});

test('a driver that does not know of flushing has every write flushed', async () => {
  const disk = new MemoryDisk(10);
  const it = new BlockGuest(disk, 0);
  await it.ask(T.out, 0, filled(512, 1));
  expect(disk.log).toEqual(['write 0 512', 'flush']);
});

test('zeros are written without being sent', async () => {
  const disk = new MemoryDisk(64);
  const it = new BlockGuest(disk);
  expect((await it.ask(T.writeZeroes, 0, range(8, 16))).status).toBe(ok);
  expect([
    disk.content[8 * 512 - 1],
    disk.content[8 * 512],
    disk.content[24 * 512 - 1],
    disk.content[24 * 512],
  ]).toEqual([7, 0, 0, 24]);
});

test.each([
  ['a read past the end', T.in, 99, 1024, ioerr],
  ['a sector beyond all numbers', T.in, 0xffff_ffff_ffff_ffffn, 512, ioerr],
  ['a write past the end', T.out, 100, filled(512, 1), ioerr],
  ['half a sector', T.in, 0, 100, ioerr],
  ['half a sector to write', T.out, 0, filled(700, 1), ioerr],
  ['zeros past the end', T.writeZeroes, 0, range(90, 11), ioerr],
  ['zeros at nowhere', T.writeZeroes, 0, range(0xffff_ffff_ffff_ffffn, 1), ioerr],
  ['more zeros than allowed', T.writeZeroes, 0, range(0, 0xffff_ffff), unsupp],
  ['zeros with an unknown flag', T.writeZeroes, 0, range(0, 1, 2), unsupp],
  ['two ranges', T.writeZeroes, 0, filled(32, 0), unsupp],
  ['a discard, which was not offered', T.discard, 0, range(0, 1), unsupp],
  ['an unknown request', 77, 0, 512, unsupp],
])('%s is refused, and the next request is done', async (_, type, sector, data, status) => {
  const disk = new MemoryDisk(100);
  const before = disk.content.slice();
  const it = new BlockGuest(disk);
  expect((await it.ask(type, sector, data)).status).toBe(status);
  expect([disk.log, Buffer.compare(disk.content, before)]).toEqual([[], 0]);
  expect((await it.ask(T.in, 99, 512)).bytes).toEqual(filled(512, 99));
});

test('nothing is written to a read-only disk', async () => {
  const disk = new MemoryDisk(10, true);
  const it = new BlockGuest(disk);
  expect((await it.ask(T.out, 0, filled(512, 9))).status).toBe(ioerr);
  expect((await it.ask(T.writeZeroes, 0, range(0, 1))).status).toBe(ioerr);
  expect(disk.log).toEqual([]);
  expect((await it.ask(T.in, 0, 512)).status).toBe(ok);
});

test('a request without room for its status, or without a header, is given back', async () => {
  const it = new BlockGuest(new MemoryDisk(10));
  it.guest.post(0, [header(T.flush, 0)], []);
  expect((await it.guest.answer(0)).written).toBe(0);
  it.guest.post(0, [filled(7, 0)], [1]);
  expect((await it.answer()).status).toBe(ioerr);
  expect((await it.ask(T.in, 1, 512)).bytes).toEqual(filled(512, 1));
});

test('what the host cannot do is told the guest as an error, and its owner in words', async () => {
  const disk = new MemoryDisk(10);
  const it = new BlockGuest(disk);
  disk.failure = new HostError('disk', 'the cable is out');
  expect([(await it.ask(T.in, 0, 512)).status, (await it.ask(T.flush, 0, 0)).status]).toEqual([ioerr, ioerr]);
  expect(it.troubles).toEqual(['the cable is out', 'the cable is out']);
  disk.failure = null;
  expect((await it.ask(T.in, 0, 512)).status).toBe(ok);
});

test('more requests than are done at a time are all done', async () => {
  const disk = new MemoryDisk(100);
  const it = new BlockGuest(disk);
  // Sixty-four descriptors are twenty-one requests of three; the rest follows as they are answered.
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 20; i++) it.post(T.in, i, 512);
    for (let i = 0; i < 20; i++) expect((await it.answer()).status).toBe(ok);
  }
  expect(disk.log.length).toBe(100);
});

test('what can be read at once is there before the driver goes on, in turns', async () => {
  const disk = new MemoryDisk(2048);
  disk.prompt = 2048;
  const it = new BlockGuest(disk, FLUSH, 8 << 20);
  it.post(T.in, 9, 1024);
  expect(it.guest.take(0)?.bytes.subarray(0, 1024)).toEqual(new Uint8Array([...filled(512, 9), ...filled(512, 10)]));
  it.guest.transport.pause();
  for (let i = 0; i < 6; i++) it.post(T.in, 0, 1 << 20);
  it.guest.transport.resume();
  let [now, later] = [0, 0];
  while (it.guest.take(0) !== null) now++;
  while (now + later < 6) {
    await it.answer();
    later++;
  }
  expect([now, later]).toEqual([4, 2]);
  expect(disk.log).toEqual([]);
});

test('what cannot be read at once follows, and what comes behind it does not wait', async () => {
  const disk = new MemoryDisk(100);
  disk.prompt = 1;
  const gate = Promise.withResolvers<void>();
  disk.gate = gate.promise;
  const it = new BlockGuest(disk);
  it.post(T.in, 20, 3 * 512);
  it.post(T.in, 30, 512);
  expect(it.guest.take(0)?.bytes.subarray(0, 512)).toEqual(filled(512, 30));
  expect(it.guest.take(0)).toBeNull();
  gate.resolve();
  const { status, bytes } = await it.answer();
  expect([status, bytes[0], bytes[512], bytes[1024]]).toEqual([ok, 20, 21, 22]);
  expect(disk.log).toEqual([`read ${21 * 512} 1024`]);
  expect((await it.ask(T.in, 99, 1024)).status).toBe(ioerr);
});

test('a reset while a request is under way: it touches nothing of the guest, and the next ones wait for it', async () => {
  const disk = new MemoryDisk(100);
  const it = new BlockGuest(disk);
  const gate = Promise.withResolvers<void>();
  disk.gate = gate.promise;
  it.post(T.in, 5, 512);
  it.post(T.out, 7, filled(512, 0xee));
  it.guest.start(FLUSH);
  it.post(T.in, 7, 512);
  expect(disk.log).toEqual([]);
  gate.resolve();
  const { status, bytes } = await it.answer();
  expect([status, bytes]).toEqual([ok, filled(512, 0xee)]);
  expect(disk.log.at(-1)).toBe(`read ${7 * 512} 512`);
  expect(it.guest.take(0)).toBeNull();
});

test('a queue set up anew while a request is under way hears nothing of it', async () => {
  const disk = new MemoryDisk(100);
  const it = new BlockGuest(disk);
  const gate = Promise.withResolvers<void>();
  disk.gate = gate.promise;
  it.post(T.in, 5, 512);
  it.guest.write(R.queueSel, 0);
  it.guest.write(R.queueReady, 0);
  it.guest.layOut();
  it.guest.setUp(0, it.guest.queues[0]!, 2);
  gate.resolve();
  await it.device.idle();
  expect(it.guest.take(0)).toBeNull();
  expect(it.guest.transport.needsReset).toBe(false);
});

test('whatever the ring says, the disk outside of what was asked stays as it was, and the device can start over', async () => {
  const descriptor = fc.record({
    index: fc.nat(15),
    address: fc.integer({ min: 0x8000_0000 - 64, max: 0x8000_0000 + 0x1_0040 }),
    length: fc.oneof(fc.nat(600), fc.constantFrom(16, 512, 1, 0xffff_ffff)),
    flags: fc.nat(7),
    next: fc.nat(17),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(descriptor, { maxLength: 12 }),
      fc.array(fc.nat(17), { maxLength: 4 }),
      fc.constantFrom(...Object.values(T), 99),
      fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
      async (descriptors, heads, type, sector) => {
        const disk = new MemoryDisk(16);
        const it = new BlockGuest(disk);
        it.guest.bytesAt(0x8000_8000, 16).set(header(type, sector));
        it.guest.queues[0]!.describe(0, 0x8000_8000, 16, 1, 1);
        for (const d of descriptors) it.guest.queues[0]!.describe(d.index, d.address, d.length, d.flags, d.next);
        for (const head of heads) it.guest.queues[0]!.publish(head);
        it.guest.write(R.queueNotify, 0);
        await it.device.idle();
        expect(it.guest.isGuarded).toBe(true);
        it.guest.start(FLUSH);
        expect((await it.ask(T.in, 15, 512)).status).toBe(ok);
      },
    ),
    { numRuns: 60 },
  );
});

test('a raw disk reads, writes and ends in zeros', async () => {
  const path = join(folder, 'raw.img');
  await writeFile(path, filled(1000, 5));
  const disk = await RawDisk.open(path, { isReadOnly: false });
  expect(disk.bytes).toBe(1024);
  const last = filled(512, 1);
  await disk.read(512, last);
  expect([last[487], last[488], last[511]]).toEqual([5, 0, 0]);
  await disk.write(0, filled(512, 8));
  await disk.writeZeroes(512, 512);
  await disk.flush();
  await disk.close();
  expect((await readFile(path)).equals(Buffer.concat([filled(512, 8), filled(512, 0)]))).toBe(true);
});

test('disks that cannot be are refused in a sentence', async () => {
  await writeFile(join(folder, 'empty.img'), '');
  const refusal = (name: string, isReadOnly = false): Promise<string> =>
    RawDisk.open(join(folder, name), { isReadOnly }).then(
      () => 'opened',
      (error: unknown) => (error instanceof HostError ? error.message.replaceAll(`${folder}/`, '') : 'another error'),
    );
  expect(await refusal('none.img')).toBe('The disk none.img cannot be opened: there is no such file.');
  expect(await refusal('', true)).toContain('is neither a file nor a block device.');
  expect(await refusal('')).toContain('cannot be opened: it is a folder.');
  expect(await refusal('empty.img')).toBe('The disk empty.img is empty: give it a size first.');
});

test('a disk that is written has no second user, whoever it is; one that is read has other readers', async () => {
  const path = join(folder, 'claimed.img');
  await writeFile(path, filled(512, 1));
  const inUse = `The disk ${path} is in use by another guest: end that first or use a copy of the disk.`;
  const open = (isReadOnly: boolean): Promise<RawDisk> => RawDisk.open(path, { isReadOnly });
  const qemu = (drive: string): readonly string[] =>
    `-nodefaults -display none -S -monitor stdio -drive if=virtio,format=raw,file=${path}${drive}`.split(' ');
  const qemuSays = (drive: string): string =>
    spawnSync('qemu-system-x86_64', qemu(drive), { input: 'quit\n', encoding: 'latin1' }).stderr;
  const writer = await open(false);
  await expect(open(false)).rejects.toThrow(inUse);
  await expect(open(true)).rejects.toThrow(inUse);
  expect(qemuSays('')).toContain('lock');
  await writer.close();
  const readers = [await open(true), await open(true)];
  await expect(open(false)).rejects.toThrow(inUse);
  expect(qemuSays(',readonly=on')).toBe('');
  for (const reader of readers) await reader.close();
  const writingQemu = spawn('qemu-system-x86_64', qemu(''));
  writingQemu.stdin.write('info status\n');
  for await (const words of writingQemu.stdout.iterator({ destroyOnReturn: false })) {
    if (String(words).includes('VM status')) break;
  }
  await expect(open(false)).rejects.toThrow(inUse);
  writingQemu.stdin.end('quit\n');
  await once(writingQemu, 'exit');
  await (await open(false)).close();
});

test('an overlay keeps the disk below as it is, whatever is written', async () => {
  const path = join(folder, 'below.img');
  const below = Uint8Array.from({ length: 3 << 20 }, (_, i) => (i >>> 9) & 0xff);
  await writeFile(path, below);
  const disk = await OverlayDisk.create(await RawDisk.open(path, { isReadOnly: true }), folder);
  const model = below.slice();
  const place = fc.tuple(fc.nat(6100), fc.integer({ min: 1, max: 40 }));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(place, fc.nat(255), fc.nat(3)), { maxLength: 8 }), async (steps) => {
      for (const [[sector, count], value, kind] of steps) {
        const [at, bytes] = [sector * 512, count * 512];
        if (kind === 0) {
          await disk.write(at, filled(bytes, value));
          model.fill(value, at, at + bytes);
        } else if (kind === 1) {
          await disk.writeZeroes(at, bytes);
          model.fill(0, at, at + bytes);
        } else {
          const got = new Uint8Array(bytes);
          const pieces = new SegmentList();
          for (let place = 0; place < bytes; place += 512) pieces.add(got, bytes - 512 - place, 512);
          const done = kind === 2 ? 0 : disk.readNow(at, pieces, bytes);
          const backwards = got.slice();
          for (let place = 0; place < bytes; place += 512) {
            got.set(backwards.subarray(bytes - 512 - place).subarray(0, 512), place);
          }
          await disk.read(at + done, got.subarray(done));
          expect(Buffer.compare(got, model.subarray(at, at + bytes))).toBe(0);
        }
      }
    }),
    { numRuns: 60 },
  );
  const whole = new Uint8Array(below.length);
  await disk.read(0, whole);
  expect(Buffer.compare(whole, model)).toBe(0);
  await disk.close();
  expect((await readFile(path)).equals(below)).toBe(true);
});

test('an overlay that can have no file says so', async () => {
  await expect(OverlayDisk.create(new MemoryDisk(1, true), join(folder, 'none'))).rejects.toThrow(
    /^No file can be made in .*none for what the guest writes/,
  );
});

test('what was flushed is there after the process was killed', async () => {
  const path = join(folder, 'crash.img');
  await writeFile(path, '');
  await truncate(path, 1 << 20);
  const module = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
  const code = `
    const { RawDisk } = await import(${module('./raw-disk.ts')});
    const { BlockDevice } = await import(${module('./device.ts')});
    const { TestVirtioGuest } = await import(${module('../../virtio/test-guest.ts')});
    const disk = await RawDisk.open(${JSON.stringify(path)}, { isReadOnly: false });
    const guest = new TestVirtioGuest(new BlockDevice({ disk, serial: '' }), { ramBytes: 8 << 20, queueSize: 64 });
    guest.start(${FLUSH});
    const header = (type, sector) => { const b = new Uint8Array(16); b[0] = type; new DataView(b.buffer).setUint32(8, sector, true); return b; };
    for (let n = 1; n < 200; n++) {
      await guest.send(0, [header(1, n), new Uint8Array(512).fill(n)], [1]);
      await guest.send(0, [header(4, 0)], [1]);
      process.stdout.write(n + '\\n');
    }
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  let told = '';
  for await (const chunk of child.stdout) {
    told += String(chunk);
    if (told.split('\n').length > 60) break;
  }
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  const flushed = Number(told.split('\n').at(-2));
  const content = await readFile(path);
  expect(flushed).toBeGreaterThanOrEqual(60);
  for (let n = 1; n <= flushed; n++) expect(content.subarray(n * 512, (n + 1) * 512).every((b) => b === n)).toBe(true);
});
