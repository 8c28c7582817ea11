/**
 * The guest's agent, spoken to through the main channel (agent protocol 1): messages cut into pieces of at most 2048 bytes,
 * each worth one token of the server. Here it carries the wished size of the screen, and text that was copied in the guest;
 * what else the agent says is read and left alone.
 */
import {
  AgentCap,
  agentFromGuest,
  agentProtocol,
  agentToGuest,
  ClipboardSelection,
  ClipboardType,
  MonitorFlags,
  readAgentHeader,
  writeAgentHeader,
} from '../../../../src/spice/wire/agent.gen.ts';
import { mainClient } from '../../../../src/spice/wire/main.gen.ts';
import { Reader } from '../../../../src/wire/reader.ts';
import { WireError } from '../../../../src/wire/wire-error.ts';
import { joinBytes, Writer } from '../../../../src/wire/writer.ts';
import type { Channel, Sendable } from './channel.ts';

/** Tokens the server gets: all there are, as what it sends is read at once and not kept. */
const ALL_TOKENS = 0xffffffff;
const MAX_TOKENS = 0xffffffff;
/** Pieces that may wait for tokens. Only the last wished size matters, so this is never reached but by a silent server. */
const MAX_WAITING = 64;
const SCREEN_DEPTH = 32;
const ON_DEMAND = 1 << AgentCap.clipboardByDemand;
const CAPS = (1 << AgentCap.monitorsConfig) | (1 << AgentCap.reply) | ON_DEMAND | (1 << AgentCap.clipboardSelection);
/** Copied text with what tells its form; longer text stays in the guest. */
const MAX_COPIED_BYTES = 1 << 20;

/** Told what comes of the agent. */
export interface AgentListener {
  /** Whether the guest's agent is there, so that the guest may be resized. */
  agent(isConnected: boolean): void;
  /** Text was copied in the guest; never empty. */
  copied(text: string): void;
}

export class Agent {
  readonly #channel: Channel;
  readonly #listener: AgentListener;
  readonly #writer = new Writer();
  #isConnected = false;
  #tokens = 0;
  #waiting: Uint8Array[] = [];
  #wish: { readonly width: number; readonly height: number } | null = null;
  #incoming: Uint8Array = new Uint8Array(0);
  #skip = 0;
  /** Capabilities that both have. */
  #features = 0;

  constructor(channel: Channel, listener: AgentListener) {
    this.#channel = channel;
    this.#listener = listener;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** The agent is there: says hello, and the wished size if there is one. */
  connected(): void {
    this.#isConnected = true;
    this.#incoming = new Uint8Array(0);
    this.#skip = 0;
    this.#agreeOn(0);
    this.#waiting = [];
    this.#channel.send(mainClient.agentStart, { tokens: ALL_TOKENS });
    this.#announce(true);
    this.#sendWish();
    this.#listener.agent(true);
  }

  /** The agent is gone. */
  disconnected(): void {
    this.#isConnected = false;
    this.#waiting = [];
    this.#listener.agent(false);
  }

  setTokens(tokens: number): void {
    this.#tokens = tokens;
    this.#sendWaiting();
  }

  addTokens(tokens: number): void {
    this.setTokens(Math.min(MAX_TOKENS, this.#tokens + tokens));
  }

  /** Wishes for a size of the guest's first screen, in pixels; told now or when the agent comes. */
  wishSize(width: number, height: number): void {
    this.#wish = { width, height };
    this.#sendWish();
  }

  /** Bytes of the agent. Throws WireError. */
  receive(data: Uint8Array): void {
    let bytes = data;
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, bytes.byteLength);
      this.#skip -= skipped;
      bytes = bytes.subarray(skipped);
    }
    bytes = joinBytes([this.#incoming, bytes]);
    while (bytes.byteLength >= agentProtocol.headerBytes) {
      const { protocol, type, size } = readAgentHeader(new Reader(bytes));
      if (protocol !== agentProtocol.version) throw new WireError('value', 'AgentHeader.protocol', 0);
      if (size > agentProtocol.maxMessageBytes) throw new WireError('limit', 'AgentHeader.size', 16);
      if (size <= this.#longest(type)) {
        if (bytes.byteLength < agentProtocol.headerBytes + size) break;
        this.#heard(type, bytes.subarray(agentProtocol.headerBytes, agentProtocol.headerBytes + size));
      }
      const end = agentProtocol.headerBytes + size;
      this.#skip = Math.max(0, end - bytes.byteLength);
      bytes = bytes.subarray(end);
    }
    this.#incoming = bytes.slice();
  }

  /** Largest message of a kind that is read, in bytes without the header; negative for kinds that are not. */
  #longest(type: number): number {
    if (type === agentFromGuest.announceCapabilities.id) return agentProtocol.maxChunkBytes;
    if ((this.#features & ON_DEMAND) === 0) return -1;
    if (type === agentFromGuest.clipboardGrab.id) return agentProtocol.maxChunkBytes;
    return type === agentFromGuest.clipboard.id ? MAX_COPIED_BYTES : -1;
  }

  #heard(type: number, body: Uint8Array): void {
    const reader = new Reader(body, this.#features);
    if (type === agentFromGuest.announceCapabilities.id) {
      const { request, caps } = agentFromGuest.announceCapabilities.read(reader);
      this.#agreeOn((caps[0] ?? 0) & CAPS);
      if (request) this.#announce(false);
    } else if (type === agentFromGuest.clipboardGrab.id) {
      const { selection, types } = agentFromGuest.clipboardGrab.read(reader);
      if (!isClipboard(selection) || !types.includes(ClipboardType.utf8Text)) return;
      this.#send(agentToGuest.clipboardRequest, { selection, type: ClipboardType.utf8Text });
    } else {
      const { selection, type: form, data } = agentFromGuest.clipboard.read(reader);
      if (!isClipboard(selection) || form !== ClipboardType.utf8Text || data.byteLength === 0) return;
      this.#listener.copied(new TextDecoder().decode(data));
    }
  }

  #agreeOn(features: number): void {
    this.#features = features;
    this.#writer.features = features;
  }

  #announce(isRequest: boolean): void {
    this.#send(agentToGuest.announceCapabilities, { request: isRequest, caps: [CAPS] });
  }

  #sendWish(): void {
    if (this.#wish === null || !this.#isConnected) return;
    const monitor = { ...this.#wish, depth: SCREEN_DEPTH, x: 0, y: 0 };
    this.#wish = null;
    this.#send(agentToGuest.monitorsConfig, { flags: MonitorFlags.usePos, monitors: [monitor], physicalSizes: null });
  }

  #send<T>(codec: Sendable<T>, message: T): void {
    codec.write(this.#writer, message);
    const body = joinBytes(this.#writer.finish());
    const { version: protocol, maxChunkBytes } = agentProtocol;
    writeAgentHeader(this.#writer, { protocol, type: codec.id, opaque: 0n, size: body.byteLength });
    const bytes = joinBytes([...this.#writer.finish(), body]);
    for (let at = 0; at < bytes.byteLength; at += maxChunkBytes) {
      if (this.#waiting.length >= MAX_WAITING) this.#waiting.shift();
      this.#waiting.push(bytes.subarray(at, at + maxChunkBytes));
    }
    this.#sendWaiting();
  }

  #sendWaiting(): void {
    while (this.#tokens > 0) {
      const data = this.#waiting.shift();
      if (data === undefined) return;
      this.#tokens--;
      this.#channel.send(mainClient.agentData, { data });
    }
  }
}

/** Whether it is what Ctrl+C copies to: the only one where an agent knows no others. */
function isClipboard(selection: { readonly id: number } | null): boolean {
  return selection === null || selection.id === ClipboardSelection.clipboard;
}
