/** Opens the doors: Unix sockets, TCP and TLS ports whose connections become viewers of one SPICE server. */
import { chmodSync } from 'node:fs';
import { createServer as createNetServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { platform } from 'node:os';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { HostError, messageOf, UsageError } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { HalfOpenEntry } from '../half-open.ts';
import type { SpiceServer } from '../server.ts';
import { FrontDoor } from './front-door.ts';
import { printListenUri, type ListenAddress } from './listen-uri.ts';
import { freeSocketPath } from './unix-path.ts';

/** A quiet connection is probed after this time, so that a peer that vanished does not stay for ever. */
const KEEP_ALIVE_MS = 30_000;

/** An open door. */
export interface Listener {
  /** The address as it is: with the port the system chose. */
  readonly uri: string;
  readonly address: ListenAddress;
  /** Takes no more connections and removes the socket file; viewers already connected stay. */
  close(): Promise<void>;
}

/** What a listener needs. */
export interface ListenOptions {
  readonly server: SpiceServer;
  /** Certificate chain and key as PEM text; needed for `tls:` addresses. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  /** Web origins allowed besides the listener's own host. */
  readonly origins?: readonly string[];
  readonly log: Logger;
}

/**
 * Starts listening. Throws HostError in one sentence when the address is taken, unknown or not ours to use, or the
 * certificate is bad; UsageError when a `tls:` address has none.
 */
export async function listen(address: ListenAddress, options: ListenOptions): Promise<Listener> {
  const uri = printListenUri(address);
  const { server, log } = options;
  const door = new FrontDoor({ server, origins: options.origins ?? [], isViewOnly: address.isViewOnly, log });

  const countIn = (socket: Socket): HalfOpenEntry => {
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    const place = server.halfOpen.enter(socket.remoteAddress ?? '', (reason) => {
      server.peerLog.note('dropped', { uri, address: socket.remoteAddress, reason });
      socket.destroy();
    });
    socket.on('error', () => void socket.destroy());
    socket.on('close', () => place.leave());
    return place;
  };
  const pass = (socket: Socket | TLSSocket, place: HalfOpenEntry): void =>
    door.enter(
      socket,
      { transport: address.kind, address: socket.remoteAddress ?? '', isViewOnly: address.isViewOnly },
      place,
    );

  let net: Server;
  if (address.kind === 'tls') {
    const { tls } = options;
    if (tls === undefined) throw new UsageError(`${uri} needs a certificate and a key.`);
    // The TLS side gives a new socket object; both ends of the pair know the peer's port.
    const places = new Map<string, HalfOpenEntry>();
    const nameOf = (socket: Socket): string => `${socket.remoteAddress} ${socket.remotePort}`;
    const encrypted = createTls(uri, tls);
    encrypted.on('connection', (socket: Socket) => {
      const name = nameOf(socket);
      places.set(name, countIn(socket));
      socket.on('close', () => places.delete(name));
    });
    encrypted.on('tlsClientError', (error, socket) => {
      server.peerLog.note('tls', { uri, address: socket.remoteAddress, reason: messageOf(error) });
      socket.destroy();
    });
    encrypted.on('secureConnection', (socket) => {
      const place = places.get(nameOf(socket));
      socket.on('error', () => void socket.destroy());
      if (place === undefined) socket.destroy();
      else pass(socket, place);
    });
    net = encrypted;
  } else {
    net = createNetServer((socket) => pass(socket, countIn(socket)));
  }

  try {
    await open(net, address);
  } catch (error) {
    door.close();
    throw error;
  }
  net.on('error', (error) => log.error('listener failed', { uri, reason: messageOf(error) }));
  const bound = net.address();
  const real = bound !== null && typeof bound === 'object' ? withPort(address, bound) : address;
  return {
    uri: printListenUri(real),
    address: real,
    close: async () => {
      door.close();
      // Node tells the end of its close only after the last connection; the handle and the file are gone at once.
      net.close();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function withPort(address: ListenAddress, bound: AddressInfo): ListenAddress {
  return address.kind === 'unix' ? address : { ...address, port: bound.port };
}

function createTls(
  uri: string,
  tls: { readonly cert: string | Buffer; readonly key: string | Buffer },
): ReturnType<typeof createTlsServer> {
  try {
    return createTlsServer({ cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2', noDelay: true });
  } catch (error) {
    throw new HostError('bad-certificate', `The certificate or key for ${uri} is unusable: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

async function open(net: Server, address: ListenAddress): Promise<void> {
  if (address.kind === 'unix' && platform() === 'win32') {
    const uri = printListenUri(address);
    throw new HostError(
      'address-unknown',
      `${uri} cannot be had on Windows, whose viewers know no Unix sockets: use tls: or tcp:.`,
    );
  }
  if (address.kind === 'unix') await freeSocketPath(address.path);
  await new Promise<void>((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => reject(openError(address, error));
    net.once('error', onError);
    const onListening = (): void => {
      net.off('error', onError);
      resolve();
    };
    if (address.kind !== 'unix') {
      net.listen({ host: address.host, port: address.port, exclusive: true }, onListening);
      return;
    }
    // The file is made inside the call: with this mask it never exists with more rights than its owner's.
    const mask = process.umask(0o177);
    try {
      net.listen({ path: address.path, exclusive: true }, onListening);
    } finally {
      process.umask(mask);
    }
  });
  if (address.kind === 'unix') chmodSync(address.path, 0o600);
}

function openError(address: ListenAddress, error: NodeJS.ErrnoException): HostError {
  const uri = printListenUri(address);
  switch (error.code) {
    case 'EADDRINUSE':
      return new HostError('address-in-use', `The address ${uri} is in use: choose another one.`, { cause: error });
    case 'EACCES':
    case 'EPERM':
      return new HostError('address-forbidden', `You may not listen on ${uri}: choose another address or port.`, {
        cause: error,
      });
    case 'EADDRNOTAVAIL':
      return new HostError('address-unknown', `${uri} is no address of this machine.`, { cause: error });
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new HostError('address-unknown', `The host of ${uri} is not known.`, { cause: error });
    case undefined:
    default:
      return new HostError('listen-failed', `Listening on ${uri} failed: ${error.message}.`, { cause: error });
  }
}
