/**
 * Serves the browser client over https: the built page, the WebSocket that carries SPICE (`/spice`), and the file that
 * opens remote-viewer (`/connect.vv`).
 */
import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:https';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, relative, sep } from 'node:path';
import type { Duplex } from 'node:stream';
import { HostError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Certificate } from './certificate.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
};

/** Nothing but our own files, no framing by strangers, no referrer with a token in it. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; connect-src 'self' wss: ws:; " +
    "worker-src 'self' blob:; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
  'cross-origin-opener-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'clipboard-read=(self), clipboard-write=(self), fullscreen=(self), keyboard-map=(self)',
};

/** What the page needs of the program around it. */
export interface WebServerOptions {
  readonly host: string;
  readonly port: number;
  /** Tried one after the other when `port` is in use. */
  readonly nextPorts?: number;
  readonly certificate: Certificate;
  /** The built page. */
  readonly folder: string;
  readonly log: Logger;
  /** Takes a WebSocket upgrade on `/spice`. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Makes the file that opens remote-viewer for somebody who reached us under `host` and gave `password`. */
  readonly connectionFile: (request: ConnectionFileRequest) => Promise<ConnectionFileAnswer>;
}

/** Who wants a connection file. */
export interface ConnectionFileRequest {
  /** The name or number in the request's Host header. */
  readonly host: string;
  readonly password: string;
  /** The asker's IP address. */
  readonly address: string;
}

/** The file; or `refused` when the password is wrong, or `unreachable` when no SPICE address is open to that host. */
export type ConnectionFileAnswer =
  | { readonly kind: 'file'; readonly text: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unreachable' };

/** A running web server. */
export interface WebServer extends AsyncDisposable {
  /** Address of the page, such as https://localhost:8443/. */
  readonly url: string;
  readonly port: number;
}

interface PageFile {
  readonly path: string;
  readonly type: string;
  readonly etag: string;
  readonly isHashed: boolean;
}

/** Starts serving. Throws HostError: the page is not built, or the address can't be had. */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const files = findFiles(options.folder);
  const sockets = new Set<Duplex>();
  const server = createServer(
    {
      cert: options.certificate.cert,
      key: options.certificate.key,
      minVersion: 'TLSv1.2',
      requestTimeout: 30_000,
      headersTimeout: 10_000,
    },
    (request, response) => {
      answer(request, response, files, options).catch((error: unknown) => {
        options.log.warn('a web request failed', { error });
        if (!response.headersSent) response.writeHead(500, HEADERS);
        response.end();
      });
    },
  );
  server.maxConnections = 1024;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (new URL(request.url ?? '/', 'https://host').pathname === '/spice') options.upgrade(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
  });
  const port = await listen(server, options);
  return {
    port,
    url: `https://${urlHost(options.host)}${port === 443 ? '' : `:${port}`}/`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  files: ReadonlyMap<string, PageFile>,
  options: WebServerOptions,
): Promise<void> {
  const path = new URL(request.url ?? '/', 'https://host').pathname;
  if (path === '/connect.vv') return answerConnectionFile(request, response, options);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const file = files.get(path === '/' ? '/index.html' : path);
  if (!isRead || file === undefined) {
    response.writeHead(isRead ? 404 : 405, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' });
    response.end(isRead ? 'There is no such page here.\n' : 'Only GET is answered here.\n');
    return;
  }
  const headers = {
    ...HEADERS,
    'content-type': file.type,
    etag: file.etag,
    'cache-control': file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  if (request.headers['if-none-match'] === file.etag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, headers);
  if (request.method === 'HEAD') response.end();
  else
    createReadStream(file.path)
      .on('error', () => response.destroy())
      .pipe(response);
}

async function answerConnectionFile(
  request: IncomingMessage,
  response: ServerResponse,
  options: WebServerOptions,
): Promise<void> {
  const bearer = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const host = hostOf(request.headers.host ?? '');
  const password = Buffer.from(bearer, 'base64').toString('utf8');
  const address = request.socket.remoteAddress ?? '';
  const made: ConnectionFileAnswer =
    host === null ? { kind: 'unreachable' } : await options.connectionFile({ host, password, address });
  const plain = { ...HEADERS, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
  switch (made.kind) {
    case 'refused':
      response.writeHead(403, plain).end('The password is wrong, or was tried too often: wait a little.\n');
      return;
    case 'unreachable':
      response
        .writeHead(404, plain)
        .end('No SPICE address of this guest can be reached from there: start it with --spice tls:HOST:PORT.\n');
      return;
    case 'file':
      response
        .writeHead(200, {
          ...plain,
          'content-type': 'application/x-virt-viewer',
          'content-disposition': 'attachment; filename="saffron.vv"',
        })
        .end(made.text);
  }
}

/** The host of a Host header, without its port; null when it is not one. */
function hostOf(header: string): string | null {
  try {
    const { hostname } = new URL(`https://${header}/`);
    return hostname === '' ? null : hostname.replace(/^\[|\]$/g, '');
  } catch {
    return null;
  }
}

function findFiles(folder: string): ReadonlyMap<string, PageFile> {
  let entries;
  try {
    entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    throw new HostError(
      'page',
      `The browser client is not built: run "npm run build" in Saffron's folder, or use --web off.`,
      { cause: error },
    );
  }
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        const digest = createHash('sha256').update(readFileSync(path)).digest('base64url').slice(0, 22);
        const file: PageFile = {
          path,
          type: TYPES[extname(path)] ?? 'application/octet-stream',
          etag: `"${statSync(path).size}-${digest}"`,
          isHashed: /-[\w-]{8,}\.\w+$/.test(entry.name),
        };
        return [`/${relative(folder, path).split(sep).join('/')}`, file] as const;
      }),
  );
}

async function listen(server: Server, options: WebServerOptions): Promise<number> {
  for (let port = options.port; ; port++) {
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, options.host, () => {
          server.off('error', reject);
          resolve();
        });
      });
      return (server.address() as AddressInfo).port;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EADDRINUSE' && port < options.port + (options.nextPorts ?? 0)) continue;
      throw new HostError('listen', listenProblem(code, `${options.host}:${port}`), { cause: error });
    }
  }
}

function listenProblem(code: string | undefined, address: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `The page's address ${address} is in use: choose another with --web HOST:PORT.`;
    case 'EACCES':
      return `This user may not use the page's port ${address}: choose one above 1023 with --web HOST:PORT.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `The page's address ${address} is not one of this machine: choose another with --web HOST:PORT.`;
    case undefined:
    default:
      return `The page's address ${address} can't be used (${code ?? 'unknown'}): choose another with --web HOST:PORT.`;
  }
}

/** How a person reaches a listener: a wildcard address is reached as localhost. */
export function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === '') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
