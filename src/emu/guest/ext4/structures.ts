/**
 * The structures of an ext4 file system on disk: Documentation/filesystems/ext4 of the Linux kernel. Little-endian. Without
 * a journal and without checksums of metadata, as a disk wants to be that is thrown away after each run.
 */

/** Bytes of a block. */
export const BLOCK_BYTES = 4096;
/** Blocks of a group: as many as a bitmap of one block has bits. */
export const GROUP_BLOCKS = BLOCK_BYTES * 8;
/** Bytes of an inode. */
export const INODE_BYTES = 256;
/** Bytes of a group's descriptor. */
export const DESCRIPTOR_BYTES = 32;
/** Number of the root folder's inode. */
export const ROOT_INODE = 2;
/** First inode that is not for the file system's own use: that of lost+found. */
export const FIRST_INODE = 11;
/** Links of a folder from which on they are not counted any more. */
export const MAX_LINKS = 65000;
/** A symbolic link's target that is shorter stands in the inode itself. */
export const FAST_LINK_BYTES = 60;

const EXTRA_INODE_BYTES = 32;
const EXTENT_MAGIC = 0xf30a;
const EXTENT_BYTES = 12;
/** Extents in an inode. */
export const INLINE_EXTENTS = 4;
/** Extents in a block of the tree. */
export const BLOCK_EXTENTS = (BLOCK_BYTES - EXTENT_BYTES) / EXTENT_BYTES;
/** Blocks that one extent may span. */
export const EXTENT_BLOCKS = 32768;
/** `i_flags`: the blocks are found by extents. */
const EXTENTS_FLAG = 0x80000;

const COMPAT_EXT_ATTR = 0x8;
const COMPAT_DIR_INDEX = 0x20;
/** Copies of the superblock stand where the superblock says: here nowhere. */
const COMPAT_SPARSE_SUPER2 = 0x200;
const INCOMPAT_FILETYPE = 0x2;
const INCOMPAT_EXTENTS = 0x40;
/** Bitmaps and inode tables need not lie in their own group: here all are at the front. */
const INCOMPAT_FLEX_BG = 0x200;
const RO_SPARSE_SUPER = 0x1;
const RO_LARGE_FILE = 0x2;
const RO_HUGE_FILE = 0x8;
const RO_DIR_NLINK = 0x20;
const RO_EXTRA_ISIZE = 0x40;

/** What the superblock says. */
export interface Superblock {
  readonly inodes: number;
  readonly blocks: number;
  readonly freeBlocks: number;
  readonly freeInodes: number;
  readonly groupInodes: number;
  /** Seconds since 1970. */
  readonly time: number;
  /** 16 bytes. */
  readonly uuid: Uint8Array;
  /** At most 16 bytes. */
  readonly label: string;
}

/** The superblock, 1024 bytes. */
export function printSuperblock(it: Superblock): Buffer {
  const bytes = Buffer.alloc(1024);
  bytes.writeUInt32LE(it.inodes, 0x0);
  bytes.writeUInt32LE(it.blocks, 0x4);
  bytes.writeUInt32LE(it.freeBlocks, 0xc);
  bytes.writeUInt32LE(it.freeInodes, 0x10);
  bytes.writeUInt32LE(2, 0x18); // log2 of the block size in KiB, and of the cluster's
  bytes.writeUInt32LE(2, 0x1c);
  bytes.writeUInt32LE(GROUP_BLOCKS, 0x20);
  bytes.writeUInt32LE(GROUP_BLOCKS, 0x24);
  bytes.writeUInt32LE(it.groupInodes, 0x28);
  bytes.writeUInt32LE(it.time, 0x30);
  bytes.writeUInt16LE(0xffff, 0x36); // no check after so many mounts
  bytes.writeUInt16LE(0xef53, 0x38);
  bytes.writeUInt16LE(1, 0x3a); // cleanly unmounted
  bytes.writeUInt16LE(1, 0x3c); // go on after an error
  bytes.writeUInt32LE(it.time, 0x40);
  bytes.writeUInt32LE(1, 0x4c); // with inodes of other sizes than 128
  bytes.writeUInt32LE(FIRST_INODE, 0x54);
  bytes.writeUInt16LE(INODE_BYTES, 0x58);
  bytes.writeUInt32LE(COMPAT_EXT_ATTR | COMPAT_DIR_INDEX | COMPAT_SPARSE_SUPER2, 0x5c);
  bytes.writeUInt32LE(INCOMPAT_FILETYPE | INCOMPAT_EXTENTS | INCOMPAT_FLEX_BG, 0x60);
  bytes.writeUInt32LE(RO_SPARSE_SUPER | RO_LARGE_FILE | RO_HUGE_FILE | RO_DIR_NLINK | RO_EXTRA_ISIZE, 0x64);
  bytes.set(it.uuid.subarray(0, 16), 0x68);
  bytes.write(it.label, 0x78, 16, 'latin1');
  bytes.set(it.uuid.subarray(0, 16), 0xec); // seed of the hash that folders are sorted by
  bytes[0xfc] = 1; // that hash: half MD4
  bytes.writeUInt32LE(0xc, 0x100); // mount with user attributes and access lists
  bytes.writeUInt32LE(it.time, 0x108);
  bytes.writeUInt16LE(EXTRA_INODE_BYTES, 0x15c);
  bytes.writeUInt16LE(EXTRA_INODE_BYTES, 0x15e);
  bytes.writeUInt32LE(1, 0x160); // the hash takes letters as signed
  bytes[0x174] = 4; // log2 of the groups whose metadata belong together
  return bytes;
}

/** Where a group's metadata are, and what is free in it. */
export interface GroupDescriptor {
  readonly blockBitmap: number;
  readonly inodeBitmap: number;
  readonly inodeTable: number;
  readonly freeBlocks: number;
  readonly freeInodes: number;
  readonly folders: number;
}

/** Writes a descriptor there. */
export function printDescriptor(bytes: Buffer, at: number, it: GroupDescriptor): void {
  bytes.writeUInt32LE(it.blockBitmap, at);
  bytes.writeUInt32LE(it.inodeBitmap, at + 4);
  bytes.writeUInt32LE(it.inodeTable, at + 8);
  bytes.writeUInt16LE(it.freeBlocks, at + 12);
  bytes.writeUInt16LE(it.freeInodes, at + 14);
  bytes.writeUInt16LE(it.folders, at + 16);
}

/** What an inode says. */
export interface Inode {
  /** Kind of file and permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly bytes: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly links: number;
  /** Blocks that it takes, those of the extent tree too. */
  readonly blocks: number;
  /** 60 bytes: extents, a short link's target, or a device. */
  readonly body: Uint8Array;
  readonly hasExtents: boolean;
}

/** The inode, 256 bytes. */
export function printInode(it: Inode): Buffer {
  const bytes = Buffer.alloc(INODE_BYTES);
  bytes.writeUInt16LE(it.mode, 0x0);
  bytes.writeUInt16LE(it.uid & 0xffff, 0x2);
  bytes.writeUInt32LE(it.bytes >>> 0, 0x4);
  for (const at of [0x8, 0xc, 0x10]) bytes.writeUInt32LE(it.time >>> 0, at);
  bytes.writeUInt16LE(it.gid & 0xffff, 0x18);
  bytes.writeUInt16LE(it.links < MAX_LINKS ? it.links : 1, 0x1a);
  const sectors = it.blocks * (BLOCK_BYTES / 512);
  bytes.writeUInt32LE(sectors >>> 0, 0x1c);
  bytes.writeUInt32LE(it.hasExtents ? EXTENTS_FLAG : 0, 0x20);
  bytes.set(it.body, 0x28);
  bytes.writeUInt32LE(Math.floor(it.bytes / 2 ** 32), 0x6c);
  bytes.writeUInt16LE(Math.floor(sectors / 2 ** 32), 0x74);
  bytes.writeUInt16LE(it.uid >>> 16, 0x78);
  bytes.writeUInt16LE(it.gid >>> 16, 0x7a);
  bytes.writeUInt16LE(EXTRA_INODE_BYTES, 0x80);
  // Two bits of each time's other half go on where 32 bits end; the last time is that of creation.
  const epoch = Math.floor(it.time / 2 ** 32) & 3;
  for (const at of [0x84, 0x88, 0x8c, 0x94]) bytes.writeUInt32LE(epoch, at);
  bytes.writeUInt32LE(it.time >>> 0, 0x90);
  return bytes;
}

/** A run of blocks of a file. */
export interface Extent {
  /** First block within the file. */
  readonly logical: number;
  /** First block on the disk. */
  readonly physical: number;
  readonly blocks: number;
}

/** A node of the extent tree: extents (`depth` 0), or other nodes, of which only where each begins is looked at. */
export function printExtents(bytes: Uint8Array, depth: number, extents: readonly Extent[]): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint16(0, EXTENT_MAGIC, true);
  view.setUint16(2, extents.length, true);
  view.setUint16(4, Math.floor((bytes.length - EXTENT_BYTES) / EXTENT_BYTES), true);
  view.setUint16(6, depth, true);
  for (const [index, { logical, physical, blocks }] of extents.entries()) {
    const at = EXTENT_BYTES * (index + 1);
    view.setUint32(at, logical, true);
    if (depth === 0) {
      view.setUint16(at + 4, blocks, true);
      view.setUint32(at + 8, physical, true);
    } else {
      view.setUint32(at + 4, physical, true);
    }
  }
}

/** Kinds of files in an inode's mode, and in a folder's entry. */
export const KINDS = {
  fifo: { mode: 0o010000, entry: 5 },
  character: { mode: 0o020000, entry: 3 },
  folder: { mode: 0o040000, entry: 2 },
  block: { mode: 0o060000, entry: 4 },
  file: { mode: 0o100000, entry: 1 },
  link: { mode: 0o120000, entry: 7 },
} as const;

/** A name in a folder. */
export interface FolderEntry {
  readonly name: Uint8Array;
  readonly inode: number;
  /** `KINDS[…].entry`. */
  readonly kind: number;
}

/** A folder's blocks: inode 4, length of entry 2, length of name 1, kind 1, name; the last entry of a block fills it. */
export function printFolder(entries: readonly FolderEntry[]): Buffer {
  const blocks: Buffer[] = [];
  let block = Buffer.alloc(0);
  let at = BLOCK_BYTES;
  let last = 0;
  for (const { name, inode, kind } of entries) {
    const length = (8 + name.length + 3) & ~3;
    if (at + length > BLOCK_BYTES) {
      if (block.length > 0) block.writeUInt16LE(BLOCK_BYTES - last, last + 4);
      block = Buffer.alloc(BLOCK_BYTES);
      blocks.push(block);
      at = 0;
    }
    block.writeUInt32LE(inode, at);
    block.writeUInt16LE(length, at + 4);
    block[at + 6] = name.length;
    block[at + 7] = kind;
    block.set(name, at + 8);
    last = at;
    at += length;
  }
  if (block.length > 0) block.writeUInt16LE(BLOCK_BYTES - last, last + 4);
  return Buffer.concat(blocks);
}
