/** One viewer's place at the guest's agent: its messages as they come in, and what waits to go out to it. */
import { StateError } from '../../base/errors.ts';
import type { SpiceLimits } from '../limits.ts';
import { agentProtocol } from '../wire/agent.gen.ts';
import { AgentMessageReader } from './agent-message-reader.ts';
import { printMessage } from './agent-port-writer.ts';

/** Bytes for the guest that one viewer may have waiting before it gets no more tokens. */
const MAX_WAITING_BYTES = 256 << 10;

/** What the main channel does for its seat. */
export interface AgentSeatEvents {
  /** Something is there to be pulled. */
  onData(): void;
  /** The viewer may send so many more messages. */
  onTokens(tokens: number): void;
  /** The viewer's agent connection starts over: tell it, and give it the tokens it started with. */
  onReset(): void;
}

/** What the hub does for the seat. */
export interface AgentSeatHost {
  onMessage(seat: AgentSeat, type: number, body: Uint8Array): void;
  onSkip(seat: AgentSeat, type: number, size: number): void;
  onLeave(seat: AgentSeat): void;
}

/** One viewer's place. */
export class AgentSeat {
  /** What the viewer has announced, a bit mask of AgentCap; `null`: nothing yet. */
  caps: number | null = null;
  readonly #events: AgentSeatEvents;
  readonly #host: AgentSeatHost;
  readonly #limits: SpiceLimits;
  readonly #reader: AgentMessageReader;
  readonly #out: Uint8Array[] = [];
  #outAt = 0;
  #outBytes = 0;
  #credit: number;
  #withheld = 0;
  #waitingBytes = 0;
  /** Counts resets: what was written before one gives nothing back after it. */
  #epoch = 0;
  #isStarted = false;

  constructor(events: AgentSeatEvents, host: AgentSeatHost, limits: SpiceLimits) {
    this.#events = events;
    this.#host = host;
    this.#limits = limits;
    this.#credit = limits.agentTokens;
    this.#reader = new AgentMessageReader(
      limits.maxAgentMessageBytes,
      (type, body) => host.onMessage(this, type, body),
      (type, size) => host.onSkip(this, type, size),
    );
  }

  /** The viewer begins (anew) to talk to the agent. */
  start(): void {
    this.#isStarted = true;
  }

  /**
   * Takes one AGENT_DATA message of the viewer. Throws StateError when it had no token for it or sent too long a piece,
   * WireError when its bytes are no agent messages.
   */
  push(data: Uint8Array): void {
    // Pieces that were under way when the connection started over belong to nothing any more.
    if (!this.#isStarted) return;
    if (this.#credit <= 0) throw new StateError('agent-tokens', 'The viewer sent to the agent without a token.');
    if (data.byteLength > agentProtocol.maxChunkBytes) {
      throw new StateError('agent-size', `The viewer sent ${data.byteLength} bytes to the agent at once.`);
    }
    this.#credit -= 1;
    this.#withheld += 1;
    this.#reader.push(data);
    this.#giveTokens();
  }

  /** Counts bytes of this viewer that wait for the guest; the returned function says they are gone. */
  hold(bytes: number): () => void {
    const epoch = this.#epoch;
    this.#waitingBytes += bytes;
    return () => {
      if (epoch !== this.#epoch) return;
      this.#waitingBytes -= bytes;
      this.#giveTokens();
    };
  }

  /** Queues a message for the viewer. One that does not keep up loses what waits, and starts over. */
  send(type: number, body: readonly Uint8Array[]): void {
    const bytes = printMessage(type, body);
    if (this.#outBytes + bytes.byteLength > this.#limits.maxAgentBacklogBytes) {
      this.restart();
      return;
    }
    this.#out.push(bytes);
    this.#outBytes += bytes.byteLength;
    this.#events.onData();
  }

  /** The next piece for the viewer, at most 2,048 bytes; `null` when nothing waits. */
  pull(): Uint8Array | null {
    const first = this.#out[0];
    if (first === undefined) return null;
    const piece = first.subarray(this.#outAt, this.#outAt + agentProtocol.maxChunkBytes);
    this.#outAt += piece.byteLength;
    this.#outBytes -= piece.byteLength;
    if (this.#outAt >= first.byteLength) {
      this.#out.shift();
      this.#outAt = 0;
    }
    return piece;
  }

  /** Starts the viewer's agent connection over. */
  restart(): void {
    this.caps = null;
    this.#isStarted = false;
    this.#epoch += 1;
    this.#out.length = 0;
    this.#outAt = 0;
    this.#outBytes = 0;
    this.#waitingBytes = 0;
    this.#withheld = 0;
    this.#credit = this.#limits.agentTokens;
    this.#reader.reset();
    this.#events.onReset();
  }

  /** The viewer is gone. */
  leave(): void {
    this.#host.onLeave(this);
  }

  #giveTokens(): void {
    if (this.#withheld === 0 || this.#waitingBytes > MAX_WAITING_BYTES) return;
    const tokens = this.#withheld;
    this.#withheld = 0;
    this.#credit += tokens;
    this.#events.onTokens(tokens);
  }
}
