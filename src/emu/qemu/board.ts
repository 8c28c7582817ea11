/**
 * What Saffron must know of QEMU's machine types to give each a screen, input devices and disks that it can drive.
 * Types that are not listed get nothing but what they have soldered on.
 */

/** A machine type's traits. */
export interface Board {
  /** What our virtio devices plug into; `none`: no virtio devices. */
  readonly bus: 'pci' | 'mmio' | 'none';
  /** `vga`: our GPU with VGA for firmware; `gpu`: our GPU alone; `own`: the board's screen. */
  readonly screen: 'vga' | 'gpu' | 'own';
  /** Processor count and memory size are fixed. */
  readonly isFixed: boolean;
  /** Has a USB controller on board but no other keyboard. */
  readonly hasUsbInput: boolean;
  /** QEMU's `if=` for disks; null leaves it to QEMU, `none` wants a device beside. */
  readonly diskInterface: 'virtio' | 'sd' | 'none' | null;
  readonly cdrom: 'ide' | 'scsi' | 'default';
}

const PC: Board = {
  bus: 'pci',
  screen: 'vga',
  isFixed: false,
  hasUsbInput: false,
  diskInterface: 'virtio',
  cdrom: 'ide',
};
const VIRT: Board = { ...PC, screen: 'gpu', cdrom: 'scsi' };
const MICROVM: Board = { ...PC, bus: 'mmio', screen: 'gpu', diskInterface: 'none', cdrom: 'default' };
const OTHER: Board = {
  bus: 'none',
  screen: 'own',
  isFixed: false,
  hasUsbInput: false,
  diskInterface: null,
  cdrom: 'default',
};
const RASPBERRY: Board = { ...OTHER, isFixed: true, hasUsbInput: true, diskInterface: 'sd' };

const ARCHES_WITH_PCI_VIRT: ReadonlySet<string> = new Set(['aarch64', 'arm', 'riscv64', 'riscv32', 'loongarch64']);

/** The traits of a machine type; `machine` may carry properties behind a comma. */
export function boardOf(machine: string | undefined, arch: string): Board {
  const type = typeOf(machine);
  if (/^(q35|pc|pc-.+)$/.test(type)) return PC;
  if (/^virt(-.+)?$/.test(type) && ARCHES_WITH_PCI_VIRT.has(arch)) return VIRT;
  if (type === 'microvm') return MICROVM;
  if (type.startsWith('raspi')) return RASPBERRY;
  return OTHER;
}

/** The machine type that guests of an architecture run on unless told otherwise; undefined leaves it to QEMU. */
export function usualMachine(arch: string): string | undefined {
  if (arch === 'x86_64' || arch === 'i386') return 'q35';
  return ARCHES_WITH_PCI_VIRT.has(arch) ? 'virt' : undefined;
}

/** The architecture (as in qemu-system-ARCH) that a machine type belongs to. */
export function usualArch(machine: string | undefined): string {
  const type = typeOf(machine);
  if (/^raspi[34]/.test(type) || /^(virt|virt-.+|sbsa-ref|xlnx-zcu102|xlnx-versal-virt)$/.test(type)) return 'aarch64';
  if (/^(raspi|versatile|vexpress|realview|integratorcp|cubieboard|orangepi|sabrelite|mps2|mps3|netduino)/.test(type)) {
    return 'arm';
  }
  if (/^(sifive|spike|microchip-icicle|shakti)/.test(type)) return 'riscv64';
  return 'x86_64';
}

function typeOf(machine: string | undefined): string {
  return machine?.split(',', 1)[0] ?? '';
}
