/**
 * Where things are on the board: the addresses and interrupt numbers of QEMU's `virt`, with more virtio slots behind its
 * eight. There is no PCI, no flash and no fw_cfg.
 */
import { FINISHER_BYTES } from '../../devices/finisher/finisher.ts';
import { PLIC_BYTES } from '../../devices/plic/plic.ts';
import { UART_BYTES } from '../../devices/uart/uart.ts';
import { CLINT } from '../clint.ts';

/** A piece of address space with a device's registers. */
export interface MapRow {
  readonly base: number;
  readonly bytes: number;
  /** Source at the interrupt controller; 0: none. */
  readonly interrupt: number;
}

/** Where RAM begins. */
export const RAM_BASE = 0x8000_0000;
/** Slots for virtio devices. */
export const VIRTIO_SLOTS = 24;
/** Slots that QEMU has; their interrupts are 1 to 8. */
const QEMU_SLOTS = 8;
const VIRTIO_BASE = 0x1000_1000;
/** Bytes from slot to slot. */
export const VIRTIO_STRIDE = 0x1000;
/** Interrupts of the further slots; QEMU has its PCI bridge at 32 to 35. */
const FURTHER_INTERRUPTS = 40;

/** Everything that has one place. */
export const MEMORY_MAP = {
  finisher: { base: 0x10_0000, bytes: FINISHER_BYTES, interrupt: 0 },
  rtc: { base: 0x10_1000, bytes: 0x1000, interrupt: 11 },
  plic: { base: 0xc00_0000, bytes: PLIC_BYTES, interrupt: 0 },
  /** With firmware only: machine mode's timers and software interrupts. */
  clint: { ...CLINT, interrupt: 0 },
  uart: { base: 0x1000_0000, bytes: UART_BYTES, interrupt: 10 },
} as const satisfies Readonly<Record<string, MapRow>>;

/** All virtio slots as one piece. */
export const VIRTIO_SPACE: { readonly base: number; readonly bytes: number } = {
  base: VIRTIO_BASE,
  bytes: VIRTIO_SLOTS * VIRTIO_STRIDE,
};

/** The place of a virtio slot, 0 to 23. */
export function virtioSlot(index: number): MapRow {
  return {
    base: VIRTIO_BASE + VIRTIO_STRIDE * index,
    bytes: VIRTIO_STRIDE,
    interrupt: index < QEMU_SLOTS ? 1 + index : FURTHER_INTERRUPTS + index - QEMU_SLOTS,
  };
}
