/**
 * The GPU processes of a guest: the one that renders, and one more that stands ready to take its place, for opening a device
 * takes longer than anybody should wait.
 */
import { HostError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { GuestGpuMember } from './guest-gpu-member.ts';
import type { RenderExit } from './render-process.ts';
import type { RenderMessage, RenderSettings } from './render-messages.ts';
import type { ShaderStore } from './shader-store.ts';

const MAX_FAILED_STARTS = 3;
const RETRY_MS = 2000;

/** Who hears of processes. */
export interface PoolListener {
  /** One that was taken has ended. */
  onExit(member: GuestGpuMember, exit: RenderExit): void;
  /** One is wanted, and none can be started for now. It is tried again and again. */
  onHopeless(): void;
  /** One refused its guest what passes a quota. */
  onQuota(reason: string, refusals: number): void;
}

/** The processes of one guest. */
export class MemberPool {
  readonly #settings: RenderSettings;
  readonly #shaders: ShaderStore;
  readonly #log: Logger;
  readonly #members = new Set<GuestGpuMember>();
  readonly #listener: PoolListener;
  #spare: GuestGpuMember | null = null;
  #wanted: ((member: GuestGpuMember) => void) | null = null;
  #failedStarts = 0;
  #isOpen = true;

  constructor(settings: RenderSettings, shaders: ShaderStore, log: Logger, listener: PoolListener) {
    this.#settings = settings;
    this.#shaders = shaders;
    this.#log = log;
    this.#listener = listener;
  }

  /** Starts the first. Throws HostError when the device cannot be opened. */
  async first(): Promise<GuestGpuMember> {
    const member = this.#start();
    await member.process.ready;
    return member;
  }

  /** Gets another ready, unless one is. */
  prepare(): void {
    if (!this.#isOpen || this.#spare !== null) return;
    try {
      this.#spare = this.#start();
    } catch (error) {
      this.#fail(messageOf(error));
      return;
    }
    const spare = this.#spare;
    spare.process.ready.then(
      () => this.#give(spare),
      () => {},
    );
  }

  /** Settles when another stands ready. Rejects with HostError when it cannot be started. */
  async prepared(): Promise<void> {
    this.prepare();
    if (this.#spare === null) throw new HostError('NO_PROCESS', 'no GPU process can be started');
    await this.#spare.process.ready;
  }

  /** Calls back, at once or later, with one that is ready. */
  take(callback: (member: GuestGpuMember) => void): void {
    this.#wanted = callback;
    const spare = this.#spare;
    if (spare === null) this.prepare();
    else if (spare.isReady) this.#give(spare);
  }

  /** Ends all, and waits for it. */
  async close(): Promise<void> {
    this.#isOpen = false;
    this.#wanted = null;
    const members = [...this.#members];
    for (const member of members) {
      member.mute();
      member.process.kill();
    }
    await Promise.all(members.map((member) => member.process.exited));
    for (const member of members) member.close();
    this.#shaders.save();
  }

  #start(): GuestGpuMember {
    const member = new GuestGpuMember(this.#settings, this.#shaders, this.#log, this.#onMessage);
    this.#members.add(member);
    void member.process.exited.then((exit) => this.#onEnd(member, exit));
    return member;
  }

  readonly #onMessage = (message: RenderMessage): void => {
    if (message.kind === 'quota') this.#listener.onQuota(message.reason, message.refusals);
  };

  #give(member: GuestGpuMember): void {
    if (!this.#isOpen || this.#wanted === null || this.#spare !== member) return;
    const give = this.#wanted;
    this.#wanted = null;
    this.#spare = null;
    this.#failedStarts = 0;
    member.process.giveShaders();
    give(member);
  }

  #onEnd(member: GuestGpuMember, exit: RenderExit): void {
    this.#members.delete(member);
    if (this.#isOpen && member === this.#spare) {
      this.#spare = null;
      this.#fail(exit.reason);
    } else if (this.#isOpen) this.#listener.onExit(member, exit);
    member.close();
  }

  /** A device that is gone must not make us start processes without end. */
  #fail(reason: string): void {
    this.#failedStarts++;
    this.#log.warn('a GPU process ended before it was needed', { reason });
    if (this.#failedStarts < MAX_FAILED_STARTS) this.prepare();
    else if (this.#wanted !== null) {
      setTimeout(() => this.prepare(), RETRY_MS).unref();
      this.#listener.onHopeless();
    }
  }
}
