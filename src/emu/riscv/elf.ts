/** Reading what the harts' tests need of an ELF file (System V ABI, 64 bits, little-endian): loadable segments and symbols. */

/** A file, taken apart. */
export interface ElfFile {
  readonly entry: bigint;
  readonly segments: readonly { readonly address: bigint; readonly data: Uint8Array; readonly memoryBytes: number }[];
  readonly symbols: ReadonlyMap<string, bigint>;
}

const SYMBOL_TABLE = 2;
const LOADABLE = 1;

/** Parses a file. Throws RangeError when it is cut short, Error when it is no such file. */
export function readElf(bytes: Uint8Array): ElfFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== 0x7f454c46 || bytes[4] !== 2) throw new Error('This is no 64-bit ELF file.');
  const number64 = (at: number): number => Number(view.getBigUint64(at, true));
  const segments = Array.from({ length: view.getUint16(0x38, true) }, (_, i) => number64(0x20) + i * 0x38)
    .filter((at) => view.getUint32(at, true) === LOADABLE)
    .map((at) => ({
      address: view.getBigUint64(at + 0x18, true),
      data: bytes.subarray(number64(at + 8), number64(at + 8) + number64(at + 0x20)),
      memoryBytes: number64(at + 0x28),
    }));
  const symbols = new Map<string, bigint>();
  const sections = Array.from({ length: view.getUint16(0x3c, true) }, (_, i) => number64(0x28) + i * 0x40);
  for (const at of sections.filter((at) => view.getUint32(at + 4, true) === SYMBOL_TABLE)) {
    const names = number64((sections[view.getUint32(at + 0x28, true)] ?? 0) + 0x18);
    for (let i = 0; i < number64(at + 0x20) / 24; i++) {
      const symbol = number64(at + 0x18) + i * 24;
      const from = names + view.getUint32(symbol, true);
      symbols.set(
        String.fromCharCode(...bytes.subarray(from, bytes.indexOf(0, from))),
        view.getBigUint64(symbol + 8, true),
      );
    }
  }
  return { entry: view.getBigUint64(0x18, true), segments, symbols };
}
