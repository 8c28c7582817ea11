/**
 * `<saffron-screen>`: the screen of a guest, reached by SPICE through a WebSocket. README.md in clients/web tells how to
 * embed it. It connects when told to; reconnecting and asking for passwords is left to the page, which hears of both.
 */
import { LIMITS } from '../../../../src/base/limits.ts';
import type { Rect } from '../../../../src/base/rect.ts';
import type { DisplayStats } from '../display/display-stats.ts';
import type { LockLights } from '../session/inputs-channel.ts';
import { openSession, type Session } from '../session/session.ts';
import { toSessionError, type SessionError, type SessionErrorCode } from '../session/session-error.ts';
import { openWebSocket } from '../session/websocket-transport.ts';
import { CursorView } from './cursor-view.ts';
import { Decoder, type ScreenPixels } from './decoder.ts';
import { ScreenInput } from './screen-input.ts';
import { isScaleMode, type ScaleMode } from './screen-layout.ts';
import { NO_STATS, type ScreenStats } from './screen-stats.ts';
import { ScreenView } from './screen-view.ts';

/** Where a screen is in its life. */
export type ConnectionState = 'disconnected' | 'connecting' | 'connected';

/** Events of the element, each a CustomEvent with this detail. */
export interface SaffronScreenEvents {
  connect: null;
  /** The connection ended or did not come about; not after `disconnect()`. */
  disconnect: { readonly code: SessionErrorCode; readonly message: string };
  /** A password is wanted; `isRetry` when the one given was wrong. A `disconnect` is not sent then. */
  authrequired: { readonly isRetry: boolean };
  /** The guest's screen has another size, in pixels. */
  resize: { readonly width: number; readonly height: number };
  /** A frame is on the canvas: `rect` is new, in guest pixels. */
  paint: { readonly rect: Rect; readonly frame: number };
  lights: LockLights;
  /** The guest's name became known. */
  guestname: { readonly name: string };
  /** Text was copied in the guest; never empty. */
  guestcopy: { readonly text: string };
  /** The user pressed Ctrl, Alt and Shift to get the keyboard back: a page moves focus elsewhere. */
  release: null;
  /** Whether the pointer is locked into the screen. */
  pointerlock: { readonly isLocked: boolean };
}

const NO_LIGHTS: LockLights = { scroll: false, num: false, caps: false };
const HINT =
  'Keys go to the guest. Press Control, Alt and Shift together and let go to get the keyboard back, Enter to return.';
const DEFAULT_LABEL = 'Guest screen';
/** A window that is being dragged changes size many times; guests should hear of the last. */
const RESIZE_QUIET_MS = 250;
const SMALLEST_GUEST = { width: 320, height: 200 };
const LATENCY_WEIGHT = 0.25;
const PAINT_MARK = 'saffron-paint';

interface KeyboardLock {
  lock(): Promise<void>;
  unlock(): void;
}

export class SaffronScreen extends HTMLElement {
  static readonly observedAttributes = ['scale-mode', 'view-only', 'label'];

  readonly #root: ShadowRoot;
  #parts: { view: ScreenView; cursor: CursorView; input: ScreenInput; decoder: Decoder } | null = null;
  #abort: AbortController | null = null;
  #password = '';
  #state: ConnectionState = 'disconnected';
  /** Counts attempts, so that a late answer to an old one is known. */
  #attempt = 0;
  #session: Session | null = null;
  #name = '';
  #lights = NO_LIGHTS;
  #stats: ScreenStats = NO_STATS;
  #resizeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: 'open', delegatesFocus: true });
  }

  /** Address of the SPICE server's WebSocket; a relative one is meant from the page's. */
  get src(): string {
    return this.getAttribute('src') ?? '';
  }
  set src(src: string) {
    this.setAttribute('src', src);
  }

  /** The password, or a one-time token; never shown as an attribute. */
  get password(): string {
    return this.#password;
  }
  set password(password: string) {
    this.#password = password;
  }

  /** How the picture is sized; see ScaleMode. */
  get scaleMode(): ScaleMode {
    const mode = this.getAttribute('scale-mode');
    return isScaleMode(mode) ? mode : 'fit';
  }
  set scaleMode(mode: ScaleMode) {
    this.setAttribute('scale-mode', mode);
  }

  /** Whether the guest gets no input from here. Takes effect with the next connection. */
  get viewOnly(): boolean {
    return this.hasAttribute('view-only');
  }
  set viewOnly(isViewOnly: boolean) {
    this.toggleAttribute('view-only', isViewOnly);
  }

  /** Which of the guest's screens is shown, from 0. Takes effect with the next connection. */
  get head(): number {
    return Number(this.getAttribute('head') ?? 0);
  }
  set head(head: number) {
    this.setAttribute('head', String(head));
  }

  /** The guest's screens by number, the one that is shown among them; empty while not connected. */
  get heads(): readonly number[] {
    return this.#session?.heads ?? [];
  }

  get connectionState(): ConnectionState {
    return this.#state;
  }

  /** The guest's name, empty before it is known. */
  get guestName(): string {
    return this.#name;
  }

  /** The guest's screen in pixels; 0 × 0 before the first picture. */
  get guestSize(): { readonly width: number; readonly height: number } {
    return this.#parts?.view.guest ?? { width: 0, height: 0 };
  }

  /** The lock keys as the guest has them. */
  get lights(): LockLights {
    return this.#lights;
  }

  get stats(): ScreenStats {
    return this.#stats;
  }

  /** Whether the guest's agent is there, without which a guest can not be resized. */
  get canResizeGuest(): boolean {
    return this.#session?.canResize ?? false;
  }

  /** Connects to `src` anew. What becomes of it is told by events. */
  connect(): void {
    this.disconnect();
    if (this.#parts === null) throw new Error('A saffron-screen is connected while it is in a document.');
    const attempt = ++this.#attempt;
    this.#state = 'connecting';
    this.#stats = NO_STATS;
    this.#open(attempt).catch((error: unknown) => this.#ended(attempt, toSessionError(error)));
  }

  /** Ends the connection, if there is one; no event follows. */
  disconnect(): void {
    this.#attempt++;
    this.#leave();
  }

  /** Gives the guest the keyboard. */
  override focus(options?: FocusOptions): void {
    this.#parts?.view.viewport.focus(options);
  }

  /** Presses keys together, named by KeyboardEvent.code, and lets them go: `sendKeys(['ControlLeft', 'AltLeft', 'Delete'])`. */
  sendKeys(codes: readonly string[]): void {
    this.#parts?.input.sendChord(codes);
  }

  /** The pixels of a part of the guest's screen as received: bytes R, G, B, A, and the part that is on the screen. */
  readPixels(rect: Rect): Promise<ScreenPixels> {
    if (this.#parts === null)
      return Promise.resolve({ rect: { ...rect, width: 0, height: 0 }, bytes: new Uint8ClampedArray() });
    return this.#parts.decoder.readPixels(rect);
  }

  /** Custom element callback. */
  connectedCallback(): void {
    const view = new ScreenView(this, this.#root, () => {
      this.#parts?.cursor.update();
      this.#wishSizeSoon();
    });
    view.mode = this.scaleMode;
    const cursor = new CursorView(view);
    const decoder = new Decoder(view.canvas, {
      sized: (width, height) => this.#sized(width, height),
      painted: (rect, stats) => this.#painted(rect, stats),
    });
    const input = new ScreenInput(view, this.#root, {
      inputs: () => this.#session?.inputs ?? null,
      keyboardReleased: () => this.#emit('release', null),
      pointerLocked: (isLocked) => this.#emit('pointerlock', { isLocked }),
    });
    this.#parts = { view, cursor, input, decoder };
    this.#describe();
    this.#abort = new AbortController();
    document.addEventListener('fullscreenchange', () => lockKeyboard(this), { signal: this.#abort.signal });
  }

  /** Custom element callback. */
  disconnectedCallback(): void {
    this.disconnect();
    this.#abort?.abort();
    const parts = this.#parts;
    this.#parts = null;
    parts?.input.dispose();
    parts?.decoder.dispose();
    parts?.view.dispose();
    this.#root.replaceChildren();
  }

  /** Custom element callback. */
  attributeChangedCallback(): void {
    if (this.#parts === null) return;
    this.#parts.view.mode = this.scaleMode;
    this.#parts.cursor.update();
    this.#describe();
    this.#wishSizeSoon();
  }

  async #open(attempt: number): Promise<void> {
    const url = new URL(this.src, document.baseURI).href.replace(/^http/, 'ws');
    const isCurrent = (): boolean => attempt === this.#attempt;
    const session = await openSession({
      connect: () => openWebSocket(url),
      password: this.#password,
      head: this.head,
      isViewOnly: this.viewOnly,
      openDisplay: (link, onEnd) => {
        if (this.#parts === null || !isCurrent()) throw new Error('The screen is gone.');
        return this.#parts.decoder.open(url, link, onEnd);
      },
      listener: {
        guestName: (name) => isCurrent() && this.#named(name),
        pointerMode: (isAbsolute) => {
          if (!isCurrent() || this.#parts === null) return;
          this.#parts.input.isAbsolute = isAbsolute;
          this.#parts.cursor.isAbsolute = isAbsolute;
        },
        agent: () => isCurrent() && this.#wishSizeSoon(),
        copied: (text) => isCurrent() && this.#emit('guestcopy', { text }),
        lights: (lights) => {
          if (!isCurrent()) return;
          this.#lights = lights;
          this.#emit('lights', lights);
        },
        latency: (ms) => isCurrent() && this.#measuredLatency(ms),
        cursorShape: (shape) => {
          if (isCurrent() && this.#parts !== null) this.#parts.cursor.shape = shape;
        },
        cursorMove: (x, y) => isCurrent() && this.#parts?.cursor.move(x, y),
        end: (error) => this.#ended(attempt, error),
      },
    });
    if (!isCurrent()) return session.close();
    this.#session = session;
    this.#state = 'connected';
    if (this.#parts !== null) {
      this.#parts.cursor.isEnabled = session.inputs !== null;
      this.#parts.view.dim(false);
    }
    this.#emit('connect', null);
    this.#wishSizeSoon();
  }

  #ended(attempt: number, error: SessionError): void {
    if (attempt !== this.#attempt) return;
    const isRetry = this.#password !== '';
    this.#leave();
    if (error.code === 'authentication') this.#emit('authrequired', { isRetry });
    else this.#emit('disconnect', { code: error.code, message: error.message });
  }

  /** Back to a screen that shows its last picture and is connected to nothing. */
  #leave(): void {
    clearTimeout(this.#resizeTimer);
    this.#resizeTimer = undefined;
    this.#parts?.input.releaseAll();
    const session = this.#session;
    this.#session = null;
    session?.close();
    this.#state = 'disconnected';
    this.#lights = NO_LIGHTS;
    if (this.#parts === null) return;
    this.#parts.cursor.isEnabled = false;
    this.#parts.cursor.shape = undefined;
    this.#parts.view.dim(true);
  }

  #named(name: string): void {
    this.#name = name;
    this.#describe();
    this.#emit('guestname', { name });
  }

  #describe(): void {
    const label = this.getAttribute('label') ?? DEFAULT_LABEL;
    this.#parts?.view.describe(this.#name === '' ? label : `${label}: ${this.#name}`, HINT, this.viewOnly);
  }

  #sized(width: number, height: number): void {
    // A guest that switches modes has no screen for a moment: its last picture stays.
    if (width === 0 || this.#parts === null) return;
    this.#parts.view.resizeGuest(width, height);
    this.#parts.cursor.update();
    this.#emit('resize', { width, height });
  }

  #painted(rect: Rect, stats: DisplayStats): void {
    const { draws, decodeMs, codecs, unsupported } = stats;
    const frames = this.#stats.frames + 1;
    const bytes = stats.bytes + (this.#session?.bytesReceived ?? 0);
    const lastPaintMs = performance.now();
    this.#stats = { ...this.#stats, frames, lastPaintMs, draws, bytes, decodeMs, codecs, unsupported };
    // Only the last mark is kept; observers of marks see each.
    performance.clearMarks(PAINT_MARK);
    performance.mark(PAINT_MARK, { detail: frames });
    this.#emit('paint', { rect, frame: frames });
  }

  #measuredLatency(ms: number): void {
    const before = this.#stats.latencyMs ?? ms;
    this.#stats = { ...this.#stats, latencyMs: before + (ms - before) * LATENCY_WEIGHT };
  }

  #wishSizeSoon(): void {
    clearTimeout(this.#resizeTimer);
    this.#resizeTimer = undefined;
    if (this.scaleMode !== 'resize-guest' || this.#session === null) return;
    this.#resizeTimer = setTimeout(() => this.#wishSize(), RESIZE_QUIET_MS);
  }

  #wishSize(): void {
    this.#resizeTimer = undefined;
    if (this.#session === null || this.#parts === null) return;
    const { available, guest } = this.#parts.view;
    const width = Math.min(LIMITS.maxScreenSide, Math.max(SMALLEST_GUEST.width, available.width));
    const height = Math.min(LIMITS.maxScreenSide, Math.max(SMALLEST_GUEST.height, available.height));
    if (width !== guest.width || height !== guest.height) this.#session.wishSize(width, height);
  }

  #emit<K extends keyof SaffronScreenEvents>(type: K, detail: SaffronScreenEvents[K]): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** In full screen the guest also gets the keys that the browser keeps otherwise, where the browser can do that. */
function lockKeyboard(screen: SaffronScreen): void {
  const { keyboard } = navigator as Navigator & { readonly keyboard?: KeyboardLock };
  if (keyboard === undefined) return;
  if (document.fullscreenElement?.contains(screen) === true) keyboard.lock().catch(() => {});
  else keyboard.unlock();
}

if (customElements.get('saffron-screen') === undefined) customElements.define('saffron-screen', SaffronScreen);

declare global {
  interface HTMLElementTagNameMap {
    'saffron-screen': SaffronScreen;
  }
}
