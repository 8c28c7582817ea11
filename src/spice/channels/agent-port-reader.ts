/**
 * Reads the guest's end of the agent port: chunks (AgentChunk: port, size, bytes), each a piece of a message to the viewers
 * or to the server. Both kinds are messages of the agent; which port they came through makes no difference here.
 */
import { Reader } from '../../wire/reader.ts';
import { WireError } from '../../wire/wire-error.ts';
import { AgentPort, agentProtocol, readAgentChunk } from '../wire/agent.gen.ts';
import { AgentMessageReader } from './agent-message-reader.ts';

const HEADER_BYTES = agentProtocol.chunkHeaderBytes;

/** Takes the port's bytes, gives messages. */
export class AgentPortReader {
  readonly #header = new Uint8Array(HEADER_BYTES);
  readonly #reader = new Reader();
  readonly #ports: ReadonlyMap<number, AgentMessageReader>;
  #filled = 0;
  #port: AgentMessageReader | null = null;
  #left = 0;

  constructor(maxBytes: number, onMessage: (type: number, body: Uint8Array) => void) {
    const skip = (): void => {};
    this.#ports = new Map([
      [AgentPort.client, new AgentMessageReader(maxBytes, onMessage, skip)],
      [AgentPort.server, new AgentMessageReader(maxBytes, onMessage, skip)],
    ]);
  }

  /** Takes the next bytes. Throws WireError when the guest's stream cannot be followed any more. */
  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.byteLength) {
      if (this.#port === null) {
        const n = Math.min(HEADER_BYTES - this.#filled, bytes.byteLength - at);
        this.#header.set(bytes.subarray(at, at + n), this.#filled);
        this.#filled += n;
        at += n;
        if (this.#filled < HEADER_BYTES) return;
        const { port, size } = readAgentChunk(this.#reader.reset(this.#header));
        const known = this.#ports.get(port);
        if (known === undefined) throw new WireError('value', 'AgentChunk.port', 0);
        this.#filled = 0;
        this.#left = size;
        this.#port = size === 0 ? null : known;
        continue;
      }
      const n = Math.min(this.#left, bytes.byteLength - at);
      const piece = bytes.subarray(at, at + n);
      const port = this.#port;
      this.#left -= n;
      at += n;
      if (this.#left === 0) this.#port = null;
      port.push(piece);
    }
  }

  /** Forgets what was begun: the port was opened anew. */
  reset(): void {
    this.#filled = 0;
    this.#left = 0;
    this.#port = null;
    for (const port of this.#ports.values()) port.reset();
  }
}
