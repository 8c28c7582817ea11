/**
 * A virtio disk: Virtio 1.3 §5.2, one queue. Requests are done side by side and answered as they end. What the host has in
 * memory is read at once, straight into guest memory, and answered before anything else happens here. All other data goes
 * through buffers of our own: no system call that goes on beside this thread ever has guest memory in its hands.
 *
 * A guest that resets the device while requests are under way never sees anything of them; what it asks next waits until
 * they are over, so that an old write cannot come after a new one. The owner waits for `idle` before it takes guest memory
 * away from a stopped device.
 */
import { assert } from '../../../base/assert.ts';
import { Signal } from '../../../base/signal.ts';
import { Reader } from '../../../wire/reader.ts';
import { joinBytes, Writer } from '../../../wire/writer.ts';
import { DescriptorChain } from '../../virtio/descriptor-chain.ts';
import type { VirtioDevice, VirtioDriverSide } from '../../virtio/device.ts';
import type { Virtqueue } from '../../virtio/queue.ts';
import { SECTOR_BYTES, type Disk } from './disk.ts';
import {
  BlockRequestType,
  BlockStatus,
  type BlockRequest,
  readBlockRange,
  readBlockRequest,
  writeBlockConfig,
} from './wire/block.gen.ts';

const HEADER_BYTES = 16;
const RANGE_BYTES = 16;
const ID_BYTES = 20;
const CONFIG_BYTES = 60;
/** VIRTIO_BLK_F_SEG_MAX, _RO, _BLK_SIZE, _FLUSH, _TOPOLOGY, _WRITE_ZEROES */
const SEGMENTS_MAX = 1n << 2n;
const READ_ONLY = 1n << 5n;
const BLOCK_SIZE = 1n << 6n;
const FLUSH = 1n << 9n;
const TOPOLOGY = 1n << 10n;
const WRITE_ZEROES = 1n << 14n;
const QUEUE_SIZE = 512;
/** Segments of a request: what the queue has, less header and status. A megabyte of scattered pages is one request. */
const MAX_SEGMENTS = QUEUE_SIZE - 2;
/** What drivers are advised to ask for: at least a page, and so much at best; Linux reads twice that ahead. */
const PAGE_SECTORS = 8;
const READ_AHEAD_SECTORS = (256 << 10) / SECTOR_BYTES;
const MAX_ZERO_SECTORS = (1 << 30) / SECTOR_BYTES;

/** Requests under way at a time: Node reads and writes four of them at once. */
const MAX_UNDER_WAY = 16;
/** Data is moved in pieces of this, of which each request under way may have one. */
const PIECE_BYTES = 512 << 10;
/** What is read at once before others have their turn. */
const TURN_BYTES = 4 << 20;
/** The most data of a request: more than any driver's. */
const MAX_REQUEST_BYTES = 64 << 20;

/** A request under way; made anew only when more are under way than ever before. */
interface Request {
  readonly chain: DescriptorChain;
  readonly header: Uint8Array;
  piece: Uint8Array;
  /** The life of the driver, and the queue, that it came from. */
  life: number;
  queue: Virtqueue | null;
  /** Bytes written into the guest's buffers. */
  written: number;
  /** What it says it is; null: it says nothing. */
  order: BlockRequest | null;
  /** Bytes that were read at once. */
  readNow: number;
}

/** What a disk device is made of. */
export interface BlockDeviceOptions {
  /** Stays the caller's, who closes it after the device. */
  readonly disk: Disk;
  /** At most 20 bytes of Latin text. */
  readonly serial: string;
  /** Requests that may be under way at once; with 1 they end in their order. */
  readonly maxUnderWay?: number;
}

/** The device. */
export class BlockDevice implements VirtioDevice {
  readonly deviceId = 2;
  readonly features: bigint;
  readonly queueSizes: readonly number[] = [QUEUE_SIZE];
  readonly configSize = CONFIG_BYTES;
  onConfigChange: (() => void) | null = null;
  /** The host could not do what the guest wanted; the guest is told by a status. It may happen at any rate. */
  readonly onTrouble: Signal<Error> = new Signal();
  readonly #disk: Disk;
  readonly #maxUnderWay: number;
  readonly #serial: Uint8Array;
  readonly #config: Uint8Array;
  readonly #free: Request[] = [];
  readonly #reader = new Reader();
  #driver: VirtioDriverSide | null = null;
  #life = 0;
  #underWay = 0;
  /** Requests that ended while the device was stopped. */
  #ended: Request[] = [];
  /** Requests of earlier lives that are still under way. */
  #old = 0;
  #waiters: (() => void)[] = [];

  constructor({ disk, serial, maxUnderWay = MAX_UNDER_WAY }: BlockDeviceOptions) {
    assert(disk.bytes % SECTOR_BYTES === 0 && disk.bytes > 0, 'a disk has whole sectors');
    this.#disk = disk;
    this.#maxUnderWay = maxUnderWay;
    this.#serial = new Uint8Array(ID_BYTES);
    this.#serial.set(Buffer.from(serial, 'latin1').subarray(0, ID_BYTES));
    this.features = SEGMENTS_MAX | BLOCK_SIZE | FLUSH | TOPOLOGY | (disk.isReadOnly ? READ_ONLY : WRITE_ZEROES);
    this.#config = configBytes(disk);
  }

  readConfig(offset: number, into: Uint8Array): void {
    into.set(this.#config.subarray(offset, offset + into.length));
  }

  writeConfig(): void {
    // Nothing of it can be written.
  }

  start(driver: VirtioDriverSide): void {
    this.#driver = driver;
    for (const request of this.#ended.splice(0)) this.#complete(request);
  }

  handleQueue(): boolean {
    const driver = this.#driver;
    const queue = driver?.queues[0];
    // What was asked in an earlier life is over first.
    if (queue === null || queue === undefined || this.#old > 0) return false;
    for (let left = TURN_BYTES; this.#underWay < this.#maxUnderWay;) {
      if (left <= 0) return true;
      const request = this.#free.pop() ?? newRequest();
      let isTaken = false;
      try {
        isTaken = queue.take(request.chain);
      } finally {
        if (!isTaken) this.#free.push(request);
      }
      if (!isTaken) return false;
      request.life = this.#life;
      request.queue = queue;
      request.written = 0;
      request.order = this.#orderOf(request);
      if (this.#serveNow(request)) {
        left -= request.written;
        this.#recycle(request);
        continue;
      }
      this.#underWay++;
      void this.#serve(request);
    }
    // `#finish` looks again.
    return false;
  }

  stop(): void {
    this.#driver = null;
  }

  reset(): void {
    this.#life++;
    this.#old += this.#underWay;
    this.#underWay = 0;
    for (const request of this.#ended.splice(0)) this.#discard(request);
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#underWay + this.#old - this.#ended.length > 0) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  /** Reads what can be read at once, and answers if that is all that was asked for. */
  #serveNow(request: Request): boolean {
    const { order, chain } = request;
    request.readNow = 0;
    if (order?.type !== BlockRequestType.in) return false;
    const bytes = chain.writable.totalBytes - 1;
    const start = this.#placeOf(order.sector, bytes);
    if (start === null || bytes === 0) return false;
    request.readNow = this.#disk.readNow(start, chain.writable, bytes);
    if (request.readNow < bytes) return false;
    request.written = bytes;
    request.header[0] = BlockStatus.ok;
    this.#answer(request);
    return true;
  }

  async #serve(request: Request): Promise<void> {
    let status: BlockStatus;
    try {
      status = await this.#perform(request);
    } catch (error) {
      status = BlockStatus.ioerr;
      this.onTrouble.emit(error instanceof Error ? error : new Error(String(error)));
    }
    this.#finish(request, status);
  }

  #finish(request: Request, status: BlockStatus): void {
    if (request.life !== this.#life) {
      this.#discard(request);
      if (this.#old === 0) this.#driver?.wake(0);
    } else {
      request.header[0] = status;
      if (this.#driver === null) this.#ended.push(request);
      else this.#complete(request);
    }
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  /** A request of an earlier life is over. */
  #discard(request: Request): void {
    this.#old--;
    this.#recycle(request);
  }

  #complete(request: Request): void {
    this.#answer(request);
    this.#underWay--;
    this.#recycle(request);
    if (this.#underWay === this.#maxUnderWay - 1) this.#driver?.wake(0);
  }

  #answer({ chain, header, queue, written }: Request): void {
    const { writable, head } = chain;
    const driver = this.#driver;
    // A queue that was set up anew knows nothing of it.
    if (queue !== null && queue === driver?.queues[0]) {
      if (writable.totalBytes > 0) writable.copyIn(writable.totalBytes - 1, header, 0, 1);
      queue.complete(head, Math.min(written + 1, writable.totalBytes));
      if (queue.takeInterruptWish()) driver.interrupt(0);
    }
  }

  #recycle(request: Request): void {
    request.queue = null;
    request.chain.readable.release();
    request.chain.writable.release();
    if (this.#free.length < MAX_UNDER_WAY) this.#free.push(request);
  }

  #orderOf({ chain, header }: Request): BlockRequest | null {
    if (chain.readable.totalBytes < HEADER_BYTES || chain.writable.totalBytes < 1) return null;
    chain.readable.copyOut(0, header, 0, HEADER_BYTES);
    return readBlockRequest(this.#reader.reset(header));
  }

  async #perform(request: Request): Promise<BlockStatus> {
    const { order } = request;
    if (order === null) return BlockStatus.ioerr;
    const { readable, writable } = request.chain;
    const { type, sector } = order;
    switch (type) {
      case BlockRequestType.in:
        return this.#read(request, sector, writable.totalBytes - 1);
      case BlockRequestType.out:
        return this.#write(request, sector, readable.totalBytes - HEADER_BYTES);
      case BlockRequestType.flush:
        await this.#disk.flush();
        return BlockStatus.ok;
      case BlockRequestType.getId: {
        const bytes = Math.min(ID_BYTES, writable.totalBytes - 1);
        writable.copyIn(0, this.#serial, 0, bytes);
        request.written = bytes;
        return BlockStatus.ok;
      }
      case BlockRequestType.writeZeroes:
        return this.#writeZeroes(request);
      default:
        return BlockStatus.unsupp;
    }
  }

  async #read(request: Request, sector: bigint, bytes: number): Promise<BlockStatus> {
    const start = this.#placeOf(sector, bytes);
    if (start === null) return BlockStatus.ioerr;
    for (let done = request.readNow; done < bytes; done += PIECE_BYTES) {
      const piece = pieceOf(request, Math.min(PIECE_BYTES, bytes - done));
      await this.#disk.read(start + done, piece);
      // A driver that has let go of its buffers may use them for something else.
      if (request.life !== this.#life) return BlockStatus.ioerr;
      request.chain.writable.copyIn(done, piece, 0, piece.length);
    }
    request.written = bytes;
    return BlockStatus.ok;
  }

  async #write(request: Request, sector: bigint, bytes: number): Promise<BlockStatus> {
    const start = this.#placeOf(sector, bytes);
    if (start === null || this.#disk.isReadOnly) return BlockStatus.ioerr;
    for (let done = 0; done < bytes; done += PIECE_BYTES) {
      if (request.life !== this.#life) return BlockStatus.ioerr;
      const piece = pieceOf(request, Math.min(PIECE_BYTES, bytes - done));
      request.chain.readable.copyOut(HEADER_BYTES + done, piece, 0, piece.length);
      await this.#disk.write(start + done, piece);
    }
    return this.#settle();
  }

  async #writeZeroes(request: Request): Promise<BlockStatus> {
    const { readable } = request.chain;
    if (this.#disk.isReadOnly) return BlockStatus.ioerr;
    if (readable.totalBytes !== HEADER_BYTES + RANGE_BYTES) return BlockStatus.unsupp;
    const bytes = new Uint8Array(RANGE_BYTES);
    readable.copyOut(HEADER_BYTES, bytes, 0, RANGE_BYTES);
    const { sector, sectors, flags } = readBlockRange(this.#reader.reset(bytes));
    if ((flags & ~1) !== 0 || sectors > MAX_ZERO_SECTORS) return BlockStatus.unsupp;
    const start = this.#inside(sector, sectors * SECTOR_BYTES);
    if (start === null) return BlockStatus.ioerr;
    await this.#disk.writeZeroes(start, sectors * SECTOR_BYTES);
    return this.#settle();
  }

  /** A driver that cannot flush relies on every write to be on the medium (§5.2.6.2). */
  async #settle(): Promise<BlockStatus> {
    if (((this.#driver?.features ?? 0n) & FLUSH) === 0n) await this.#disk.flush();
    return BlockStatus.ok;
  }

  #placeOf(sector: bigint, bytes: number): number | null {
    return bytes > MAX_REQUEST_BYTES || bytes % SECTOR_BYTES !== 0 ? null : this.#inside(sector, bytes);
  }

  /** Where a piece of the disk begins, in bytes; null when not all of it is on the disk. */
  #inside(sector: bigint, bytes: number): number | null {
    if (sector > BigInt(this.#disk.bytes / SECTOR_BYTES)) return null;
    const start = Number(sector) * SECTOR_BYTES;
    return bytes <= this.#disk.bytes - start ? start : null;
  }
}

function newRequest(): Request {
  return {
    chain: new DescriptorChain(),
    header: new Uint8Array(HEADER_BYTES),
    piece: new Uint8Array(0),
    life: 0,
    queue: null,
    written: 0,
    order: null,
    readNow: 0,
  };
}

/** Room for a piece in a request's own buffer, which grows to what its requests need. */
function pieceOf(request: Request, bytes: number): Uint8Array {
  if (request.piece.length < bytes)
    request.piece = new Uint8Array(Math.min(PIECE_BYTES, 2 ** Math.ceil(Math.log2(bytes))));
  return request.piece.subarray(0, bytes);
}

function configBytes(disk: Disk): Uint8Array {
  const writer = new Writer();
  writeBlockConfig(writer, {
    capacity: disk.bytes / SECTOR_BYTES,
    sizeMax: 0,
    segmentsMax: MAX_SEGMENTS,
    cylinders: 0,
    heads: 0,
    sectors: 0,
    blockSize: SECTOR_BYTES,
    physicalBlockExponent: 3,
    alignmentOffset: 0,
    minIoSize: PAGE_SECTORS,
    optIoSize: READ_AHEAD_SECTORS,
    writeback: 1,
    queueCount: 1,
    maxDiscardSectors: 0,
    maxDiscardSegments: 0,
    discardSectorAlignment: 0,
    maxWriteZeroesSectors: MAX_ZERO_SECTORS,
    maxWriteZeroesSegments: 1,
    writeZeroesMayUnmap: 0,
  });
  return joinBytes(writer.finish());
}
