/**
 * Picks from unpacked packages what a guest needs: the files asked for, the loader and libraries that they name (System V
 * gABI, "Shared Object Dependencies"), and the symbolic links on the way.
 */
import { posix } from 'node:path';
import { HostError } from '../../base/errors.ts';
import { isElf, readElfDynamics, type ElfDynamics } from './elf.ts';
import { FileTree } from './file-tree.ts';

/** What to pick. */
export interface PickOptions {
  readonly tree: FileTree;
  /** Debian's name of the library folder, as in `usr/lib/x86_64-linux-gnu`. */
  readonly triplet: string;
  /** Patterns of `FileTree.match`. A leading question mark allows it to be missing. */
  readonly roots: readonly string[];
  /** Paths that are taken as they are, without what they may need. */
  readonly paths?: readonly string[];
}

/** What was picked, and what could not be found. */
export interface PickResult {
  /** Contents are still read through the tree that they were picked from. */
  readonly picked: FileTree;
  /** Libraries that some picked file needs. */
  readonly missingLibraries: readonly string[];
}

/** Picks. Throws HostError `recipe` when a path that must be there is missing. */
export function pickFiles(options: PickOptions): PickResult {
  const picker = new Picker(options);
  for (const root of options.roots) picker.root(root);
  for (const path of options.paths ?? []) {
    const node = options.tree.get(path);
    if (node !== undefined) picker.picked.set(path, node);
  }
  return { picked: picker.picked, missingLibraries: [...picker.missing].sort() };
}

class Picker {
  readonly picked = new FileTree();
  readonly missing = new Set<string>();
  readonly #options: PickOptions;
  readonly #seen = new Set<string>();
  readonly #libraryFolders: readonly string[];

  constructor(options: PickOptions) {
    this.#options = options;
    this.#libraryFolders = [`usr/lib/${options.triplet}`, 'usr/lib', 'usr/lib64'];
  }

  root(root: string): void {
    const isOptional = root.startsWith('?');
    const pattern = isOptional ? root.slice(1) : root;
    const found = this.#options.tree.match(pattern);
    if (found.length === 0 && !isOptional)
      throw new HostError(
        'recipe',
        `The packages of this suite hold no ${pattern}: the guest cannot be made from them.`,
      );
    for (const path of found) this.#take(path);
  }

  #take(path: string): void {
    const chosen = posix.normalize(path);
    if (this.#seen.has(chosen) || chosen.startsWith('..')) return;
    this.#seen.add(chosen);
    const node = this.#options.tree.get(chosen);
    if (node === undefined) return;
    this.picked.set(chosen, node);
    if (node.kind === 'link') {
      const { target } = node;
      this.#take(target.startsWith('/') ? target.slice(1) : posix.join(posix.dirname(chosen), target));
    } else if (node.kind === 'file' && isElf(this.#options.tree.readData(node.data, 0, 4))) {
      this.#takeNeeded(chosen, readElfDynamics(this.#options.tree.readData(node.data), `/${chosen}`));
    }
  }

  #takeNeeded(path: string, dynamics: ElfDynamics): void {
    if (dynamics.interpreter !== null) this.#take(dynamics.interpreter.replace(/^\/+/, ''));
    const own = dynamics.runPaths.map((folder) =>
      posix.normalize(folder.replaceAll(/\$ORIGIN|\$\{ORIGIN\}/g, `/${posix.dirname(path)}`).replace(/^\/+/, '')),
    );
    for (const name of dynamics.needed) {
      const folder = [...own, ...this.#libraryFolders].find(
        (candidate) => this.#options.tree.get(`${candidate}/${name}`) !== undefined,
      );
      if (folder === undefined) this.missing.add(name);
      else this.#take(`${folder}/${name}`);
    }
  }
}
