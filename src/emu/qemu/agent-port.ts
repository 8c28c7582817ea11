/**
 * The byte stream to the guest's agent: our end of the socket behind the virtio-serial port. QEMU tells by an event
 * when the guest opens and closes its side; what is written while it is closed is dropped.
 */
import { Socket } from 'node:net';
import { Signal } from '../../base/signal.ts';
import type { AgentPort } from '../../display/contract.ts';

const MAX_WAITING_BYTES = 1 << 22;

export class QemuAgentPort implements AgentPort {
  readonly onOpen = new Signal<boolean>();
  readonly onData = new Signal<Uint8Array>();
  readonly onDrain = new Signal<void>();
  #socket: Socket | null = null;
  #isOpen = false;

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Takes over our end of the socket. */
  attach(fd: number): void {
    const socket = new Socket({ fd, readable: true, writable: true });
    this.#socket = socket;
    socket.on('data', (bytes) => this.onData.emit(bytes));
    socket.on('drain', () => this.onDrain.emit());
    socket.on('error', () => this.close());
    socket.on('close', () => this.close());
  }

  /** QEMU says that the guest opened or closed its side. */
  setOpen(isOpen: boolean): void {
    if (isOpen === this.#isOpen) return;
    this.#isOpen = isOpen;
    this.onOpen.emit(isOpen);
  }

  write(bytes: Uint8Array): boolean {
    if (!this.#isOpen || this.#socket === null) return true;
    // A caller that does not heed `false` loses its bytes rather than our memory.
    if (this.#socket.writableLength > MAX_WAITING_BYTES) return false;
    return this.#socket.write(bytes.slice());
  }

  /** Ends it. Twice is once. */
  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
    this.setOpen(false);
  }
}
