/**
 * The scripted SPICE client: `spice-client.py` (spice-gtk's library without a window) as an object. One instance is one
 * viewer. Times are milliseconds.
 */
import { fileURLToPath } from 'node:url';
import type { Picture } from '../guest/picture-numbers.ts';
import type { NumberBlock } from '../guest/layout.ts';
import type { Rect } from '../../src/base/rect.ts';
import { RunningProgram } from './running-program.ts';

/** Debian's own Python: the one that has the bindings to spice-gtk. */
const PYTHON = '/usr/bin/python3';
const DEFAULT_TIMEOUT_MS = 120_000;

/** The kinds of listener that the client can reach. */
export type SpiceTransport = 'unix' | 'tcp' | 'tls';

/** Where and how to connect. */
export type SpiceTarget = (
  | { readonly unix: string }
  | { readonly host: string; readonly port: number }
  | { readonly host: string; readonly tlsPort: number; readonly caFile: string; readonly certSubject?: string }
) & { readonly password?: string; readonly readOnly?: boolean };

/** What happened by itself, in order. */
export interface SpiceClientEvent {
  readonly event: 'ready' | 'channel' | 'surface' | 'mouse' | 'agent' | 'disconnected';
  readonly channel?: string;
  /** For channels: `opened`, `closed`, `error-connect`, `error-tls`, `error-link`, `error-auth`, `error-io`. */
  readonly what?: string;
  readonly error?: string | null;
  readonly mode?: number;
  readonly on?: boolean;
  readonly width?: number;
  readonly height?: number;
}

/** What a count of frames saw; see `FrameCount` in spice-client.py for the meaning of each. */
export interface FrameCounts {
  readonly ms: number;
  readonly paints: number;
  readonly whole: number;
  readonly torn: number;
  /** The first torn pictures: the frames that their two blocks and their lines belong to. */
  readonly tornExamples: readonly {
    readonly first: number;
    readonly last: number;
    readonly lines: readonly (number | null)[];
  }[];
  readonly unreadable: number;
  readonly numbers: number;
  readonly draws: number;
  readonly bytes: number;
  readonly first: number | null;
  readonly last: number | null;
}

/** Steps of connecting, in milliseconds after its start; `picture` when the whole screen was as expected. */
export type ConnectTimes = Readonly<
  Partial<Record<'main' | 'display' | 'inputs' | 'surface' | 'mark' | 'picture', number>>
>;

/** The client's view of its session. */
export interface SpiceClientState {
  /** 1 server (relative), 2 client (absolute). */
  readonly mouseMode: number | null;
  readonly agent: boolean;
  readonly surface: { readonly width: number; readonly height: number } | null;
  readonly bytes: number;
  readonly times: ConnectTimes;
  readonly channels: readonly string[];
  readonly name: string | null;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

type Answer = { readonly id: number; readonly value?: unknown; readonly error?: string };

/** One viewer, in a process of its own. */
export class SpiceClient implements AsyncDisposable {
  readonly #program: RunningProgram;
  readonly #pending = new Map<number, Pending>();
  readonly #watchers = new Set<{ wants(event: SpiceClientEvent): boolean; done(event: SpiceClientEvent): void }>();
  #nextId = 1;
  /** All events so far. */
  readonly events: SpiceClientEvent[] = [];

  constructor() {
    const script = fileURLToPath(new URL('spice-client.py', import.meta.url));
    this.#program = new RunningProgram(PYTHON, [script], { onLine: (line) => this.#onLine(line) });
    void this.#program.ended.then(() => {
      const error = this.#program.failure('the client has ended');
      for (const pending of this.#pending.values()) pending.reject(error);
      this.#pending.clear();
    });
  }

  /** Starts a session; resolves before the server has answered. With `expected`, as after `expect`. */
  async connect(target: SpiceTarget, expected?: Picture): Promise<void> {
    if (expected !== undefined) await this.expect(expected);
    await this.#request('connect', target);
  }

  /** From now on looks out for this picture on the whole screen: see `picture`. */
  async expect(expected: Picture): Promise<void> {
    await this.#request('expect', { data: Buffer.from(expected.pixels.buffer).toString('base64') });
  }

  /** Waits for a primary surface, of this size if one is given. */
  async surface(
    size?: { width: number; height: number },
    timeoutMs = DEFAULT_TIMEOUT_MS,
  ): Promise<{ width: number; height: number }> {
    return (await this.#request('surface', { ...size, timeoutMs })) as { width: number; height: number };
  }

  /** Waits until the expected picture was seen. */
  async picture(timeoutMs = DEFAULT_TIMEOUT_MS): Promise<ConnectTimes> {
    return (await this.#request('picture', { timeoutMs })) as ConnectTimes;
  }

  /** The pixels of a rectangle as they are now. */
  async pixels(rect: Rect): Promise<Picture> {
    const { x, y, width, height } = rect;
    const answer = (await this.#request('pixels', { x, y, width, height })) as { data: string };
    const bytes = Buffer.from(answer.data, 'base64');
    const pixels = new Uint32Array(width * height);
    for (let i = 0; i < pixels.length; i++) pixels[i] = bytes.readUInt32LE(i * 4) & 0xffffff;
    return { width, height, pixels };
  }

  /** The numbers of these blocks; null for one that shows none, or where there is no surface. */
  async numbers(...blocks: readonly NumberBlock[]): Promise<(number | null)[]> {
    return ((await this.#request('numbers', { blocks })) as { values: (number | null)[] }).values;
  }

  /** Waits until a block shows a number, or one at most `within` away from it. */
  async awaitNumber(
    block: NumberBlock,
    value: number,
    options: { within?: number; timeoutMs?: number } = {},
  ): Promise<void> {
    const { within = 0, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    await this.#request('await-number', { block, value, within, timeoutMs });
  }

  /** Counts frames for a time: the two blocks must agree, and each line must show the frame's number plus its offset. */
  async count(
    ms: number,
    blocks: readonly [NumberBlock, NumberBlock],
    lines: readonly { readonly block: NumberBlock; readonly offset: number }[] = [],
  ): Promise<FrameCounts> {
    return (await this.#request('count', { ms, blocks, lines })) as FrameCounts;
  }

  /** Presses a key again and again; the times until the count in `block` went up. */
  async latency(options: {
    readonly block: NumberBlock;
    readonly presses: number;
    readonly scancode: number;
    readonly gapMs: number;
    readonly timeoutMs: number;
  }): Promise<number[]> {
    return ((await this.#request('latency', options)) as { ms: number[] }).ms;
  }

  /** One key event by PC scancode of set 1, extended ones with 0x100 added. */
  async key(scancode: number, down: boolean): Promise<void> {
    await this.#request('key', { scancode, down });
  }

  /** Press and release. */
  async tap(scancode: number): Promise<void> {
    await this.key(scancode, true);
    await this.key(scancode, false);
  }

  /** Absolute place of the pointer, in mouse mode 2. */
  async pointer(x: number, y: number): Promise<void> {
    await this.#request('pointer', { x, y });
  }

  /** Relative movement, in mouse mode 1. */
  async motion(x: number, y: number): Promise<void> {
    await this.#request('motion', { x, y });
  }

  /** 1 left, 2 middle, 3 right, 4 wheel up, 5 wheel down. */
  async button(button: number, down: boolean): Promise<void> {
    await this.#request('button', { button, down });
  }

  /** Asks for a mouse mode and waits until it is on. */
  async mouseMode(mode: 1 | 2, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<void> {
    await this.#request('mouse-mode', { mode, timeoutMs });
  }

  /** Sends a monitor configuration; refused where the server has no agent to hand it to. */
  async resize(width: number, height: number): Promise<void> {
    await this.#request('resize', { width, height });
  }

  /** Offers text to the guest as what the viewer's user copied; refused without an agent. */
  async copy(text: string): Promise<void> {
    await this.#request('copy', { text });
  }

  /** Waits for text that was copied in the guest: the newest. */
  async copied(timeoutMs = DEFAULT_TIMEOUT_MS): Promise<string> {
    return ((await this.#request('copied', { timeoutMs })) as { text: string }).text;
  }

  async state(): Promise<SpiceClientState> {
    return (await this.#request('state', {})) as SpiceClientState;
  }

  /** Ends the session; the process stays. */
  async disconnect(): Promise<void> {
    await this.#request('disconnect', {});
  }

  /** Waits for an event, one that has come already included. */
  async event(wants: (event: SpiceClientEvent) => boolean, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<SpiceClientEvent> {
    const past = this.events.find(wants);
    if (past !== undefined) return past;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#watchers.delete(watcher);
        reject(this.#program.failure(`waited ${timeoutMs} ms for an event; saw ${JSON.stringify(this.events)}`));
      }, timeoutMs);
      const done = (event: SpiceClientEvent): void => {
        clearTimeout(timer);
        this.#watchers.delete(watcher);
        resolve(event);
      };
      const watcher = { wants, done };
      this.#watchers.add(watcher);
    });
  }

  /** Waits for a channel to open; rejects at once when it fails instead. */
  async opened(channel: 'main' | 'display' | 'inputs' | 'cursor'): Promise<void> {
    const event = await this.event((e) => e.event === 'channel' && e.channel === channel);
    if (event.what !== 'opened') throw new Error(`channel ${channel}: ${event.what} (${event.error ?? 'no reason'})`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#program.closeInput();
    await this.#program.stop();
  }

  async #request(name: string, fields: object): Promise<unknown> {
    if (this.#program.hasEnded) throw this.#program.failure('the client has ended');
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#program.write(`${JSON.stringify({ ...fields, id, do: name })}\n`);
    });
  }

  #onLine(line: string): void {
    const message = JSON.parse(line) as Answer | SpiceClientEvent;
    if ('event' in message) {
      this.events.push(message);
      for (const watcher of this.#watchers) if (watcher.wants(message)) watcher.done(message);
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.error === undefined) pending?.resolve(message.value);
    else pending?.reject(new Error(message.error));
  }
}
