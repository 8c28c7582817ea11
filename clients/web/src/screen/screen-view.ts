/** The part of the page where the guest's screen is shown: its elements, and where the picture lies in them. */
import { guestPixelAt, layOutScreen, type ScaleMode, type ScreenLayout } from './screen-layout.ts';

const STYLE = `
  :host { display: block; position: relative; min-width: 0; min-height: 0; overflow: hidden; }
  :host([hidden]) { display: none; }
  .viewport {
    position: absolute; inset: 0; overflow: hidden; outline: none;
    touch-action: none; user-select: none; -webkit-user-select: none; -webkit-touch-callout: none;
  }
  .viewport.scrolls { overflow: auto; }
  .viewport.is-dimmed .screen { opacity: 0.45; }
  .screen { position: absolute; display: block; }
  .screen.is-sharp { image-rendering: pixelated; }
  .pointer { position: absolute; pointer-events: none; }
  .ring { position: absolute; inset: 0; pointer-events: none; }
  .viewport:focus-visible ~ .ring { box-shadow: inset 0 0 0 2px var(--saffron-focus, #e8820c); }
  [hidden] { display: none; }
  .hint {
    position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
  }
`;

export class ScreenView {
  /** Takes focus, keys and pointer. */
  readonly viewport: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** The guest's pointer where the browser's does not stand for it. */
  readonly pointerCanvas: HTMLCanvasElement;
  readonly #hint: HTMLElement;
  readonly #observer: ResizeObserver;
  readonly #onChange: () => void;
  #mode: ScaleMode = 'fit';
  #guest = { width: 0, height: 0 };
  #available = { width: 0, height: 0 };
  #layout: ScreenLayout | null = null;

  /** Builds the elements in `root`; `onChange` is called when the room for the picture changed. */
  constructor(host: HTMLElement, root: ShadowRoot, onChange: () => void) {
    this.#onChange = onChange;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    this.viewport = make('div', 'viewport');
    this.canvas = make('canvas', 'screen');
    this.canvas.setAttribute('part', 'screen');
    this.canvas.hidden = true;
    this.pointerCanvas = make('canvas', 'pointer');
    this.pointerCanvas.hidden = true;
    this.#hint = make('p', 'hint');
    this.#hint.id = 'hint';
    this.viewport.tabIndex = 0;
    this.viewport.append(this.canvas, this.pointerCanvas);
    root.append(this.viewport, make('div', 'ring'), this.#hint);
    this.#observer = new ResizeObserver((entries) => {
      const entry = entries.at(-1);
      if (entry !== undefined) this.#measure(entry);
    });
    try {
      this.#observer.observe(host, { box: 'device-pixel-content-box' });
    } catch {
      // Safari knows no device pixels here: rounded CSS pixels have to do.
      this.#observer.observe(host);
    }
  }

  /** Where the picture lies now; null before there is one, or room for it. */
  get layout(): ScreenLayout | null {
    return this.#layout;
  }

  /** The room for the picture in device pixels. */
  get available(): { readonly width: number; readonly height: number } {
    return this.#available;
  }

  get guest(): { readonly width: number; readonly height: number } {
    return this.#guest;
  }

  /** CSS pixels per guest pixel. */
  get scale(): number {
    return this.#layout === null ? 1 : this.#layout.width / this.#guest.width / devicePixelRatio;
  }

  set mode(mode: ScaleMode) {
    this.#mode = mode;
    this.#lay();
  }

  /** Says who the screen is to those who do not see it. */
  describe(label: string, hint: string, isViewOnly: boolean): void {
    // A screen reader hands all keys over to an application; one that takes no keys is a picture.
    this.viewport.setAttribute('role', isViewOnly ? 'img' : 'application');
    this.viewport.setAttribute('aria-label', label);
    if (isViewOnly) this.viewport.removeAttribute('aria-describedby');
    else this.viewport.setAttribute('aria-describedby', this.#hint.id);
    this.#hint.textContent = hint;
  }

  /** The guest's screen has another size. */
  resizeGuest(width: number, height: number): void {
    this.#guest = { width, height };
    this.#lay();
  }

  /** Whether the picture is an old one. */
  dim(isDimmed: boolean): void {
    this.viewport.classList.toggle('is-dimmed', isDimmed);
  }

  /** The guest pixel under a point of the window. */
  guestPoint(clientX: number, clientY: number): { readonly x: number; readonly y: number } {
    const box = this.canvas.getBoundingClientRect();
    return guestPixelAt({ x: clientX - box.left, y: clientY - box.top }, box, this.#guest);
  }

  dispose(): void {
    this.#observer.disconnect();
  }

  #measure(entry: ResizeObserverEntry): void {
    const device = entry.devicePixelContentBoxSize?.[0];
    const { width, height } = entry.contentRect;
    const rounded = { width: Math.round(width * devicePixelRatio), height: Math.round(height * devicePixelRatio) };
    // The browser's count differs by the rounding of edges at most; where it says more, it does not know the density.
    const isTrue = device !== undefined && Math.abs(device.inlineSize - rounded.width) <= 1;
    const available = isTrue ? { width: device.inlineSize, height: device.blockSize } : rounded;
    this.#available = available;
    this.#lay();
    this.#onChange();
  }

  #lay(): void {
    const { width, height } = this.#available;
    const hasPicture = this.#guest.width > 0 && this.#guest.height > 0;
    if (!hasPicture || width < 1 || height < 1) {
      this.#layout = null;
      this.canvas.hidden = true;
      return;
    }
    const layout = layOutScreen(this.#mode, this.#guest, this.#available);
    this.#layout = layout;
    this.canvas.hidden = false;
    this.canvas.classList.toggle('is-sharp', layout.isSharp);
    this.viewport.classList.toggle('scrolls', layout.scrolls);
    const { style } = this.canvas;
    style.left = `${layout.left / devicePixelRatio}px`;
    style.top = `${layout.top / devicePixelRatio}px`;
    style.width = `${layout.width / devicePixelRatio}px`;
    style.height = `${layout.height / devicePixelRatio}px`;
  }
}

function make<K extends keyof HTMLElementTagNameMap>(tag: K, className: string): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}
