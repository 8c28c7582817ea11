/**
 * What a fresh connection speaks shows in its first four bytes: `REDQ` is SPICE (spice-protocol: SPICE_MAGIC), `GET ` is HTTP,
 * which becomes a WebSocket or gets a short answer that says what this port is. Everything else goes to the SPICE side as
 * well, which refuses it in its own words.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import process from 'node:process';
import type { Duplex } from 'node:stream';
import type { ConnectionInfo } from '../connection-info.ts';
import type { HalfOpenEntry } from '../half-open.ts';
import { separateRecords } from './separate-records.ts';
import { WebSocketDoor, type WebSocketDoorOptions } from './websocket-door.ts';

const HTTP_START = Buffer.from('GET ', 'latin1');

/** Sorts the connections of one listener. */
export class FrontDoor {
  readonly #options: WebSocketDoorOptions;
  readonly #webSockets: WebSocketDoor;
  readonly #http: Server;
  readonly #places = new WeakMap<Duplex, HalfOpenEntry>();

  constructor(options: WebSocketDoorOptions) {
    this.#options = options;
    this.#webSockets = new WebSocketDoor(options);
    // The half-open bound has a time limit already; Node's own would need a second timer per server.
    // Not imported, for the reason that websocket-door.ts gives.
    const { createServer } = process.getBuiltinModule('node:http');
    this.#http = createServer({ requestTimeout: 0, headersTimeout: 0, keepAlive: false, maxHeaderSize: 8192 });
    this.#http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#webSockets.upgrade(request, socket, head, this.#places.get(socket));
    });
    this.#http.on('request', (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response));
    this.#http.on('clientError', (_error, socket) => void socket.destroy());
  }

  /** Takes a connection that was counted in as `place`. */
  enter(socket: Duplex, info: ConnectionInfo, place: HalfOpenEntry): void {
    let first: Buffer = Buffer.alloc(0);
    const onEnd = (): void => void socket.destroy();
    const onData = (chunk: Buffer): void => {
      first = first.byteLength === 0 ? chunk : Buffer.concat([first, chunk]);
      const n = Math.min(first.byteLength, HTTP_START.byteLength);
      const isHttp = first.subarray(0, n).equals(HTTP_START.subarray(0, n));
      if (isHttp && n < HTTP_START.byteLength) return;
      socket.off('data', onData);
      socket.off('end', onEnd);
      socket.pause();
      socket.unshift(first);
      if (isHttp) {
        this.#places.set(socket, place);
        this.#http.emit('connection', socket);
        socket.resume();
      } else {
        if (info.transport === 'tls') separateRecords(socket);
        this.#options.server.accept(socket, info, place);
      }
    };
    socket.on('data', onData);
    socket.on('end', onEnd);
  }

  /** Takes no more; connections made through it live on. */
  close(): void {
    this.#webSockets.close();
    this.#http.close();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const isKnown = request.method === 'GET' || request.method === 'HEAD';
    const body =
      `This port speaks SPICE: it shows the screen of "${this.#options.server.name}".\n` +
      `Open it with a SPICE program such as remote-viewer, or with a WebSocket of the subprotocol "binary".\n`;
    response.writeHead(isKnown ? 426 : 405, {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
      upgrade: 'websocket',
    });
    response.end(body);
  }
}
