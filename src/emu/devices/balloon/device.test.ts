import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { MMIO_REGISTERS as R } from '../../virtio/mmio.table.ts';
import { TestVirtioGuest } from '../../virtio/test-guest.ts';
import { BalloonDevice } from './device.ts';

const FIRST_PAGE = 0x8000_0000 / 4096;

class BalloonGuest {
  readonly given: string[] = [];
  readonly device = new BalloonDevice((bytes) => {
    const start = bytes.byteOffset - this.guest.ram.byteOffset;
    this.given.push(`${start / 4096}+${bytes.length / 4096}`);
  });
  readonly guest: TestVirtioGuest = new TestVirtioGuest(this.device);

  constructor() {
    this.guest.start();
  }

  async inflate(pages: readonly number[]): Promise<void> {
    await this.guest.send(0, [new Uint8Array(Uint32Array.from(pages).buffer)]);
  }
}

test('pages are given back, neighbours in one piece', async () => {
  const it = new BalloonGuest();
  await it.inflate([10, 11, 12, 20, 33, 32, 31].map((page) => FIRST_PAGE + page));
  expect(it.given).toEqual(['10+3', '20+1', '31+3']);
});

test('what is no RAM is not given back', async () => {
  const it = new BalloonGuest();
  await it.inflate([0, 0xffff_ffff, FIRST_PAGE - 1, FIRST_PAGE + 255, FIRST_PAGE + 256]);
  expect(it.given).toEqual(['255+1']);
});

test('deflating gives nothing back', async () => {
  const it = new BalloonGuest();
  await it.guest.send(1, [new Uint8Array(Uint32Array.of(FIRST_PAGE).buffer)]);
  expect(it.given).toEqual([]);
});

test('the guest is asked for pages and tells how many it has put in', () => {
  const it = new BalloonGuest();
  it.device.setTarget(10 * 4096 + 5);
  expect([it.guest.read(R.config), it.guest.read(R.interruptStatus)]).toEqual([10, 2]);
  it.guest.write(R.config + 4, 7);
  it.guest.write(R.config, 99);
  expect([it.device.actualBytes, it.guest.read(R.config)]).toEqual([7 * 4096, 10]);
  const other = new BalloonGuest();
  other.device.restore(structuredClone(it.device.save()));
  expect([other.device.actualBytes, other.guest.read(R.config)]).toEqual([7 * 4096, 10]);
  it.guest.start();
  expect(it.device.actualBytes).toBe(0);
});

test('whatever numbers come, only whole pages of RAM are given back', async () => {
  const page = fc.oneof(
    fc.integer({ min: 0, max: 0xffff_ffff }),
    fc.nat(300).map((n) => FIRST_PAGE - 20 + n),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(page, { minLength: 1, maxLength: 50 }), async (pages) => {
      const it = new BalloonGuest();
      await it.inflate(pages);
      for (const piece of it.given) {
        const [start = NaN, count = NaN] = piece.split('+').map(Number);
        expect(start >= 0 && count > 0 && start + count <= 256).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test('what the guest reports as free is given back, whole pages of it', () => {
  const it = new BalloonGuest();
  const piece = (at: number, length: number) => ({ address: 0x8000_0000 + at, length, isWritable: true });
  it.guest.queues[2]!.add([piece(40 * 4096, 8192), piece(60 * 4096, 4096), piece(70 * 4096 + 100, 10_000)]);
  it.guest.write(R.queueNotify, 2);
  expect(it.given).toEqual(['40+2', '60+1', '71+1']);
  expect(it.guest.queues[2]!.takeUsed()).toMatchObject({ written: 0 });
});
