/**
 * Writes to the guest's agent port: whole messages, cut into chunks of at most 2,048 bytes, one message after the other.
 * Pointer states are the server's own and go between chunks; only the newest one is kept.
 */
import type { AgentPort as GuestPort } from '../../display/contract.ts';
import { joinBytes, Writer } from '../../wire/writer.ts';
import { AgentPort, agentProtocol, writeAgentChunk, writeAgentHeader } from '../wire/agent.gen.ts';

/** Messages waiting that make a crowd. */
const CROWD = 256;

/** Whose message it is. */
export type AgentSender = 'viewer' | 'server';

interface Queued {
  readonly bytes: Uint8Array;
  readonly port: number;
  readonly onWritten: (() => void) | null;
}

/** One guest's agent port, outwards. */
export class AgentPortWriter {
  readonly #port: GuestPort;
  readonly #queue: Queued[] = [];
  readonly #drain: Disposable;
  #at = 0;
  #urgent: Uint8Array | null = null;
  /** The rest of a chunk whose header was written already. */
  #rest: Uint8Array | null = null;
  #isBlocked = false;

  constructor(port: GuestPort) {
    this.#port = port;
    this.#drain = port.onDrain.subscribe(() => {
      this.#isBlocked = false;
      this.#pump();
    });
  }

  /** Whether the guest does not read: what can be left out should be. */
  get isCrowded(): boolean {
    return this.#queue.length >= CROWD;
  }

  /** Queues a message; `onWritten` is called when the port has all of it, or it was given up. */
  write(sender: AgentSender, type: number, body: readonly Uint8Array[], onWritten: (() => void) | null = null): void {
    const port = sender === 'viewer' ? AgentPort.client : AgentPort.server;
    this.#queue.push({ bytes: printMessage(type, body), port, onWritten });
    this.#pump();
  }

  /** Queues a small message of the server that replaces an unsent one of its kind. */
  writeLatest(type: number, body: readonly Uint8Array[]): void {
    this.#urgent = printMessage(type, body);
    this.#pump();
  }

  /** Gives everything up: the guest has closed the port, or opened it anew. */
  reset(): void {
    const given = this.#queue.splice(0);
    this.#at = 0;
    this.#urgent = null;
    this.#rest = null;
    this.#isBlocked = false;
    for (const { onWritten } of given) onWritten?.();
  }

  close(): void {
    this.#drain[Symbol.dispose]();
    this.reset();
  }

  #pump(): void {
    while (!this.#isBlocked && this.#port.isOpen) {
      if (this.#rest !== null) {
        const rest = this.#rest;
        this.#rest = null;
        this.#put(rest);
        continue;
      }
      if (this.#urgent !== null) {
        const bytes = this.#urgent;
        this.#urgent = null;
        this.#begin(AgentPort.server, bytes);
        continue;
      }
      const first = this.#queue[0];
      if (first === undefined) return;
      const chunk = first.bytes.subarray(this.#at, this.#at + agentProtocol.maxChunkBytes);
      this.#at += chunk.byteLength;
      if (this.#at >= first.bytes.byteLength) {
        this.#queue.shift();
        this.#at = 0;
      }
      this.#begin(first.port, chunk);
      if (this.#queue[0] !== first) first.onWritten?.();
    }
  }

  #begin(port: number, chunk: Uint8Array): void {
    const w = new Writer();
    writeAgentChunk(w, { port, size: chunk.byteLength });
    this.#rest = chunk;
    this.#put(joinBytes(w.finish()));
  }

  #put(bytes: Uint8Array): void {
    if (!this.#port.write(bytes)) this.#isBlocked = true;
  }
}

/** Header and body of a message in one array. */
export function printMessage(type: number, body: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const part of body) size += part.byteLength;
  const w = new Writer();
  writeAgentHeader(w, { protocol: agentProtocol.version, type, opaque: 0n, size });
  return joinBytes([...w.finish(), ...body]);
}
