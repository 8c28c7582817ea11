/** Makes kernel modules for tests. */

/** A 64-bit object with the sections NULL, `.modinfo` (these bytes) and the section names. */
export function makeKernelModule(info: string): Buffer {
  const names = Buffer.from('\0.modinfo\0.shstrtab\0');
  const text = Buffer.from(info);
  const textAt = 64;
  const namesAt = textAt + text.length;
  const sectionsAt = namesAt + names.length;
  const bytes = Buffer.alloc(sectionsAt + 3 * 64);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes.writeBigUInt64LE(BigInt(sectionsAt), 40);
  bytes.writeUInt16LE(64, 58);
  bytes.writeUInt16LE(3, 60);
  bytes.writeUInt16LE(2, 62);
  const section = (index: number, name: number, at: number, size: number): void => {
    const header = sectionsAt + index * 64;
    bytes.writeUInt32LE(name, header);
    bytes.writeUInt32LE(1, header + 4);
    bytes.writeBigUInt64LE(BigInt(at), header + 24);
    bytes.writeBigUInt64LE(BigInt(size), header + 32);
  };
  section(1, 1, textAt, text.length);
  section(2, 10, namesAt, names.length);
  bytes.set(text, textAt);
  bytes.set(names, namesAt);
  return bytes;
}
