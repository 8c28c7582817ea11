/** Writes the archive format of Linux's initramfs: cpio "new ASCII" (kernel documentation, initramfs buffer format). */
import { Buffer } from 'node:buffer';

/** One member; paths have no leading slash, a folder comes before what is in it. */
export type ArchiveEntry =
  | { readonly path: string; readonly kind: 'folder' }
  | { readonly path: string; readonly kind: 'file'; readonly mode: number; readonly data: Uint8Array }
  | { readonly path: string; readonly kind: 'device'; readonly major: number; readonly minor: number };

const TRAILER: ArchiveEntry = { path: 'TRAILER!!!', kind: 'file', mode: 0, data: new Uint8Array(0) };

/** The whole archive; everything belongs to root and was made at the epoch, so equal contents give equal bytes. */
export function newcArchive(entries: readonly ArchiveEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let inode = 0;
  for (const entry of [...entries, TRAILER]) parts.push(...member(entry, ++inode));
  return Buffer.concat(parts);
}

function member(entry: ArchiveEntry, inode: number): Uint8Array[] {
  const name = Buffer.from(`${entry.path}\0`);
  const data = entry.kind === 'file' ? entry.data : new Uint8Array(0);
  const device = entry.kind === 'device' ? [entry.major, entry.minor] : [0, 0];
  const fields = [inode, modeOf(entry), 0, 0, 1, 0, data.byteLength, 0, 0, ...device, name.byteLength, 0];
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  return [header, name, padding(header.byteLength + name.byteLength), data, padding(data.byteLength)];
}

function modeOf(entry: ArchiveEntry): number {
  if (entry.kind === 'folder') return 0o040755;
  if (entry.kind === 'device') return 0o020600;
  return 0o100000 | entry.mode;
}

function padding(length: number): Uint8Array {
  return new Uint8Array(-length & 3);
}
