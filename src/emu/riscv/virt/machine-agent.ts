import { Signal } from '../../../base/signal.ts';
import type { AgentPort } from '../../../display/contract.ts';

/** Bytes on their way to the thread of the devices, or waiting there, before a writer is asked to wait. */
const HIGH_WATER_BYTES = 1 << 18;

/** The agent's port on the main thread; the device is in another. */
export class MachineAgent implements AgentPort {
  readonly onOpen: Signal<boolean> = new Signal();
  readonly onData: Signal<Uint8Array> = new Signal();
  readonly onDrain: Signal<void> = new Signal();
  readonly #send: (bytes: Uint8Array) => void;
  #isOpen = false;
  #underWay = 0;
  #isHigh = false;

  /** `send` passes bytes on; what became of them is told by `take`. */
  constructor(send: (bytes: Uint8Array) => void) {
    this.#send = send;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  write(bytes: Uint8Array): boolean {
    if (!this.#isOpen) return true;
    this.#underWay += bytes.length;
    this.#send(bytes.slice());
    this.#isHigh ||= this.#underWay > HIGH_WATER_BYTES;
    return !this.#isHigh;
  }

  /** The guest has opened or closed its side. */
  setOpen(isOpen: boolean): void {
    if (isOpen === this.#isOpen) return;
    this.#isOpen = isOpen;
    this.onOpen.emit(isOpen);
  }

  /** The device has room again for that many of the bytes. */
  take(bytes: number): void {
    this.#underWay -= bytes;
    if (!this.#isHigh || this.#underWay > HIGH_WATER_BYTES / 2) return;
    this.#isHigh = false;
    this.onDrain.emit();
  }
}
