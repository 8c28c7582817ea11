/**
 * Guests made from Debian packages: `buildGuest`, `findGuest`, `listGuests`. Packages come from where this machine's own
 * come from, apt checks their signatures, and their files are only unpacked and picked: nothing of them runs here.
 *
 * Kernel parameters that a guest knows:
 *
 *     saffron.run=weston | kmscube | glmark2 | shell   what the screen shows (weston, with a terminal)
 *     saffron.run=initrd                               a shell in the initial RAM disk; no disk is needed
 *     saffron.renderer=auto | gl | pixman              how Weston draws (auto: gl when the graphics device renders 3D)
 */
import { createHash } from 'node:crypto';
import { createReadStream, globSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { HostError, UsageError } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { Apt, type AptPackage } from './apt.ts';
import { writeCpio, type CpioEntry } from './cpio.ts';
import { findDebianMirror, readDebianSources } from './debian-sources.ts';
import { makeDiskImage } from './disk-image.ts';
import { buildInto, guestsFolder, readImages, type Workshop } from './guest-cache.ts';
import { GUEST_FILE_NAMES, MANIFEST, type GuestImage, type GuestManifest } from './guest-image.ts';
import { kernelVersion, moduleLoader, orderModules, printModuleIndex, type KernelModule } from './kernel-modules.ts';
import { pickFiles } from './pick-files.ts';
import {
  DEFAULT_SUITE,
  DISK_LABEL,
  guestFiles,
  LEFT_OUT,
  recipeDigest,
  recipeOf,
  type GuestName,
  type GuestRecipe,
} from './recipe.ts';
import { makeMergedUsr, MERGED_FOLDERS, unpackPackages } from './unpack-packages.ts';

export type { GuestImage } from './guest-image.ts';
export { GUEST_NAMES, type GuestName } from './recipe.ts';

/** What to build. */
export interface BuildOptions {
  readonly name: GuestName;
  /** Debian release; `trixie` when it is not given or empty. */
  readonly suite?: string;
  /** Folder that holds `guests/`; Saffron's own in the user's cache folder when it is not given. */
  readonly cacheDir?: string;
  /** Looks for newer packages even when there is an image. */
  readonly refresh?: boolean;
  /** `fraction` from 0 to 1, or null when it is not known. Not called when there is nothing to do. */
  readonly onProgress: (step: string, fraction: number | null) => void;
  readonly signal?: AbortSignal;
  readonly log: Logger;
}

/**
 * Gives the image, made when there is none of the present recipe. Rejects with the signal's reason when aborted, else with
 * HostError (`program-missing`, `no-mirror`, `no-packages`, `disk-full`, `cache-folder` …) or UsageError; no half image stays.
 */
export async function buildGuest(options: BuildOptions): Promise<GuestImage> {
  const { name, cacheDir, onProgress, signal, log } = options;
  const suite = suiteOf(options.suite);
  const recipe = recipeOf(name);
  const present = await findGuest(name, { suite, ...(cacheDir === undefined ? {} : { cacheDir }) });
  if (present !== null && options.refresh !== true) return present;
  signal?.throwIfAborted();
  const folder = guestsFolder(cacheDir);
  const started = performance.now();
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
  options: { readonly suite?: string; readonly cacheDir?: string } = {},
): Promise<GuestImage | null> {
  const suite = suiteOf(options.suite);
  const digest = recipeDigest(recipeOf(name), suite);
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

/** One build, from packages to the files of an image. */
class Build {
  readonly #recipe: GuestRecipe;
  readonly #suite: string;
  readonly #digest: string;
  readonly #workshop: Workshop;
  readonly #tree: string;
  readonly #root: string;
  readonly #options: BuildOptions;

  constructor(recipe: GuestRecipe, suite: string, digest: string, workshop: Workshop, options: BuildOptions) {
    this.#recipe = recipe;
    this.#suite = suite;
    this.#digest = digest;
    this.#workshop = workshop;
    this.#options = options;
    this.#tree = join(workshop.scratch, 'tree');
    this.#root = join(workshop.scratch, 'root');
  }

  /** Fills the result folder and returns its future name, or the image of the same contents among `others`. */
  async run(others: readonly GuestImage[]): Promise<string | GuestImage> {
    const { onProgress, signal } = this.#options;
    onProgress('fetching package lists', null);
    const apt = await this.#openApt();
    await apt.update();
    onProgress('choosing packages', null);
    const packages = await this.#choose(apt);
    const hash = this.#hash(packages);
    const same = others.find((image) => image.hash === hash);
    if (same !== undefined) return same;

    const leftOut = packages.filter(({ name }) => LEFT_OUT.test(name));
    const wanted = packages.filter(({ name }) => !LEFT_OUT.test(name));
    await this.#fetchAndUnpack(apt, wanted);
    const missing = await this.#pick();
    if (missing.length > 0) {
      this.#options.log.debug('more packages are needed', { missing });
      await this.#fetchAndUnpack(apt, leftOut);
      const stillMissing = await this.#pick();
      if (stillMissing.length > 0)
        throw new HostError(
          'recipe',
          `The packages of Debian ${this.#suite} lack ${stillMissing.join(', ')}: the guest cannot be made from them.`,
        );
    }
    await rm(this.#workshop.downloads, { recursive: true, force: true });
    onProgress('adding the kernel', null);
    await this.#addKernel();
    onProgress('writing the disk', null);
    const { result } = this.#workshop;
    await makeDiskImage(this.#root, join(result, 'disk.ext4'), DISK_LABEL, signal);
    onProgress('checking', null);
    await this.#writeManifest(hash, packages);
    return `${this.#recipe.name}-${this.#suite}-${hash}`;
  }

  async #openApt(): Promise<Apt> {
    const mirror = findDebianMirror(await readDebianSources());
    if (mirror === null)
      throw new HostError(
        'no-mirror',
        'This machine has no Debian package source to make a guest from: add one in /etc/apt/sources.list.d, or boot your own disk with --drive.',
      );
    return Apt.open({
      folder: this.#workshop.downloads,
      architecture: this.#recipe.arch,
      suite: this.#suite,
      mirror,
      signal: this.#options.signal,
    });
  }

  async #choose(apt: Apt): Promise<readonly AptPackage[]> {
    const chosen = await Promise.all([this.#chooseKernel(apt), this.#chooseRest(apt)]);
    return chosen.flat().toSorted((a, b) => a.name.localeCompare(b.name));
  }

  /** The kernel alone: what its package asks for besides is for systems that make their own initial RAM disk. */
  async #chooseKernel(apt: Apt): Promise<readonly AptPackage[]> {
    const name = (await apt.dependencies(this.#recipe.kernelPackage)).find((found) => found.startsWith('linux-image-'));
    if (name === undefined)
      throw new HostError('no-packages', `Debian ${this.#suite} has no kernel for ${this.#recipe.arch}.`);
    // From Debian 14 on, the kernel and its modules are packages of the same version beside it.
    const version = name.slice('linux-image-'.length);
    const parts = (await apt.dependencies(name)).filter(
      (found) => found.startsWith('linux-') && found.endsWith(version),
    );
    return Promise.all([name, ...parts].map((found) => apt.find(found)));
  }

  async #chooseRest(apt: Apt): Promise<readonly AptPackage[]> {
    const { packages, optionalPackages } = this.#recipe;
    const known = await apt.known(optionalPackages);
    return apt.solve([...packages, ...known]);
  }

  #hash(packages: readonly AptPackage[]): string {
    const list = packages.map(({ name, version, architecture }) => `${name}=${version}:${architecture}`);
    return createHash('sha256')
      .update(JSON.stringify([this.#digest, list]))
      .digest('hex')
      .slice(0, 16);
  }

  async #fetchAndUnpack(apt: Apt, packages: readonly AptPackage[]): Promise<void> {
    if (packages.length === 0) return;
    const { onProgress, signal } = this.#options;
    const total = packages.reduce((sum, { bytes }) => sum + bytes, 0);
    onProgress(`downloading ${megabytes(total)} of packages`, 0);
    await apt.download(packages, (bytes) => onProgress(`downloading ${megabytes(total)} of packages`, bytes / total));
    onProgress(`unpacking ${packages.length} packages`, 0);
    const files = packages.map(({ file, bytes }) => ({ path: join(apt.downloads, file), bytes }));
    await unpackPackages(
      files,
      this.#tree,
      (done) => onProgress(`unpacking ${packages.length} packages`, done / packages.length),
      signal,
    );
  }

  /** Fills the root folder anew; returns the libraries that no unpacked package has. */
  async #pick(): Promise<readonly string[]> {
    this.#options.onProgress('picking files', null);
    await rm(this.#root, { recursive: true, force: true });
    await mkdir(this.#root, { recursive: true });
    await makeMergedUsr(this.#root);
    const picked = await pickFiles({
      tree: this.#tree,
      destination: this.#root,
      triplet: this.#recipe.triplet,
      roots: this.#recipe.roots,
    });
    for (const name of [
      'dev',
      'proc',
      'sys',
      'run',
      'tmp',
      'root',
      'mnt',
      'etc',
      'var/cache/fontconfig',
      'var/lib/alsa',
      'usr/lib/modules',
    ])
      await mkdir(join(this.#root, name), { recursive: true });
    await symlink('/usr/bin/busybox', join(this.#root, 'usr/sbin/init'));
    await symlink('/usr/bin/busybox', join(this.#root, 'usr/bin/sh'));
    for (const { path, data, isProgram } of guestFiles('disk')) {
      const file = join(this.#root, path);
      await mkdir(dirname(file), { recursive: true });
      // The file there may be a link to the package's own, which must stay as it is.
      await rm(file, { force: true });
      await writeFile(file, data, { mode: isProgram ? 0o755 : 0o644 });
    }
    return picked.missingLibraries;
  }

  /** Kernel, initial RAM disk, and the modules on the disk. */
  async #addKernel(): Promise<void> {
    const version = kernelVersion(this.#tree);
    const { earlyModules, earlyDeviceModules, lateModules, lateDeviceModules } = this.#recipe;
    const load = moduleLoader(join(this.#tree, 'usr/lib/modules', version), this.#options.signal);
    const early = await orderModules([...earlyModules, ...earlyDeviceModules], load);
    const all = await orderModules(
      [...earlyModules, ...earlyDeviceModules, ...lateModules, ...lateDeviceModules],
      load,
    );
    const { result } = this.#workshop;
    const kernel = await copyKernel(this.#tree, version, join(result, 'kernel'));
    this.#options.log.debug('kernel is taken', { kernel, early: early.length, all: all.length });

    const folder = join('usr/lib/modules', version);
    for (const { name, data } of moduleFiles(folder, all)) {
      await mkdir(join(this.#root, dirname(name)), { recursive: true });
      await writeFile(join(this.#root, name), data);
    }
    await writeFile(join(this.#root, 'etc/modules'), words(lateModules));
    const busybox = await readFile(join(this.#root, 'usr/bin/busybox'));
    await writeFile(join(result, 'initrd.cpio'), writeCpio(initrdEntries(folder, early, words(earlyModules), busybox)));
  }

  async #writeManifest(hash: string, packages: readonly AptPackage[]): Promise<void> {
    const { result } = this.#workshop;
    const files: Record<string, { bytes: number; sha256: string }> = {};
    for (const name of GUEST_FILE_NAMES) {
      const file = join(result, name);
      await chmod(file, 0o444);
      const digest = createHash('sha256');
      await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), digest, { signal: this.#options.signal });
      files[name] = { bytes: (await stat(file)).size, sha256: digest.digest('hex') };
    }
    const { name, arch, append } = this.#recipe;
    const manifest: GuestManifest = {
      form: 1,
      name,
      arch,
      suite: this.#suite,
      append,
      hash,
      recipe: this.#digest,
      createdAt: new Date().toISOString(),
      files: files as GuestManifest['files'],
      packages: packages.map(({ name, version, architecture }) => ({ name, version, architecture })),
    };
    await writeFile(join(result, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  }
}

async function copyKernel(tree: string, version: string, to: string): Promise<string> {
  const [found] = globSync([`boot/vmlinu[xz]-${version}`, `usr/lib/modules/${version}/vmlinu[xz]`], { cwd: tree });
  if (found === undefined) throw new HostError('recipe', `The kernel package holds no kernel of version ${version}.`);
  await copyFile(join(tree, found), to);
  return found;
}

function moduleFiles(
  folder: string,
  modules: readonly KernelModule[],
): { readonly name: string; readonly data: Uint8Array }[] {
  const { dep, alias, order } = printModuleIndex(modules);
  return [
    ...modules.map(({ file, data }) => ({ name: join(folder, file), data })),
    { name: join(folder, 'modules.dep'), data: Buffer.from(dep) },
    { name: join(folder, 'modules.alias'), data: Buffer.from(alias) },
    { name: join(folder, 'modules.order'), data: Buffer.from(order) },
    { name: join(folder, 'modules.builtin'), data: Buffer.alloc(0) },
  ];
}

function initrdEntries(
  folder: string,
  modules: readonly KernelModule[],
  early: string,
  busybox: Uint8Array,
): CpioEntry[] {
  const folders = [
    'usr',
    'usr/bin',
    'usr/sbin',
    'usr/lib',
    'usr/lib64',
    'usr/lib/modules',
    folder,
    'etc',
    'dev',
    'proc',
    'sys',
    'run',
    'tmp',
    'root',
    'mnt',
  ];
  return [
    ...folders.map((name): CpioEntry => ({ kind: 'folder', name })),
    ...MERGED_FOLDERS.map((name): CpioEntry => ({ kind: 'link', name, target: `usr/${name}` })),
    { kind: 'file', name: 'usr/bin/busybox', mode: 0o755, data: busybox },
    { kind: 'link', name: 'usr/bin/sh', target: 'busybox' },
    { kind: 'file', name: 'etc/modules', data: Buffer.from(early) },
    ...moduleFiles(folder, modules).map((file): CpioEntry => ({ kind: 'file', ...file })),
    ...guestFiles('initrd').map(({ path, data, isProgram }): CpioEntry => ({
      kind: 'file',
      name: path,
      mode: isProgram ? 0o755 : 0o644,
      data,
    })),
  ];
}

function words(list: readonly string[]): string {
  return `${list.join(' ')}\n`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
