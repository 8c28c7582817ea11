/**
 * Physical addresses outside RAM, as a hart's thread sees them. What is used while a guest runs is done here, in place;
 * the rest is asked of the thread of the devices.
 */
import { MMIO_REGISTERS as R } from '../../virtio/mmio.table.ts';
import { BoardRegisters, type BoardHandle } from './board-registers.ts';
import { MEMORY_MAP, VIRTIO_SPACE, VIRTIO_STRIDE } from './memory-map.ts';

/** What a hart has of it; sizes are bytes. Addresses are below 2^53. */
export interface HartBus {
  /** What is read, 0 to 2^32 − 1; −1: nothing is there. */
  load(address: number, size: 1 | 2 | 4): number;
  /** False: nothing is there. */
  store(address: number, size: 1 | 2 | 4, value: number): boolean;
}

/** A hart's way to the board, in the thread that calls this. `handle` is a `BoardHandle` that came from another thread. */
export function openBus(handle: unknown): HartBus {
  return new Bus(handle as BoardHandle);
}

class Bus implements HartBus {
  readonly #registers: BoardRegisters;

  constructor(handle: BoardHandle) {
    this.#registers = new BoardRegisters(handle);
  }

  load(address: number, size: 1 | 2 | 4): number {
    const { plic, uart, lines } = this.#registers;
    const inVirtio = address - VIRTIO_SPACE.base;
    if (inVirtio >= 0 && inVirtio < VIRTIO_SPACE.bytes) {
      if (inVirtio % VIRTIO_STRIDE === R.interruptStatus && size === 4) {
        return lines[Math.floor(inVirtio / VIRTIO_STRIDE)]!.status >>> 0;
      }
      return this.#registers.call(false, address, size, 0);
    }
    const inPlic = address - MEMORY_MAP.plic.base;
    if (inPlic >= 0 && inPlic < MEMORY_MAP.plic.bytes) return plic.load(inPlic, size);
    const inUart = address - MEMORY_MAP.uart.base;
    if (inUart >= 0 && inUart < MEMORY_MAP.uart.bytes) return uart.load(inUart);
    return isElsewhere(address) ? this.#registers.call(false, address, size, 0) : -1;
  }

  store(address: number, size: 1 | 2 | 4, value: number): boolean {
    const { plic, uart, lines, isPaced } = this.#registers;
    const inVirtio = address - VIRTIO_SPACE.base;
    if (inVirtio >= 0 && inVirtio < VIRTIO_SPACE.bytes) {
      const register = inVirtio % VIRTIO_STRIDE;
      if (size === 4 && (register === R.interruptAck || (register === R.queueNotify && !isPaced))) {
        const slot = lines[Math.floor(inVirtio / VIRTIO_STRIDE)]!;
        if (register === R.queueNotify) slot.ring(value >>> 0);
        else slot.acknowledge(value);
        return true;
      }
      return this.#registers.call(true, address, size, value) >= 0;
    }
    const inPlic = address - MEMORY_MAP.plic.base;
    if (inPlic >= 0 && inPlic < MEMORY_MAP.plic.bytes) {
      plic.store(inPlic, size, value);
      return true;
    }
    const inUart = address - MEMORY_MAP.uart.base;
    if (inUart >= 0 && inUart < MEMORY_MAP.uart.bytes) {
      if (isPaced) return this.#registers.call(true, address, size, value) >= 0;
      uart.store(inUart, value);
      return true;
    }
    return isElsewhere(address) && this.#registers.call(true, address, size, value) >= 0;
  }
}

/** Whether the thread of the devices has something there. */
function isElsewhere(address: number): boolean {
  const { finisher, rtc } = MEMORY_MAP;
  return (
    (address >= finisher.base && address < finisher.base + finisher.bytes) ||
    (address >= rtc.base && address < rtc.base + rtc.bytes)
  );
}
