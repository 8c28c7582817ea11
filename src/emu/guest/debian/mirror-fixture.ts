/** A tiny Debian mirror for tests: packages, their list, and a release file that is signed with a key made for it. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createCleartextMessage, generateKey, readKey, readPrivateKey, sign, type PrivateKey } from 'openpgp';
import type { TrustedKey } from './archive-keys.ts';

/** What a mirror has. */
export interface MirrorFixtureOptions {
  readonly suite: string;
  readonly architecture: string;
  readonly packages: readonly {
    readonly name: string;
    readonly deb: Uint8Array;
    /** Further fields of the list, each a line. */
    readonly fields?: readonly string[];
  }[];
  /** Further fields of the release file, each a line; they stand for those of the same name. */
  readonly release?: readonly string[];
}

/** A pair of keys. */
export interface KeyFixture {
  readonly secret: PrivateKey;
  readonly public: TrustedKey;
}

/** Makes a pair of keys, valid from 2020 on. */
export async function makeKey(): Promise<KeyFixture> {
  const date = new Date('2020-01-01');
  const made = await generateKey({ type: 'curve25519', userIDs: [{ name: 'Test' }], date, format: 'armored' });
  return {
    secret: await readPrivateKey({ armoredKey: made.privateKey }),
    public: await readKey({ armoredKey: made.publicKey }),
  };
}

/** The mirror's files by path. */
export async function makeMirrorFiles(options: MirrorFixtureOptions, key: KeyFixture): Promise<Map<string, Buffer>> {
  const { suite, architecture, packages, release = [] } = options;
  const files = new Map<string, Buffer>();
  const paragraphs = packages.map(({ name, deb, fields = [] }) => {
    const path = `pool/main/${name}.deb`;
    files.set(path, Buffer.from(deb));
    const own = [
      `Package: ${name}`,
      'Version: 1.0',
      `Architecture: ${architecture}`,
      `Filename: ${path}`,
      `Size: ${deb.length}`,
      `SHA256: ${sha256(deb)}`,
    ];
    return [...own, ...fields].map((line) => `${line}\n`).join('');
  });
  const list = gzipSync(paragraphs.join('\n'));
  const listPath = `main/binary-${architecture}/Packages.gz`;
  files.set(`dists/${suite}/main/binary-${architecture}/by-hash/SHA256/${sha256(list)}`, list);
  const fields = new Map([
    ['Suite', suite],
    ['Date', new Date().toUTCString()],
    ['Acquire-By-Hash', 'yes'],
    ['SHA256', `\n ${sha256(list)} ${list.length} ${listPath}`],
  ]);
  for (const line of release) fields.set(line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim());
  const text = [...fields].map(([name, value]) => `${name}: ${value}\n`).join('');
  files.set(`dists/${suite}/InRelease`, Buffer.from(await signText(text, key)));
  return files;
}

/** A text with its signature, which says that it was made then. */
export async function signText(text: string, key: KeyFixture, date = new Date()): Promise<string> {
  return await sign({ message: await createCleartextMessage({ text }), signingKeys: key.secret, date });
}

/** What a mirror may answer in place of a file; false: nothing, the file is answered as it is. */
export type Interference = (path: string, request: IncomingMessage, response: ServerResponse) => boolean;

/** A server of files, which can be asked for in parts. */
export interface MirrorServer extends AsyncDisposable {
  readonly uri: string;
  /** Paths that were asked for, a part as `path@offset`. */
  readonly requests: string[];
}

/** Serves files on this machine. */
export async function serveMirror(
  files: ReadonlyMap<string, Buffer>,
  interfere: Interference = () => false,
): Promise<MirrorServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/debian\//, '');
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    requests.push(start > 0 ? `${path}@${start}` : path);
    if (interfere(path, request, response)) return;
    const file = files.get(path);
    if (file === undefined) response.writeHead(404).end();
    else if (start === 0) response.writeHead(200, { 'content-length': file.length }).end(file);
    else {
      const range = `bytes ${start}-${file.length - 1}/${file.length}`;
      response.writeHead(206, { 'content-range': range, 'content-length': file.length - start });
      response.end(file.subarray(start));
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    uri: `http://127.0.0.1:${port}/debian`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
