/**
 * Talks to QEMU over its machine protocol (QMP specification): greeting, capabilities, commands with ids, events. The
 * socket is inherited by QEMU, so nobody else can reach it.
 */
import { HostError } from '../../base/errors.ts';
import { closeAll, FdStream } from './fd-stream.ts';
import { LineSplitter, parseQmpLine } from './qmp-line.ts';
import type { JsonObject } from './qmp-line.ts';

export interface QmpClientOptions {
  readonly onEvent: (event: string, data: JsonObject) => void;
  /** The connection is closed; null: QEMU closed it, or we did. Called once. */
  readonly onClose: (error: Error | null) => void;
  /** Longest line to take; a megabyte when absent. */
  readonly maxLineBytes?: number;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

const ANSWER_MS = 20_000;
const READ_BYTES = 1 << 16;

export class QmpClient {
  /** Resolves when QEMU has greeted and takes commands; rejects with HostError. */
  readonly ready: Promise<void>;
  readonly #options: QmpClientOptions;
  readonly #stream: FdStream;
  readonly #lines: LineSplitter;
  readonly #buffer = new Uint8Array(READ_BYTES);
  readonly #pending = new Map<number, Pending>();
  readonly #greeting = Promise.withResolvers<void>();
  #lastId = 0;

  /** Takes over the socket `fd`. */
  constructor(fd: number, options: QmpClientOptions) {
    this.#options = options;
    this.#lines = new LineSplitter(options.maxLineBytes ?? 1 << 20);
    this.#stream = new FdStream(fd, {
      space: () => this.#buffer,
      received: (count, fds) => {
        closeAll(fds);
        for (const line of this.#lines.push(this.#buffer.subarray(0, count))) this.#handle(line);
      },
      drained: () => {},
      closed: (error) => this.#closed(error),
    });
    this.ready = this.#greeting.promise.then(async () => {
      await this.execute('qmp_capabilities');
    });
    this.ready.catch(() => {});
  }

  /**
   * Runs a command and resolves with what it returns. `fd` goes along (SCM_RIGHTS) and is closed here. Rejects with
   * HostError: `qmp` with QEMU's own words, `qmp-timeout`, `qmp-closed`.
   */
  execute(command: string, args: JsonObject = {}, fd?: number): Promise<unknown> {
    const fds = fd === undefined ? [] : [fd];
    if (!this.#stream.isOpen) {
      closeAll(fds);
      return Promise.reject(gone());
    }
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new HostError('qmp-timeout', `QEMU did not answer ${command} within ${ANSWER_MS / 1000} s.`));
      }, ANSWER_MS);
      this.#pending.set(id, { resolve, reject, timer });
      this.#stream.send(Buffer.from(`${JSON.stringify({ execute: command, arguments: args, id })}\n`), fds);
    });
  }

  /** Ends the connection; commands that wait fail. */
  close(): void {
    this.#stream.close();
  }

  #handle(line: string): void {
    const message = parseQmpLine(line);
    switch (message.kind) {
      case 'greeting':
        this.#greeting.resolve();
        return;
      case 'event':
        this.#options.onEvent(message.event, message.data);
        return;
      case 'return':
        this.#settle(message.id)?.resolve(message.value);
        return;
      case 'error':
        if (message.id !== null) this.#settle(message.id)?.reject(new HostError('qmp', message.description));
    }
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    clearTimeout(pending?.timer);
    return pending;
  }

  #closed(error: Error | null): void {
    const failure = gone();
    this.#greeting.reject(error ?? failure);
    const pending = [...this.#pending.keys()];
    for (const id of pending) this.#settle(id)?.reject(failure);
    this.#options.onClose(error);
  }
}

function gone(): HostError {
  return new HostError('qmp-closed', 'QEMU has closed its control connection.');
}
