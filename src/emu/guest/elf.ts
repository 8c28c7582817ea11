/**
 * Reads what a dynamic loader needs to know of an ELF file (System V gABI, "Object Files" and "Dynamic Linking"), and the
 * description that a Linux kernel module carries in its section `.modinfo`. Little-endian files of 32 and 64 bits. Every
 * offset and count is checked against the file before use; text that does not end inside its table is refused.
 */
import { HostError } from '../../base/errors.ts';

/** What an executable or shared object asks of the loader. */
export interface ElfDynamics {
  /** Path of the program interpreter, or null. */
  readonly interpreter: string | null;
  /** DT_NEEDED, in order. */
  readonly needed: readonly string[];
  /** DT_RUNPATH, else DT_RPATH: folders, `$ORIGIN` not replaced. */
  readonly runPaths: readonly string[];
}

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_STRSZ = 10;
const DT_RPATH = 15;
const DT_RUNPATH = 29;
const SHT_NOBITS = 8;
const MAX_ENTRIES = 65536;

/** Whether the bytes begin as an ELF file does. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/** Reads interpreter, needed libraries and search paths; `name` is for the message. Throws HostError `bad-elf`. */
export function readElfDynamics(bytes: Uint8Array, name: string): ElfDynamics {
  const file = new ElfFile(bytes, name);
  const segments = file.segments();
  const interp = segments.find((segment) => segment.type === PT_INTERP);
  const dynamic = segments.find((segment) => segment.type === PT_DYNAMIC);
  const interpreter = interp === undefined ? null : file.text(interp.offset, interp.offset + interp.size);
  if (dynamic === undefined) return { interpreter, needed: [], runPaths: [] };

  const tags = file.dynamicTags(dynamic.offset, dynamic.size);
  const strings = tags.find(({ tag }) => tag === DT_STRTAB);
  if (strings === undefined) return { interpreter, needed: [], runPaths: [] };
  const start = fileOffset(file, segments, strings.value);
  const size = tags.find(({ tag }) => tag === DT_STRSZ)?.value ?? 0;
  file.need(start, size, 'string table');
  const textAt = (value: number): string => {
    if (value >= size) throw file.error('a name lies outside the string table');
    return file.text(start + value, start + size);
  };
  const paths = tags.find(({ tag }) => tag === DT_RUNPATH) ?? tags.find(({ tag }) => tag === DT_RPATH);
  return {
    interpreter,
    needed: tags.filter(({ tag }) => tag === DT_NEEDED).map(({ value }) => textAt(value)),
    runPaths:
      paths === undefined
        ? []
        : textAt(paths.value)
            .split(':')
            .filter((path) => path !== ''),
  };
}

/** Reads the `key=value` pairs of a kernel module, in order. Throws HostError `bad-elf`. */
export function readModuleInfo(bytes: Uint8Array, name: string): readonly (readonly [key: string, value: string])[] {
  const file = new ElfFile(bytes, name);
  const section = file.section('.modinfo');
  if (section === null) throw file.error('it has no section .modinfo');
  return file
    .latin1(section.offset, section.size)
    .split('\0')
    .filter((pair) => pair.includes('='))
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const);
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

function fileOffset(file: ElfFile, segments: readonly Segment[], address: number): number {
  const home = segments.find(
    (segment) => segment.type === PT_LOAD && address >= segment.address && address < segment.address + segment.size,
  );
  if (home === undefined) throw file.error('the string table lies in no segment');
  return home.offset + (address - home.address);
}

class ElfFile {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #name: string;
  readonly #isWide: boolean;

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#name = name;
    if (!isElf(bytes)) throw this.error('it does not begin as one');
    this.need(0, 52, 'header');
    this.#isWide = bytes[4] === 2;
    if (bytes[4] !== 1 && bytes[4] !== 2) throw this.error('its class is unknown');
    if (bytes[5] !== 1) throw this.error('it is not little-endian');
    if (this.#isWide) this.need(0, 64, 'header');
  }

  error(what: string): HostError {
    return new HostError('bad-elf', `${this.#name} is not a usable ELF file: ${what}.`);
  }

  need(offset: number, size: number, what: string): void {
    if (offset < 0 || size < 0 || offset + size > this.#bytes.length)
      throw this.error(`its ${what} lies outside the file`);
  }

  segments(): Segment[] {
    const offset = this.#isWide ? this.#word(32) : this.#u32(28);
    const entry = this.#u16(this.#isWide ? 54 : 42);
    const count = this.#u16(this.#isWide ? 56 : 44);
    if (count > 0 && entry < (this.#isWide ? 56 : 32)) throw this.error('its program headers are too small');
    this.need(offset, entry * count, 'program header table');
    return Array.from({ length: count }, (_, index) => {
      const at = offset + entry * index;
      const segment: Segment = this.#isWide
        ? {
            type: this.#u32(at),
            offset: this.#word(at + 8),
            address: this.#word(at + 16),
            size: this.#word(at + 32),
          }
        : { type: this.#u32(at), offset: this.#u32(at + 4), address: this.#u32(at + 8), size: this.#u32(at + 16) };
      if (segment.type === PT_LOAD || segment.type === PT_DYNAMIC || segment.type === PT_INTERP)
        this.need(segment.offset, segment.size, 'segment');
      return segment;
    });
  }

  dynamicTags(offset: number, size: number): { readonly tag: number; readonly value: number }[] {
    const entry = this.#isWide ? 16 : 8;
    const count = Math.floor(size / entry);
    if (count > MAX_ENTRIES) throw this.error('its dynamic section is too long');
    const tags = [];
    for (let at = offset; at < offset + count * entry; at += entry) {
      const tag = this.#isWide ? this.#tag(at) : this.#u32(at);
      if (tag === 0) break;
      if (tag === DT_NEEDED || tag === DT_STRTAB || tag === DT_STRSZ || tag === DT_RPATH || tag === DT_RUNPATH)
        tags.push({ tag, value: this.#isWide ? this.#word(at + 8) : this.#u32(at + 4) });
    }
    return tags;
  }

  section(wanted: string): { readonly offset: number; readonly size: number } | null {
    const offset = this.#isWide ? this.#word(40) : this.#u32(32);
    const entry = this.#u16(this.#isWide ? 58 : 46);
    const count = this.#u16(this.#isWide ? 60 : 48);
    const namesIndex = this.#u16(this.#isWide ? 62 : 50);
    if (count === 0) return null;
    if (entry < (this.#isWide ? 64 : 40) || namesIndex >= count) throw this.error('its section headers are wrong');
    this.need(offset, entry * count, 'section header table');
    const at = (index: number): { name: number; type: number; offset: number; size: number } => {
      const base = offset + entry * index;
      return {
        name: this.#u32(base),
        type: this.#u32(base + 4),
        offset: this.#isWide ? this.#word(base + 24) : this.#u32(base + 16),
        size: this.#isWide ? this.#word(base + 32) : this.#u32(base + 20),
      };
    };
    const names = at(namesIndex);
    this.need(names.offset, names.size, 'section name table');
    for (let index = 0; index < count; index++) {
      const section = at(index);
      if (section.type === SHT_NOBITS || section.name >= names.size) continue;
      if (this.text(names.offset + section.name, names.offset + names.size) !== wanted) continue;
      this.need(section.offset, section.size, `section ${wanted}`);
      return { offset: section.offset, size: section.size };
    }
    return null;
  }

  /** The text from `start` to its NUL, which must come before `end`. */
  text(start: number, end: number): string {
    this.need(start, end - start, 'text');
    const nul = this.#bytes.indexOf(0, start);
    if (nul < 0 || nul >= end) throw this.error('a text has no end');
    return this.latin1(start, nul - start);
  }

  latin1(offset: number, size: number): string {
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + offset, size).toString('latin1');
  }

  #u16(offset: number): number {
    return this.#view.getUint16(offset, true);
  }

  #u32(offset: number): number {
    return this.#view.getUint32(offset, true);
  }

  /** A 64-bit number that must be an offset, an address or a size: nothing above 2^53 is one. */
  #word(offset: number): number {
    const value = this.#view.getBigUint64(offset, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.error('a number is too large');
    return Number(value);
  }

  /** A 64-bit tag; those above 32 bits are none that we know. */
  #tag(offset: number): number {
    return this.#view.getUint32(offset + 4, true) === 0 ? this.#u32(offset) : -1;
  }
}
