/**
 * Reads archives of tar(1) as they come in: POSIX.1-1988 (ustar), POSIX.1-2001 (pax) and the long names of GNU tar. Every
 * header is checked by its sum; names are relative to the root, and one that leaves it is refused.
 *
 *     name 100, mode 8, uid 8, gid 8, bytes 12, time 12, sum 8, type 1, target 100, "ustar" 8, user 32, group 32,
 *     major 8, minor 8, prefix 155, padding to 512; then the contents, padded to 512; two blocks of zeros at the end
 */
import { HostError } from '../../../base/errors.ts';

/** What a header says. */
export interface TarEntry {
  readonly kind: 'file' | 'hard-link' | 'link' | 'character' | 'block' | 'folder' | 'fifo';
  /** Without a slash at either end; empty for the root itself. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of contents that follow. */
  readonly bytes: number;
  /** Seconds since 1970. */
  readonly time: number;
  /** Of a link as it is written there; of a hard link the path of the other name. */
  readonly target: string;
  readonly major: number;
  readonly minor: number;
}

const KINDS: Readonly<Record<string, TarEntry['kind']>> = {
  '\0': 'file',
  '0': 'file',
  '1': 'hard-link',
  '2': 'link',
  '3': 'character',
  '4': 'block',
  '5': 'folder',
  '6': 'fifo',
  '7': 'file',
};
const BLOCK = 512;
const MAX_EXTRA_BYTES = 1 << 20;
const MAX_PATH_BYTES = 4096;

/** Takes the pieces of an archive; tells of each entry and of its contents as soon as they are there. */
export class TarReader {
  readonly #onEntry: (entry: TarEntry) => ((piece: Uint8Array) => void) | null;
  readonly #header = new Uint8Array(BLOCK);
  #headerBytes = 0;
  /** Contents that are still to come, and the padding after them. */
  #bytesLeft = 0;
  #paddingLeft = 0;
  #sink: ((piece: Uint8Array) => void) | null = null;
  /** Called when the contents of an extra header are whole. */
  #onWhole: (() => void) | null = null;
  #global = new Map<string, string>();
  #extra = new Map<string, string>();
  #hasEnded = false;

  /** `onEntry` returns what shall get the contents, in pieces that are only good during the call; null: nobody. */
  constructor(onEntry: (entry: TarEntry) => ((piece: Uint8Array) => void) | null) {
    this.#onEntry = onEntry;
  }

  /** Takes the next piece. Throws HostError `bad-package`. */
  push(piece: Uint8Array): void {
    for (let at = 0; at < piece.length && !this.#hasEnded;) {
      if (this.#bytesLeft > 0) {
        const taken = piece.subarray(at, at + this.#bytesLeft);
        this.#sink?.(taken);
        at += taken.length;
        this.#bytesLeft -= taken.length;
        if (this.#bytesLeft === 0) this.#finish();
      } else if (this.#paddingLeft > 0) {
        const skipped = Math.min(this.#paddingLeft, piece.length - at);
        at += skipped;
        this.#paddingLeft -= skipped;
      } else {
        const taken = piece.subarray(at, at + BLOCK - this.#headerBytes);
        this.#header.set(taken, this.#headerBytes);
        at += taken.length;
        this.#headerBytes += taken.length;
        if (this.#headerBytes === BLOCK) {
          this.#headerBytes = 0;
          this.#read();
        }
      }
    }
  }

  /** To be called after the last piece. Throws HostError `bad-package` when something is missing. */
  end(): void {
    if (!this.#hasEnded && (this.#bytesLeft > 0 || this.#headerBytes > 0 || this.#onWhole !== null))
      throw bad('it ends too early');
  }

  #finish(): void {
    this.#sink = null;
    const onWhole = this.#onWhole;
    this.#onWhole = null;
    onWhole?.();
  }

  #read(): void {
    const header = new HeaderBlock(this.#header);
    if (header.isEmpty()) {
      this.#hasEnded = true;
      return;
    }
    header.checkSum();
    const type = header.text(156, 1) || '\0';
    if (type === 'x' || type === 'g' || type === 'L' || type === 'K') return this.#takeExtra(type, header);
    const kind = KINDS[type];
    if (kind === undefined) throw bad(`it holds an entry of the unknown type "${type}"`);
    const entry = this.#entry(kind, header);
    this.#extra = new Map();
    const isFile = kind === 'file';
    this.#follow(entry.bytes);
    const sink = this.#onEntry(isFile ? entry : { ...entry, bytes: 0 });
    this.#sink = isFile ? sink : null;
    if (entry.bytes === 0) this.#finish();
  }

  #follow(bytes: number): void {
    this.#bytesLeft = bytes;
    this.#paddingLeft = (BLOCK - (bytes % BLOCK)) % BLOCK;
  }

  /** A header about the next entry (of pax: `length key=value\n`; of GNU: a long name), or about all that follow. */
  #takeExtra(type: 'x' | 'g' | 'L' | 'K', header: HeaderBlock): void {
    const bytes = header.number(124, 12);
    if (bytes > MAX_EXTRA_BYTES) throw bad('a header of it is too long');
    const pieces: Uint8Array[] = [];
    this.#follow(bytes);
    this.#sink = (piece) => void pieces.push(piece.slice());
    this.#onWhole = () => {
      const data = Buffer.concat(pieces);
      if (type === 'L' || type === 'K') this.#extra.set(type === 'L' ? 'path' : 'linkpath', cutAtNul(data));
      else for (const [key, value] of readPax(data)) (type === 'g' ? this.#global : this.#extra).set(key, value);
    };
    if (bytes === 0) this.#finish();
  }

  #entry(kind: TarEntry['kind'], header: HeaderBlock): TarEntry {
    const extra = (key: string): string | undefined => this.#extra.get(key) ?? this.#global.get(key);
    const number = (key: string, at: number, size: number): number => {
      const text = extra(key);
      return text === undefined ? header.number(at, size) : Math.floor(Number(text));
    };
    if (extra('GNU.sparse.major') !== undefined || extra('GNU.sparse.map') !== undefined)
      throw bad('it holds a file with holes');
    const prefix = header.text(257, 6) === 'ustar' ? header.text(345, 155) : '';
    const name = header.text(0, 100);
    const target = extra('linkpath') ?? header.text(157, 100);
    const bytes = number('size', 124, 12);
    if (!Number.isSafeInteger(bytes) || bytes < 0) throw bad('an entry has no right size');
    const hasDevice = kind === 'character' || kind === 'block';
    return {
      kind,
      path: cleanPath(extra('path') ?? (prefix === '' ? name : `${prefix}/${name}`)),
      mode: header.number(100, 8) & 0o7777,
      uid: number('uid', 108, 8) >>> 0,
      gid: number('gid', 116, 8) >>> 0,
      bytes,
      time: Math.max(0, number('mtime', 136, 12) || 0),
      target: kind === 'hard-link' ? cleanPath(target) : checkLength(target),
      major: hasDevice ? header.number(329, 8) : 0,
      minor: hasDevice ? header.number(337, 8) : 0,
    };
  }
}

class HeaderBlock {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  isEmpty(): boolean {
    return this.#bytes.every((byte) => byte === 0);
  }

  /** The sum of all bytes, those of the sum itself counted as blanks. */
  checkSum(): void {
    let sum = 0;
    for (const [at, byte] of this.#bytes.entries()) sum += at >= 148 && at < 156 ? 0x20 : byte;
    if (sum !== this.number(148, 8)) throw bad('a header of it is damaged');
  }

  text(at: number, size: number): string {
    return cutAtNul(Buffer.from(this.#bytes.subarray(at, at + size)));
  }

  /** Octal digits; or, with the highest bit set, a number of base 256. */
  number(at: number, size: number): number {
    const first = this.#bytes[at] ?? 0;
    if ((first & 0x80) !== 0) {
      let value = first & 0x7f;
      for (let index = at + 1; index < at + size; index++) value = value * 256 + (this.#bytes[index] ?? 0);
      if (first === 0xff || !Number.isSafeInteger(value)) throw bad('a number in it is too large');
      return value;
    }
    const text = this.text(at, size).trim();
    if (!/^[0-7]*$/.test(text)) throw bad('a number in it is none');
    return text === '' ? 0 : Number.parseInt(text, 8);
  }
}

function readPax(data: Buffer): readonly (readonly [key: string, value: string])[] {
  const records: (readonly [string, string])[] = [];
  for (let at = 0; at < data.length;) {
    const blank = data.indexOf(0x20, at);
    const length = Number(data.toString('latin1', at, blank < 0 ? at : Math.min(blank, at + 8)));
    const end = at + length;
    const record = data.toString('utf8', blank + 1, end - 1);
    const equals = record.indexOf('=');
    if (!(Number.isSafeInteger(length) && length > 0) || end > data.length || data[end - 1] !== 0x0a || equals < 1)
      throw bad('a header of it is damaged');
    records.push([record.slice(0, equals), record.slice(equals + 1)]);
    at = end;
  }
  return records;
}

function cutAtNul(bytes: Buffer): string {
  const nul = bytes.indexOf(0);
  return bytes.toString('utf8', 0, nul < 0 ? bytes.length : nul);
}

function cleanPath(path: string): string {
  const parts = checkLength(path)
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw bad(`it holds the name "${path.slice(0, 60)}", which leaves it`);
  return parts.join('/');
}

function checkLength(text: string): string {
  if (Buffer.byteLength(text) > MAX_PATH_BYTES || text.includes('\0')) throw bad('it holds a name that is too long');
  return text;
}

function bad(what: string): HostError {
  return new HostError('bad-package', `A package cannot be read: its archive of tar is wrong, ${what}.`);
}
