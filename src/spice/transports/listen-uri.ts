/** Addresses to listen on, as people write them: `unix:PATH`, `tcp:HOST:PORT`, `tls:HOST:PORT`, each with `?view-only`. */
import { UsageError } from '../../base/errors.ts';

/** Where to listen. Port 0 lets the system choose. */
export type ListenAddress =
  | { readonly kind: 'unix'; readonly path: string; readonly isViewOnly: boolean }
  | { readonly kind: 'tcp' | 'tls'; readonly host: string; readonly port: number; readonly isViewOnly: boolean };

/** Longest path of a Unix socket, in bytes (sockaddr_un holds 108 with the NUL). */
const MAX_UNIX_PATH_BYTES = 107;

/** Reads an address. Throws UsageError with one sentence that says what is wrong and how to write it. */
export function parseListenUri(text: string): ListenAddress {
  const colon = text.indexOf(':');
  const kind = colon < 0 ? text : text.slice(0, colon);
  if (kind !== 'unix' && kind !== 'tcp' && kind !== 'tls') {
    throw new UsageError(`'${text}' is no SPICE address: write unix:PATH, tcp:HOST:PORT or tls:HOST:PORT.`);
  }
  if (colon < 0) throw new UsageError(`'${text}' lacks ${kind === 'unix' ? ':PATH' : ':HOST:PORT'} after '${kind}'.`);
  const question = text.lastIndexOf('?');
  const place = text.slice(colon + 1, question < 0 ? undefined : question);
  const isViewOnly = question >= 0 && readOptions(text, text.slice(question + 1));
  return kind === 'unix' ? readPath(text, place, isViewOnly) : readHostPort(text, kind, place, isViewOnly);
}

/** The text that reads as this address. */
export function printListenUri(address: ListenAddress): string {
  const query = address.isViewOnly ? '?view-only' : '';
  if (address.kind === 'unix') return `unix:${address.path}${query}`;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${address.kind}:${host}:${address.port}${query}`;
}

function readOptions(text: string, query: string): boolean {
  if (query === 'view-only') return true;
  throw new UsageError(`'${text}' has the unknown option '${query}': the only one is view-only.`);
}

function readPath(text: string, path: string, isViewOnly: boolean): ListenAddress {
  if (path === '') throw new UsageError(`'${text}' lacks the path of the socket.`);
  if (path.includes('\0')) throw new UsageError('The path of a Unix socket cannot hold a NUL character.');
  const bytes = Buffer.byteLength(path, 'utf8');
  if (bytes > MAX_UNIX_PATH_BYTES) {
    throw new UsageError(
      `The socket path '${path}' has ${bytes} bytes, the system takes ${MAX_UNIX_PATH_BYTES}: choose a shorter one.`,
    );
  }
  return { kind: 'unix', path, isViewOnly };
}

function readHostPort(text: string, kind: 'tcp' | 'tls', place: string, isViewOnly: boolean): ListenAddress {
  const match = /^(?:\[(?<six>[^\]]*)\]|(?<plain>[^:[\]]*)):(?<port>[^:]*)$/.exec(place);
  if (match?.groups === undefined) {
    const isBareIpv6 = place.split(':').length > 2 && !place.includes('[');
    throw new UsageError(
      isBareIpv6
        ? `'${text}' has an IPv6 address without brackets: write ${kind}:[ADDRESS]:PORT.`
        : `'${text}' is no ${kind} address: write ${kind}:HOST:PORT.`,
    );
  }
  const host = match.groups['six'] ?? match.groups['plain'] ?? '';
  if (host === '') {
    throw new UsageError(
      `'${text}' lacks the host: write ${kind}:127.0.0.1:PORT, or ${kind}:0.0.0.0:PORT for everybody.`,
    );
  }
  const port = match.groups['port'] ?? '';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) {
    throw new UsageError(`'${text}' has the port '${port}': a port is a number from 0 to 65535.`);
  }
  return { kind, host, port: Number(port), isViewOnly };
}
