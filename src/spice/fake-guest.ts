/** A guest without a machine, for tests of the server: it notes what it is told and shows what it is given. */
import { Signal } from '../base/signal.ts';
import type {
  AgentPort,
  DrawBatch,
  DrawStep,
  InputSink,
  LockLights,
  PointerShape,
  Screen,
  ScreenStats,
  ScreenViewer,
  ViewerNeeds,
  ViewerSink,
} from '../display/contract.ts';
import type { GuestView } from './guest-view.ts';

/** One viewer of a FakeScreen, as the screen knows it. */
export class FakeViewer implements ScreenViewer {
  readonly sink: ViewerSink;
  needs: ViewerNeeds;
  /** Batches that may still be sent. */
  granted = 0;
  isAttached = true;
  readonly #onGrant: (viewer: FakeViewer) => void;

  constructor(needs: ViewerNeeds, sink: ViewerSink, onGrant: (viewer: FakeViewer) => void) {
    this.needs = needs;
    this.sink = sink;
    this.#onGrant = onGrant;
  }

  grant(batches: number): void {
    this.granted += batches;
    this.#onGrant(this);
  }

  setNeeds(needs: ViewerNeeds): void {
    this.needs = needs;
  }

  detach(): void {
    this.isAttached = false;
  }
}

/** A screen whose pictures a test makes: `paint` is called for each grant and yields the steps of a batch, or none. */
export class FakeScreen implements Screen {
  width: number;
  height: number;
  readonly onResize = new Signal<{ readonly width: number; readonly height: number }>();
  readonly viewers: FakeViewer[] = [];
  /** Called when a viewer may get a batch; null sends nothing. */
  paint: (viewer: FakeViewer) => readonly DrawStep[] | null = () => null;
  /** Batches handed out and not released yet. */
  unreleased = 0;
  #frame = 0;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
  }

  attach(needs: ViewerNeeds, sink: ViewerSink): ScreenViewer {
    const viewer = new FakeViewer(needs, sink, (granted) => this.pump(granted));
    this.viewers.push(viewer);
    sink.resize(this.width, this.height);
    return viewer;
  }

  /** Gives a viewer batches for as long as it may have some and `paint` has something. */
  pump(viewer: FakeViewer): void {
    while (viewer.isAttached && viewer.granted > 0) {
      const steps = this.paint(viewer);
      if (steps === null) return;
      viewer.granted -= 1;
      viewer.sink.draw(this.batch(steps));
    }
  }

  /** A batch of these steps, counted until it is released. */
  batch(steps: readonly DrawStep[], evicted: readonly bigint[] = []): DrawBatch {
    this.#frame += 1;
    this.unreleased += 1;
    let isReleased = false;
    return {
      frame: this.#frame,
      publishedMs: 0,
      steps,
      evicted,
      release: () => {
        if (isReleased) throw new Error('a batch was released twice');
        isReleased = true;
        this.unreleased -= 1;
      },
    };
  }

  resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
    this.onResize.emit({ width, height });
    for (const viewer of this.viewers) if (viewer.isAttached) viewer.sink.resize(width, height);
  }

  stats(): Promise<ScreenStats> {
    return Promise.resolve({ framesTaken: 0, batches: this.#frame, encodedBytes: 0, encodedImages: 0, busyMs: 0 });
  }

  capture(): Promise<{ readonly width: number; readonly height: number; readonly pixels: Uint8Array }> {
    const { width, height } = this;
    return Promise.resolve({ width, height, pixels: new Uint8Array(4 * width * height) });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Input that is written down, one short line an event. */
export class FakeInput implements InputSink {
  readonly events: string[] = [];
  hasAbsolutePointer = true;
  hasTouch = false;
  readonly onPointerMode = new Signal<{ readonly isAbsolute: boolean }>();
  lockLights: LockLights = { scroll: false, num: false, caps: false };
  readonly onLockLights = new Signal<LockLights>();
  /** Called after each event. */
  onEvent: () => void = () => {};

  key(scancode: number, isDown: boolean): void {
    this.#note(`key ${scancode.toString(16)} ${isDown ? 'down' : 'up'}`);
  }

  motion(dx: number, dy: number): void {
    this.#note(`motion ${dx} ${dy}`);
  }

  position(head: number, x: number, y: number): void {
    this.#note(`position ${head} ${x} ${y}`);
  }

  button(button: string, isDown: boolean): void {
    this.#note(`button ${button} ${isDown ? 'down' : 'up'}`);
  }

  wheel(dx: number, dy: number): void {
    this.#note(`wheel ${dx} ${dy}`);
  }

  touch(phase: string, slot: number, head: number, x: number, y: number): void {
    this.#note(`touch ${phase} ${slot} ${head} ${x} ${y}`);
  }

  setLights(lights: LockLights): void {
    this.lockLights = lights;
    this.onLockLights.emit(lights);
  }

  setAbsolute(isAbsolute: boolean): void {
    this.hasAbsolutePointer = isAbsolute;
    this.onPointerMode.emit({ isAbsolute });
  }

  #note(event: string): void {
    this.events.push(event);
    this.onEvent();
  }
}

/** An agent port whose guest end is the test. */
export class FakeAgentPort implements AgentPort {
  isOpen = false;
  readonly onOpen = new Signal<boolean>();
  readonly onData = new Signal<Uint8Array>();
  readonly onDrain = new Signal<void>();
  /** Everything the server wrote. */
  written = new Uint8Array(0);
  /** False makes the guest stop reading; `drain` makes it read again. */
  takes = true;

  write(bytes: Uint8Array): boolean {
    const all = new Uint8Array(this.written.byteLength + bytes.byteLength);
    all.set(this.written);
    all.set(bytes, this.written.byteLength);
    this.written = all;
    return this.takes;
  }

  setOpen(isOpen: boolean): void {
    this.isOpen = isOpen;
    this.onOpen.emit(isOpen);
  }

  drain(): void {
    this.takes = true;
    this.onDrain.emit();
  }
}

/** The parts of a fake guest, each within reach of the test. */
export class FakeGuest implements GuestView {
  readonly name = 'fake guest';
  readonly uuid = '01234567-89ab-cdef-0123-456789abcdef';
  readonly screen: FakeScreen;
  readonly screens: readonly Screen[];
  readonly input = new FakeInput();
  readonly agent: FakeAgentPort | null;
  readonly sizes: string[] = [];
  readonly pointer: {
    shape: PointerShape | null | undefined;
    readonly onShape: Signal<PointerShape | null>;
    readonly onMove: Signal<{ readonly head: number; readonly x: number; readonly y: number }>;
  } = { shape: undefined, onShape: new Signal(), onMove: new Signal() };

  constructor(options: { readonly width?: number; readonly height?: number; readonly hasAgent?: boolean } = {}) {
    this.screen = new FakeScreen(options.width ?? 64, options.height ?? 48);
    this.screens = [this.screen];
    this.agent = options.hasAgent === true ? new FakeAgentPort() : null;
  }

  suggestSize(head: number, width: number, height: number): void {
    this.sizes.push(`${head}: ${width}x${height}`);
  }

  setShape(shape: PointerShape | null): void {
    this.pointer.shape = shape;
    this.pointer.onShape.emit(shape);
  }
}
