/**
 * The cursor channel of one head: the guest's pointer shape, and its place for viewers that send motions. Shapes go as 32-bit
 * ALPHA without caching, which every viewer takes. When a viewer is slow only the newest shape and place are kept.
 */
import { LIMITS } from '../../base/limits.ts';
import type { PointerShape, PointerSource } from '../../display/contract.ts';
import type { Session, SessionChannel } from '../session.ts';
import {
  CursorFlags,
  CursorType,
  cursorServer,
  dispatchCursorClient,
  type Cursor,
  type cursorClient,
} from '../wire/cursor.gen.ts';
import { MouseMode } from '../wire/main.gen.ts';
import type { ChannelPipe } from './channel-pipe.ts';

const NO_SHAPE: Cursor = { flags: CursorFlags.none, header: null, data: new Uint8Array(0) };
const MAX_PLACE = 32767;

/** One viewer's cursor channel. */
export class CursorChannel implements SessionChannel {
  readonly #pipe: ChannelPipe;
  readonly #session: Session;
  readonly #pointer: PointerSource;
  #x = 0;
  #y = 0;
  #hasShape = true;
  #hasMoved = false;

  constructor(pipe: ChannelPipe, session: Session, pointer: PointerSource, head: number) {
    this.#pipe = pipe;
    this.#session = session;
    this.#pointer = pointer;
    const subscriptions = [
      pointer.onShape.subscribe(() => {
        this.#hasShape = false;
        this.#send();
      }),
      pointer.onMove.subscribe((place) => {
        if (place.head !== head) return;
        this.#x = Math.max(0, Math.min(MAX_PLACE, place.x));
        this.#y = Math.max(0, Math.min(MAX_PLACE, place.y));
        this.#hasMoved = true;
        this.#send();
      }),
      session.onMouseMode.subscribe(() => {
        this.#hasMoved = true;
        this.#send();
      }),
    ];
    pipe.onReady = () => this.#send();
    pipe.onClose = () => {
      for (const subscription of subscriptions) subscription[Symbol.dispose]();
    };
    pipe.start<typeof cursorClient>(dispatchCursorClient, {});
    pipe.send(cursorServer.init, {
      position: { x: 0, y: 0 },
      trailLength: 0,
      trailFrequency: 0,
      visible: pointer.shape !== null,
      cursor: cursorOf(pointer.shape),
    });
  }

  close(reason: string): void {
    this.#pipe.close(reason);
  }

  #send(): void {
    if (!this.#pipe.canSend()) return;
    if (!this.#hasShape) {
      this.#hasShape = true;
      this.#hasMoved = false;
      const { shape } = this.#pointer;
      if (shape === null) this.#pipe.send(cursorServer.hide, {});
      else this.#pipe.send(cursorServer.set, { position: this.#place, visible: true, cursor: cursorOf(shape) });
      return;
    }
    if (!this.#hasMoved) return;
    this.#hasMoved = false;
    // A viewer that sends positions knows the place before the guest does; and a move shows what was hidden.
    if (this.#session.mouseMode !== MouseMode.server || this.#pointer.shape === null) return;
    this.#pipe.send(cursorServer.move, { position: this.#place });
  }

  get #place(): { readonly x: number; readonly y: number } {
    return { x: this.#x, y: this.#y };
  }
}

function cursorOf(shape: PointerShape | null | undefined): Cursor {
  if (shape === null || shape === undefined || !isSound(shape)) return NO_SHAPE;
  return {
    flags: 0,
    header: {
      unique: 0n,
      type: CursorType.alpha,
      width: shape.width,
      height: shape.height,
      hotSpotX: shape.hotX,
      hotSpotY: shape.hotY,
    },
    data: straightAlpha(shape),
  };
}

function isSound({ width, height, hotX, hotY, pixels }: PointerShape): boolean {
  const isSide = (n: number): boolean => Number.isInteger(n) && n > 0 && n <= LIMITS.maxCursorSide;
  return (
    isSide(width) &&
    isSide(height) &&
    hotX >= 0 &&
    hotX < width &&
    hotY >= 0 &&
    hotY < height &&
    pixels.byteLength === 4 * width * height
  );
}

const straight = new WeakMap<PointerShape, Uint8Array>();

/** Viewers blend with colours that are not multiplied by alpha; converted once for all of them. */
function straightAlpha(shape: PointerShape): Uint8Array {
  const known = straight.get(shape);
  if (known !== undefined) return known;
  const pixels = Uint8Array.from(shape.pixels);
  for (let i = 0; i < pixels.byteLength; i += 4) {
    const alpha = pixels[i + 3] ?? 0;
    if (alpha === 0 || alpha === 255) continue;
    for (let c = i; c < i + 3; c++) pixels[c] = Math.min(255, Math.round(((pixels[c] ?? 0) * 255) / alpha));
  }
  straight.set(shape, pixels);
  return pixels;
}
