/**
 * Writes archives in the "new ASCII" format of cpio (newc), which the Linux kernel unpacks as an initial RAM disk:
 * Documentation/driver-api/early-userspace/buffer-format.rst.
 *
 *     "070701" ino mode uid gid nlink mtime filesize devmajor devminor rdevmajor rdevminor namesize check
 *     (8 hexadecimal digits each), name NUL, padding to 4, data, padding to 4 … until the entry "TRAILER!!!"
 *
 * Everything belongs to root and carries time 0, so equal contents give equal bytes.
 */
import { assert } from '../../base/assert.ts';

/** One thing in an archive. Names are relative, without a leading slash; a folder comes before what lies in it. */
export type CpioEntry =
  | { readonly kind: 'folder'; readonly name: string; readonly mode?: number }
  | { readonly kind: 'file'; readonly name: string; readonly mode?: number; readonly data: Uint8Array }
  | { readonly kind: 'link'; readonly name: string; readonly target: string };

const MODE_FOLDER = 0o040000;
const MODE_FILE = 0o100000;
const MODE_LINK = 0o120000;
const HEADER_BYTES = 110;
const MAX_FILE_BYTES = 0xffff_ffff;

/** The archive's bytes. */
export function writeCpio(entries: readonly CpioEntry[]): Buffer {
  const parts: Uint8Array[] = [];
  let serial = 1;
  for (const entry of entries) {
    switch (entry.kind) {
      case 'folder':
        append(parts, serial++, entry.name, MODE_FOLDER | (entry.mode ?? 0o755), 2, new Uint8Array());
        break;
      case 'file':
        append(parts, serial++, entry.name, MODE_FILE | (entry.mode ?? 0o644), 1, entry.data);
        break;
      case 'link':
        append(parts, serial++, entry.name, MODE_LINK | 0o777, 1, Buffer.from(entry.target));
        break;
    }
  }
  append(parts, 0, 'TRAILER!!!', 0, 1, new Uint8Array());
  return Buffer.concat(parts);
}

function append(
  parts: Uint8Array[],
  serial: number,
  name: string,
  mode: number,
  links: number,
  data: Uint8Array,
): void {
  const nameBytes = Buffer.from(name);
  assert(name !== '' && !name.startsWith('/') && !nameBytes.includes(0), `"${name}" cannot stand in a cpio archive`);
  assert(data.length <= MAX_FILE_BYTES, `${name} is too large for a cpio archive`);
  const fields = [serial, mode, 0, 0, links, 0, data.length, 0, 0, 0, 0, nameBytes.length + 1, 0];
  const header = `070701${fields.map((field) => field.toString(16).toUpperCase().padStart(8, '0')).join('')}`;
  parts.push(Buffer.from(header), nameBytes, new Uint8Array(1 + padding(HEADER_BYTES + nameBytes.length + 1)));
  parts.push(data, new Uint8Array(padding(data.length)));
}

function padding(length: number): number {
  return (4 - (length % 4)) % 4;
}
