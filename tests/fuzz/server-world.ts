/** Sessions at random against `saffron gpu` itself, a process each, while another program draws. */
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { assert } from '../../src/base/assert.ts';
import { GpuServerProcess } from '../gpu/vtest-client.ts';
import type { VtestClient } from '../gpu/vtest-client.ts';
import type { VtestStep } from './vtest-world.ts';

/** A server, and the program that must not notice anything. */
export class ServerWorld {
  readonly #server: GpuServerProcess;
  readonly #good: VtestClient;
  #draws = 0;

  private constructor(server: GpuServerProcess, good: VtestClient) {
    this.#server = server;
    this.#good = good;
  }

  static async open(): Promise<ServerWorld> {
    const server = await GpuServerProcess.start('--memory-limit=256M', '--max-clients=4', '--hang-timeout=20');
    const { client } = await server.connect('good');
    client.createTexture();
    return new ServerWorld(server, client);
  }

  /** Throws when something is broken. */
  async run(steps: readonly VtestStep[]): Promise<void> {
    const socket = createConnection(this.#server.path);
    socket.resume();
    // The server hangs up on whoever breaks the protocol, perhaps while there is more to say.
    socket.on('error', () => {});
    const closed = once(socket, 'close');
    for (const { words, piece } of steps) {
      const bytes = new Uint8Array(Uint32Array.from(words).buffer);
      for (let at = 0; at < bytes.length; at += piece) socket.write(bytes.subarray(at, at + piece));
    }
    socket.end();
    assert(await this.#drawsRight(), 'another program draws meanwhile');
    await closed;
    assert(await this.#drawsRight(), 'another program draws afterwards');
  }

  async close(): Promise<void> {
    this.#good[Symbol.dispose]();
    await this.#server[Symbol.asyncDispose]();
  }

  #drawsRight(): Promise<boolean> {
    this.#draws = (this.#draws + 1) % 255;
    return this.#good.draws(this.#draws);
  }
}
