/** The work of making a guest: from packages to the files of an image. Loaded when there is something to make. */
import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { createReadStream } from 'node:fs';
import { chmod, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { HostError } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { writeCpio, type CpioEntry } from './cpio.ts';
import { chooseMirror } from './debian-sources.ts';
import { readArchiveKeys, type TrustedKey } from './debian/archive-keys.ts';
import { discardWrong, fetchPackages, readPackageIndex } from './debian/archive.ts';
import { Mirror } from './debian/mirror.ts';
import type { Package, PackageIndex } from './debian/package-index.ts';
import { solveDependencies } from './debian/solve.ts';
import { writeExt4 } from './ext4/write-ext4.ts';
import { MERGED_FOLDERS, type FileTree } from './file-tree.ts';
import type { Workshop } from './guest-cache.ts';
import { GUEST_FILE_NAMES, MANIFEST, type GuestImage, type GuestManifest } from './guest-image.ts';
import { moduleLoader, orderModules, printModuleIndex, type KernelModule } from './kernel-modules.ts';
import { chooseKernel, kernelVersion, readKernel } from './kernel-package.ts';
import { pickFiles } from './pick-files.ts';
import { DISK_LABEL, guestFiles, LEFT_OUT, type GuestName, type GuestRecipe } from './recipe.ts';
import { Unpacker } from './unpack-packages.ts';

/** What to build. */
export interface BuildOptions {
  readonly name: GuestName;
  /** Debian release; `trixie` when it is not given or empty. */
  readonly suite?: string;
  /** Debian packages that the guest shall have besides, whole, with all they depend on; nothing of them is run. */
  readonly extraPackages?: readonly string[];
  /** Folder that holds `guests/`; Saffron's own in the user's cache folder when it is not given. */
  readonly cacheDir?: string;
  /** Address of a Debian mirror; that of this machine's own packages, else Debian's own, when it is not given. */
  readonly mirror?: string;
  /** Who may sign the package lists; Debian's own keys when it is not given. */
  readonly keys?: readonly TrustedKey[];
  /** Looks for newer packages even when there is an image. */
  readonly refresh?: boolean;
  /** `fraction` from 0 to 1, or null when it is not known. Not called when there is nothing to do. */
  readonly onProgress: (step: string, fraction: number | null) => void;
  readonly signal?: AbortSignal;
  readonly log: Logger;
}

/** Room for the guest's own files. The image is sparse: free room takes none on this machine's disk. */
const DISK_FREE_BYTES = 512 * 1024 * 1024;

/** In the initial RAM disk and on the disk alike, with nothing in them. */
const BARE_FOLDERS = ['dev', 'proc', 'sys', 'run', 'tmp', 'root', 'mnt'];

/** One build. */
export class Build {
  readonly #recipe: GuestRecipe;
  readonly #suite: string;
  readonly #digest: string;
  readonly #workshop: Workshop;
  readonly #options: BuildOptions;
  /** Aborted when the user's signal is, or when something failed while other work was going on. */
  readonly #signal: AbortSignal;
  readonly #failed = new AbortController();

  constructor(recipe: GuestRecipe, suite: string, digest: string, workshop: Workshop, options: BuildOptions) {
    this.#recipe = recipe;
    this.#suite = suite;
    this.#digest = digest;
    this.#workshop = workshop;
    this.#options = options;
    const { signal } = options;
    this.#signal = signal === undefined ? this.#failed.signal : AbortSignal.any([signal, this.#failed.signal]);
    // Every download and every package that is being unpacked listens.
    setMaxListeners(0, this.#signal);
  }

  /** Fills the result folder and returns its future name, or the image of the same contents among `others`. */
  async run(others: readonly GuestImage[]): Promise<string | GuestImage> {
    const { onProgress } = this.#options;
    onProgress('fetching package lists', null);
    const { uri, signedBy } = await chooseMirror(this.#options.mirror);
    using mirror = new Mirror(uri, this.#signal);
    const index = await readPackageIndex({
      mirror,
      suite: this.#suite,
      architecture: this.#recipe.arch,
      keys: this.#options.keys ?? (await readArchiveKeys(signedBy)),
    });
    onProgress('choosing packages', null);
    const { packages, whole } = choosePackages(index, this.#recipe);
    const isLeftOut = ({ name }: Package): boolean => LEFT_OUT.test(name) && !whole.has(name);
    const hash = this.#hash(packages);
    const same = others.find((image) => image.hash === hash);
    if (same !== undefined) return same;

    await using unpacker = new Unpacker(this.#workshop.scratch, this.#signal);
    const wanted = packages.filter((found) => !isLeftOut(found));
    await this.#fetchAndUnpack(mirror, unpacker, wanted);
    if (this.#misses(unpacker)) await this.#fetchAndUnpack(mirror, unpacker, packages.filter(isLeftOut));
    await rm(this.#workshop.downloads, { recursive: true, force: true });
    using tree = unpacker.tree();
    await this.#makeFiles(tree, unpacker.pathsOf(whole));
    onProgress('checking', null);
    await this.#writeManifest(hash, packages);
    return `${this.#recipe.name}-${this.#suite}-${hash}`;
  }

  #hash(packages: readonly Package[]): string {
    const list = packages.map(({ name, version, architecture }) => `${name}=${version}:${architecture}`);
    return createHash('sha256')
      .update(JSON.stringify([this.#digest, list]))
      .digest('hex')
      .slice(0, 16);
  }

  async #fetchAndUnpack(mirror: Mirror, unpacker: Unpacker, packages: readonly Package[]): Promise<void> {
    const { onProgress } = this.#options;
    const total = packages.reduce((sum, { bytes }) => sum + bytes, 0);
    const unpacking: Promise<void>[] = [];
    let done = 0;
    let hasFetched = false;
    const unpack = async (found: Package, file: string): Promise<void> => {
      try {
        if (!(await unpacker.unpack(found.name, file, found.sha256))) throw await discardWrong(found, file, mirror);
      } catch (error) {
        this.#failed.abort(error);
        throw error;
      }
      done++;
      if (hasFetched) onProgress(`unpacking ${packages.length} packages`, done / packages.length);
    };
    const fetching = fetchPackages(packages, {
      mirror,
      folder: this.#workshop.downloads,
      onBytes: (bytes) => onProgress(`downloading ${megabytes(total)} of packages`, bytes / total),
      onFile: (found, file) => void unpacking.push(unpack(found, file)),
    });
    try {
      await fetching;
      hasFetched = true;
      await Promise.all(unpacking);
    } finally {
      await Promise.allSettled(unpacking);
    }
  }

  /** Whether the packages lack a library that a picked file needs. */
  #misses(unpacker: Unpacker): boolean {
    this.#options.onProgress('picking files', null);
    using tree = unpacker.tree();
    const { missingLibraries } = pickFiles({ ...this.#recipe, tree });
    if (missingLibraries.length > 0) this.#options.log.debug('more packages are needed', { missingLibraries });
    return missingLibraries.length > 0;
  }

  /** Kernel, initial RAM disk and disk; these paths are on it whatever else is. */
  async #makeFiles(tree: FileTree, paths: readonly string[]): Promise<void> {
    const { log, onProgress } = this.#options;
    const { earlyModules, earlyDeviceModules, lateModules, lateDeviceModules } = this.#recipe;
    const { picked, missingLibraries } = pickFiles({ ...this.#recipe, tree, paths });
    if (missingLibraries.length > 0)
      throw new HostError(
        'recipe',
        `The packages of Debian ${this.#suite} lack ${missingLibraries.join(', ')}: the guest cannot be made from them.`,
      );
    addOwnFiles(picked);

    onProgress('adding the kernel', null);
    const version = kernelVersion(tree);
    const folder = `usr/lib/modules/${version}`;
    const load = moduleLoader(tree, folder);
    const early = await orderModules([...earlyModules, ...earlyDeviceModules], load);
    const all = await orderModules(
      [...earlyModules, ...earlyDeviceModules, ...lateModules, ...lateDeviceModules],
      load,
    );
    log.debug('kernel is taken', { version, early: early.length, all: all.length });
    for (const { name, data } of moduleFiles(folder, all)) picked.addFile(name, data);
    picked.addFile('etc/modules', Buffer.from(words(lateModules)));
    const { result } = this.#workshop;
    const initrd = initrdEntries(folder, early, words(earlyModules), tree.read('usr/bin/busybox'));
    await writeFile(join(result, 'kernel'), readKernel(tree, version));
    await writeFile(join(result, 'initrd.cpio'), writeCpio(initrd));

    onProgress('writing the disk', null);
    await writeExt4(picked, join(result, 'disk.ext4'), {
      label: DISK_LABEL,
      freeBytes: DISK_FREE_BYTES,
      contents: tree,
      signal: this.#signal,
    });
  }

  async #writeManifest(hash: string, packages: readonly Package[]): Promise<void> {
    const { result } = this.#workshop;
    const files: Record<string, { bytes: number; sha256: string }> = {};
    for (const name of GUEST_FILE_NAMES) {
      const file = join(result, name);
      const digest = createHash('sha256');
      await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), digest, { signal: this.#signal });
      files[name] = { bytes: (await stat(file)).size, sha256: digest.digest('hex') };
      await chmod(file, 0o444);
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
      extraPackages: this.#recipe.extraPackages ?? [],
      createdAt: new Date().toISOString(),
      files: files as GuestManifest['files'],
      packages: packages.map(({ name, version, architecture }) => ({ name, version, architecture })),
    };
    await writeFile(join(result, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  }
}

/** What is fetched, and the names of what is taken whole. */
function choosePackages(
  index: PackageIndex,
  recipe: GuestRecipe,
): { readonly packages: readonly Package[]; readonly whole: ReadonlySet<string> } {
  const optional = recipe.optionalPackages.filter((name) => index.find(name) !== null);
  const extra = recipe.extraPackages ?? [];
  // What is asked for first is solved as if it were alone, so the whole ones are among all.
  const whole = new Set(solveDependencies(index, extra).map(({ name }) => name));
  const rest = solveDependencies(index, [...extra, ...recipe.packages, ...optional]);
  const packages = [...chooseKernel(index, recipe.kernelPackage), ...rest];
  return { packages: packages.sort((a, b) => (a.name < b.name ? -1 : 1)), whole };
}

/** What a guest has besides files of packages. */
function addOwnFiles(root: FileTree): void {
  for (const name of [...BARE_FOLDERS, 'etc', 'var/cache/fontconfig', 'var/lib/alsa', 'usr/lib/modules'])
    root.addFolder(name);
  root.addLink('usr/sbin/init', '/usr/bin/busybox');
  root.addLink('usr/bin/sh', '/usr/bin/busybox');
  for (const { path, data, isProgram } of guestFiles('disk')) root.addFile(path, data, isProgram);
}

function moduleFiles(
  folder: string,
  modules: readonly KernelModule[],
): { readonly name: string; readonly data: Uint8Array }[] {
  const { dep, alias, order } = printModuleIndex(modules);
  return [
    ...modules.map(({ file, data }) => ({ name: `${folder}/${file}`, data })),
    { name: `${folder}/modules.dep`, data: Buffer.from(dep) },
    { name: `${folder}/modules.alias`, data: Buffer.from(alias) },
    { name: `${folder}/modules.order`, data: Buffer.from(order) },
    { name: `${folder}/modules.builtin`, data: Buffer.alloc(0) },
  ];
}

function initrdEntries(
  folder: string,
  modules: readonly KernelModule[],
  early: string,
  busybox: Uint8Array,
): CpioEntry[] {
  const ofPrograms = ['usr', 'usr/bin', 'usr/sbin', 'usr/lib', 'usr/lib64', 'usr/lib/modules', folder];
  const folders = [...ofPrograms, 'etc', ...BARE_FOLDERS];
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
