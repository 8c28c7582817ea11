import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { readCells, readFdt, type FdtRead } from '../../device-tree/fdt.ts';
import { describeBoard, type BoardDescription } from './describe-board.ts';

const board: BoardDescription = {
  memoryBytes: 5 * 2 ** 30,
  harts: 2,
  isa: 'rv64imafdc_sstc',
  mmu: 'riscv,sv39',
  timebaseHz: 10_000_000,
  append: 'console=ttyS0',
  initrd: { start: 0x8800_0000, end: 0x8800_1234 },
  slots: [0, 7, 8],
  seed: new Uint8Array(32).fill(7),
  hasFirmware: false,
};

function at(path: string, description = board): FdtRead {
  let node: FdtRead = readFdt(describeBoard(description));
  for (const name of path.split('/').filter((part) => part !== '')) {
    const child = node.children.get(name);
    if (child === undefined) throw new Error(`there is no ${name} in ${path}`);
    node = child;
  }
  return node;
}
const cells = (path: string, name: string): number[] => readCells(at(path).properties.get(name)!);
const text = (path: string, name: string): string =>
  Buffer.from(at(path).properties.get(name)!).toString('latin1').replace(/\0$/, '');

test('devices are where those of QEMU’s virt board are, with its interrupts', () => {
  expect(cells('soc/serial@10000000', 'reg')).toEqual([0, 0x1000_0000, 0, 0x100]);
  expect(cells('soc/serial@10000000', 'interrupts')).toEqual([10]);
  expect(text('soc/serial@10000000', 'compatible')).toBe('ns16550a');
  expect(cells('soc/rtc@101000', 'reg')).toEqual([0, 0x10_1000, 0, 0x1000]);
  expect(cells('soc/rtc@101000', 'interrupts')).toEqual([11]);
  expect(cells('soc/plic@c000000', 'reg')).toEqual([0, 0xc00_0000, 0, 0x60_0000]);
  expect(cells('soc/plic@c000000', 'riscv,ndev')).toEqual([0x60]);
  expect(cells('soc/virtio_mmio@10001000', 'interrupts')).toEqual([1]);
  expect(cells('soc/virtio_mmio@10008000', 'interrupts')).toEqual([8]);
  expect(cells('soc/virtio_mmio@10009000', 'interrupts')).toEqual([40]);
  expect(cells('soc/test@100000', 'reg')).toEqual([0, 0x10_0000, 0, 0x1000]);
});

test('the interrupt controller leads to the supervisor of each hart', () => {
  const harts = ['cpu@0', 'cpu@1'].map((cpu) => cells(`cpus/${cpu}/interrupt-controller`, 'phandle')[0]);
  expect(cells('soc/plic@c000000', 'interrupts-extended')).toEqual(
    harts.flatMap((phandle) => [phandle, 0xffff_ffff, phandle, 9]),
  );
  const parent = cells('soc/plic@c000000', 'phandle');
  expect(cells('soc/serial@10000000', 'interrupt-parent')).toEqual(parent);
  expect(cells('soc/virtio_mmio@10008000', 'interrupt-parent')).toEqual(parent);
});

test('memory, processors and what to boot are told', () => {
  expect(cells('memory@80000000', 'reg')).toEqual([0, 0x8000_0000, 1, 0x4000_0000]);
  expect([text('cpus/cpu@1', 'riscv,isa'), text('cpus/cpu@1', 'mmu-type')]).toEqual(['rv64imafdc_sstc', 'riscv,sv39']);
  expect(cells('cpus', 'timebase-frequency')).toEqual([10_000_000]);
  expect(text('chosen', 'bootargs')).toBe('console=ttyS0');
  expect(text('chosen', 'stdout-path')).toBe('/soc/serial@10000000');
  expect([cells('chosen', 'linux,initrd-start'), cells('chosen', 'linux,initrd-end')]).toEqual([
    [0, 0x8800_0000],
    [0, 0x8800_1234],
  ]);
});

test('power-off and reboot write to the finisher', () => {
  const finisher = cells('soc/test@100000', 'phandle');
  expect([cells('poweroff', 'regmap'), cells('poweroff', 'value')]).toEqual([finisher, [0x5555]]);
  expect([cells('reboot', 'regmap'), cells('reboot', 'value')]).toEqual([finisher, [0x7777]]);
});

test('the device tree compiler has nothing to object to', () => {
  const words = execFileSync('dtc', ['-I', 'dtb', '-O', 'dts'], {
    input: describeBoard(board),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  expect(words.toString()).toContain('riscv-virtio');
});

test('firmware is told of machine mode', () => {
  const firm = { ...board, hasFirmware: true };
  const pairs = (path: string): number[] =>
    readCells(at(path, firm).properties.get('interrupts-extended')!).filter((_, i) => i % 2 === 1);
  expect(pairs('soc/clint@2000000')).toEqual([3, 7, 3, 7]);
  expect(pairs('soc/plic@c000000')).toEqual([11, 9, 11, 9]);
  expect(at('soc').children.has('clint@2000000')).toBe(false);
});
