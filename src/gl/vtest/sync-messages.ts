/**
 * The messages of version 3 about sync objects, and the submissions that set them.
 *
 *     submitCmd2:  | number | batch (8 words), … | commands and sync points, anywhere |
 *     batch:       | flags | commands: offset, size | sync points: offset, number | timeline | unused ×2 |
 *     sync point:  | object | value, low | value, high |
 *
 * Offsets and sizes count words of the payload. All batches together have no more words than it, so that what is to be done for
 * a message grows as its length, though batches may name the same commands. Without a timeline the points are set at once;
 * with one, when the GPU has done what came before. virgl has the one timeline 0. Whoever waits for what the GPU does has the
 * process wait for it in place, as resourceBusyWait does: it serves nobody else.
 */
import { GpuError } from '../core/gpu-error.ts';
import type { VirglRenderer } from '../virgl/renderer.ts';
import { refusal } from './payload.ts';
import type { Payload } from './payload.ts';
import { SyncObjects } from './sync-objects.ts';
import type { SyncEvent, SyncPoint } from './sync-objects.ts';
import { vtestTable } from './vtest.table.ts';

const BATCH_WORDS = 8;
const [SIZE_WORD, POINTS_WORD] = [2, 4];
const POINT_WORDS = 3;
const HAS_TIMELINE = 1;
const WAIT_FOR_ANY = 1;

/** What the messages need of the client. */
interface SyncPeer {
  send(bytes: Uint8Array): void;
  sendFd(fd: number): void;
  createEvent(): SyncEvent;
}

/** Serves one client. */
export class SyncMessages implements Disposable {
  readonly #renderer: VirglRenderer;
  readonly #peer: SyncPeer;
  readonly #run: (words: Uint32Array) => void;
  readonly #objects = new SyncObjects();

  /** `run` has the commands done. */
  constructor(renderer: VirglRenderer, peer: SyncPeer, run: (words: Uint32Array) => void) {
    this.#renderer = renderer;
    this.#peer = peer;
    this.#run = run;
  }

  create(payload: Payload): void {
    this.#answer(vtestTable.syncCreate.id, this.#objects.create(longAt(payload, 0)));
  }

  unref(payload: Payload): void {
    this.#objects.destroy(payload.word(0));
  }

  read(payload: Payload): void {
    const object = this.#objects.find(payload.word(0));
    this.#renderer.poll();
    this.#answer(vtestTable.syncRead.id, Number(object.value & LOW), Number(object.value >> 32n));
  }

  write(payload: Payload): void {
    this.#objects.write(this.#pointAt(payload, 0));
  }

  wait(payload: Payload): void {
    const [flags, timeoutMs] = [payload.word(0), payload.word(1)];
    if ((flags & ~WAIT_FOR_ANY) !== 0) throw refusal('flags', `a wait with flags ${flags}`);
    const points = this.#pointsAt(payload, 2, (payload.length / 4 - 2) / POINT_WORDS);
    const isForAny = (flags & WAIT_FOR_ANY) !== 0;
    this.#renderer.poll();
    if (timeoutMs > 0 && !this.#objects.hasReached(points, isForAny)) this.#finish();
    const event = this.#peer.createEvent();
    this.#answer(vtestTable.syncWait.id);
    this.#peer.sendFd(event.fd);
    this.#objects.wait(event, points, isForAny, timeoutMs);
  }

  submit(payload: Payload): void {
    const words = payload.length / 4;
    const count = payload.word(0);
    if (1 + BATCH_WORDS * count > words) throw refusal('truncated', `${count} batches in ${words} words`);
    let named = 0;
    for (let i = 0; i < count; i++) {
      const at = 1 + BATCH_WORDS * i;
      named += payload.word(at + SIZE_WORD) + POINT_WORDS * payload.word(at + POINTS_WORD);
    }
    if (named > words) throw refusal('limit', `batches of ${named} words in ${words}`);
    for (let i = 0; i < count; i++) this.#submitBatch(payload, 1 + BATCH_WORDS * i);
  }

  /** Ends all waits. Twice is once. */
  close(): void {
    this.#objects.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #submitBatch(payload: Payload, at: number): void {
    const words = payload.length / 4;
    const [flags, offset, size, pointsOffset, pointCount, timeline] = [0, 1, 2, 3, 4, 5].map((i) =>
      payload.word(at + i),
    ) as [number, number, number, number, number, number];
    if ((flags & ~HAS_TIMELINE) !== 0) throw refusal('flags', `a batch with flags ${flags}`);
    if (offset + size > words || pointsOffset + POINT_WORDS * pointCount > words)
      throw refusal('truncated', `a batch to word ${Math.max(offset + size, pointsOffset + POINT_WORDS * pointCount)}`);
    const isLater = (flags & HAS_TIMELINE) !== 0;
    if (isLater && timeline !== 0) throw refusal('value', `timeline ${timeline} of a context of virgl`);
    const points = this.#pointsAt(payload, pointsOffset, pointCount);
    this.#run(payload.words(4 * offset, size));
    if (points.length === 0) return;
    if (isLater) this.#setAfterGpu(points);
    else for (const point of points) this.#objects.write(point);
  }

  #setAfterGpu(points: readonly SyncPoint[]): void {
    const set = (): void => {
      for (const point of points) this.#objects.write(point);
    };
    this.#renderer.makeCurrent();
    try {
      this.#renderer.fences.add(set);
    } catch (error) {
      if (!(error instanceof GpuError)) throw error;
      // Too many are under way: this one waits for all of them.
      this.#finish();
      set();
      return;
    }
    if (this.#objects.isAwaited(points)) this.#finish();
  }

  #finish(): void {
    if (this.#renderer.fences.size > 0) this.#renderer.finish();
  }

  #pointsAt(payload: Payload, at: number, count: number): SyncPoint[] {
    return Array.from({ length: count }, (_, i) => this.#pointAt(payload, at + POINT_WORDS * i));
  }

  #pointAt(payload: Payload, at: number): SyncPoint {
    return { object: this.#objects.find(payload.word(at)), value: longAt(payload, at + 1) };
  }

  #answer(id: number, ...words: readonly number[]): void {
    this.#peer.send(new Uint8Array(Uint32Array.of(words.length, id, ...words).buffer));
  }
}

const LOW = 0xffffffffn;

function longAt(payload: Payload, at: number): bigint {
  return BigInt(payload.word(at)) | (BigInt(payload.word(at + 1)) << 32n);
}
