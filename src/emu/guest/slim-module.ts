/**
 * Makes kernel modules smaller by what only debuggers read. The assembler for RISC-V leaves a label for each place it has
 * ever named, 200,000 in ext4's module, and a kernel copies them all when it loads one; the description of types (`.BTF`)
 * makes it read through those of the whole kernel. Labels that no relocation refers to are left out, types are emptied;
 * code, data, relocations and the names of functions stay. Object files of the System V gABI, 64 bits, little-endian.
 */
import { HostError } from '../../base/errors.ts';
import { isElf } from './elf.ts';

const ET_REL = 1;
const SHT_SYMTAB = 2;
const SHT_RELA = 4;
const SHT_NOBITS = 8;
const SHT_REL = 9;
const SHT_GROUP = 17;
const SHT_SYMTAB_SHNDX = 18;
const HEADER_BYTES = 64;
const SECTION_BYTES = 64;
const SYMBOL_BYTES = 24;
const TYPES = /^\.BTF(?:\.|$)/;

/** A section's header, as far as it matters here, and its bytes. */
interface Section {
  readonly at: number;
  readonly type: number;
  readonly link: number;
  readonly info: number;
  readonly align: number;
  readonly offset: number;
  readonly size: number;
  data: Uint8Array;
}

/**
 * The module without labels and types; unchanged when it is no such file. `name` is for the message. Throws HostError
 * `bad-elf` when it contradicts itself.
 */
export function slimModule(bytes: Uint8Array, name: string): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isElf(bytes) || bytes.length < HEADER_BYTES || bytes[4] !== 2 || bytes[5] !== 1) return bytes;
  if (view.getUint16(16, true) !== ET_REL || view.getUint16(58, true) !== SECTION_BYTES) return bytes;
  const bad = (what: string): HostError => new HostError('bad-elf', `${name} is not a usable ELF file: ${what}.`);
  const sections = readSections(view, bytes, bad);
  const tables = sections.filter(({ type }) => type === SHT_SYMTAB);
  const [symbols] = tables;
  const names = symbols === undefined ? undefined : sections[symbols.link];
  const namesOfSections = sections[view.getUint16(62, true)];
  const isUsual =
    tables.length === 1 && names !== namesOfSections && sections.every(({ type }) => type !== SHT_SYMTAB_SHNDX);
  if (symbols === undefined || names === undefined || namesOfSections === undefined || !isUsual) return bytes;

  const table = sections.indexOf(symbols);
  const users = sections.filter(({ type, link }) => (type === SHT_RELA || type === SHT_REL) && link === table);
  const groups = sections.filter(({ type, link }) => type === SHT_GROUP && link === table);
  const count = Math.floor(symbols.size / SYMBOL_BYTES);
  if (symbols.info > count) throw bad('it has fewer symbols than local ones');
  const isUsed = new Uint8Array(count);
  const use = (index: number): void => {
    if (index >= count) throw bad('a symbol is missing');
    isUsed[index] = 1;
  };
  for (const user of users) for (const at of symbolPlaces(user)) use(viewOf(user.data).getUint32(at, true));
  for (const { info } of groups) use(info);

  const kept = keepSymbols(symbols, names, isUsed, bad);
  for (const user of users) {
    user.data = Uint8Array.from(user.data);
    const numbers = viewOf(user.data);
    for (const at of symbolPlaces(user)) numbers.setUint32(at, kept.places[numbers.getUint32(at, true)] ?? 0, true);
  }
  symbols.data = kept.symbols;
  names.data = kept.names;
  for (const section of sections) {
    const nameAt = view.getUint32(section.at, true);
    if (TYPES.test(textAt(namesOfSections.data, nameAt, bad))) section.data = new Uint8Array();
  }
  if (sections.reduce((sum, { data }) => sum + data.length, 0) > bytes.length) throw bad('its sections overlap');
  return writeFile(bytes, sections, (section) => {
    if (section === symbols) return kept.locals;
    return groups.includes(section) ? (kept.places[section.info] ?? 0) : section.info;
  });
}

function readSections(view: DataView, bytes: Uint8Array, bad: (what: string) => HostError): Section[] {
  const word = (at: number): number => {
    const value = view.getBigUint64(at, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw bad('a number is too large');
    return Number(value);
  };
  const start = word(40);
  const count = view.getUint16(60, true);
  if (start + count * SECTION_BYTES > bytes.length) throw bad('its section header table lies outside the file');
  return Array.from({ length: count }, (_, index): Section => {
    const at = start + index * SECTION_BYTES;
    const type = view.getUint32(at + 4, true);
    const [offset, size] = [word(at + 24), word(at + 32)];
    const isInFile = type !== SHT_NOBITS && type !== 0;
    if (isInFile && offset + size > bytes.length) throw bad('a section lies outside the file');
    return {
      at,
      type,
      link: view.getUint32(at + 40, true),
      info: view.getUint32(at + 44, true),
      align: Math.min(Math.max(word(at + 48), 1), 4096),
      offset,
      size,
      data: isInFile ? bytes.subarray(offset, offset + size) : new Uint8Array(),
    };
  });
}

/** Where in relocations the numbers of their symbols are: the upper half of `r_info`. */
function* symbolPlaces({ type, data }: Section): Iterable<number> {
  const entry = type === SHT_RELA ? 24 : 16;
  for (let at = 0; at + entry <= data.length; at += entry) yield at + 12;
}

/** Symbols that stay, their names, how many are local, and where each of the old ones is now. */
function keepSymbols(
  { data, info: firstGlobal }: Section,
  { data: oldNames }: Section,
  isUsed: Uint8Array,
  bad: (what: string) => HostError,
): {
  readonly symbols: Uint8Array;
  readonly names: Uint8Array;
  readonly locals: number;
  readonly places: Uint32Array;
} {
  const view = viewOf(data);
  const symbols: Buffer[] = [];
  const names: Buffer[] = [Buffer.alloc(1)];
  const places = new Uint32Array(isUsed.length);
  let namesBytes = 1;
  let locals = 0;
  for (const [index, used] of isUsed.entries()) {
    const nameAt = view.getUint32(index * SYMBOL_BYTES, true);
    const text = nameAt === 0 ? '' : textAt(oldNames, nameAt, bad);
    const isLabel = text.startsWith('.L') || text.startsWith('$');
    if (isLabel && used === 0 && index < firstGlobal) continue;
    const symbol = Buffer.from(data.subarray(index * SYMBOL_BYTES, (index + 1) * SYMBOL_BYTES));
    symbol.writeUInt32LE(text === '' || isLabel ? 0 : namesBytes, 0);
    if (text !== '' && !isLabel) {
      const name = Buffer.from(`${text}\0`, 'latin1');
      names.push(name);
      namesBytes += name.length;
    }
    places[index] = symbols.length;
    if (index < firstGlobal) locals++;
    symbols.push(symbol);
  }
  return { symbols: Buffer.concat(symbols), names: Buffer.concat(names), locals, places };
}

/** Puts the file together anew: its header, sections in the order they were in, their headers. */
function writeFile(bytes: Uint8Array, sections: readonly Section[], infoOf: (section: Section) => number): Uint8Array {
  const offsets = new Map<Section, number>();
  let end = HEADER_BYTES;
  for (const section of sections.toSorted((a, b) => a.offset - b.offset)) {
    if (section.type === 0) continue;
    end = Math.ceil(end / section.align) * section.align;
    offsets.set(section, end);
    end += section.data.length;
  }
  const headers = Math.ceil(end / 8) * 8;
  const file = Buffer.alloc(headers + sections.length * SECTION_BYTES);
  file.set(bytes.subarray(0, HEADER_BYTES));
  file.writeBigUInt64LE(BigInt(headers), 40);
  for (const [index, section] of sections.entries()) {
    const at = headers + index * SECTION_BYTES;
    file.set(bytes.subarray(section.at, section.at + SECTION_BYTES), at);
    const offset = offsets.get(section);
    if (offset === undefined) continue;
    file.set(section.data, offset);
    file.writeBigUInt64LE(BigInt(offset), at + 24);
    if (section.type !== SHT_NOBITS) file.writeBigUInt64LE(BigInt(section.data.length), at + 32);
    file.writeUInt32LE(infoOf(section), at + 44);
  }
  return file;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function textAt(table: Uint8Array, at: number, bad: (what: string) => HostError): string {
  const end = at < table.length ? table.indexOf(0, at) : -1;
  if (end < 0) throw bad('a name has no end');
  return Buffer.from(table.buffer, table.byteOffset + at, end - at).toString('latin1');
}
