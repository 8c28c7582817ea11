/**
 * Picks from a folder of unpacked packages what a guest needs: the files asked for, the loader and libraries that they name
 * (System V gABI, "Shared Object Dependencies"), and the symbolic links on the way. Files are hard-linked, not copied.
 */
import { lstatSync, globSync, readFileSync } from 'node:fs';
import { copyFile, link, mkdir, readlink, symlink } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { HostError } from '../../base/errors.ts';
import { isElf, readElfDynamics, type ElfDynamics } from './elf.ts';
import { MERGED_FOLDERS } from './unpack-packages.ts';

/** What to pick. */
export interface PickOptions {
  /** Folder of unpacked packages, its /usr merged. */
  readonly tree: string;
  /** Folder that gets the files, its /usr merged. */
  readonly destination: string;
  /** Debian's name of the library folder, as in `usr/lib/x86_64-linux-gnu`. */
  readonly triplet: string;
  /**
   * Paths below `tree` without a leading slash; `*` within a name; a trailing slash means everything inside. A leading
   * question mark allows it to be missing.
   */
  readonly roots: readonly string[];
}

/** What was picked, and what could not be found. */
export interface PickResult {
  readonly count: number;
  /** Libraries that some picked file needs. */
  readonly missingLibraries: readonly string[];
}

/** Picks. Throws HostError `recipe` when a path that must be there is missing. */
export async function pickFiles(options: PickOptions): Promise<PickResult> {
  const picker = new Picker(options);
  for (const root of options.roots) await picker.root(root);
  return { count: picker.count, missingLibraries: [...picker.missing].sort() };
}

class Picker {
  readonly missing = new Set<string>();
  readonly #options: PickOptions;
  readonly #seen = new Set<string>();
  readonly #folders = new Set<string>();
  readonly #libraryFolders: readonly string[];

  constructor(options: PickOptions) {
    this.#options = options;
    this.#libraryFolders = [`usr/lib/${options.triplet}`, 'usr/lib', 'usr/lib64'];
  }

  get count(): number {
    return this.#seen.size;
  }

  async root(root: string): Promise<void> {
    const isOptional = root.startsWith('?');
    const pattern = isOptional ? root.slice(1) : root;
    const found = globSync(pattern.endsWith('/') ? `${pattern}**/*` : pattern, { cwd: this.#options.tree });
    if (found.length === 0 && !isOptional)
      throw new HostError(
        'recipe',
        `The packages of this suite hold no ${pattern}: the guest cannot be made from them.`,
      );
    for (const path of found.sort()) await this.#take(path);
  }

  async #take(path: string): Promise<void> {
    const chosen = merged(normalize(path));
    if (this.#seen.has(chosen) || chosen.startsWith('..')) return;
    this.#seen.add(chosen);
    const from = join(this.#options.tree, chosen);
    const to = join(this.#options.destination, chosen);
    const stat = lstatSync(from, { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (stat.isDirectory()) return this.#makeFolder(to);
    await this.#makeFolder(dirname(to));
    if (stat.isSymbolicLink()) {
      const target = await readlink(from);
      await symlink(target, to);
      return this.#take(target.startsWith('/') ? target.slice(1) : join(dirname(chosen), target));
    }
    if (!stat.isFile()) return;
    await link(from, to).catch(() => copyFile(from, to));
    const bytes = readFileSync(from);
    if (isElf(bytes)) await this.#takeNeeded(chosen, readElfDynamics(bytes, `/${chosen}`));
  }

  async #takeNeeded(path: string, dynamics: ElfDynamics): Promise<void> {
    if (dynamics.interpreter !== null) await this.#take(dynamics.interpreter.replace(/^\//, ''));
    const own = dynamics.runPaths.map((folder) =>
      merged(normalize(folder.replaceAll(/\$ORIGIN|\$\{ORIGIN\}/g, `/${dirname(path)}`).replace(/^\/+/, ''))),
    );
    for (const name of dynamics.needed) {
      const folder = [...own, ...this.#libraryFolders].find(
        (candidate) => lstatSync(join(this.#options.tree, candidate, name), { throwIfNoEntry: false }) !== undefined,
      );
      if (folder === undefined) this.missing.add(name);
      else await this.#take(join(folder, name));
    }
  }

  async #makeFolder(folder: string): Promise<void> {
    if (this.#folders.has(folder)) return;
    await mkdir(folder, { recursive: true });
    this.#folders.add(folder);
  }
}

/** The path's place when /usr is merged. */
function merged(path: string): string {
  return MERGED_FOLDERS.some((folder) => path.startsWith(`${folder}/`)) ? `usr/${path}` : path;
}
