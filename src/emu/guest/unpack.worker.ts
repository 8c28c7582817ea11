/**
 * Unpacks Debian packages (deb(5)) in a thread of its own: checks the file's digest, unpacks `data.tar.*`, and puts the
 * contents of the wanted files one after another into one file. Nothing of a package is executed.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import { HostError, messageOf } from '../../base/errors.ts';
import { readAr } from './debian/ar.ts';
import { decompress } from './debian/decompress.ts';
import { TarReader, type TarEntry } from './debian/tar.ts';
import type { UnpackAnswer, UnpackedEntry, UnpackTask } from './unpack-packages.ts';

const UNWANTED = new RegExp(
  [
    '^usr/share/(?:doc|man|locale|info|iso-codes|icons)/',
    '^(?:usr/)?lib/udev/hwdb.d/',
    '/kernel/drivers/(?:net/wireless|net/ethernet/mellanox|media|infiniband|iio|staging)/',
    '/kernel/drivers/gpu/drm/(?:amd|i915|xe|nouveau)/',
    '/kernel/(?:sound/soc|fs/xfs|fs/btrfs|fs/ocfs2)/',
  ].join('|'),
);
const MAX_UNPACKED_BYTES = 4 * 2 ** 30;
const BUFFER_BYTES = 1 << 20;

/** Writes pieces one after another, few of them at a time. */
class PackFile {
  offset = 0;
  readonly #file: number;
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #filled = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }

  append(piece: Uint8Array): void {
    this.offset += piece.length;
    if (this.#filled + piece.length > BUFFER_BYTES) this.flush();
    if (piece.length > BUFFER_BYTES) return this.#write(piece);
    this.#buffer.set(piece, this.#filled);
    this.#filled += piece.length;
  }

  flush(): void {
    this.#write(this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }

  #write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at);
  }
}

async function unpack({ file, sha256, pack }: UnpackTask): Promise<UnpackAnswer> {
  const bytes = readFileSync(file);
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) return { kind: 'wrong' };
  const members = readAr(bytes);
  const data = members.find(({ name }) => /^data\.tar(?:\.(?:xz|gz|zst))?$/.test(name));
  if (members[0]?.name !== 'debian-binary' || data === undefined)
    throw new HostError('bad-package', 'A package cannot be read: it holds no data.tar that is packed in a known way.');
  using out = new PackFile(pack);
  const entries: UnpackedEntry[] = [];
  const reader = new TarReader((entry: TarEntry) => {
    if (entry.path === '' || UNWANTED.test(entry.path)) return null;
    entries.push({ ...entry, offset: out.offset });
    return (piece) => out.append(piece);
  });
  for await (const piece of decompress(data.name, data.data, MAX_UNPACKED_BYTES)) reader.push(piece);
  reader.end();
  out.flush();
  return { kind: 'entries', entries };
}

const port = parentPort;
assert(port !== null, 'this file is a worker');
port.on('message', (task: UnpackTask) => {
  unpack(task)
    .catch((error: unknown): UnpackAnswer => ({ kind: 'error', code: codeOf(error), message: messageOf(error) }))
    .then((answer) => port.postMessage(answer))
    .catch((error: unknown) => port.emit('messageerror', error));
});

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
