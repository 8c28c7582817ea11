/**
 * A suite of a Debian archive: what packages it has, and their files. Nothing is believed that the suite's signed release
 * file does not vouch for: it has the digest of the package list, and that has those of the packages.
 */
import { createHash } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HostError } from '../../../base/errors.ts';
import type { TrustedKey } from './archive-keys.ts';
import { decompressWhole } from './decompress.ts';
import { CONNECTIONS, type Mirror } from './mirror.ts';
import { PackageIndex, type Package } from './package-index.ts';
import { readInRelease, type Release } from './release.ts';

/** Which suite, and whom to believe. */
export interface ArchiveOptions {
  readonly mirror: Mirror;
  readonly suite: string;
  readonly architecture: string;
  readonly keys: readonly TrustedKey[];
  /** For tests: what time it is. */
  readonly now?: Date;
}

const MAX_RELEASE_BYTES = 4 << 20;
const MAX_LIST_BYTES = 128 << 20;
const MAX_LIST_TEXT_BYTES = 500 << 20;
/** gzip first: it is half as long again, and unpacked ten times as fast. */
const ENDINGS = ['.gz', '.xz'] as const;

/** The packages of `main`. Throws HostError `mirror`, `no-packages`, `bad-signature`, `stale-list`, `hash-mismatch`, `bad-list`. */
export async function readPackageIndex(options: ArchiveOptions): Promise<PackageIndex> {
  const { mirror, suite, architecture, keys, now = new Date() } = options;
  const root = await mirror.read(`dists/${suite}/InRelease`, MAX_RELEASE_BYTES);
  if (root === null)
    throw new HostError('no-packages', `The mirror ${mirror.address} has no Debian release "${suite}".`);
  const release = await readInRelease(root.toString('utf8'), { suite, keys, now });
  const path = `main/binary-${architecture}/Packages`;
  const ending = ENDINGS.find((candidate) => release.files.has(path + candidate));
  if (ending === undefined) throw new HostError('no-packages', `Debian ${suite} has no packages for ${architecture}.`);
  const bytes = await readList(mirror, suite, release, path + ending);
  // Only names, numbers and relations are read, all of them ASCII: one byte a letter is enough for the rest.
  return new PackageIndex((await decompressWhole(path + ending, bytes, MAX_LIST_TEXT_BYTES)).toString('latin1'));
}

async function readList(mirror: Mirror, suite: string, release: Release, path: string): Promise<Buffer> {
  const { bytes, sha256 } = release.files.get(path) ?? { bytes: 0, sha256: '' };
  if (bytes > MAX_LIST_BYTES) throw new HostError('bad-list', `The package list ${path} is too large.`);
  const byHash = `dists/${suite}/${path.slice(0, path.lastIndexOf('/'))}/by-hash/SHA256/${sha256}`;
  const found = release.isByHash ? await mirror.read(byHash, bytes) : null;
  const list = found ?? (await mirror.read(`dists/${suite}/${path}`, bytes));
  if (list === null) throw new HostError('mirror', `The mirror ${mirror.address} lacks the package list ${path}.`);
  if (createHash('sha256').update(list).digest('hex') !== sha256) throw mismatch(`the package list ${path}`, mirror);
  return list;
}

/** What is told while packages are fetched. */
export interface FetchOptions {
  readonly mirror: Mirror;
  /** Files lie there by their digest; what is there of an earlier try is used. */
  readonly folder: string;
  /** Bytes of all that is there. */
  readonly onBytes: (bytes: number) => void;
  /** A file of the right size is there; its digest is yet to be checked. */
  readonly onFile: (found: Package, file: string) => void;
}

/** Fetches packages, several at a time, the largest first. Throws HostError `mirror`, or an error of the file system. */
export async function fetchPackages(packages: readonly Package[], options: FetchOptions): Promise<void> {
  const { mirror, folder, onBytes, onFile } = options;
  const queue = packages.toSorted((a, b) => b.bytes - a.bytes).values();
  const got = new Map<Package, number>();
  let total = 0;
  const note = (found: Package, bytes: number): void => {
    total += bytes - (got.get(found) ?? 0);
    got.set(found, bytes);
    onBytes(total);
  };
  let hasFailed = false;
  const worker = async (): Promise<void> => {
    for (const found of queue) {
      if (hasFailed) return;
      const file = join(folder, `${found.sha256}.deb`);
      if ((await stat(file).catch(() => null))?.size !== found.bytes)
        await mirror.save(found.path, file, found.bytes, (bytes) => note(found, bytes));
      note(found, found.bytes);
      onFile(found, file);
    }
  };
  const workers = Array.from({ length: CONNECTIONS }, () =>
    worker().catch((error: unknown) => {
      hasFailed = true;
      throw error;
    }),
  );
  await Promise.allSettled(workers);
  await Promise.all(workers);
}

/** The error for a file that is not what the signed lists say, which is thrown away. */
export async function discardWrong(found: Package, file: string, mirror: Mirror): Promise<HostError> {
  await rm(file, { force: true });
  return mismatch(found.path.slice(found.path.lastIndexOf('/') + 1), mirror);
}

function mismatch(what: string, mirror: Mirror): HostError {
  return new HostError(
    'hash-mismatch',
    `The mirror ${mirror.address} gave something else than the signed lists say for ${what}: try again, or name another one with --mirror.`,
  );
}
