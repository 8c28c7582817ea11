/**
 * The guest's pointer: as the browser's own where the viewer moves it (it then never lags behind the hand), and drawn over
 * the picture where the guest moves it by itself.
 */
import type { CursorShape } from '../session/cursor-shape.ts';
import type { ScreenView } from './screen-view.ts';

/** Scaled by less than this, an image is shown as it is: sharp, a hair's breadth off. */
const SCALE_TOLERANCE = 0.03;

export class CursorView {
  readonly #view: ScreenView;
  #shape: CursorShape | null | undefined;
  #x = 0;
  #y = 0;
  #isAbsolute = true;
  #isEnabled = false;
  #drawn: CursorShape | null = null;

  constructor(view: ScreenView) {
    this.#view = view;
  }

  /** `null`: the guest hides its pointer. `undefined`: it has told nothing yet. */
  set shape(shape: CursorShape | null | undefined) {
    if (shape === this.#shape) return;
    this.#shape = shape;
    this.update();
  }

  /** Whether the viewer moves the pointer, so that the browser's own stands for it. */
  set isAbsolute(isAbsolute: boolean) {
    this.#isAbsolute = isAbsolute;
    this.update();
  }

  /** Whether input goes to the guest at all. */
  set isEnabled(isEnabled: boolean) {
    this.#isEnabled = isEnabled;
    this.update();
  }

  /** The place of the hot spot in guest pixels. */
  move(x: number, y: number): void {
    this.#x = x;
    this.#y = y;
    if (!this.#isAbsolute) this.#placeOverlay();
  }

  /** Shows the pointer as it must be now; also after the picture was laid out anew. */
  update(): void {
    const usesBrowserCursor = this.#isAbsolute && this.#isEnabled;
    this.#view.canvas.style.cursor = usesBrowserCursor ? this.#cssCursor() : 'default';
    const shape = this.#shape ?? null;
    this.#view.pointerCanvas.hidden = usesBrowserCursor || shape === null || this.#view.layout === null;
    if (this.#view.pointerCanvas.hidden || shape === null) return;
    if (this.#drawn !== shape) {
      this.#drawn = shape;
      drawShape(this.#view.pointerCanvas, shape, shape.width, shape.height);
    }
    this.#placeOverlay();
  }

  #placeOverlay(): void {
    const { layout, scale, pointerCanvas } = this.#view;
    const shape = this.#shape ?? null;
    if (layout === null || shape === null) return;
    const { style } = pointerCanvas;
    style.left = `${layout.left / devicePixelRatio + (this.#x - shape.hotX) * scale}px`;
    style.top = `${layout.top / devicePixelRatio + (this.#y - shape.hotY) * scale}px`;
    style.width = `${shape.width * scale}px`;
    style.height = `${shape.height * scale}px`;
  }

  #cssCursor(): string {
    const shape = this.#shape;
    if (shape === undefined) return 'default';
    if (shape === null) return 'none';
    const { scale } = this.#view;
    const deviceScale = scale * devicePixelRatio;
    const isAsIs = Math.abs(deviceScale - 1) <= SCALE_TOLERANCE;
    const width = isAsIs ? shape.width : Math.max(1, Math.round(shape.width * deviceScale));
    const height = isAsIs ? shape.height : Math.max(1, Math.round(shape.height * deviceScale));
    const canvas = document.createElement('canvas');
    drawShape(canvas, shape, width, height);
    const url = canvas.toDataURL('image/png');
    // The hot spot is in CSS pixels, as the image is once its density is known.
    const hotX = Math.floor((shape.hotX * width) / shape.width / devicePixelRatio);
    const hotY = Math.floor((shape.hotY * height) / shape.height / devicePixelRatio);
    return `image-set(url("${url}") ${devicePixelRatio}x) ${hotX} ${hotY}, default`;
  }
}

function drawShape(canvas: HTMLCanvasElement, shape: CursorShape, width: number, height: number): void {
  const plain = width === shape.width && height === shape.height ? canvas : document.createElement('canvas');
  plain.width = shape.width;
  plain.height = shape.height;
  plain.getContext('2d')?.putImageData(new ImageData(shape.pixels, shape.width, shape.height), 0, 0);
  if (plain === canvas) return;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.imageSmoothingQuality = 'high';
  context.drawImage(plain, 0, 0, width, height);
}
