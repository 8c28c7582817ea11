/**
 * Guests made from Debian packages: `buildGuest`, `findGuest`, `listGuests`. Packages come from a Debian mirror whose lists
 * are signed by keys that are trusted here; their files are only unpacked and picked: nothing of them runs here.
 *
 * Kernel parameters that a guest knows:
 *
 *     saffron.run=weston | kmscube | glmark2 | shell   what the screen shows (weston, with a terminal)
 *     saffron.run=initrd                               a shell in the initial RAM disk; no disk is needed
 *     saffron.renderer=auto | gl | pixman              how Weston draws (auto: gl when the graphics device renders 3D)
 */
import { UsageError } from '../../base/errors.ts';
import type { BuildOptions } from './build-guest.ts';
import { buildInto, guestsFolder, readImages } from './guest-cache.ts';
import type { GuestImage } from './guest-image.ts';
import { DEFAULT_SUITE, recipeDigest, recipeOf, type GuestName } from './recipe.ts';

export type { GuestImage } from './guest-image.ts';
export { GUEST_NAMES, type GuestName } from './recipe.ts';

/**
 * Gives the image, made when there is none of the present recipe. Rejects with the signal's reason when aborted, else with
 * HostError (`mirror`, `no-packages`, `bad-signature`, `hash-mismatch`, `disk-full`, `cache-folder` …) or UsageError; no half
 * image stays.
 */
export async function buildGuest(options: BuildOptions): Promise<GuestImage> {
  const { name, cacheDir, onProgress, signal, log } = options;
  const suite = suiteOf(options.suite);
  const extraPackages = checkPackageNames(options.extraPackages ?? []);
  if (options.mirror !== undefined) (await import('./debian/mirror.ts')).checkMirror(options.mirror);
  const recipe = recipeOf(name, extraPackages);
  const present = await findGuest(name, { suite, extraPackages, ...(cacheDir === undefined ? {} : { cacheDir }) });
  if (present !== null && options.refresh !== true) return present;
  signal?.throwIfAborted();
  const folder = guestsFolder(cacheDir);
  const started = performance.now();
  // Most starts find an image, and do without all that makes one.
  const { Build } = await import('./build-guest.ts');
  const image = await buildInto(
    folder,
    `${name}-${suite}`,
    async (workshop) => {
      const digest = recipeDigest(recipe, suite);
      const others = await readImages(folder);
      const same = others.find((other) => other.name === name && other.suite === suite && other.recipe === digest);
      if (same !== undefined && same.hash !== present?.hash) return same;
      return new Build(recipe, suite, digest, workshop, options).run(others);
    },
    { signal, onWait: () => onProgress('waiting for another build of this guest', null) },
  );
  log.info('guest image is ready', { name, suite, hash: image.hash, ms: Math.round(performance.now() - started) });
  return image;
}

/** The newest whole image of the present recipe, or null. */
export async function findGuest(
  name: GuestName,
  options: { readonly suite?: string; readonly extraPackages?: readonly string[]; readonly cacheDir?: string } = {},
): Promise<GuestImage | null> {
  const suite = suiteOf(options.suite);
  const digest = recipeDigest(recipeOf(name, options.extraPackages), suite);
  const images = await readImages(guestsFolder(options.cacheDir));
  return images.find((image) => image.name === name && image.suite === suite && image.recipe === digest) ?? null;
}

/** All whole images, newest first; those of an older recipe too. */
export async function listGuests(cacheDir?: string): Promise<readonly GuestImage[]> {
  return readImages(guestsFolder(cacheDir));
}

function suiteOf(suite: string | undefined): string {
  if (suite === undefined || suite === '') return DEFAULT_SUITE;
  if (!/^[a-z][a-z0-9-]{1,40}$/.test(suite))
    throw new UsageError(`"${suite}" is not the name of a Debian release: try ${DEFAULT_SUITE}.`);
  return suite;
}

/** Debian Policy §5.6.7. */
function checkPackageNames(names: readonly string[]): readonly string[] {
  for (const name of names)
    if (!/^[a-z0-9][a-z0-9+.-]{1,100}$/.test(name))
      throw new UsageError(`"${name}" is not the name of a Debian package: name them like gcc,libc6-dev.`);
  return names;
}
