/**
 * The device tree of the board, as Linux wants it from its firmware: bindings riscv/cpus, sifive,plic-1.0.0, ns16550a,
 * google,goldfish-rtc, syscon-poweroff, syscon-reboot and virtio,mmio of the kernel's documentation.
 */
import { cells64, writeFdt, type FdtNode } from '../../device-tree/fdt.ts';
import { PLIC_SOURCES } from '../../devices/plic/plic.ts';
import { FINISHER_WORDS } from '../../devices/finisher/finisher.ts';
import { MEMORY_MAP, RAM_BASE, virtioSlot, type MapRow } from './memory-map.ts';

/** What differs from guest to guest. */
export interface BoardDescription {
  readonly memoryBytes: number;
  readonly harts: number;
  /** As in `riscv,isa`: rv64imafdc_zicsr_…. */
  readonly isa: string;
  /** As in `mmu-type`: riscv,sv48 … */
  readonly mmu: string;
  /** Ticks of the `time` register in a second. */
  readonly timebaseHz: number;
  /** Kernel command line. */
  readonly append: string;
  /** Guest addresses of the initial RAM disk, `end` exclusive; null: none. */
  readonly initrd: { readonly start: number; readonly end: number } | null;
  /** Virtio slots that have a device. */
  readonly slots: readonly number[];
  /** Entropy for the kernel's random generator; 32 bytes or more. */
  readonly seed: Uint8Array;
  /** Whether machine mode is there, for firmware. */
  readonly hasFirmware: boolean;
}

const PLIC_PHANDLE = 1;
const FINISHER_PHANDLE = 2;
const FIRST_HART_PHANDLE = 16;
/** Interrupts of a hart, as in `scause`. */
const EXTERNAL_S = 9;
const SOFTWARE_M = 3;
const TIMER_M = 7;
const EXTERNAL_M = 11;
/** Without firmware machine mode is not there: its context of the interrupt controller is told to be absent. */
const NO_INTERRUPT = 0xffff_ffff;
const UART_CLOCK_HZ = 3_686_400;

/** The tree as bytes. */
export function describeBoard(board: BoardDescription): Uint8Array {
  return writeFdt(rootNode(board));
}

function rootNode(board: BoardDescription): FdtNode {
  const { initrd } = board;
  const wish = (compatible: string, value: number): FdtNode => ({
    properties: { compatible, regmap: [FINISHER_PHANDLE], offset: [0], value: [value] },
  });
  return {
    properties: {
      '#address-cells': [2],
      '#size-cells': [2],
      compatible: 'riscv-virtio',
      model: 'Saffron virt',
    },
    children: {
      chosen: {
        properties: {
          bootargs: board.append,
          'stdout-path': `/soc/${nameOf('serial', MEMORY_MAP.uart)}`,
          'rng-seed': board.seed,
          ...(initrd === null
            ? {}
            : { 'linux,initrd-start': cells64(initrd.start), 'linux,initrd-end': cells64(initrd.end) }),
        },
      },
      [`memory@${RAM_BASE.toString(16)}`]: {
        properties: { device_type: 'memory', reg: [...cells64(RAM_BASE), ...cells64(board.memoryBytes)] },
      },
      poweroff: wish('syscon-poweroff', FINISHER_WORDS.pass),
      reboot: wish('syscon-reboot', FINISHER_WORDS.reset),
      cpus: cpusNode(board),
      soc: socNode(board),
    },
  };
}

function cpusNode({ harts, isa, mmu, timebaseHz }: BoardDescription): FdtNode {
  const children: Record<string, FdtNode> = {};
  for (let hart = 0; hart < harts; hart++) {
    children[`cpu@${hart.toString(16)}`] = {
      properties: {
        device_type: 'cpu',
        reg: [hart],
        status: 'okay',
        compatible: 'riscv',
        'riscv,isa': isa,
        'mmu-type': mmu,
      },
      children: {
        'interrupt-controller': {
          properties: {
            '#interrupt-cells': [1],
            'interrupt-controller': true,
            compatible: 'riscv,cpu-intc',
            phandle: [FIRST_HART_PHANDLE + hart],
          },
        },
      },
    };
  }
  return {
    properties: { '#address-cells': [1], '#size-cells': [0], 'timebase-frequency': [timebaseHz] },
    children,
  };
}

function socNode({ harts, slots, hasFirmware }: BoardDescription): FdtNode {
  const { finisher, rtc, plic, uart, clint } = MEMORY_MAP;
  const children: Record<string, FdtNode> = {
    [nameOf('test', finisher)]: {
      properties: {
        compatible: ['sifive,test1', 'sifive,test0', 'syscon'],
        reg: regOf(finisher),
        phandle: [FINISHER_PHANDLE],
      },
    },
    [nameOf('rtc', rtc)]: { properties: { compatible: 'google,goldfish-rtc', ...placeOf(rtc) } },
    [nameOf('plic', plic)]: {
      properties: {
        compatible: ['sifive,plic-1.0.0', 'riscv,plic0'],
        reg: regOf(plic),
        phandle: [PLIC_PHANDLE],
        'interrupt-controller': true,
        '#interrupt-cells': [1],
        '#address-cells': [0],
        'riscv,ndev': [PLIC_SOURCES],
        'interrupts-extended': Array.from({ length: harts }, (_, hart) => [
          FIRST_HART_PHANDLE + hart,
          hasFirmware ? EXTERNAL_M : NO_INTERRUPT,
          FIRST_HART_PHANDLE + hart,
          EXTERNAL_S,
        ]).flat(),
      },
    },
    [nameOf('serial', uart)]: {
      properties: { compatible: 'ns16550a', 'clock-frequency': [UART_CLOCK_HZ], ...placeOf(uart) },
    },
  };
  if (hasFirmware) {
    children[nameOf('clint', clint)] = {
      properties: {
        compatible: ['sifive,clint0', 'riscv,clint0'],
        reg: regOf(clint),
        'interrupts-extended': Array.from({ length: harts }, (_, hart) => [
          FIRST_HART_PHANDLE + hart,
          SOFTWARE_M,
          FIRST_HART_PHANDLE + hart,
          TIMER_M,
        ]).flat(),
      },
    };
  }
  for (const slot of slots) {
    const place = virtioSlot(slot);
    children[nameOf('virtio_mmio', place)] = { properties: { compatible: 'virtio,mmio', ...placeOf(place) } };
  }
  return {
    properties: { '#address-cells': [2], '#size-cells': [2], compatible: 'simple-bus', ranges: true },
    children,
  };
}

function nameOf(name: string, { base }: MapRow): string {
  return `${name}@${base.toString(16)}`;
}

function regOf({ base, bytes }: MapRow): readonly number[] {
  return [...cells64(base), ...cells64(bytes)];
}

function placeOf(row: MapRow): FdtNode['properties'] {
  return { reg: regOf(row), interrupts: [row.interrupt], 'interrupt-parent': [PLIC_PHANDLE] };
}
