/**
 * The main channel: tells the viewer what the session is, which channels there are and how the mouse works, measures the
 * line, and carries the agent's bytes. Its life is the session's.
 */
import { StateError } from '../../base/errors.ts';
import type { Clock } from '../clock.ts';
import type { GuestView } from '../guest-view.ts';
import type { Session, SessionChannel } from '../session.ts';
import { hasCap } from '../wire/caps.ts';
import { ChannelType, LinkError } from '../wire/link.gen.ts';
import { dispatchMainClient, MainCap, mainServer, type mainClient } from '../wire/main.gen.ts';
import type { AgentHub } from './agent-hub.ts';
import type { AgentSeat } from './agent-seat.ts';
import type { ChannelPipe } from './channel-pipe.ts';

/** Size of the ping that measures the line. */
const LINE_TEST_BYTES = 256_000;
/** Quiet sessions are pinged this often, so that nothing on the way forgets the connection. */
const KEEP_ALIVE_MS = 30_000;
const MAX_TOKENS = 0xffff_ffff;

const lineTest = new Uint8Array(LINE_TEST_BYTES);

/** What the main channel needs beside its session. */
export interface MainChannelOptions {
  readonly guest: GuestView;
  readonly agent: AgentHub;
  readonly clock: Clock;
  /** Tokens the viewer starts with. */
  readonly agentTokens: number;
  /** The multimedia clock: milliseconds, wrapping at 2^32. */
  readonly multiMediaTime: () => number;
  /** Whether the line is worth measuring. */
  readonly measuresLine: boolean;
}

/** One viewer's main channel. */
export class MainChannel implements SessionChannel {
  readonly #pipe: ChannelPipe;
  readonly #session: Session;
  readonly #options: MainChannelOptions;
  readonly #caps: readonly number[];
  readonly #seat: AgentSeat | null;
  /** Agent messages the viewer still takes. */
  #tokens = 0;
  #hasStartedAgent = false;
  #keepAlive: Disposable | null = null;

  constructor(pipe: ChannelPipe, session: Session, caps: readonly number[], options: MainChannelOptions) {
    this.#pipe = pipe;
    this.#session = session;
    this.#caps = caps;
    this.#options = options;
    this.#seat = session.isViewOnly
      ? null
      : options.agent.take({
          onData: () => this.#pumpAgent(),
          onTokens: (tokens) => pipe.send(mainServer.agentToken, { tokens }),
          onReset: () => this.#resetAgent(),
        });
    const mode = session.onMouseMode.subscribe(() => this.#tellMouseMode());
    pipe.onReady = () => this.#pumpAgent();
    pipe.onClose = (reason) => {
      mode[Symbol.dispose]();
      this.#keepAlive?.[Symbol.dispose]();
      this.#seat?.leave();
      session.end(reason);
    };
    this.#start();
  }

  /** Says why, then closes. */
  close(reason: string): void {
    this.#pipe.send(mainServer.disconnecting, {
      timeStamp: BigInt(this.#options.multiMediaTime()),
      reason: LinkError.ok,
    });
    this.#pipe.close(reason);
  }

  #start(): void {
    const { guest } = this.#options;
    const session = this.#session;
    this.#pipe.start<typeof mainClient>(dispatchMainClient, {
      attachChannels: () => this.#listChannels(),
      mouseModeRequest: ({ mode }) => session.wishMouseMode(mode),
      agentStart: ({ tokens }) => {
        this.#tokens = tokens;
        this.#seat?.start();
        this.#hasStartedAgent = true;
        this.#pumpAgent();
      },
      agentData: ({ data }) => this.#seat?.push(data),
      agentToken: ({ tokens }) => {
        this.#tokens = Math.min(MAX_TOKENS, this.#tokens + tokens);
        this.#pumpAgent();
      },
      clientInfo: () => {},
      qualityIndicator: () => {},
      migrateConnected: refuseMigration,
      migrateConnectError: refuseMigration,
      migrateEnd: refuseMigration,
      migrateDstDoSeamless: refuseMigration,
      migrateConnectedSeamless: refuseMigration,
    });
    this.#pipe.send(mainServer.init, {
      sessionId: session.id,
      displayChannelsHint: guest.screens.length,
      supportedMouseModes: session.mouseModes,
      currentMouseMode: session.mouseMode,
      agentConnected: this.#seat !== null,
      agentTokens: this.#options.agentTokens,
      multiMediaTime: this.#options.multiMediaTime(),
      ramHint: 0,
    });
    if (hasCap(this.#caps, MainCap.nameAndUuid)) {
      this.#pipe.send(mainServer.name, { name: new TextEncoder().encode(`${guest.name}\0`) });
      this.#pipe.send(mainServer.uuid, { uuid: uuidBytes(guest.uuid) });
    }
    if (this.#options.measuresLine) this.#measureLine();
    this.#scheduleKeepAlive();
  }

  #listChannels(): void {
    const heads = this.#options.guest.screens.map((_, id) => id);
    this.#pipe.send(mainServer.channelsList, {
      channels: [
        ...heads.map((id) => ({ type: ChannelType.display, id })),
        { type: ChannelType.inputs, id: 0 },
        ...heads.map((id) => ({ type: ChannelType.cursor, id })),
      ],
    });
  }

  #tellMouseMode(): void {
    this.#pipe.send(mainServer.mouseMode, {
      supportedModes: this.#session.mouseModes,
      currentMode: this.#session.mouseMode,
    });
  }

  /** Two small pings warm the line up and tell its delay; what the large one takes longer is its bytes' way. */
  #measureLine(): void {
    let smallAt = Infinity;
    this.#pipe.ping(() => {});
    this.#pipe.ping(() => {
      smallAt = this.#options.clock.now();
    });
    this.#pipe.ping(() => this.#session.line.note(LINE_TEST_BYTES, this.#options.clock.now() - smallAt), lineTest);
  }

  #scheduleKeepAlive(): void {
    this.#keepAlive = this.#options.clock.after(KEEP_ALIVE_MS, () => {
      // One that is not answered is not followed by more: it waits in the socket, or the viewer is asleep.
      this.#pipe.ping(() => this.#scheduleKeepAlive());
    });
  }

  #pumpAgent(): void {
    const seat = this.#seat;
    if (seat === null || !this.#hasStartedAgent) return;
    while (this.#tokens > 0 && this.#pipe.canSend()) {
      const data = seat.pull();
      if (data === null) return;
      this.#tokens -= 1;
      this.#pipe.send(mainServer.agentData, { data });
    }
  }

  /** The viewer was too slow for the agent, or sent too much: it starts over. */
  #resetAgent(): void {
    this.#hasStartedAgent = false;
    this.#tokens = 0;
    const tokens = this.#options.agentTokens;
    this.#pipe.send(mainServer.agentDisconnected, { error: LinkError.ok });
    if (hasCap(this.#caps, MainCap.agentConnectedTokens)) this.#pipe.send(mainServer.agentConnectedTokens, { tokens });
    else this.#pipe.send(mainServer.agentConnected, {});
  }
}

function refuseMigration(): never {
  throw new StateError('migration', 'The viewer speaks of a migration that is not under way.');
}

/** The 16 bytes of a UUID in text form; zeros for what is none. */
function uuidBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(16);
  const hex = text.replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/i.test(hex)) return bytes;
  for (let i = 0; i < 16; i++) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
