/** Opens what viewers connect to: SPICE addresses and the page. Without words from the user both have sensible places. */
import { platform } from 'node:os';
import { join } from 'node:path';
import { HostError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { SpiceServer } from '../spice/server.ts';
import type { Tickets } from '../spice/ticket.ts';
import { listen, type Listener } from '../spice/transports/listen.ts';
import { WebSocketDoor } from '../spice/transports/websocket-door.ts';
import { parseListenUri, type ListenAddress } from '../spice/transports/listen-uri.ts';
import { keptCertificate, readCertificate, type Certificate } from './certificate.ts';
import { printConnectionFile } from './connection-file.ts';
import { dataFolder } from './paths.ts';
import type { RunConfig } from './run-config.ts';
import { startWebServer, type WebServer } from './web-server.ts';

/** Ports that are tried when the user named none. */
const FIRST_TLS_PORT = 5901;
const PORTS_TRIED = 64;

/** A ticket in a connection file is for the program that the browser opens at once. */
const FILE_TICKET_MS = 60_000;

/** What is open. Closing ends every connection. */
export interface Listeners extends AsyncDisposable {
  readonly web: string | null;
  readonly spice: readonly string[];
  readonly certificate: Certificate | null;
}

/** What listeners need. */
export interface ListenersOptions {
  readonly name: string;
  readonly config: RunConfig;
  readonly server: SpiceServer;
  /** For those who come over a network. */
  readonly tickets: Tickets;
  /** Where the default Unix socket goes. */
  readonly folder: string;
  readonly pageFolder: string;
  readonly log: Logger;
}

/** Opens everything or nothing. Throws UsageError and HostError. */
export async function openListeners(options: ListenersOptions): Promise<Listeners> {
  const { config, server, log } = options;
  const asked = config.spice.map((text) => parseListenUri(text));
  const wantsTls = config.web !== null || asked.length === 0 || asked.some(({ kind }) => kind === 'tls');
  const certificate = !wantsTls
    ? null
    : config.tls === null
      ? await keptCertificate(join(dataFolder(), 'tls'))
      : readCertificate(config.tls.cert, config.tls.key);

  await using opening = new AsyncDisposableStack();
  const listeners: Listener[] = [];
  const open = async (address: ListenAddress): Promise<void> => {
    const listener = await listen(address, {
      server,
      origins: config.origins,
      log,
      ...(certificate === null ? {} : { tls: { cert: certificate.cert, key: certificate.key } }),
    });
    opening.defer(() => listener.close());
    listeners.push(listener);
  };
  for (const address of asked) await open(address);
  if (asked.length === 0) {
    // Windows has none, and its viewers know none.
    if (platform() !== 'win32') {
      await open({ kind: 'unix', path: join(options.folder, `${options.name}.sock`), isViewOnly: false });
    }
    await firstFree((port) => open({ kind: 'tls', host: 'localhost', port, isViewOnly: false }));
  }
  const spice = listeners.map(({ uri }) => uri);

  let web: WebServer | null = null;
  if (config.web !== null && certificate !== null) {
    const door = new WebSocketDoor({ server, origins: config.origins, isViewOnly: false, log });
    opening.defer(() => door.close());
    web = await startWebServer({
      host: config.web.host,
      port: config.web.port,
      nextPorts: config.web.isExplicit ? 0 : PORTS_TRIED,
      certificate,
      folder: options.pageFolder,
      log,
      upgrade: (request, socket, head) => door.upgrade(request, socket, head),
      connectionFile: async ({ host, password, address }) => {
        const reachable = reachableFrom(host, spice);
        if (reachable === null) return { kind: 'unreachable' };
        const grant = await options.tickets.redeem(password, address);
        if (grant === null) return { kind: 'refused' };
        const text = printConnectionFile({
          title: options.name,
          host,
          ...reachable,
          ...(options.tickets.isNeeded
            ? { password: options.tickets.issue({ ttlMs: FILE_TICKET_MS, viewOnly: grant.isViewOnly }) }
            : {}),
          ...(certificate.isSelfSigned && reachable.tlsPort !== undefined ? { ca: certificate.cert } : {}),
        });
        return { kind: 'file', text };
      },
    });
    opening.use(web);
  }
  const opened = opening.move();
  return { web: web?.url ?? null, spice, certificate, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** The best address for somebody who reaches this machine as `host`: TLS before TCP; null when there is none. */
function reachableFrom(host: string, spice: readonly string[]): { tlsPort?: number; port?: number } | null {
  const found = spice
    .map((uri) => parseListenUri(uri))
    .flatMap((address) => (address.kind !== 'unix' && serves(address.host, host) ? [address] : []))
    .toSorted((a, b) => Number(b.kind === 'tls') - Number(a.kind === 'tls'))[0];
  if (found === undefined) return null;
  return found.kind === 'tls' ? { tlsPort: found.port } : { port: found.port };
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

function serves(listening: string, wanted: string): boolean {
  if (listening === '0.0.0.0' || listening === '::') return true;
  return LOOPBACK.test(listening) ? LOOPBACK.test(wanted) : !LOOPBACK.test(wanted);
}

async function firstFree(open: (port: number) => Promise<void>): Promise<void> {
  for (let port = FIRST_TLS_PORT; ; port++) {
    try {
      await open(port);
      return;
    } catch (error) {
      const isTaken = error instanceof HostError && error.code === 'address-in-use';
      if (!isTaken || port >= FIRST_TLS_PORT + PORTS_TRIED) throw error;
    }
  }
}
