/**
 * Where guest images lie: `guests/NAME-SUITE-HASH/` in the cache folder. An image is made in a hidden folder beside them and
 * renamed into its place when it is whole, so nobody ever sees half of one. One build of a name and suite runs at a time,
 * whichever process it is in: a lock of flock(2) is held by a small child that ends when its standard input does.
 */
import { spawn } from 'node:child_process';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { HostError, messageOf } from '../../base/errors.ts';
import { readGuestImage, type GuestImage } from './guest-image.ts';
import { diskFullError } from './run-program.ts';

/** Images of one name and suite that are kept: the newest, and the one before, which a running guest may still use. */
const KEPT_IMAGES = 2;

/** The folder of images: below `cacheDir`, else below the user's cache folder (XDG Base Directory Specification). */
export function guestsFolder(cacheDir?: string): string {
  if (cacheDir !== undefined) return join(cacheDir, 'guests');
  const xdg = process.env['XDG_CACHE_HOME'];
  return join(xdg?.startsWith('/') === true ? xdg : join(homedir(), '.cache'), 'saffron/guests');
}

/** Whole images, newest first. */
export async function readImages(folder: string): Promise<readonly GuestImage[]> {
  const names = await readdir(folder).catch(() => []);
  const images = await Promise.all(
    names.filter((name) => !name.startsWith('.')).map((name) => readGuestImage(join(folder, name))),
  );
  return images
    .filter((image) => image !== null)
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || a.hash.localeCompare(b.hash));
}

/** Folders of a build in progress. */
export interface Workshop {
  /** Kept after a failure, so that the next build need not fetch everything anew. */
  readonly downloads: string;
  /** Empty at the start, gone at the end. */
  readonly scratch: string;
  /** Becomes the image's folder when the maker returns its name. */
  readonly result: string;
}

/**
 * Runs `make` while no other build of `key` runs. It fills `result` and returns the name of the image's folder, or an image
 * that is already there. Leftovers of a build that was broken off go first. When `make` fails nothing stays but downloads,
 * and not even these on a full disk (HostError `disk-full`). `onWait` is called when another build must end first.
 */
export async function buildInto(
  folder: string,
  key: string,
  make: (workshop: Workshop) => Promise<string | GuestImage>,
  options: { readonly signal?: AbortSignal | undefined; readonly onWait?: () => void } = {},
): Promise<GuestImage> {
  const work = join(folder, `.work-${key}`);
  const workshop = { downloads: join(work, 'downloads'), scratch: join(work, 'scratch'), result: join(work, 'result') };
  const clean = async (): Promise<void> => {
    await rm(workshop.scratch, { recursive: true, force: true });
    await rm(workshop.result, { recursive: true, force: true });
  };
  try {
    await mkdir(folder, { recursive: true });
    await using _lock = await takeLock(join(folder, `.lock-${key}`), options);
    try {
      await clean();
      for (const path of Object.values(workshop)) await mkdir(path, { recursive: true });
      const made = await make(workshop);
      if (typeof made !== 'string') {
        await rm(work, { recursive: true, force: true });
        return made;
      }
      const place = join(folder, made);
      await rm(place, { recursive: true, force: true });
      await syncFolder(workshop.result);
      await rename(workshop.result, place);
      await rm(work, { recursive: true, force: true });
    } catch (error) {
      await clean();
      if (isDiskFull(error)) await rm(work, { recursive: true, force: true });
      throw error;
    }
    return await newest(folder, key);
  } catch (error) {
    if (isDiskFull(error)) throw diskFullError(error);
    const code = codeOf(error);
    if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM' || code === 'ENOTDIR' || code === 'EEXIST')
      throw new HostError('cache-folder', `The cache folder ${folder} cannot be written: ${messageOf(error)}`, {
        cause: error,
      });
    throw error;
  }
}

async function newest(folder: string, key: string): Promise<GuestImage> {
  const images = (await readImages(folder)).filter(({ name, suite }) => `${name}-${suite}` === key);
  for (const { kernel } of images.slice(KEPT_IMAGES)) await rm(join(kernel, '..'), { recursive: true, force: true });
  const [image] = images;
  if (image === undefined) throw new HostError('recipe', `The image that was built in ${folder} cannot be read back.`);
  return image;
}

/** Brings files to the disk before their folder is renamed: a power cut must not leave an image with holes in it. */
async function syncFolder(folder: string): Promise<void> {
  for (const name of [...(await readdir(folder)), '.']) {
    await using file = await open(join(folder, name), 'r');
    await file.sync();
  }
}

/** Holds a lock until disposed of; waits for others, until `signal` is aborted. */
async function takeLock(
  file: string,
  options: { readonly signal?: AbortSignal | undefined; readonly onWait?: () => void },
): Promise<AsyncDisposable> {
  const { signal, onWait } = options;
  signal?.throwIfAborted();
  // "wait" only when the lock is not free at once; then "held"; then cat ends with our end of the pipe.
  const script = 'exec 9>"$0" || exit 3; flock -n 9 || { echo wait; flock 9 || exit 3; }; echo held; exec cat 9>&9';
  const child = spawn('sh', ['-c', script, file], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const release = async (): Promise<void> => {
    child.stdin.end();
    try {
      // The whole group: a waiting flock(1) is a child of its own.
      if (child.pid !== undefined) process.kill(-child.pid);
    } catch {
      // It is gone already.
    }
    if (child.pid !== undefined) await closed;
  };
  try {
    await new Promise<void>((resolve, reject) => {
      let said = '';
      let complaint = '';
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      child.stdin.on('error', () => {});
      child.stderr.on('data', (chunk: Buffer) => void (complaint = (complaint + chunk.toString()).slice(-1000)));
      child.stdout.on('data', (chunk: Buffer) => {
        if (said === '' && chunk.toString().startsWith('wait')) onWait?.();
        said += chunk.toString();
        if (said.includes('held')) resolve();
      });
      child.once('error', reject);
      child.once('close', () => reject(new HostError('lock', `The lock ${file} cannot be taken: ${complaint.trim()}`)));
    });
  } catch (error) {
    await release();
    throw error;
  }
  return { [Symbol.asyncDispose]: release };
}

function isDiskFull(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'disk-full';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
