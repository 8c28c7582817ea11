/**
 * The way in for browsers: HTTP requests that ask for a WebSocket become SPICE connections. Pages of other sites are kept
 * out by their Origin header: a page that the same host served may connect (without TLS, only under a name that nobody else can
 * give this machine), so may the origins that were allowed by name and programs that send none. Compression is off: pictures are compressed already, and it costs memory per connection.
 */
import type { IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
import process from 'node:process';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { isIP, Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { HalfOpenEntry } from '../half-open.ts';
import type { SpiceServer } from '../server.ts';
import { WebSocketStream } from './websocket-stream.ts';

/** An import of it would load the clients of fetch and WebSocket too, for 50 ms of each start. */
const { STATUS_CODES } = process.getBuiltinModule('node:http');

/** One message of a browser: no SPICE message of a viewer is larger. */
const MAX_PAYLOAD_BYTES = 2 << 20;
const MAX_FRAGMENTS = 1024;

/** The subprotocol that SPICE clients name. */
const SUBPROTOCOL = 'binary';

/** What a door needs. */
export interface WebSocketDoorOptions {
  readonly server: SpiceServer;
  /** Origins allowed besides the host's own, each like `https://example.org`. */
  readonly origins: readonly string[];
  readonly isViewOnly: boolean;
  readonly log: Logger;
}

/** Takes upgrade requests of any HTTP server and gives the connections to a SPICE server. */
export class WebSocketDoor {
  readonly #options: WebSocketDoorOptions;
  readonly #origins: ReadonlySet<string>;
  readonly #sockets: WebSocketServer;

  constructor(options: WebSocketDoorOptions) {
    this.#options = options;
    this.#origins = new Set(options.origins.map((origin) => normalizeOrigin(origin) ?? origin));
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: MAX_PAYLOAD_BYTES,
      maxFragments: MAX_FRAGMENTS,
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    });
    this.#sockets.on('wsClientError', (error, socket) => {
      options.log.debug('WebSocket request refused', { reason: messageOf(error) });
      refuse(socket, 400, messageOf(error));
    });
  }

  /**
   * Answers an HTTP `upgrade` event. Refusals are answered here, with one sentence, and the connection ends. `halfOpen` is
   * the connection's place when it was counted in already.
   */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, halfOpen?: HalfOpenEntry): void {
    const reason = this.#refusal(request);
    if (reason !== null) {
      this.#options.log.warn('WebSocket refused', { reason, origin: request.headers.origin });
      refuse(socket, 403, reason);
      return;
    }
    const onError = (): void => void socket.destroy();
    socket.on('error', onError);
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      socket.off('error', onError);
      const isTls = socket instanceof TLSSocket;
      const address = socket instanceof Socket ? (socket.remoteAddress ?? '') : '';
      if (socket instanceof Socket) socket.setNoDelay(true);
      this.#options.server.accept(
        new WebSocketStream(webSocket, socket),
        { transport: isTls ? 'wss' : 'ws', address, isViewOnly: this.#options.isViewOnly },
        halfOpen,
      );
    });
  }

  /** Takes no more requests; connections made through it live on. */
  close(): void {
    this.#sockets.close();
  }

  #refusal(request: IncomingMessage): string | null {
    const offered = request.headers['sec-websocket-protocol'];
    if (offered !== undefined && !offered.split(',').some((name) => name.trim() === SUBPROTOCOL)) {
      return `SPICE over WebSocket has the subprotocol '${SUBPROTOCOL}' or none.`;
    }
    const { origin, host } = request.headers;
    if (origin === undefined) return null;
    const normal = normalizeOrigin(origin);
    if (normal === null) return 'A page without an origin may not connect here.';
    if (this.#origins.has(normal)) return null;
    const own = host === undefined ? null : normalizeOrigin(`${new URL(normal).protocol}//${host}`);
    if (normal !== own) return 'A page of another site may not connect here.';
    if (request.socket instanceof TLSSocket || cannotBeRebound(new URL(normal).hostname)) return null;
    return 'Without TLS, a page of this name may connect only when --origin allows it.';
  }
}

/**
 * Whether a host's name means this machine whatever a foreign name server says. Any other name can be made to lead here
 * (DNS rebinding), and a page loaded under it then passes for one of ours; under TLS the certificate tells them apart.
 */
function cannotBeRebound(name: string): boolean {
  const address = name.startsWith('[') ? name.slice(1, -1) : name;
  return (
    isIP(address) !== 0 || name === 'localhost' || name.endsWith('.localhost') || name === hostname().toLowerCase()
  );
}

/** An origin in one spelling: lower case, no default port. `null` for what is none. */
function normalizeOrigin(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { origin } = new URL(text);
  return origin === 'null' ? null : origin;
}

function refuse(socket: Duplex, status: number, sentence: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = `${sentence}\n`;
  socket.on('error', () => void socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    () => void socket.destroy(),
  );
}
