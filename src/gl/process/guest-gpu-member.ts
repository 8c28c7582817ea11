/** A GPU process of a guest with all that it shares with the thread above: rings, doorbells, the socket for descriptors. */
import { fileURLToPath } from 'node:url';
import { closeFd } from '../../base/native/fd.ts';
import { watchFd } from '../../base/native/poll.ts';
import type { FdWatch } from '../../base/native/poll.ts';
import { sendMessage, socketPair } from '../../base/native/socket.ts';
import type { Logger } from '../../base/log.ts';
import { OrderSource } from './order-channel.ts';
import type { RenderMessage, RenderSettings } from './render-messages.ts';
import { RenderProcess } from './render-process.ts';
import type { ShaderStore } from './shader-store.ts';

const PROGRAM = fileURLToPath(new URL('guest-program.ts', import.meta.url));
const oneByte = new Uint8Array(new ArrayBuffer(1));

/** A GPU process, its device open or about to be. */
export class GuestGpuMember {
  readonly process: RenderProcess;
  readonly source: OrderSource;
  readonly #control: number;
  #watch: FdWatch | null = null;
  #isOpen = true;
  #isReady = false;

  /** Throws HostError when there is no memory or no descriptor left. */
  constructor(
    settings: RenderSettings,
    shaders: ShaderStore,
    log: Logger,
    onMessage: (message: RenderMessage) => void,
  ) {
    this.source = new OrderSource();
    const fds: number[] = [];
    try {
      fds.push(...socketPair());
      const [ours = -1, theirs = -1] = fds;
      const { memoryFd, orderBell, answerBell } = this.source;
      this.#control = ours;
      this.process = new RenderProcess({
        program: PROGRAM,
        settings,
        // By the order of CHANNEL_FDS.
        fds: [theirs, memoryFd, orderBell.fd, answerBell.fd],
        log,
        shaders,
        onMessage,
      });
      closeFd(theirs);
      this.process.ready.then(
        () => {
          this.#isReady = true;
        },
        () => {},
      );
    } catch (error) {
      for (const fd of fds) closeFd(fd);
      this.source.close();
      throw error;
    }
  }

  /** Whether its device is open. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Calls back whenever answers may have come. */
  listen(onAnswers: () => void): void {
    this.#watch = watchFd(this.source.answerBell.fd, { readable: true }, () => {
      if (this.source.answerBell.take()) onAnswers();
    });
  }

  /** Calls back no more. */
  mute(): void {
    this.#watch?.close();
    this.#watch = null;
  }

  /** Sends a descriptor for the next order that wants one. Throws HostError when the process is gone or reads no more. */
  sendFd(fd: number): boolean {
    return this.#isOpen && sendMessage(this.#control, oneByte, [fd]) === 1;
  }

  /** Gives back what it shared. To be called when the process is gone. Twice is once. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.mute();
    this.source.close();
    closeFd(this.#control);
  }
}
