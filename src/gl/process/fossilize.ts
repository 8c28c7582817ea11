/**
 * Fossilize's databases, version 6, as Mesa keeps compiled shaders in them (`MESA_DISK_CACHE_SINGLE_FILE`): a file of records,
 * and one that says where each lies.
 *
 *     both:   magic 16, then one after another
 *     record: key, 40 hexadecimal digits · u32 size of the payload · u32 format · u32 CRC · u32 · payload
 *     entry:  key, 40 hexadecimal digits · u32 8 · u32 format · u32 0 · u32 8 · u64 where the record is, after its key
 *
 * What is read here may be anybody's: nothing is believed.
 */

/** How both files begin. */
export const FOZ_MAGIC: Uint8Array = Buffer.from('\u0081FOSSILIZEDB\0\0\0\u0006', 'latin1');
const KEY_BYTES = 40;
const HEADER_BYTES = 16;
/** Of an entry. */
export const ENTRY_BYTES = 64;
/** What comes before a payload. */
export const RECORD_HEAD_BYTES: number = KEY_BYTES + HEADER_BYTES;
/** Whole records that are longer are taken for nonsense; the largest of llvmpipe are a fiftieth of that. */
export const MAX_RECORD_BYTES: number = 8 << 20;
const FORMAT_PLAIN = 1;

/** What an entry says. */
export interface FozEntry {
  readonly key: string;
  /** Where the record begins. */
  readonly offset: number;
}

/** The entry at an offset; null when there is none that makes sense. */
export function readEntry(bytes: Buffer, at: number): FozEntry | null {
  if (at + ENTRY_BYTES > bytes.length) return null;
  const key = readKey(bytes, at);
  const offset = bytes.readBigUInt64LE(at + RECORD_HEAD_BYTES);
  const isWhole = bytes.readUInt32LE(at + KEY_BYTES) === 8 && offset <= BigInt(Number.MAX_SAFE_INTEGER);
  return key === null || !isWhole || offset < FOZ_MAGIC.length + KEY_BYTES
    ? null
    : { key, offset: Number(offset) - KEY_BYTES };
}

/** Writes the entry of a record that begins at `offset`. */
export function writeEntry(into: Buffer, at: number, { key, offset }: FozEntry): void {
  into.write(key, at, 'latin1');
  into.writeUInt32LE(8, at + KEY_BYTES);
  into.writeUInt32LE(FORMAT_PLAIN, at + KEY_BYTES + 4);
  into.writeUInt32LE(0, at + KEY_BYTES + 8);
  into.writeUInt32LE(8, at + KEY_BYTES + 12);
  into.writeBigUInt64LE(BigInt(offset + KEY_BYTES), at + RECORD_HEAD_BYTES);
}

/** The key and the whole size of the record whose head is at an offset; null when there is none that makes sense. */
export function readRecordHead(bytes: Buffer, at: number): { readonly key: string; readonly sizeBytes: number } | null {
  if (at + RECORD_HEAD_BYTES > bytes.length) return null;
  const key = readKey(bytes, at);
  const sizeBytes = RECORD_HEAD_BYTES + bytes.readUInt32LE(at + KEY_BYTES);
  return key === null || sizeBytes > MAX_RECORD_BYTES ? null : { key, sizeBytes };
}

function readKey(bytes: Buffer, at: number): string | null {
  const key = bytes.toString('latin1', at, at + KEY_BYTES);
  return /^[0-9a-f]{40}$/.test(key) ? key : null;
}
