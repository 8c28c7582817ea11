/**
 * Writes an ext4 file system that holds a tree of files. Everything lies one after another: superblock, descriptors of the
 * groups, bitmaps, inode tables, then folders and files in the order of their paths. So what is taken is the front of the
 * disk and of the inodes, and the same files give the same bytes. The image is sparse: free room takes none.
 */
import { createHash } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { HostError } from '../../../base/errors.ts';
import { sizeOf, type FileNode, type FileTree } from '../file-tree.ts';
import {
  BLOCK_BYTES,
  BLOCK_EXTENTS,
  DESCRIPTOR_BYTES,
  EXTENT_BLOCKS,
  FAST_LINK_BYTES,
  FIRST_INODE,
  GROUP_BLOCKS,
  INLINE_EXTENTS,
  INODE_BYTES,
  KINDS,
  printDescriptor,
  printExtents,
  printFolder,
  printInode,
  printSuperblock,
  ROOT_INODE,
  type Extent,
} from './structures.ts';

/** How the file system is made. */
export interface Ext4Options {
  /** At most 16 letters. */
  readonly label: string;
  /** Room for files that are written later. */
  readonly freeBytes: number;
  /** Reads the contents of the tree's files; the tree itself when it is not given. */
  readonly contents?: FileTree;
  readonly signal?: AbortSignal | undefined;
}

const COPY_BYTES = 1 << 20;
const ZEROS = Buffer.alloc(COPY_BYTES);
/** Other tasks get their turn after so much. */
const TURN_BYTES = 32 << 20;
const INODE_EVERY_BYTES = 16384;
const NAME_BYTES = 255;

/** Writes `image`. Throws HostError `recipe` when a name is too long, an error of the file system, or the signal's reason. */
export async function writeExt4(tree: FileTree, image: string, options: Ext4Options): Promise<void> {
  const file = openSync(image, 'w');
  try {
    await new Ext4Writer(tree, file, options).write();
  } finally {
    closeSync(file);
  }
}

interface Item {
  readonly node: FileNode;
  readonly inode: number;
  /** Names in a folder. */
  readonly entries: { readonly name: Uint8Array; readonly item: Item }[];
  readonly parent: Item | null;
  links: number;
}

interface Geometry {
  readonly groups: number;
  readonly blocks: number;
  readonly groupInodes: number;
  readonly inodeTableBlocks: number;
  readonly blockBitmaps: number;
  readonly inodeBitmaps: number;
  readonly inodeTables: number;
  readonly firstData: number;
}

class Ext4Writer {
  readonly #tree: FileTree;
  readonly #file: number;
  readonly #options: Ext4Options;
  readonly #items: Item[] = [];
  #time = 0;
  #nextBlock = 0;
  #untilTurn = TURN_BYTES;

  constructor(tree: FileTree, file: number, options: Ext4Options) {
    this.#tree = tree;
    this.#file = file;
    this.#options = options;
  }

  async write(): Promise<void> {
    this.#collect();
    const geometry = this.#plan();
    ftruncateSync(this.#file, geometry.blocks * BLOCK_BYTES);
    this.#nextBlock = geometry.firstData;
    const inodes = Buffer.alloc((FIRST_INODE + this.#items.length) * INODE_BYTES);
    for (const item of this.#items) inodes.set(await this.#writeItem(item), (item.inode - 1) * INODE_BYTES);
    this.#writeMetadata(geometry, inodes);
  }

  /** Gives every file its inode, the root's and that of lost+found first. */
  #collect(): void {
    const folder = { kind: 'folder', mode: 0o755, uid: 0, gid: 0, time: 0 } as const;
    const root = this.#add(folder, ROOT_INODE, null);
    const folders = new Map([['', root]]);
    const known = new Map<FileNode, Item>();
    let next = FIRST_INODE;
    const add = (path: string, node: FileNode): void => {
      const slash = path.lastIndexOf('/');
      const parent = folders.get(slash < 0 ? '' : path.slice(0, slash));
      const name = Buffer.from(path.slice(slash + 1));
      if (parent === undefined || name.length === 0 || name.length > NAME_BYTES)
        throw new HostError('recipe', `"${path}" cannot be on the guest's disk.`);
      let item = node.kind === 'folder' ? undefined : known.get(node);
      if (item === undefined) known.set(node, (item = this.#add(node, next++, parent)));
      else item.links++;
      if (node.kind === 'folder') {
        folders.set(path, item);
        parent.links++;
      }
      parent.entries.push({ name, item });
      this.#time = Math.max(this.#time, node.time);
    };
    add('lost+found', { ...folder, mode: 0o700 });
    for (const [path, node] of this.#tree.entries()) if (path !== 'lost+found') add(path, node);
  }

  #add(node: FileNode, inode: number, parent: Item | null): Item {
    const item: Item = { node, inode, parent, entries: [], links: node.kind === 'folder' ? 2 : 1 };
    this.#items.push(item);
    return item;
  }

  #plan(): Geometry {
    let dataBlocks = 0;
    for (const { node, entries } of this.#items) {
      if (node.kind === 'file') {
        const blocks = blocksOf(sizeOf(node.data));
        dataBlocks += blocks + treeBlocks(blocks);
      } else if (node.kind === 'folder') {
        // At the worst every block ends with almost enough room for one more long name.
        const names = entries.reduce((sum, { name }) => sum + 12 + name.length, 24);
        dataBlocks += Math.ceil(names / (BLOCK_BYTES - NAME_BYTES - 12));
      } else dataBlocks += 1;
    }
    const free = blocksOf(this.#options.freeBytes);
    const inodes =
      this.#items.length + FIRST_INODE + Math.ceil(((dataBlocks + free) * BLOCK_BYTES) / INODE_EVERY_BYTES);
    // Metadata are a small part: the groups that they themselves need are found by trying.
    for (let groups = 1; ; groups++) {
      const groupInodes = Math.ceil(inodes / groups / 16) * 16;
      const inodeTableBlocks = (groupInodes * INODE_BYTES) / BLOCK_BYTES;
      const blockBitmaps = 1 + blocksOf(groups * DESCRIPTOR_BYTES);
      const inodeBitmaps = blockBitmaps + groups;
      const inodeTables = inodeBitmaps + groups;
      const firstData = inodeTables + groups * inodeTableBlocks;
      const blocks = firstData + dataBlocks + free;
      if (blocks <= groups * GROUP_BLOCKS && groupInodes <= GROUP_BLOCKS)
        return { groups, blocks, groupInodes, inodeTableBlocks, blockBitmaps, inodeBitmaps, inodeTables, firstData };
    }
  }

  async #writeItem(item: Item): Promise<Buffer> {
    const { node } = item;
    const { mode, uid, gid } = node;
    const time = item.inode === ROOT_INODE || item.inode === FIRST_INODE ? this.#time : node.time;
    const body = new Uint8Array(FAST_LINK_BYTES);
    const print = (bytes: number, blocks: number, hasExtents: boolean): Buffer =>
      printInode({
        mode: KINDS[node.kind].mode | mode,
        uid,
        gid,
        bytes,
        time,
        links: item.links,
        blocks,
        body,
        hasExtents,
      });
    switch (node.kind) {
      case 'file':
        return print(sizeOf(node.data), await this.#writeFile(node, body), true);
      case 'folder': {
        const data = printFolder(folderEntries(item));
        return print(data.length, this.#append(data, body), true);
      }
      case 'link': {
        const target = Buffer.from(node.target);
        if (target.length >= BLOCK_BYTES)
          throw new HostError('recipe', `A link to "${node.target.slice(0, 60)}…" cannot be on the guest's disk.`);
        if (target.length >= FAST_LINK_BYTES) return print(target.length, this.#append(target, body), true);
        body.set(target);
        return print(target.length, 0, false);
      }
      case 'character':
      case 'block':
        putDevice(body, node.major, node.minor);
        return print(0, 0, false);
      case 'fifo':
        return print(0, 0, false);
    }
  }

  async #writeFile(node: FileNode & { kind: 'file' }, body: Uint8Array): Promise<number> {
    const bytes = sizeOf(node.data);
    const start = this.#nextBlock;
    const contents = this.#options.contents ?? this.#tree;
    for (let at = 0; at < bytes; at += COPY_BYTES) {
      const piece = contents.readData(node.data, at, Math.min(bytes, at + COPY_BYTES));
      // What is not written reads as zeros, and takes no room.
      if (!ZEROS.subarray(0, piece.length).equals(piece)) writeAll(this.#file, piece, start * BLOCK_BYTES + at);
      this.#untilTurn -= piece.length;
      if (this.#untilTurn > 0) continue;
      this.#untilTurn = TURN_BYTES;
      await setImmediate();
      this.#options.signal?.throwIfAborted();
    }
    this.#nextBlock += blocksOf(bytes);
    return this.#putExtents(start, blocksOf(bytes), body);
  }

  /** Writes data into the next blocks; returns how many they are with those of the extent tree. */
  #append(data: Uint8Array, body: Uint8Array): number {
    const start = this.#nextBlock;
    writeAll(this.#file, data, start * BLOCK_BYTES);
    this.#nextBlock += blocksOf(data.length);
    return this.#putExtents(start, blocksOf(data.length), body);
  }

  /** Says in `body` where the blocks are; returns how many they are with those of the extent tree. */
  #putExtents(start: number, blocks: number, body: Uint8Array): number {
    const extents: Extent[] = [];
    for (let logical = 0; logical < blocks; logical += EXTENT_BLOCKS)
      extents.push({ logical, physical: start + logical, blocks: Math.min(EXTENT_BLOCKS, blocks - logical) });
    if (extents.length <= INLINE_EXTENTS) {
      printExtents(body, 0, extents);
      return blocks;
    }
    const nodes: Extent[] = [];
    for (let at = 0; at < extents.length; at += BLOCK_EXTENTS) {
      const leaf = Buffer.alloc(BLOCK_BYTES);
      const part = extents.slice(at, at + BLOCK_EXTENTS);
      printExtents(leaf, 0, part);
      writeAll(this.#file, leaf, this.#nextBlock * BLOCK_BYTES);
      nodes.push({ logical: part[0]?.logical ?? 0, physical: this.#nextBlock++, blocks: 1 });
    }
    if (nodes.length > INLINE_EXTENTS) throw new HostError('recipe', "A file is too large for the guest's disk.");
    printExtents(body, 1, nodes);
    return blocks + nodes.length;
  }

  #writeMetadata(geometry: Geometry, inodes: Buffer): void {
    const { groups, blocks, groupInodes, inodeTableBlocks, blockBitmaps, inodeBitmaps, inodeTables } = geometry;
    const usedInodes = FIRST_INODE - 2 + this.#items.length;
    const folders = this.#items.filter(({ node }) => node.kind === 'folder').map(({ inode }) => inode);
    const descriptors = Buffer.alloc(blocksOf(groups * DESCRIPTOR_BYTES) * BLOCK_BYTES);
    for (let group = 0; group < groups; group++) {
      const firstBlock = group * GROUP_BLOCKS;
      const groupBlocks = Math.min(GROUP_BLOCKS, blocks - firstBlock);
      const takenBlocks = clamp(this.#nextBlock - firstBlock, groupBlocks);
      writeAll(this.#file, bitmap(takenBlocks, groupBlocks), (blockBitmaps + group) * BLOCK_BYTES);
      const firstInode = group * groupInodes;
      const takenInodes = clamp(usedInodes - firstInode, groupInodes);
      writeAll(this.#file, bitmap(takenInodes, groupInodes), (inodeBitmaps + group) * BLOCK_BYTES);
      const inodeTable = inodeTables + group * inodeTableBlocks;
      const table = inodes.subarray(firstInode * INODE_BYTES, (firstInode + takenInodes) * INODE_BYTES);
      writeAll(this.#file, table, inodeTable * BLOCK_BYTES);
      printDescriptor(descriptors, group * DESCRIPTOR_BYTES, {
        blockBitmap: blockBitmaps + group,
        inodeBitmap: inodeBitmaps + group,
        inodeTable,
        freeBlocks: groupBlocks - takenBlocks,
        freeInodes: groupInodes - takenInodes,
        folders: folders.filter((inode) => inode > firstInode && inode <= firstInode + groupInodes).length,
      });
    }
    writeAll(this.#file, descriptors, BLOCK_BYTES);
    const superblock = printSuperblock({
      inodes: groups * groupInodes,
      blocks,
      freeBlocks: blocks - this.#nextBlock,
      freeInodes: groups * groupInodes - usedInodes,
      groupInodes,
      time: Math.min(this.#time, 0xffff_ffff),
      uuid: uuidOf(inodes),
      label: this.#options.label,
    });
    writeAll(this.#file, superblock, 1024);
  }
}

function folderEntries(item: Item): { name: Uint8Array; inode: number; kind: number }[] {
  const { entry } = KINDS.folder;
  return [
    { name: Buffer.from('.'), inode: item.inode, kind: entry },
    { name: Buffer.from('..'), inode: (item.parent ?? item).inode, kind: entry },
    ...item.entries.map(({ name, item: { inode, node } }) => ({ name, inode, kind: KINDS[node.kind].entry })),
  ];
}

/** Small numbers in the old way, larger ones in the new. */
function putDevice(body: Uint8Array, major: number, minor: number): void {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  if (major < 256 && minor < 256) view.setUint32(0, (major << 8) | minor, true);
  else view.setUint32(4, (minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12), true);
}

/** A block whose first bits are set, and those after the last that counts. */
function bitmap(taken: number, count: number): Buffer {
  const bytes = Buffer.alloc(BLOCK_BYTES);
  const set = (from: number, to: number): void => {
    for (let bit = from; bit < to; bit++) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (1 << (bit & 7));
  };
  set(0, taken);
  set(count, GROUP_BLOCKS);
  return bytes;
}

/** Drawn from the contents (RFC 9562, version 8), so that the same files give the same image. */
function uuidOf(inodes: Buffer): Uint8Array {
  const uuid = createHash('sha256').update(inodes).digest().subarray(0, 16);
  uuid[6] = ((uuid[6] ?? 0) & 0x0f) | 0x80;
  uuid[8] = ((uuid[8] ?? 0) & 0x3f) | 0x80;
  return uuid;
}

function blocksOf(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES);
}

/** Blocks of the extent tree of a file of so many blocks. */
function treeBlocks(blocks: number): number {
  const extents = Math.ceil(blocks / EXTENT_BLOCKS);
  return extents <= INLINE_EXTENTS ? 0 : Math.ceil(extents / BLOCK_EXTENTS);
}

function clamp(value: number, max: number): number {
  return Math.max(0, Math.min(value, max));
}

function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at, bytes.length - at, position + at);
}
