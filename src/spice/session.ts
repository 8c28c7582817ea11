/**
 * One viewer: its channels, held together by the connection id that the main channel was told, and what they share. The main
 * channel carries the session: when it closes, all close. A further channel of the same type and id replaces the first.
 */
import { Signal } from '../base/signal.ts';
import type { InputSink } from '../display/contract.ts';
import type { ConnectionInfo } from './connection-info.ts';
import { isLocal } from './connection-info.ts';
import type { InputSeat } from './channels/input-seats.ts';
import { LineEstimate } from './line-estimate.ts';
import type { TicketGrant } from './ticket.ts';
import { MouseMode, MouseModes } from './wire/main.gen.ts';

/** A channel as its session sees it. */
export interface SessionChannel {
  /** Closes the channel; calls after the first do nothing. */
  close(reason: string): void;
}

/** Whether the guest's agent can place the pointer. */
export interface AgentPointer {
  readonly canPoint: boolean;
}

/** What a session is made of. */
export interface SessionOptions {
  /** The connection id: random, never 0. */
  readonly id: number;
  /** Counts viewers from 1, for people and logs. */
  readonly viewer: number;
  readonly info: ConnectionInfo;
  readonly grant: TicketGrant;
  readonly isViewOnly: boolean;
  readonly input: InputSink;
  readonly agent: AgentPointer;
  readonly seat: InputSeat;
}

/** One viewer. */
export class Session {
  readonly id: number;
  readonly viewer: number;
  readonly info: ConnectionInfo;
  readonly grant: TicketGrant;
  /** Input is dropped, the agent is out of reach. */
  readonly isViewOnly: boolean;
  readonly since: Date = new Date();
  readonly line: LineEstimate;
  readonly seat: InputSeat;
  /** The mouse mode changed, by the guest's abilities or the viewer's wish. */
  readonly onMouseMode = new Signal<MouseMode>();
  /** Told once, with the reason, after all channels are closed. */
  readonly onEnd = new Signal<string>();
  readonly #input: InputSink;
  readonly #agent: AgentPointer;
  readonly #channels = new Map<number, SessionChannel>();
  #wish: MouseMode = MouseMode.client;
  #mode: MouseMode;
  #isOpen = true;

  constructor(options: SessionOptions) {
    this.id = options.id;
    this.viewer = options.viewer;
    this.info = options.info;
    this.grant = options.grant;
    this.isViewOnly = options.isViewOnly;
    this.seat = options.seat;
    this.line = new LineEstimate(isLocal(options.info));
    this.#input = options.input;
    this.#agent = options.agent;
    this.#mode = this.#choose();
  }

  /** Channels open now. */
  get channelCount(): number {
    return this.#channels.size;
  }

  /** Whether the viewer sends positions (client) or motions (server). */
  get mouseMode(): MouseMode {
    return this.#mode;
  }

  /** Modes the viewer may ask for, as flags. */
  get mouseModes(): number {
    return MouseModes.server | (this.#canPoint ? MouseModes.client : 0);
  }

  /** The viewer would like a mode; it gets it when the guest can do it. */
  wishMouseMode(mode: MouseMode): void {
    this.#wish = mode;
    this.updateMouseMode();
  }

  /** The guest's abilities may have changed. */
  updateMouseMode(): void {
    this.#mode = this.#choose();
    this.onMouseMode.emit(this.#mode);
  }

  /** Takes a channel in, in place of an older one of the same type and id. */
  add(type: number, id: number, channel: SessionChannel): void {
    const key = keyOf(type, id);
    const older = this.#channels.get(key);
    this.#channels.set(key, channel);
    older?.close('the viewer opened the channel again');
  }

  /** Whether a channel of that type and id is open. */
  has(type: number, id: number): boolean {
    return this.#channels.has(keyOf(type, id));
  }

  /** A channel has closed by itself. */
  remove(type: number, id: number, channel: SessionChannel): void {
    const key = keyOf(type, id);
    if (this.#channels.get(key) === channel) this.#channels.delete(key);
  }

  /** Closes everything and lets go of every key. Calls after the first do nothing. */
  end(reason: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const channels = [...this.#channels.values()];
    this.#channels.clear();
    for (const channel of channels) channel.close(reason);
    this.seat.release();
    this.onEnd.emit(reason);
  }

  get #canPoint(): boolean {
    return this.#input.hasAbsolutePointer || this.#agent.canPoint;
  }

  #choose(): MouseMode {
    return this.#wish === MouseMode.client && this.#canPoint ? MouseMode.client : MouseMode.server;
  }
}

function keyOf(type: number, id: number): number {
  return type * 256 + id;
}
