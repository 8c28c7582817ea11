/**
 * The board in the thread of the devices: virtio slots with their devices, clock, finisher; and the owner's side of the
 * registers that harts use themselves.
 */
import { assert } from '../../../base/assert.ts';
import { Signal } from '../../../base/signal.ts';
import { readFinisherWrite, type GuestWish } from '../../devices/finisher/finisher.ts';
import { Rtc, type RtcState } from '../../devices/rtc/rtc.ts';
import type { VirtioDevice } from '../../virtio/device.ts';
import type { GuestMemory } from '../../virtio/guest-memory.ts';
import { MmioTransport, type MmioState } from '../../virtio/mmio.ts';
import { MMIO_REGISTERS as R } from '../../virtio/mmio.table.ts';
import { BoardRegisters, type BoardHandle } from './board-registers.ts';
import { MEMORY_MAP, VIRTIO_SLOTS, VIRTIO_SPACE, VIRTIO_STRIDE } from './memory-map.ts';

const VENDOR_ID = 0x5346_4652;
const SERIAL_BYTES = 4096;
/** Serial input that the guest does not take waits, and is offered again after this. */
const SERIAL_RETRY_MS = 10;
const MAX_SERIAL_WAITING = 1 << 20;
/** How often the bell may be answered before the event loop gets its turn. */
const ROUNDS = 32;
/** What a clock shows at first whose time is counted in instructions: 2025-01-01. */
const PACED_START_NS = 1_735_689_600_000_000_000n;
const EMPTY_SLOT: ReadonlyMap<number, number> = new Map([
  [R.magicValue, 0x7472_6976],
  [R.version, 2],
]);

/** What the board itself remembers, as plain data; devices are asked one by one. */
export interface BoardState {
  readonly plic: readonly number[];
  readonly uart: readonly number[];
  readonly rtc: RtcState;
  readonly slots: readonly MmioState[];
  /** Bytes for the serial port that the guest has not taken. */
  readonly serial: readonly Uint8Array[];
}

/** What a board is made of. */
export interface BoardOptions {
  readonly handle: BoardHandle;
  readonly memory: GuestMemory;
  /** In the order of their slots; null: it comes later, by `plug`, and harts that want something of it wait for it. */
  readonly devices: readonly (VirtioDevice | null)[];
  /** What makes runs equal, when the handle says that they shall be. */
  readonly pace?: BoardPace | undefined;
}

/** See `BoardHandle.isPaced`. */
export interface BoardPace {
  /** The hart's time, in nanoseconds since its start. */
  readonly now: () => number;
  /** Resolves when no device waits for the host. */
  readonly settled: () => Promise<void>;
}

/** The board. Its owner keeps devices and harts. */
export class Board {
  /** The guest wants to be off, or to start anew. It runs on until someone stops it. */
  readonly onWish: Signal<GuestWish> = new Signal();
  /** Bytes that the guest has sent by its serial port, BORROWED until the subscriber returns. */
  readonly onSerial: Signal<Uint8Array> = new Signal();
  /** A driver broke the rules of its device. It may happen at any rate. */
  readonly onTrouble: Signal<Error> = new Signal();
  readonly #registers: BoardRegisters;
  readonly #memory: GuestMemory;
  /** Slots that have their devices. */
  #transports: readonly MmioTransport[] = [];
  /** By slot; null: its device is still to come. */
  readonly #slots: (MmioTransport | null)[];
  readonly #rtc: Rtc;
  readonly #serial = new Uint8Array(SERIAL_BYTES);
  #serialWaiting: Uint8Array[] = [];
  #serialTimer: NodeJS.Timeout | null = null;
  readonly #pace: BoardPace | null;
  /** What a hart is to be answered once all is done; null: none waits so. */
  #held: number | null = null;
  #isOpen = true;

  constructor({ handle, memory, devices, pace }: BoardOptions) {
    assert(devices.length <= VIRTIO_SLOTS, 'there are more devices than slots');
    const registers = new BoardRegisters(handle);
    this.#registers = registers;
    assert(handle.isPaced === (pace !== undefined), 'the harts wait for what the board waits for');
    this.#pace = pace ?? null;
    this.#memory = memory;
    this.#slots = devices.map(() => null);
    for (const [slot, device] of devices.entries()) if (device !== null) this.plug(slot, device);
    const rtc: Rtc = new Rtc(pace === undefined ? hostTime : () => PACED_START_NS + BigInt(pace.now()), () =>
      registers.plic.follow(MEMORY_MAP.rtc.interrupt, () => rtc.isRaised),
    );
    this.#rtc = rtc;
  }

  /** Gives a slot the device that it is still without. */
  plug(slot: number, device: VirtioDevice): void {
    assert(this.#slots[slot] === null, 'the slot waits for a device');
    const lines = this.#registers.lines[slot]!;
    const transport = new MmioTransport({ device, memory: this.#memory, lines, vendorId: VENDOR_ID });
    transport.onTrouble.subscribe((error) => this.onTrouble.emit(error));
    this.#slots[slot] = transport;
    this.#transports = this.#slots.filter((other) => other !== null);
    this.#registers.ring();
  }

  /** Serves harts until the board is closed. */
  async run(): Promise<void> {
    let rounds = 0;
    while (this.#isOpen) {
      const seen = this.#registers.bell;
      this.serve();
      if (this.#held !== null) await this.#settle(this.#held);
      const bell = this.#registers.waitForBell(seen);
      if (bell !== null) {
        rounds = 0;
        await bell;
      } else if (++rounds === ROUNDS) {
        rounds = 0;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  /** Does everything that harts have asked for up to now. */
  serve(): void {
    const { asked } = this.#registers;
    if (asked !== null && this.#transportAt(asked.address) !== null) {
      const { isStore, address, size, value } = asked;
      const answer = isStore ? this.#store(address, size, value) : this.#load(address, size);
      if (this.#pace === null) this.#registers.answer(answer);
      else this.#held = answer;
    }
    for (const transport of this.#transports) transport.serveDoorbells();
    this.#sendSerial();
  }

  /** Gives the guest bytes by its serial port; they are copied. Beyond a megabyte that it does not take they are dropped. */
  giveSerial(bytes: Uint8Array): void {
    if (this.#serialWaiting.reduce((sum, { length }) => sum + length, 0) > MAX_SERIAL_WAITING) return;
    this.#serialWaiting.push(bytes.slice());
    this.#feedSerial();
  }

  /** Devices take nothing more from the guest until `resume`. Harts are to be stopped before. */
  pause(): void {
    for (const transport of this.#transports) transport.pause();
  }

  resume(): void {
    for (const transport of this.#transports) transport.resume();
  }

  /** As at power-on. Harts are to be stopped before. */
  reset(): void {
    for (const transport of this.#transports) transport.reset();
    this.#sendSerial();
    this.#registers.uart.reset();
    this.#rtc.reset();
    this.#registers.plic.reset();
  }

  /** What it remembers, once all slots have their devices. */
  save(): BoardState {
    assert(this.#transports.length === this.#slots.length, 'a machine is not saved before it has started');
    return {
      plic: this.#registers.plic.save(),
      uart: this.#registers.uart.save(),
      rtc: this.#rtc.save(),
      slots: this.#transports.map((transport) => transport.save()),
      serial: this.#serialWaiting,
    };
  }

  /** Goes on from what `save` gave, on a new board with the same devices. They are restored before. */
  restore(state: BoardState): void {
    // Devices may interrupt as soon as they have their queues.
    this.#registers.plic.restore(state.plic);
    this.#registers.uart.restore(state.uart);
    this.#rtc.restore(state.rtc);
    for (const [i, transport] of this.#transports.entries()) {
      const slot = state.slots[i];
      if (slot !== undefined) transport.restore(slot);
    }
    this.#serialWaiting = [...state.serial];
    this.#feedSerial();
  }

  /** Ends `run` and all timers. Devices stay their owner's, stopped. */
  close(): void {
    this.#isOpen = false;
    this.pause();
    for (const transport of this.#transports) transport.device.stop();
    this.#rtc.close();
    if (this.#serialTimer !== null) clearTimeout(this.#serialTimer);
    this.#registers.ring();
  }

  /** Lets devices do all that there is to do, then the hart go on. */
  async #settle(answer: number): Promise<void> {
    do {
      for (const transport of this.#transports) transport.serveDoorbells();
      this.#sendSerial();
      await this.#pace?.settled();
      if (!this.#transports.some(({ hasTurn }) => hasTurn)) break;
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.#isOpen);
    this.#held = null;
    this.#registers.answer(answer);
  }

  /** The slot at an address; null: its device is still to come; undefined: there is none. */
  #transportAt(address: number): MmioTransport | null | undefined {
    return this.#slots[Math.floor((address - VIRTIO_SPACE.base) / VIRTIO_STRIDE)];
  }

  #load(address: number, size: number): number {
    const { rtc } = MEMORY_MAP;
    const inVirtio = address - VIRTIO_SPACE.base;
    if (inVirtio >= 0 && inVirtio < VIRTIO_SPACE.bytes) {
      const offset = inVirtio % VIRTIO_STRIDE;
      const transport = this.#transportAt(address);
      if (transport != null) return transport.load(offset, size);
      return size === 4 ? (EMPTY_SLOT.get(offset) ?? 0) : 0;
    }
    return address >= rtc.base && address < rtc.base + rtc.bytes ? this.#rtc.load(address - rtc.base, size) : 0;
  }

  #store(address: number, size: number, value: number): number {
    const { finisher, rtc, uart } = MEMORY_MAP;
    const inVirtio = address - VIRTIO_SPACE.base;
    if (inVirtio >= 0 && inVirtio < VIRTIO_SPACE.bytes) {
      this.#transportAt(address)?.store(inVirtio % VIRTIO_STRIDE, size, value);
    } else if (address >= rtc.base && address < rtc.base + rtc.bytes) {
      this.#rtc.store(address - rtc.base, size, value);
    } else if (address >= uart.base && address < uart.base + uart.bytes) {
      this.#registers.uart.store(address - uart.base, value);
    } else {
      const wish = readFinisherWrite(address - finisher.base, size, value);
      if (wish !== null) this.onWish.emit(wish);
    }
    return 0;
  }

  #sendSerial(): void {
    for (;;) {
      const count = this.#registers.uart.take(this.#serial);
      if (count === 0) return;
      this.onSerial.emit(this.#serial.subarray(0, count));
    }
  }

  #feedSerial(): void {
    for (let first = this.#serialWaiting[0]; first !== undefined; first = this.#serialWaiting[0]) {
      const given = this.#registers.uart.give(first);
      if (given < first.length) {
        this.#serialWaiting[0] = first.subarray(given);
        this.#serialTimer ??= setTimeout(() => {
          this.#serialTimer = null;
          this.#feedSerial();
        }, SERIAL_RETRY_MS);
        return;
      }
      this.#serialWaiting.shift();
    }
  }
}

/** Nanoseconds since 1970. */
function hostTime(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
}
