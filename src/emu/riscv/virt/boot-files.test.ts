import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { HostError } from '../../../base/errors.ts';
import { loadBoot, planBoot } from './boot-files.ts';

const MIB = 2 ** 20;

/** A RISC-V Image of `bytes` that wants `imageSize` bytes of memory. */
function image(bytes: number, imageSize = bytes, textOffset = 2 * MIB): Uint8Array {
  const file = new Uint8Array(bytes).fill(0x13);
  const view = new DataView(file.buffer);
  view.setBigUint64(8, BigInt(textOffset), true);
  view.setBigUint64(16, BigInt(imageSize), true);
  view.setBigUint64(24, 0n, true);
  view.setUint32(56, 0x0543_5352, true);
  return file;
}

interface TestSegment {
  readonly virtual: bigint;
  readonly physical: bigint;
  readonly data: Uint8Array;
  readonly memoryBytes: number;
}

function elf(entry: bigint, segments: readonly TestSegment[], machine = 243): Uint8Array {
  const headers = 64 + 56 * segments.length;
  const size = headers + segments.reduce((sum, { data }) => sum + data.length, 0);
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(18, machine, true);
  view.setBigUint64(24, entry, true);
  view.setBigUint64(32, 64n, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, segments.length, true);
  let at = headers;
  for (const [i, { virtual, physical, data, memoryBytes }] of segments.entries()) {
    const header = 64 + 56 * i;
    view.setUint32(header, 1, true);
    view.setBigUint64(header + 8, BigInt(at), true);
    view.setBigUint64(header + 16, virtual, true);
    view.setBigUint64(header + 24, physical, true);
    view.setBigUint64(header + 32, BigInt(data.length), true);
    view.setBigUint64(header + 40, BigInt(memoryBytes), true);
    file.set(data, at);
    at += data.length;
  }
  return file;
}

const files = (kernel: Uint8Array, initrd: Uint8Array | null = null) => ({
  kernel,
  kernelName: 'vmlinuz',
  initrd,
  initrdName: 'initrd.img',
});

test('an Image lies 2 MiB into RAM, the RAM disk behind all it needs, the device tree at the end', () => {
  const ram = new Uint8Array(64 * MIB).fill(0xff);
  const plan = planBoot(files(image(100, 9 * MIB), Uint8Array.of(1, 2, 3)), ram.length);
  expect(plan).toMatchObject({
    entry: 0x8020_0000,
    initrd: { start: 0x80c0_0000, end: 0x80c0_0003 },
    deviceTree: 0x83e0_0000,
  });
  loadBoot(plan, Uint8Array.of(0xd0, 0x0d), ram);
  expect([ram[2 * MIB - 1], ram[2 * MIB], ram[2 * MIB + 100], ram[11 * MIB - 1], ram[11 * MIB]]).toEqual([
    0xff, 0x13, 0, 0, 0xff,
  ]);
  expect([...ram.subarray(12 * MIB, 12 * MIB + 4)]).toEqual([1, 2, 3, 0xff]);
  expect([...ram.subarray(62 * MIB, 62 * MIB + 3)]).toEqual([0xd0, 0x0d, 0xff]);
});

test('the device tree stays in the lowest 4 GiB of a guest with more', () => {
  expect(planBoot(files(image(100)), 8 * 2 ** 30).deviceTree).toBe(0xffe0_0000);
});

test('an ELF kernel goes where its segments say, zeros included', () => {
  const ram = new Uint8Array(16 * MIB).fill(0xff);
  const kernel = elf(0xffff_ffff_8000_0004n, [
    { virtual: 0xffff_ffff_8000_0000n, physical: 0x8020_0000n, data: Uint8Array.of(1, 2, 3, 4, 5), memoryBytes: 8 },
    { virtual: 0xffff_ffff_8010_0000n, physical: 0x8030_0000n, data: Uint8Array.of(9), memoryBytes: 1 },
  ]);
  const plan = planBoot(files(kernel), ram.length);
  expect(plan.entry).toBe(0x8020_0004);
  loadBoot(plan, new Uint8Array(8), ram);
  expect([...ram.subarray(2 * MIB, 2 * MIB + 9)]).toEqual([1, 2, 3, 4, 5, 0, 0, 0, 0xff]);
  expect(ram[3 * MIB]).toBe(9);
});

test('an ELF entry that is a physical address is taken as it is', () => {
  const segment = { virtual: 0xffff_ffff_8000_0000n, physical: 0x8020_0000n, data: new Uint8Array(8), memoryBytes: 8 };
  expect(planBoot(files(elf(0x8020_0000n, [segment])), 16 * MIB).entry).toBe(0x8020_0000);
});

const segment = { virtual: 0x8000_0000n, physical: 0x8000_0000n, data: new Uint8Array(8), memoryBytes: 8 };
const bz = new Uint8Array(1024);
bz.set([0x48, 0x64, 0x72, 0x53], 0x202);
const bigEndian = image(100);
bigEndian[24] = 1;
const arm64 = new Uint8Array(100);
arm64.set([0x41, 0x52, 0x4d, 0x64], 56);
const narrow = elf(0x8000_0000n, [segment]);
narrow[4] = 1;

test.each([
  [
    'another architecture',
    elf(0x8000_0000n, [segment], 62),
    'The kernel vmlinuz is for x86-64: this machine is 64-bit RISC-V.',
  ],
  ['32-bit RISC-V', narrow, 'The kernel vmlinuz is for 32-bit RISC-V: this machine is 64-bit.'],
  ['a big-endian Image', bigEndian, 'The kernel vmlinuz is for big-endian RISC-V: this machine is little-endian.'],
  ['a PC kernel', bz, 'vmlinuz is no kernel for this machine: it is a Linux kernel for PCs (bzImage).'],
  ['an ARM kernel', arm64, 'vmlinuz is no kernel for this machine: it is a Linux kernel for 64-bit ARM.'],
  [
    'gzip',
    Uint8Array.from({ length: 100 }, (_, i) => [0x1f, 0x8b][i] ?? 0),
    'vmlinuz is no kernel for this machine: it is compressed with gzip, so unpack it first.',
  ],
  ['an empty file', new Uint8Array(0), 'vmlinuz is no kernel for this machine: it has only 0 bytes.'],
  [
    'text',
    new Uint8Array(100).fill(65),
    'vmlinuz is no kernel for this machine: it is neither a RISC-V Linux Image nor an ELF file.',
  ],
  [
    'a header of nonsense',
    image(100, 2 ** 50),
    'The kernel vmlinuz is damaged: the sizes in its header make no sense.',
  ],
  [
    'a cut ELF file',
    elf(0x8000_0000n, [segment]).subarray(0, 100),
    'The kernel vmlinuz is damaged: its list of segments lies outside it. Fetch or build it again.',
  ],
  [
    'an ELF file without code',
    elf(0x8000_0000n, []),
    'The kernel vmlinuz is damaged: it has no code to start with. Fetch or build it again.',
  ],
  [
    'memory that is not there',
    elf(0x1000n, [{ ...segment, virtual: 0x1000n, physical: 0x1000n }]),
    'The kernel vmlinuz wants to lie at 0x1000, where this machine has no memory: its begins at 0x80000000.',
  ],
  ['a kernel too large', image(100, 64 * MIB), "The guest's memory of 64 MiB is too small for vmlinuz: give it more."],
])('%s is refused in one sentence', (_, kernel, message) => {
  expect(() => planBoot(files(kernel), 64 * MIB)).toThrow(
    expect.objectContaining({ name: 'HostError', message }) as Error,
  );
});

test('a RAM disk too large for the memory is named', () => {
  expect(() => planBoot(files(image(100), new Uint8Array(60 * MIB)), 62 * MIB)).toThrow(
    "The guest's memory of 62 MiB is too small for initrd.img: give it more.",
  );
});

test('any damage ends in a plan inside RAM or in a HostError', () => {
  const kernels = [image(200), elf(0x8020_0000n, [{ ...segment, physical: 0x8020_0000n }])];
  const flip = fc.tuple(fc.nat(130), fc.nat(255));
  const ram = new Uint8Array(8 * MIB);
  fc.assert(
    fc.property(fc.constantFrom(...kernels), fc.array(flip, { maxLength: 8 }), (whole, flips) => {
      const kernel = whole.slice();
      for (const [at, value] of flips) if (at < kernel.length) kernel[at] = value;
      try {
        loadBoot(planBoot(files(kernel), ram.length), new Uint8Array(8), ram);
      } catch (error) {
        expect(error).toBeInstanceOf(HostError);
      }
    }),
    { numRuns: 300 },
  );
});

test('firmware has the beginning of RAM and is told where the next stage is', () => {
  const ram = new Uint8Array(64 * MIB);
  const firmware = new Uint8Array(MIB).fill(0x6f);
  const all = { ...files(image(4096), new Uint8Array(100).fill(9)), firmware, firmwareName: 'fw.bin' };
  const plan = planBoot(all, ram.length);
  loadBoot(plan, new Uint8Array(64), ram);
  expect([plan.entry, plan.initrd?.start]).toEqual([0x8000_0000, 0x8040_0000]);
  expect([ram[0], ram[MIB - 1], ram[MIB], ram[2 * MIB]]).toEqual([0x6f, 0x6f, 0, 0x13]);
  const info = new BigUint64Array(ram.buffer, (plan.dynamicInfo ?? 0) - 0x8000_0000, 6);
  expect([...info]).toEqual([0x4942_534fn, 2n, 0x8020_0000n, 1n, 0n, 0n]);
  // What is no kernel may be the next stage; or there is none that we know of.
  const stage = planBoot({ ...all, kernel: new Uint8Array(100).fill(0xee) }, ram.length);
  loadBoot(stage, new Uint8Array(64), ram);
  expect([stage.entry, ram[2 * MIB]]).toEqual([0x8000_0000, 0xee]);
  expect(planBoot({ ...all, kernel: null, initrd: null }, ram.length).pieces).toHaveLength(2);
});

test('firmware that cannot be is refused in a sentence', () => {
  const refusal = (firmware: Uint8Array): string => {
    try {
      planBoot({ ...files(image(4096)), firmware, firmwareName: 'fw.bin' }, 64 * MIB);
      return 'planned';
    } catch (error) {
      return error instanceof HostError ? error.message : 'another error';
    }
  };
  expect(refusal(new Uint8Array(10))).toBe('fw.bin is no firmware: it has only 10 bytes.');
  expect(refusal(new Uint8Array(3 * MIB))).toContain('where the firmware is: firmware has the first 2 MiB.');
  expect(refusal(new Uint8Array(65 * MIB))).toContain('too small for fw.bin');
  const low = { virtual: 0x1000n, physical: 0x1000n, data: new Uint8Array(4), memoryBytes: 4 };
  expect(refusal(elf(0x1000n, [low]))).toContain('where this machine has no memory');
});
