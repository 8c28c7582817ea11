/**
 * QEMU's display objects as the main thread sees them: one connection for input, sizes and lights, and a worker thread
 * that takes the pictures of consoles which QEMU draws itself. Consoles stand for heads in QEMU's order.
 */
import { Worker } from 'node:worker_threads';
import { HostError } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { closeFd } from '../../base/native/fd.ts';
import { socketPair } from '../../base/native/socket.ts';
import { Signal } from '../../base/signal.ts';
import type { FrameSinkHandle, PointerShape } from '../../display/contract.ts';
import type { DisplayWorkerData, DisplayWorkerEvent } from './dbus-display.worker.ts';
import { DbusConnection } from './dbus/dbus-connection.ts';
import type { DbusMessage } from './dbus/dbus-message.ts';
import type { DbusValue } from './dbus/dbus-reader.ts';
import type { DbusWriter } from './dbus/dbus-writer.ts';
import {
  CONSOLE,
  KEYBOARD,
  listConsoles,
  MOUSE,
  MULTI_TOUCH,
  numberOf,
  readProperties,
} from './dbus/display-interfaces.ts';
import type { ConsoleProperties } from './dbus/display-interfaces.ts';
import type { QmpClient } from './qmp-client.ts';

export interface DbusDisplayOptions {
  readonly qmp: QmpClient;
  /** Where the pictures of the consoles go, a head each; null: QEMU has no pictures, our own device makes them. */
  readonly sinks: readonly FrameSinkHandle[] | null;
  readonly log: Logger;
}

const MAX_MESSAGE_BYTES = 1 << 20;
const MM_PER_PIXEL = 25.4 / 96;

export class DbusDisplay {
  /** A console has another size: that which absolute places are told in. */
  readonly onConsoleSize = new Signal<{ readonly head: number; readonly width: number; readonly height: number }>();
  /** A head's pictures have another size; 0 × 0: it is off. */
  readonly onFrameSize = new Signal<{ readonly head: number; readonly width: number; readonly height: number }>();
  readonly onPointerShape = new Signal<PointerShape | null>();
  readonly onPointerMove = new Signal<{ readonly head: number; readonly x: number; readonly y: number }>();
  /** Bits 0 scroll, 1 num, 2 caps. */
  readonly onModifiers = new Signal<number>();
  readonly onPointerMode = new Signal<{ readonly isAbsolute: boolean }>();
  /** The connection or the thread ended without being asked to. */
  readonly onError = new Signal<Error>();
  /** As QEMU told them at first. */
  readonly consoles: readonly ConsoleProperties[];
  readonly #connection: DbusConnection;
  readonly #log: Logger;
  readonly #sizes: { readonly width: number; readonly height: number }[];
  #worker: Worker | null = null;
  #isClosing = false;

  private constructor(connection: DbusConnection, consoles: readonly ConsoleProperties[], log: Logger) {
    this.#connection = connection;
    this.consoles = consoles;
    this.#sizes = consoles.map(({ width, height }) => ({ width, height }));
    this.#log = log;
  }

  /** Connects through QMP. Throws HostError, StateError or WireError; nothing is left behind then. */
  static async connect({ qmp, sinks, log }: DbusDisplayOptions): Promise<DbusDisplay> {
    const [ours, theirs] = socketPair();
    let display: DbusDisplay | null = null;
    let early: Error | null = null;
    const connection = new DbusConnection(ours, {
      maxMessageBytes: MAX_MESSAGE_BYTES,
      onSignal: (signal) => {
        if (display !== null) display.#handleSignal(signal);
      },
      onClose: (error) => {
        early = error;
        if (display === null) return;
        display.#fail(error ?? new HostError('dbus-closed', 'QEMU has closed its display connection.'));
      },
    });
    try {
      await qmp.execute('getfd', { fdname: 'saffron-display' }, theirs);
      await qmp.execute('add_client', { protocol: '@dbus-display', fdname: 'saffron-display' });
      const consoles = await listConsoles(connection);
      display = new DbusDisplay(connection, consoles, log);
      if (sinks !== null) await display.#listen(sinks);
      return display;
    } catch (error) {
      await display?.close();
      connection.close();
      throw early ?? error;
    }
  }

  key(code: number, isDown: boolean): Promise<void> {
    return this.#tell(0, KEYBOARD, isDown ? 'Press' : 'Release', 'u', (body) => body.u32(code));
  }

  /** `button` is QEMU's number: 0 left, 1 middle, 2 right, 3 and 4 wheel up and down, 5 side, 6 extra, 7 and 8 wheel. */
  button(head: number, button: number, isDown: boolean): Promise<void> {
    return this.#tell(head, MOUSE, isDown ? 'Press' : 'Release', 'u', (body) => body.u32(button));
  }

  /** A place in pixels of the console. */
  position(head: number, x: number, y: number): Promise<void> {
    return this.#tell(head, MOUSE, 'SetAbsPosition', 'uu', (body) => {
      body.u32(x);
      body.u32(y);
    });
  }

  motion(head: number, dx: number, dy: number): Promise<void> {
    return this.#tell(head, MOUSE, 'RelMotion', 'ii', (body) => {
      body.i32(dx);
      body.i32(dy);
    });
  }

  /** `phase`: 0 begins, 1 moves, 2 ends, 3 is cancelled; the place in pixels of the console. */
  touch(head: number, phase: number, slot: number, x: number, y: number): Promise<void> {
    return this.#tell(head, MULTI_TOUCH, 'SendEvent', 'utdd', (body) => {
      body.u32(phase);
      body.u64(BigInt(slot));
      body.f64(x);
      body.f64(y);
    });
  }

  /** Tells the guest the size that a monitor of this head would have. */
  setSize(head: number, width: number, height: number): Promise<void> {
    return this.#tell(head, CONSOLE, 'SetUIInfo', 'qqiiuu', (body) => {
      body.u16(Math.min(0xffff, Math.round(width * MM_PER_PIXEL)));
      body.u16(Math.min(0xffff, Math.round(height * MM_PER_PIXEL)));
      body.i32(0);
      body.i32(0);
      body.u32(width);
      body.u32(height);
    });
  }

  /** Ends connection and thread; resolves when the sinks are closed. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#connection.close();
    const worker = this.#worker;
    this.#worker = null;
    if (worker === null) return;
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage('close');
    await gone;
  }

  #tell(
    head: number,
    interfaceName: string,
    member: string,
    signature: string,
    write: (body: DbusWriter) => void,
  ): Promise<void> {
    const path = this.consoles[head]?.path;
    if (path === undefined) return Promise.resolve();
    return this.#connection.call({ path, interface: interfaceName, member }, signature, write, '', () => {});
  }

  async #listen(sinks: readonly FrameSinkHandle[]): Promise<void> {
    const shown = this.consoles.slice(0, sinks.length);
    const pairs = shown.map(() => socketPair());
    const heads = pairs.map(([fd], head) => ({ fd, sink: sinks[head] as FrameSinkHandle }));
    const worker = new Worker(new URL('dbus-display.worker.ts', import.meta.url), {
      workerData: { heads } satisfies DisplayWorkerData,
      transferList: heads.map(({ sink }) => sink.port),
      name: 'qemu-display',
    });
    this.#worker = worker;
    for (const { port } of sinks.slice(shown.length)) port.close();
    const open = new Set(heads.map(({ fd }) => fd));
    worker.on('message', (event: DisplayWorkerEvent) => {
      if (event.kind === 'closed') open.delete(heads[event.head]?.fd ?? -1);
      this.#handleWorker(event);
    });
    worker.on('error', (error) => {
      for (const fd of open) closeFd(fd);
      open.clear();
      this.#fail(new HostError('display-thread', `The thread that takes QEMU's pictures failed: ${error.message}.`));
    });
    await Promise.all(
      pairs.map(([, theirs], head) =>
        this.#connection.call(
          { path: shown[head]?.path ?? '', interface: CONSOLE, member: 'RegisterListener' },
          'h',
          (body) => body.u32(0),
          '',
          () => {},
          [theirs],
        ),
      ),
    );
  }

  #handleWorker(event: DisplayWorkerEvent): void {
    switch (event.kind) {
      case 'size':
        this.onFrameSize.emit(event);
        return;
      case 'shape':
        this.onPointerShape.emit(event.shape);
        return;
      case 'move':
        this.onPointerMove.emit(event);
        return;
      case 'refused':
        this.#log.debug('refused what QEMU told of its screen', { member: event.member, error: event.message });
        return;
      case 'closed':
        this.#fail(
          new HostError('display-closed', `QEMU has closed its screen${event.error ? `: ${event.error}` : ''}.`),
        );
    }
  }

  #handleSignal(signal: DbusMessage): void {
    if (signal.member !== 'PropertiesChanged' || signal.signature !== 'sa{sv}as') return;
    const head = this.consoles.findIndex(({ path }) => path === signal.path);
    if (head < 0) return;
    const interfaceName = signal.body.string();
    const changed = readProperties(signal.body);
    switch (interfaceName) {
      case KEYBOARD:
        if (changed.has('Modifiers')) this.onModifiers.emit(numberOf(changed.get('Modifiers')));
        return;
      case MOUSE:
        if (changed.has('IsAbsolute')) this.onPointerMode.emit({ isAbsolute: changed.get('IsAbsolute') === true });
        return;
      case CONSOLE:
        this.#handleSize(head, changed.get('Width'), changed.get('Height'));
    }
  }

  #handleSize(head: number, newWidth: DbusValue | undefined, newHeight: DbusValue | undefined): void {
    const size = this.#sizes[head];
    if (size === undefined || (newWidth === undefined && newHeight === undefined)) return;
    const width = newWidth === undefined ? size.width : numberOf(newWidth);
    const height = newHeight === undefined ? size.height : numberOf(newHeight);
    this.#sizes[head] = { width, height };
    this.onConsoleSize.emit({ head, width, height });
  }

  #fail(error: Error): void {
    if (!this.#isClosing) this.onError.emit(error);
  }
}
