/**
 * A VNC viewer that only counts (RFC 6143): it asks for what changed, takes it uncompressed, and asks again at once, as
 * viewers do. A server that wants a password has no such viewer.
 */
import { connect, type Socket } from 'node:net';

const VERSION = 'RFB 003.008\n';
const NO_SECURITY = 1;
const RAW = 0;
const FRAMEBUFFER_UPDATE = 0;
const BYTES_PER_PIXEL = 4;

/** See above. */
export class VncViewer implements Disposable {
  readonly #socket: Socket;
  readonly #parts: Buffer[] = [];
  #length = 0;
  #wake: () => void = () => {};
  #error: Error | null = null;
  width = 0;
  height = 0;
  /** Pictures that have come so far, and their bytes. */
  updates = 0;
  bytes = 0;

  private constructor(path: string) {
    this.#socket = connect(path);
    this.#socket.on('data', (part) => {
      this.#parts.push(part);
      this.#length += part.length;
      this.#wake();
    });
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('the VNC server has left')));
  }

  /** Connects to a Unix socket. */
  static async open(path: string): Promise<VncViewer> {
    const viewer = new VncViewer(path);
    await viewer.#read(VERSION.length);
    viewer.#socket.write(VERSION);
    const [kinds = 0] = await viewer.#read(1);
    if (!(await viewer.#read(kinds)).includes(NO_SECURITY)) throw new Error('the VNC server wants a password');
    viewer.#socket.write(Buffer.of(NO_SECURITY));
    if ((await viewer.#read(4)).readUInt32BE(0) !== 0) throw new Error('the VNC server lets nobody in');
    viewer.#socket.write(Buffer.of(1));
    const init = await viewer.#read(24);
    viewer.width = init.readUInt16BE(0);
    viewer.height = init.readUInt16BE(2);
    if (init[4] !== BYTES_PER_PIXEL * 8) throw new Error(`${init[4]} bits a pixel are not those of SPICE`);
    await viewer.#read(init.readUInt32BE(20));
    viewer.#socket.write(Buffer.of(2, 0, 0, 1, 0, 0, 0, RAW));
    void viewer.#view().catch((error: unknown) => viewer.#fail(error as Error));
    return viewer;
  }

  /** Throws if the server has left. */
  check(): void {
    if (this.#error !== null) throw this.#error;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  /** Takes updates for as long as there are any. */
  async #view(): Promise<void> {
    for (let isIncremental = 0; ; isIncremental = 1) {
      const request = Buffer.alloc(10);
      request.writeUInt8(3, 0);
      request.writeUInt8(isIncremental, 1);
      request.writeUInt16BE(this.width, 6);
      request.writeUInt16BE(this.height, 8);
      this.#socket.write(request);
      const head = await this.#read(4);
      if (head[0] !== FRAMEBUFFER_UPDATE) throw new Error(`message ${head[0]} of the VNC server`);
      for (let left = head.readUInt16BE(2); left > 0; left--) {
        const rect = await this.#read(12);
        if (rect.readInt32BE(8) !== RAW) throw new Error('the VNC server compresses');
        const size = rect.readUInt16BE(4) * rect.readUInt16BE(6) * BYTES_PER_PIXEL;
        await this.#read(size);
        this.bytes += size;
      }
      this.updates++;
    }
  }

  async #read(count: number): Promise<Buffer> {
    while (this.#length < count) {
      this.check();
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const all = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    this.#parts.length = 0;
    this.#length -= count;
    if (this.#length > 0) this.#parts.push(all.subarray(count));
    return all.subarray(0, count);
  }

  #fail(error: Error): void {
    this.#error ??= error;
    this.#wake();
  }
}
