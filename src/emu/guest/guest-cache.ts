/**
 * Where guest images lie: `guests/NAME-SUITE-HASH/` in the cache folder. An image is made in a hidden folder beside them and
 * renamed into its place when it is whole, so nobody ever sees half of one. One build of a name and suite runs at a time,
 * whichever process it is in. The lock is that of an empty database, as it is the one lock that Node has on every system
 * and that goes when its process does.
 */
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { HostError, messageOf } from '../../base/errors.ts';
import { readGuestImage, type GuestImage } from './guest-image.ts';

/** Images of one name, suite and extra packages that are kept: the newest, and the one before, which a guest may still use. */
const KEPT_IMAGES = 2;
const LOCK_PAUSE_MS = 200;
const SQLITE_BUSY = 5;

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
    using _lock = await takeLock(join(folder, `.lock-${key}`), options);
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
  const [image] = images;
  if (image === undefined) throw new HostError('recipe', `The image that was built in ${folder} cannot be read back.`);
  const alike = images.filter(({ extraPackages }) => extraPackages.join(',') === image.extraPackages.join(','));
  for (const { kernel } of alike.slice(KEPT_IMAGES)) await rm(join(kernel, '..'), { recursive: true, force: true });
  return image;
}

/** Brings files to the disk before their folder is renamed: a power cut must not leave an image with holes in it. */
async function syncFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    await using file = await open(join(folder, name), 'r');
    // Windows wants the right to write for it, which the files of an image give to nobody.
    if (process.platform !== 'win32') await file.sync();
  }
}

/** Holds a lock until disposed of; waits for others, until `signal` is aborted. */
async function takeLock(
  file: string,
  options: { readonly signal?: AbortSignal | undefined; readonly onWait?: () => void },
): Promise<Disposable> {
  const { signal, onWait } = options;
  let hasWaited = false;
  for (;;) {
    signal?.throwIfAborted();
    const lock = tryLock(file);
    if (lock !== null) return lock;
    if (!hasWaited) onWait?.();
    hasWaited = true;
    await delay(LOCK_PAUSE_MS, undefined, signal === undefined ? {} : { signal }).catch(() => {});
  }
}

/** Takes the lock when it is free; null when it is not. */
function tryLock(file: string): Disposable | null {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(file);
    database.exec('PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE');
    const held = database;
    return { [Symbol.dispose]: () => held.close() };
  } catch (error) {
    database?.close();
    const isHeld = error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
    if (isHeld) return null;
    throw new HostError('cache-folder', `The lock ${file} cannot be taken: ${messageOf(error)}`, { cause: error });
  }
}

/** The sentence for a full disk, whoever met it. */
function diskFullError(cause: unknown): HostError {
  return new HostError(
    'disk-full',
    'The disk is full: building a guest takes about 2 GB in the cache folder. Free some, or name another one with --cache-dir.',
    { cause },
  );
}

function isDiskFull(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOSPC' || code === 'EDQUOT';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
