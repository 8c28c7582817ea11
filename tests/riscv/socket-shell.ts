/** A shell on the serial port of a guest that was started with `--serial unix:PATH`. */
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';

/** The guest's side of the serial port. */
export class SocketShell {
  readonly #socket: Socket;
  #heard = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8').on('data', (text: string) => (this.#heard += text));
  }

  /** Connects; what the guest said before is lost. */
  static async connect(path: string): Promise<SocketShell> {
    const socket = createConnection(path);
    await once(socket, 'connect');
    return new SocketShell(socket);
  }

  /** What comes up to the words, which are in it, and not again. */
  async until(words: RegExp): Promise<string> {
    for (;;) {
      const found = words.exec(this.#heard);
      if (found !== null) {
        const end = found.index + found[0].length;
        const before = this.#heard.slice(0, end);
        this.#heard = this.#heard.slice(end);
        return before;
      }
      await once(this.#socket, 'data');
    }
  }

  write(words: string): void {
    this.#socket.write(`${words}\n`);
  }

  /** Has a command done and gives what it says. */
  async run(command: string): Promise<string> {
    this.write(`${command}; echo do"ne"`);
    return this.until(/done\r\n/);
  }
}
