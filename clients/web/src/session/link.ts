/**
 * The first words on every SPICE connection (protocol "link" stage): who we are and which channel we want, the server's
 * key and capabilities, the ticket, the verdict. Mini headers and AUTH_SELECTION are wanted of the server, which every
 * server since 2010 has.
 */
import {
  CommonCap,
  LinkError,
  readLinkHeader,
  readLinkReply,
  readLinkResult,
  spiceLink,
  writeLinkAuthMechanism,
  writeLinkHeader,
  writeLinkMess,
  writeLinkTicket,
} from '../../../../src/spice/wire/link.gen.ts';
import { Reader } from '../../../../src/wire/reader.ts';
import { joinBytes, Writer } from '../../../../src/wire/writer.ts';
import type { ByteTransport } from './byte-transport.ts';
import { SessionError } from './session-error.ts';
import { encryptTicket } from './ticket.ts';

const LINK_TIMEOUT_MS = 15_000;

/** Which channel is wanted. */
export interface LinkRequest {
  readonly connectionId: number;
  readonly channelType: number;
  readonly channelId: number;
  readonly channelCaps: readonly number[];
  readonly password: string;
}

/** What the link came to: the server's capabilities of this channel, and bytes that already follow. */
export interface LinkOutcome {
  readonly channelCaps: ReadonlySet<number>;
  readonly rest: Uint8Array<ArrayBuffer>;
}

/** Links a channel on a fresh connection. Rejects with SessionError or WireError; the caller closes the transport. */
export async function linkChannel(transport: ByteTransport, request: LinkRequest): Promise<LinkOutcome> {
  const incoming = new LinkBytes(transport);
  try {
    const writer = new Writer();
    const at = writer.reserve(spiceLink.headerBytes);
    const { view } = writer;
    writeLinkMess(writer, {
      connectionId: request.connectionId,
      channelType: request.channelType,
      channelId: request.channelId,
      caps: {
        common: capWords([CommonCap.protocolAuthSelection, CommonCap.authSpice, CommonCap.miniHeader]),
        channel: capWords(request.channelCaps),
      },
    });
    writer.settle();
    const header = new Writer();
    const { magic, majorVersion, minorVersion } = spiceLink;
    writeLinkHeader(header, { magic, majorVersion, minorVersion, size: writer.length });
    new Uint8Array(view.buffer).set(joinBytes(header.finish()), at);
    transport.send(writer.finish());

    const reply = await readReply(incoming);
    const ticket = await encryptTicket(reply.publicKey, request.password);
    writeLinkAuthMechanism(writer, { mechanism: CommonCap.authSpice });
    writeLinkTicket(writer, { encrypted: ticket });
    transport.send(writer.finish());
    checkResult(readLinkResult(new Reader(await incoming.read(4))).error);
    return { channelCaps: capSet(reply.caps.channel), rest: incoming.detach() };
  } finally {
    incoming.detach();
  }
}

async function readReply(incoming: LinkBytes): Promise<ReturnType<typeof readLinkReply>> {
  const header = readLinkHeader(new Reader(await incoming.read(spiceLink.headerBytes)));
  if (header.magic !== spiceLink.magic || header.majorVersion !== spiceLink.majorVersion) {
    throw new SessionError('protocol', 'The server does not speak SPICE 2.');
  }
  if (header.size > spiceLink.maxMessageBytes) {
    throw new SessionError('protocol', 'The server sent too long an answer.');
  }
  const body = await incoming.read(header.size);
  // A refusal may come without key and capabilities.
  if (body.byteLength >= 4) checkResult(new DataView(body.buffer).getUint32(body.byteOffset, true));
  const reply = readLinkReply(new Reader(body));
  const common = capSet(reply.caps.common);
  if (!common.has(CommonCap.protocolAuthSelection) || !common.has(CommonCap.miniHeader)) {
    throw new SessionError(
      'protocol',
      'The server is too old: it lacks the mini header or the choice of authentication.',
    );
  }
  return reply;
}

function checkResult(error: number): void {
  switch (error) {
    case LinkError.ok:
      return;
    case LinkError.permissionDenied:
      throw new SessionError('authentication', 'The password is missing or wrong.');
    case LinkError.needSecured:
      throw new SessionError('refused', 'The server wants an encrypted connection: open the page over https.');
    case LinkError.badConnectionId:
      throw new SessionError('closed', 'The session is over.');
    case LinkError.channelNotAvailable:
      throw new SessionError('refused', 'The server does not offer this channel.');
    default:
      throw new SessionError('refused', `The server refused the connection (SPICE link error ${error}).`);
  }
}

/** Capabilities as words of 32 bits. */
function capWords(caps: readonly number[]): number[] {
  const words: number[] = [];
  for (const cap of caps) {
    const index = cap >>> 5;
    while (words.length <= index) words.push(0);
    words[index] = ((words[index] ?? 0) | (1 << (cap & 31))) >>> 0;
  }
  return words;
}

function capSet(words: readonly number[]): ReadonlySet<number> {
  const caps = new Set<number>();
  for (const [index, word] of words.entries()) {
    for (let bit = 0; bit < 32; bit++) if ((word >>> bit) & 1) caps.add(index * 32 + bit);
  }
  return caps;
}

/** Reads exact numbers of bytes off a transport, and gives back what it has not used. */
class LinkBytes {
  readonly #transport: ByteTransport;
  readonly #timer: ReturnType<typeof setTimeout>;
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #failure: SessionError | null = null;
  #wake: (() => void) | null = null;

  constructor(transport: ByteTransport) {
    this.#transport = transport;
    this.#timer = setTimeout(
      () => this.#fail(new SessionError('unreachable', 'The server does not answer.')),
      LINK_TIMEOUT_MS,
    );
    transport.onData = (bytes) => {
      this.#bytes = joinBytes([this.#bytes, bytes]) as Uint8Array<ArrayBuffer>;
      this.#wake?.();
    };
    transport.onClose = (reason) => this.#fail(new SessionError('unreachable', reason));
  }

  async read(n: number): Promise<Uint8Array> {
    while (this.#bytes.byteLength < n) {
      if (this.#failure !== null) throw this.#failure;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const taken = this.#bytes.subarray(0, n);
    this.#bytes = this.#bytes.subarray(n);
    return taken;
  }

  detach(): Uint8Array<ArrayBuffer> {
    clearTimeout(this.#timer);
    this.#transport.onData = this.#transport.onClose = null;
    return this.#bytes;
  }

  #fail(error: SessionError): void {
    this.#failure = error;
    this.#wake?.();
  }
}
