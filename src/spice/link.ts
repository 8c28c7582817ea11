/**
 * The conversation before a channel (spice-protocol: SpiceLinkHeader, SpiceLinkMess, SpiceLinkReply), little endian:
 *
 *     viewer  "REDQ" major minor size | connection id, channel type and id, capabilities
 *     server  "REDQ" 2 2 size         | error, RSA public key, capabilities        (an error ends it)
 *     viewer  [mechanism]             | 128 bytes: the password, encrypted
 *     server  error                   | 0 lets the channel begin
 *
 * The mechanism word comes only from viewers with the AUTH_SELECTION capability; older web clients send the ticket at once.
 * Refusals use the protocol's codes; whatever is wrong, the caller gets one typed error and its stream back.
 */
import type { Duplex } from 'node:stream';
import { StateError } from '../base/errors.ts';
import { Reader } from '../wire/reader.ts';
import { WireError } from '../wire/wire-error.ts';
import { joinBytes, Writer } from '../wire/writer.ts';
import { LinkInput } from './link-input.ts';
import type { SpiceLimits } from './limits.ts';
import type { TicketKey } from './ticket-key.ts';
import { capWords, hasCap } from './wire/caps.ts';
import {
  CommonCap,
  LinkError,
  readLinkHeader,
  readLinkMess,
  spiceLink,
  writeLinkReply,
  writeLinkResult,
} from './wire/link.gen.ts';

/** Why a link was refused. */
export type LinkErrorCode = Exclude<keyof typeof LinkError, 'ok'>;

const MAGIC_BYTES = 4;
/** A link message without capabilities. */
const BARE_MESSAGE_BYTES = 18;

const OUR_COMMON_CAPS = capWords([CommonCap.protocolAuthSelection, CommonCap.authSpice, CommonCap.miniHeader]);
const NO_KEY = new Uint8Array(spiceLink.publicKeyBytes);

/** What a viewer asks for. */
export interface LinkRequest {
  /** 0 opens a session; else the id that the main channel was told. */
  readonly connectionId: number;
  readonly channelType: number;
  readonly channelId: number;
  readonly hasMiniHeader: boolean;
  /** The viewer's capabilities on the channel, as words. */
  readonly caps: readonly number[];
}

/** Who decides about a link. */
export interface LinkGate {
  readonly key: TicketKey;
  /** The server's capabilities on that channel, as words, or a refusal. */
  offer(request: LinkRequest): readonly number[] | LinkErrorCode;
  /** The ticket has come: the peer has done its part in time. `null` is a ticket that cannot be read. */
  admit(request: LinkRequest, ticket: string | null): Promise<LinkErrorCode | null>;
}

/**
 * Leads the conversation up to the last word but one: on return the request is admitted and the caller sends `LINK_ACCEPTED`.
 * Throws WireError for bytes that are wrong, StateError (code `link-…`) for what is refused; the peer was answered then where
 * the protocol has an answer, and the caller ends the stream.
 */
export async function converseLink(
  stream: Duplex,
  gate: LinkGate,
  limits: Pick<SpiceLimits, 'maxLinkBytes'>,
): Promise<LinkRequest> {
  const input = new LinkInput(stream);
  try {
    return await converse(stream, input, gate, limits);
  } finally {
    input.release();
  }
}

async function converse(
  stream: Duplex,
  input: LinkInput,
  gate: LinkGate,
  limits: Pick<SpiceLimits, 'maxLinkBytes'>,
): Promise<LinkRequest> {
  const magic = await input.take(MAGIC_BYTES, 'LinkHeader.magic');
  if (magic.readUInt32LE() !== spiceLink.magic) throw refuse(stream, 'invalidMagic', 'LinkHeader.magic');
  const rest = await input.take(spiceLink.headerBytes - MAGIC_BYTES, 'LinkHeader');
  const header = readLinkHeader(new Reader(Buffer.concat([magic, rest])));
  if (header.majorVersion !== spiceLink.majorVersion) {
    stream.write(printReply('versionMismatch', NO_KEY, []));
    throw new StateError(
      'link-version',
      `The viewer speaks version ${header.majorVersion} of SPICE, here it is version ${spiceLink.majorVersion}.`,
    );
  }
  if (header.size < BARE_MESSAGE_BYTES || header.size > limits.maxLinkBytes) {
    throw refuse(stream, 'invalidData', 'LinkHeader.size');
  }
  const request = parseMessage(stream, await input.take(header.size, 'LinkMess'));

  const offer = gate.offer(request.link);
  if (typeof offer === 'string') {
    stream.write(printReply(offer, NO_KEY, []));
    throw refused(offer, request.link);
  }
  stream.write(printReply(null, await gate.key.publicKey(), offer));
  if (hasCap(request.common, CommonCap.protocolAuthSelection)) {
    const mechanism = (await input.take(4, 'LinkAuth.mechanism')).readUInt32LE(0);
    if (mechanism !== CommonCap.authSpice) {
      stream.write(printResult('invalidData'));
      throw new StateError('link-mechanism', `The viewer wants the login ${mechanism}, which was not offered.`);
    }
  }
  const ticket = await gate.key.decrypt(await input.take(spiceLink.ticketBytes, 'LinkAuth.ticket'));
  const verdict = await gate.admit(request.link, ticket);
  if (verdict !== null) {
    if (stream.writable) stream.write(printResult(verdict));
    throw refused(verdict, request.link);
  }
  return request.link;
}

/** The word after which the channel's messages begin. */
export const LINK_ACCEPTED: Uint8Array = new Uint8Array(4);

function refused(code: LinkErrorCode, request: LinkRequest): StateError {
  const what = `channel type ${request.channelType} id ${request.channelId} of connection ${request.connectionId}`;
  return new StateError(`link-${code}`, `A link to ${what} was refused: ${code}.`);
}

function refuse(stream: Duplex, code: LinkErrorCode, path: string): WireError {
  stream.write(printReply(code, NO_KEY, []));
  return new WireError('value', path, 0);
}

function parseMessage(
  stream: Duplex,
  body: Buffer,
): { readonly link: LinkRequest; readonly common: readonly number[] } {
  try {
    // Without capabilities the offset leads to the message's end, where a reader finds nothing.
    const isBare = body.byteLength === BARE_MESSAGE_BYTES && body.readUInt32LE(6) === 0 && body.readUInt32LE(10) === 0;
    const message = readLinkMess(new Reader(isBare ? Buffer.concat([body, Buffer.alloc(4)]) : body));
    const { common, channel } = message.caps;
    return {
      common,
      link: {
        connectionId: message.connectionId,
        channelType: message.channelType,
        channelId: message.channelId,
        hasMiniHeader: hasCap(common, CommonCap.miniHeader),
        caps: channel,
      },
    };
  } catch (error) {
    if (error instanceof WireError) stream.write(printReply('invalidData', NO_KEY, []));
    throw error;
  }
}

function printReply(refusal: LinkErrorCode | null, publicKey: Uint8Array, channelCaps: readonly number[]): Uint8Array {
  const w = new Writer();
  const at = w.reserve(spiceLink.headerBytes);
  const { view } = w;
  writeLinkReply(w, {
    error: refusal === null ? LinkError.ok : LinkError[refusal],
    publicKey,
    caps: { common: refusal === null ? OUR_COMMON_CAPS : [], channel: channelCaps },
  });
  w.settle();
  view.setUint32(at, spiceLink.magic, true);
  view.setUint32(at + 4, spiceLink.majorVersion, true);
  view.setUint32(at + 8, spiceLink.minorVersion, true);
  view.setUint32(at + 12, w.length, true);
  return joinBytes(w.finish());
}

function printResult(error: LinkErrorCode): Uint8Array {
  const w = new Writer();
  writeLinkResult(w, { error: LinkError[error] });
  return joinBytes(w.finish());
}
