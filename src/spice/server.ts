/**
 * A SPICE server for one guest: takes connections from any transport, lets in who has a ticket, and joins their channels into
 * sessions. Any number of viewers share the guest; each has its own session, and none can harm another.
 */
import { randomInt } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { messageOf, StateError } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';
import type { Logger } from '../base/log.ts';
import { Signal } from '../base/signal.ts';
import { WireError } from '../wire/wire-error.ts';
import { AgentHub } from './channels/agent-hub.ts';
import { ChannelPipe } from './channels/channel-pipe.ts';
import { CursorChannel } from './channels/cursor.ts';
import { DisplayChannel } from './channels/display.ts';
import { InputSeats } from './channels/input-seats.ts';
import { InputsChannel } from './channels/inputs.ts';
import { MainChannel } from './channels/main.ts';
import { systemClock, type Clock } from './clock.ts';
import { isLocal, isSecure, printPeer, type ConnectionInfo, type Transport } from './connection-info.ts';
import type { GuestView } from './guest-view.ts';
import { HalfOpen, type HalfOpenEntry } from './half-open.ts';
import { hangUp } from './hang-up.ts';
import { SPICE_LIMITS, type SpiceLimits } from './limits.ts';
import { converseLink, LINK_ACCEPTED, type LinkErrorCode, type LinkRequest } from './link.ts';
import { PeerLog } from './peer-log.ts';
import { Session, type SessionChannel } from './session.ts';
import { TicketKey } from './ticket-key.ts';
import type { TicketGrant, Tickets } from './ticket.ts';
import { capWords } from './wire/caps.ts';
import { DisplayCap } from './wire/display.gen.ts';
import { InputsCap } from './wire/inputs.gen.ts';
import { ChannelType } from './wire/link.gen.ts';
import { MainCap } from './wire/main.gen.ts';

export type { GuestView } from './guest-view.ts';

/** A viewer, in a list. */
export interface ViewerInfo {
  /** Counts from 1. */
  readonly id: number;
  /** IP address; empty on a Unix socket. */
  readonly address: string;
  readonly transport: Transport;
  /** Nobody on the way can listen. */
  readonly isSecure: boolean;
  readonly isViewOnly: boolean;
  readonly since: Date;
  /** Estimate of the line; Infinity for viewers on this machine. */
  readonly bytesPerSecond: number;
}

/** A viewer came or went. */
export interface ViewerEvent {
  readonly kind: 'connected' | 'disconnected';
  readonly id: number;
  readonly address: string;
  readonly transport: Transport;
  readonly isViewOnly: boolean;
  /** Why it went. */
  readonly reason?: string;
}

/** What a server needs. */
export interface SpiceServerOptions {
  readonly guest: GuestView;
  readonly tickets: Tickets;
  /** For connections on Unix sockets, whose files say already who may come; `tickets` when absent. */
  readonly unixTickets?: Tickets;
  readonly log: Logger;
  /** Nobody may do more than look. */
  readonly isViewOnly?: boolean;
  readonly limits?: Partial<SpiceLimits>;
  readonly clock?: Clock;
}

const CHANNEL_CAPS: ReadonlyMap<number, readonly number[]> = new Map([
  [ChannelType.main, capWords([MainCap.nameAndUuid, MainCap.agentConnectedTokens])],
  [ChannelType.display, capWords([DisplayCap.monitorsConfig, DisplayCap.prefCompression])],
  [ChannelType.inputs, capWords([InputsCap.keyScancode])],
  [ChannelType.cursor, capWords([])],
]);

/** One guest's server. It listens on nothing by itself: transports call `accept`. */
export class SpiceServer {
  readonly onViewer = new Signal<ViewerEvent>();
  /** Connections without a ticket yet; transports count theirs in here before the first byte. */
  readonly halfOpen: HalfOpen;
  /** Where transports report what strangers do wrong. */
  readonly peerLog: PeerLog;
  readonly #options: SpiceServerOptions;
  readonly #limits: SpiceLimits;
  readonly #clock: Clock;
  readonly #key = new TicketKey();
  readonly #seats: InputSeats;
  readonly #agent: AgentHub;
  readonly #sessions = new Map<number, Session>();
  readonly #subscriptions: readonly Disposable[];
  readonly #startedAt: number;
  #viewers = 0;
  #isOpen = true;

  constructor(options: SpiceServerOptions) {
    this.#options = options;
    this.#limits = { ...SPICE_LIMITS, ...options.limits };
    this.#clock = options.clock ?? systemClock;
    this.#startedAt = this.#clock.now();
    this.halfOpen = new HalfOpen(this.#limits, this.#clock);
    this.peerLog = new PeerLog(options.log, this.#clock);
    const { guest } = options;
    this.#agent = new AgentHub({
      port: guest.agent,
      limits: this.#limits,
      log: options.log,
      suggestSize: (head, width, height) => {
        const isSane = Math.max(width, height) <= LIMITS.maxScreenSide && width * height <= LIMITS.maxScreenPixels;
        if (isSane && head < guest.screens.length) guest.suggestSize(head, width, height);
      },
    });
    this.#seats = new InputSeats(guest.input, this.#agent);
    const updateMice = (): void => {
      for (const session of this.#sessions.values()) session.updateMouseMode();
    };
    this.#subscriptions = [
      guest.input.onPointerMode.subscribe(updateMice),
      this.#agent.onCanPoint.subscribe(updateMice),
    ];
  }

  /** The guest's name. */
  get name(): string {
    return this.#options.guest.name;
  }

  /**
   * Takes a connection whose next byte is the first of SPICE. The stream is ours from now on. `place` is given when the
   * connection was counted in with `halfOpen` before.
   */
  accept(stream: Duplex, info: ConnectionInfo, place?: HalfOpenEntry): void {
    const entry =
      place ??
      this.halfOpen.enter(info.address, (reason) => {
        this.peerLog.note('dropped', { peer: printPeer(info), reason });
        stream.destroy();
      });
    const onError = (): void => void stream.destroy();
    stream.on('error', onError);
    stream.once('close', () => entry.leave());
    if (!this.#isOpen) {
      stream.destroy();
      return;
    }
    void this.#link(stream, info, entry);
  }

  /** Viewers connected now, in order of arrival. */
  viewers(): readonly ViewerInfo[] {
    return [...this.#sessions.values()].map((session) => ({
      id: session.viewer,
      address: session.info.address,
      transport: session.info.transport,
      isSecure: isSecure(session.info),
      isViewOnly: session.isViewOnly,
      since: session.since,
      bytesPerSecond: session.line.bytesPerSecond,
    }));
  }

  /** Shows a viewer out; false when there is none with that id. */
  disconnect(id: number, reason: string): boolean {
    const session = [...this.#sessions.values()].find((candidate) => candidate.viewer === id);
    session?.end(reason);
    return session !== undefined;
  }

  /** Shows everybody out. Listeners are closed by who opened them. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.halfOpen.close();
    for (const session of this.#sessions.values()) session.end('the server closes');
    for (const subscription of this.#subscriptions) subscription[Symbol.dispose]();
    this.#agent.close();
    // Last words go out with the event loop's next turn.
    await new Promise((resolve) => setImmediate(resolve));
  }

  async #link(stream: Duplex, info: ConnectionInfo, place: HalfOpenEntry): Promise<void> {
    const gone = new AbortController();
    stream.once('close', () => gone.abort());
    let grant: TicketGrant | null = null;
    try {
      const request = await converseLink(
        stream,
        {
          key: this.#key,
          offer: (wanted) => this.#offer(wanted),
          admit: async (wanted, ticket) => {
            place.stopTimer();
            const verdict = await this.#admit(wanted, ticket ?? '', info, gone.signal);
            if (typeof verdict === 'string') return verdict;
            grant = verdict;
            return null;
          },
        },
        this.#limits,
      );
      if (stream.destroyed || grant === null || !this.#isOpen) throw new StateError('link-gone', 'The viewer is gone.');
      place.leave();
      this.#open(stream, info, request, grant);
    } catch (error) {
      hangUp(stream, this.#clock);
      if (!(error instanceof WireError) && !(error instanceof StateError)) throw error;
      this.peerLog.note('link', { peer: printPeer(info), reason: messageOf(error) });
    }
  }

  #offer(request: LinkRequest): readonly number[] | LinkErrorCode {
    const { channelType, channelId, connectionId } = request;
    if (channelType === ChannelType.main && connectionId !== 0) return 'badConnectionId';
    if (channelType !== ChannelType.main && connectionId === 0) return 'badConnectionId';
    const isPerHead = channelType === ChannelType.display || channelType === ChannelType.cursor;
    const ids = isPerHead ? this.#options.guest.screens.length : 1;
    return channelId < ids ? (CHANNEL_CAPS.get(channelType) ?? 'channelNotAvailable') : 'channelNotAvailable';
  }

  async #admit(
    request: LinkRequest,
    ticket: string,
    info: ConnectionInfo,
    gone: AbortSignal,
  ): Promise<TicketGrant | LinkErrorCode> {
    const tickets = (info.transport === 'unix' ? this.#options.unixTickets : undefined) ?? this.#options.tickets;
    if (request.channelType === ChannelType.main) {
      if (this.#sessions.size >= this.#limits.maxViewers) return 'error';
      return (await tickets.redeem(ticket, info.address, gone)) ?? 'permissionDenied';
    }
    const session = this.#sessions.get(request.connectionId);
    if (session === undefined) return 'badConnectionId';
    if (!(await tickets.confirm(session.grant, ticket, info.address, gone))) return 'permissionDenied';
    // The session may have ended meanwhile.
    if (this.#sessions.get(request.connectionId) !== session) return 'badConnectionId';
    const isNew = !session.has(request.channelType, request.channelId);
    if (isNew && session.channelCount >= this.#limits.maxChannelsPerViewer) return 'channelNotAvailable';
    return session.grant;
  }

  #open(stream: Duplex, info: ConnectionInfo, request: LinkRequest, grant: TicketGrant): void {
    const { hasMiniHeader, channelType, channelId } = request;
    const session =
      channelType === ChannelType.main ? this.#begin(info, grant) : (this.#sessions.get(request.connectionId) ?? null);
    if (session === null) throw new StateError('link-gone', 'The session is over.');
    const pipe = new ChannelPipe({ stream, hasMiniHeader, limits: this.#limits, clock: this.#clock });
    pipe.sendRaw(LINK_ACCEPTED);
    const channel = this.#createChannel(pipe, session, request);
    session.add(channelType, channelId, channel);
    pipe.onEnd = (reason) => {
      this.#options.log.debug('channel closed', { viewer: session.viewer, channelType, channelId, reason });
      session.remove(channelType, channelId, channel);
    };
  }

  #createChannel(pipe: ChannelPipe, session: Session, request: LinkRequest): SessionChannel {
    const { guest } = this.#options;
    const { channelId, caps } = request;
    const [limits, clock] = [this.#limits, this.#clock];
    switch (request.channelType) {
      case ChannelType.main:
        return new MainChannel(pipe, session, caps, {
          guest,
          agent: this.#agent,
          clock,
          agentTokens: limits.agentTokens,
          multiMediaTime: () => Math.floor(clock.now() - this.#startedAt) % 2 ** 32,
          measuresLine: !isLocal(session.info),
        });
      case ChannelType.display: {
        const screen = guest.screens[channelId];
        if (screen === undefined) break;
        return new DisplayChannel(pipe, session, { screen, head: channelId, caps, limits, clock });
      }
      case ChannelType.inputs:
        return new InputsChannel(pipe, session, guest.input, this.#agent, clock);
      case ChannelType.cursor:
        return new CursorChannel(pipe, session, guest.pointer, channelId);
      default:
        break;
    }
    throw new StateError('link-channel', `The channel type ${request.channelType} is not there.`);
  }

  #begin(info: ConnectionInfo, grant: TicketGrant): Session {
    let id = 0;
    while (id === 0 || this.#sessions.has(id)) id = randomInt(1, 2 ** 32);
    this.#viewers += 1;
    const session = new Session({
      id,
      viewer: this.#viewers,
      info,
      grant,
      isViewOnly: this.#options.isViewOnly === true || info.isViewOnly || grant.isViewOnly,
      input: this.#options.guest.input,
      agent: this.#agent,
      seat: this.#seats.take(),
    });
    this.#sessions.set(id, session);
    const { viewer, isViewOnly } = session;
    const told = { id: viewer, address: info.address, transport: info.transport, isViewOnly };
    session.onEnd.subscribe((reason) => {
      this.#sessions.delete(id);
      this.#options.log.info('viewer disconnected', { ...told, reason });
      this.onViewer.emit({ kind: 'disconnected', ...told, reason });
    });
    this.#options.log.info('viewer connected', told);
    this.onViewer.emit({ kind: 'connected', ...told });
    return session;
  }
}
