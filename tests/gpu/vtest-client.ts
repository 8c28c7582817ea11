/** `saffron gpu` as tests start it, and programs that draw through it by hand: words out, bytes back. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { assert } from '../../src/base/assert.ts';

/** Command numbers of the vtest protocol, and of virgl's, as their public headers number them. */
export const VTEST = { getCaps: 1, resourceCreate: 2, resourceUnref: 3, transferGet: 4, submit: 6, createRenderer: 8 };
const VIRGL = { createObject: 1, destroyObject: 3, setFramebuffer: 5, clear: 7 };
const SURFACE = 8;
const SIDE = 64;

/** One event of the server, as a line of JSON says it. */
export type ServerEvent = Readonly<Record<string, unknown>> & { readonly event: string };

/** A server that listens. */
export class GpuServerProcess implements AsyncDisposable {
  readonly path: string;
  readonly events: ServerEvent[] = [];
  /** What was printed beside events. */
  stderr = '';
  readonly #folder: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #wakes = new Set<() => void>();

  private constructor(options: readonly string[]) {
    this.#folder = mkdtempSync(join(tmpdir(), 'saffron-gpu-'));
    this.path = join(this.#folder, 'gpu.sock');
    const program = join(import.meta.dirname, '..', '..', 'bin', 'saffron.js');
    const given = ['gpu', '--socket', this.path, '--render-node', 'software', '--json', ...options];
    this.#child = spawn(process.execPath, [program, ...given]);
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    createInterface(this.#child.stdout).on('line', (line) => {
      this.events.push(JSON.parse(line) as ServerEvent);
      for (const wake of this.#wakes) wake();
    });
  }

  static async start(...options: readonly string[]): Promise<GpuServerProcess> {
    const server = new GpuServerProcess(options);
    await server.event(({ event }) => event === 'ready');
    return server;
  }

  /** The first event that is so, now or later. */
  async event(isWanted: (event: ServerEvent) => boolean): Promise<ServerEvent> {
    for (;;) {
      const found = this.events.find(isWanted);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#wakes.delete(wake);
          resolve();
        };
        this.#wakes.add(wake);
      });
    }
  }

  /** A program that is served, and the number of the process that serves it. */
  async connect(name: string): Promise<{ readonly client: VtestClient; readonly pid: number }> {
    const client = new VtestClient(this.path, name);
    client.send(VTEST.getCaps);
    const { pid } = await this.event(
      ({ event, change, name: own }) => event === 'client' && change === 'connected' && own === name,
    );
    await client.capset();
    return { client, pid: Number(pid) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill('SIGTERM');
    await gone;
    assert(!existsSync(this.path), 'the socket is gone');
    rmSync(this.#folder, { recursive: true });
  }
}

/** A program that draws. */
export class VtestClient implements Disposable {
  readonly #socket: Socket;
  #bytes = Buffer.alloc(0);
  #wake: (() => void) | null = null;
  isClosed = false;

  constructor(path: string, name = 'test') {
    this.#socket = createConnection(path);
    this.#socket.on('data', (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#wake?.();
    });
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => {
      this.isClosed = true;
      this.#wake?.();
    });
    const bytes = Buffer.from(`${name}\0`);
    const header = Buffer.alloc(8);
    header.writeUInt32LE(bytes.length, 0);
    header.writeUInt32LE(VTEST.createRenderer, 4);
    this.#socket.write(Buffer.concat([header, bytes]));
  }

  send(command: number, ...words: number[]): void {
    this.#socket.write(new Uint8Array(new Uint32Array([words.length, command, ...words]).buffer));
  }

  /** Reads nothing any more. */
  pause(): void {
    this.#socket.pause();
  }

  /** Reads the answer to `getCaps`. */
  async capset(): Promise<Buffer> {
    const head = await this.read(8);
    return this.read(head.readUInt32LE(0) - 1);
  }

  async read(count: number): Promise<Buffer> {
    while (this.#bytes.length < count && !this.isClosed) await new Promise<void>((resolve) => (this.#wake = resolve));
    const read = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return read;
  }

  async untilClosed(): Promise<void> {
    while (!this.isClosed) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  /** Makes a square texture of four bytes a texel. */
  createTexture(id = 1, side = SIDE): void {
    const [target2d, rgba8, renderTarget] = [2, 67, 2];
    this.send(VTEST.resourceCreate, id, target2d, rgba8, renderTarget, side, side, 1, 1, 0, 0);
  }

  /** Clears the texture to a colour by virgl commands. */
  clear(color: readonly [number, number, number, number]): void {
    const floats = [...new Uint32Array(new Float32Array(color).buffer)];
    const head = (command: number, object: number, length: number): number => command | (object << 8) | (length << 16);
    const surface = [head(VIRGL.createObject, SURFACE, 5), 7, 1, 67, 0, 0];
    const framebuffer = [head(VIRGL.setFramebuffer, 0, 3), 1, 0, 7];
    const clear = [head(VIRGL.clear, 0, 8), 4, ...floats, 0, 0, 0];
    const destroy = [head(VIRGL.destroyObject, SURFACE, 1), 7];
    this.send(VTEST.submit, ...surface, ...framebuffer, ...clear, ...destroy);
  }

  /** The bytes of the texture of `SIDE`, or of the first such part of a larger one. */
  async pixels(id = 1): Promise<Buffer> {
    const size = SIDE * SIDE * 4;
    this.send(VTEST.transferGet, id, 0, SIDE * 4, size, 0, 0, 0, SIDE, SIDE, 1, size);
    return this.read(size);
  }

  /** Whether what is drawn arrives, in a colour of its own. */
  async draws(green: number): Promise<boolean> {
    this.clear([0, green / 255, 1, 1]);
    const pixels = await this.pixels();
    return pixels.equals(Buffer.alloc(SIDE * SIDE * 4, Buffer.from([0, green, 255, 255])));
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
