import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Command numbers of the vtest protocol, and of virgl's, as their public headers number them. */
const VTEST = { getCaps: 1, resourceCreate: 2, transferGet: 4, submit: 6, createRenderer: 8 };
const VIRGL = { createObject: 1, setFramebuffer: 5, clear: 7 };
const SURFACE = 8;
const SIDE = 64;

const folder = mkdtempSync(join(tmpdir(), 'saffron-gpu-'));
const path = join(folder, 'gpu.sock');
let server: ChildProcessWithoutNullStreams;

beforeAll(async () => {
  const program = join(import.meta.dirname, '..', '..', 'bin', 'saffron.js');
  server = spawn(process.execPath, [program, 'gpu', '--socket', path, '--render-node', 'software', '--json']);
  server.stderr.resume();
  for await (const line of createInterface(server.stdout)) {
    if ((JSON.parse(line) as { event: string }).event === 'ready') break;
  }
});
afterAll(async () => {
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await gone;
  expect(existsSync(path)).toBe(false);
  rmSync(folder, { recursive: true });
});

/** A program that draws, by hand: words out, bytes back. */
class Client {
  readonly #socket: Socket;
  #bytes = Buffer.alloc(0);
  #wake: (() => void) | null = null;
  isClosed = false;

  constructor() {
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
    const name = Buffer.from('test\0');
    const header = Buffer.alloc(8);
    header.writeUInt32LE(name.length, 0);
    header.writeUInt32LE(VTEST.createRenderer, 4);
    this.#socket.write(Buffer.concat([header, name]));
  }

  send(command: number, ...words: number[]): void {
    this.#socket.write(new Uint8Array(new Uint32Array([words.length, command, ...words]).buffer));
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

  createTexture(): void {
    const [target2d, rgba8, renderTarget] = [2, 67, 2];
    this.send(VTEST.resourceCreate, 1, target2d, rgba8, renderTarget, SIDE, SIDE, 1, 1, 0, 0);
  }

  /** Clears the texture to a colour by virgl commands. */
  clear(color: readonly [number, number, number, number]): void {
    const floats = [...new Uint32Array(new Float32Array(color).buffer)];
    const head = (command: number, object: number, length: number): number => command | (object << 8) | (length << 16);
    const surface = [head(VIRGL.createObject, SURFACE, 5), 7, 1, 67, 0, 0];
    const framebuffer = [head(VIRGL.setFramebuffer, 0, 3), 1, 0, 7];
    const clear = [head(VIRGL.clear, 0, 8), 4, ...floats, 0, 0, 0];
    this.send(VTEST.submit, ...surface, ...framebuffer, ...clear);
  }

  /** The texture's bytes. */
  async pixels(): Promise<Buffer> {
    const size = SIDE * SIDE * 4;
    this.send(VTEST.transferGet, 1, 0, SIDE * 4, size, 0, 0, 0, SIDE, SIDE, 1, size);
    return this.read(size);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

describe('saffron gpu', () => {
  it('tells programs what it can do', async () => {
    using client = new Client();
    client.send(VTEST.getCaps);
    const head = await client.read(12);
    expect([head.readUInt32LE(4), head.readUInt32LE(8)]).toEqual([VTEST.getCaps, 1]);
  });

  it('draws for several programs at once, each its own picture', async () => {
    using one = new Client();
    using two = new Client();
    one.createTexture();
    two.createTexture();
    one.clear([1, 0, 0, 1]);
    two.clear([0, 0.5, 1, 1]);
    const [red, blue] = await Promise.all([one.pixels(), two.pixels()]);
    expect(red.equals(Buffer.alloc(SIDE * SIDE * 4, Buffer.from([255, 0, 0, 255])))).toBe(true);
    expect([...blue.subarray(0, 4)]).toEqual([0, 128, 255, 255]);
  });

  it('gives fresh textures zeroed', async () => {
    using client = new Client();
    client.createTexture();
    expect((await client.pixels()).every((byte) => byte === 0)).toBe(true);
  });

  it('ends a program that sends nonsense, and no other', async () => {
    using good = new Client();
    good.createTexture();
    using bad = new Client();
    bad.createTexture();
    bad.send(VTEST.transferGet, 1, 99, 0, 0, 0xffffffff, 0, 0, 0xffff, 0xffff, 1, 0x7fffffff);
    await bad.untilClosed();
    good.clear([0, 1, 0, 1]);
    expect([...(await good.pixels()).subarray(0, 4)]).toEqual([0, 255, 0, 255]);
  });
});
