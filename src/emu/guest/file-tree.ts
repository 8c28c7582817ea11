/**
 * The files of a guest before they are on its disk: names and what they stand for, kept apart from this machine's own file
 * system, which may know no links, no permissions or no difference between upper and lower case. Contents lie in memory or
 * in files into which many are packed one after another.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { HostError } from '../../base/errors.ts';

/** Where contents lie. */
export type FileData = Uint8Array | { readonly pack: string; readonly offset: number; readonly bytes: number };

interface Owned {
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly time: number;
}

/** What a name stands for. The same object under two names is one file with two names (a hard link). */
export type FileNode = Owned &
  (
    | { readonly kind: 'file'; readonly data: FileData }
    | { readonly kind: 'link'; readonly target: string }
    | { readonly kind: 'folder' }
    | { readonly kind: 'character' | 'block'; readonly major: number; readonly minor: number }
    | { readonly kind: 'fifo' }
  );

/** Folders that are links into /usr on every Debian system of today; older packages still carry files in them. */
export const MERGED_FOLDERS = ['bin', 'sbin', 'lib', 'lib64'] as const;

/** The path's place when /usr is merged. */
function mergedPath(path: string): string {
  return MERGED_FOLDERS.some((folder) => path === folder || path.startsWith(`${folder}/`)) ? `usr/${path}` : path;
}

/** Files by path. Paths have no slash at either end, and /usr is merged: `bin/a` is `usr/bin/a`. */
export class FileTree {
  readonly #nodes = new Map<string, FileNode>();
  readonly #packs = new Map<string, number>();

  /** Holds nothing but the folders and links of a merged /usr. */
  constructor() {
    for (const name of MERGED_FOLDERS) {
      this.addFolder(`usr/${name}`);
      this.#nodes.set(name, { kind: 'link', mode: 0o777, uid: 0, gid: 0, time: 0, target: `usr/${name}` });
    }
  }

  [Symbol.dispose](): void {
    for (const file of this.#packs.values()) closeSync(file);
    this.#packs.clear();
  }

  /** Every path and what it stands for, a folder before what is in it, in the order of their bytes. */
  entries(): readonly (readonly [path: string, node: FileNode])[] {
    return [...this.#nodes].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** What this path stands for; links are not followed. */
  get(path: string): FileNode | undefined {
    return this.#nodes.get(mergedPath(path));
  }

  /** Puts something there, and folders on the way to it. A folder that is there stays what it is. */
  set(path: string, node: FileNode): void {
    const place = mergedPath(path);
    const slash = place.lastIndexOf('/');
    if (slash > 0) this.#need(place.slice(0, slash), node.time);
    const present = this.#nodes.get(place);
    if (present?.kind === 'folder' && node.kind !== 'folder') return;
    this.#nodes.set(place, node);
  }

  /** Puts a file of the superuser there. */
  addFile(path: string, data: Uint8Array, isProgram = false): void {
    this.set(path, { kind: 'file', mode: isProgram ? 0o755 : 0o644, uid: 0, gid: 0, time: 0, data });
  }

  /** Puts a link of the superuser there. */
  addLink(path: string, target: string): void {
    this.set(path, { kind: 'link', mode: 0o777, uid: 0, gid: 0, time: 0, target });
  }

  /** Puts a folder of the superuser there. */
  addFolder(path: string): void {
    this.#need(mergedPath(path), 0);
  }

  /**
   * Paths that fit: `*` stands for anything within a name, `{a,b}` for either, a slash at the end for everything inside.
   */
  match(pattern: string): readonly string[] {
    const source = mergedPath(pattern)
      .replaceAll(/[.+^$()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('*', '[^/]*')
      .replaceAll(/\{[^}]*\}/g, (group) => `(?:${group.slice(1, -1).replaceAll(',', '|')})`);
    const expression = new RegExp(`^${source}${pattern.endsWith('/') ? '.+' : ''}$`);
    return [...this.#nodes.keys()].filter((path) => expression.test(path)).sort();
  }

  /** A file's contents. Throws HostError `recipe` when the path is no file. */
  read(path: string): Uint8Array {
    const node = this.get(path);
    if (node?.kind !== 'file') throw new HostError('recipe', `The packages hold no file ${path}.`);
    return this.readData(node.data);
  }

  /** Contents, or a part of them. Throws HostError `recipe` when a pack was cut short. */
  readData(data: FileData, from = 0, to = sizeOf(data)): Uint8Array {
    if (data instanceof Uint8Array) return data.subarray(from, to);
    const bytes = Buffer.allocUnsafe(to - from);
    let file = this.#packs.get(data.pack);
    if (file === undefined) this.#packs.set(data.pack, (file = openSync(data.pack, 'r')));
    for (let got = 0; got < bytes.length;) {
      const count = readSync(file, bytes, got, bytes.length - got, data.offset + from + got);
      if (count === 0) throw new HostError('recipe', `The unpacked file ${data.pack} was cut short.`);
      got += count;
    }
    return bytes;
  }

  #need(folder: string, time: number): void {
    if (folder === '' || this.#nodes.get(folder)?.kind === 'folder') return;
    const slash = folder.lastIndexOf('/');
    if (slash > 0) this.#need(folder.slice(0, slash), time);
    this.#nodes.set(folder, { kind: 'folder', mode: 0o755, uid: 0, gid: 0, time });
  }
}

/** Bytes of contents. */
export function sizeOf(data: FileData): number {
  return data instanceof Uint8Array ? data.length : data.bytes;
}
