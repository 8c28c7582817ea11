/**
 * Puts a kernel, its initial RAM disk and the device tree into the guest's memory, as Documentation/arch/riscv/boot.rst and
 * boot-image-header.rst of Linux want them:
 *
 *     RAM base + text_offset   kernel (Image: as large as its header says, with what it needs after the file)
 *     after it, at 2 MiB       initial RAM disk
 *     end of the lowest 4 GiB or of RAM, less   device tree
 *
 * An ELF kernel goes where its segments say (vmlinux of a kernel linked at physical addresses, or a bare program).
 */
import { HostError } from '../../../base/errors.ts';
import { RAM_BASE } from './memory-map.ts';

/** What is to be started. */
export interface BootFiles {
  /** Bytes of the kernel and what to call it in messages: its path. */
  readonly kernel: Uint8Array;
  readonly kernelName: string;
  readonly initrd: Uint8Array | null;
  readonly initrdName: string;
}

/** Where everything came to lie: guest addresses. */
export interface BootPlan {
  readonly entry: number;
  readonly initrd: { readonly start: number; readonly end: number } | null;
  readonly deviceTree: number;
  readonly pieces: readonly BootPiece[];
}

/** Bytes for an address; `zeroBytes` more of zeros follow. */
interface BootPiece {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly zeroBytes: number;
}

const MIB = 2 ** 20;
/** Room that is kept for the device tree, more than any of ours takes. */
const DEVICE_TREE_BYTES = 64 * 1024;
const KERNEL_ALIGNMENT = 2 * MIB;
const IMAGE_HEADER_BYTES = 64;
/** "RISCV\0\0\0" at 48 (deprecated) and "RSC\x05" at 56. */
const IMAGE_MAGIC = 0x0543_5352;
const ELF_MAGIC = 0x464c_457f;
const EM_RISCV = 243;
const PT_LOAD = 1;
const MACHINES: ReadonlyMap<number, string> = new Map([
  [3, '32-bit x86'],
  [40, 'ARM'],
  [62, 'x86-64'],
  [183, '64-bit ARM'],
  [258, 'LoongArch'],
]);

/** Finds a place for everything. Throws HostError (`kernel`, `memory`): one sentence for the user. */
export function planBoot(files: BootFiles, memoryBytes: number): BootPlan {
  const kernel = readKernel(files.kernel, files.kernelName);
  const ramEnd = RAM_BASE + memoryBytes;
  for (const { address, bytes, zeroBytes } of kernel.pieces) {
    if (address < RAM_BASE) {
      throw new HostError(
        'kernel',
        `The kernel ${files.kernelName} wants to lie at 0x${address.toString(16)}, where this machine has no memory: its begins at 0x${RAM_BASE.toString(16)}.`,
      );
    }
    if (address + bytes.length + zeroBytes > ramEnd) throw tooSmall(memoryBytes, files.kernelName);
  }
  const kernelEnd = Math.max(
    ...kernel.pieces.map(({ address, bytes, zeroBytes }) => address + bytes.length + zeroBytes),
  );
  // Firmware keeps the tree below 4 GiB and page-aligned; the kernel copies it early.
  const deviceTree = Math.floor((Math.min(ramEnd, 0x1_0000_0000) - DEVICE_TREE_BYTES) / (2 * MIB)) * 2 * MIB;
  if (deviceTree < kernelEnd) throw tooSmall(memoryBytes, files.kernelName);
  const { initrd } = files;
  if (initrd === null) return { entry: kernel.entry, initrd: null, deviceTree, pieces: kernel.pieces };
  const start = Math.ceil(kernelEnd / (2 * MIB)) * 2 * MIB;
  const end = start + initrd.length;
  if (end > deviceTree) throw tooSmall(memoryBytes, files.initrdName);
  return {
    entry: kernel.entry,
    initrd: { start, end },
    deviceTree,
    pieces: [...kernel.pieces, { address: start, bytes: initrd, zeroBytes: 0 }],
  };
}

/** Copies a plan, and the device tree that was made for it, into memory whose first byte is the first of RAM. */
export function loadBoot(plan: BootPlan, deviceTree: Uint8Array, ram: Uint8Array): void {
  if (deviceTree.length > DEVICE_TREE_BYTES) {
    throw new HostError(
      'device-tree',
      'The device tree is too large: the kernel command line or the list of devices is.',
    );
  }
  for (const { address, bytes, zeroBytes } of plan.pieces) {
    const at = address - RAM_BASE;
    ram.set(bytes, at);
    ram.fill(0, at + bytes.length, at + bytes.length + zeroBytes);
  }
  ram.set(deviceTree, plan.deviceTree - RAM_BASE);
}

interface Kernel {
  readonly entry: number;
  readonly pieces: readonly BootPiece[];
}

function readKernel(bytes: Uint8Array, name: string): Kernel {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= IMAGE_HEADER_BYTES && view.getUint32(0, true) === ELF_MAGIC) return readElf(view, bytes, name);
  if (bytes.length >= IMAGE_HEADER_BYTES && view.getUint32(56, true) === IMAGE_MAGIC) {
    return readImage(view, bytes, name);
  }
  throw new HostError('kernel', `${name} is no kernel for this machine: ${whatItIs(bytes, view)}.`);
}

/** The header of a RISC-V Image: u64 text_offset at 8, u64 image_size at 16, u64 flags at 24 (bit 0: big-endian). */
function readImage(view: DataView, bytes: Uint8Array, name: string): Kernel {
  const textOffset = Number(view.getBigUint64(8, true));
  const imageSize = Number(view.getBigUint64(16, true));
  if ((view.getUint32(24, true) & 1) !== 0) {
    throw new HostError('kernel', `The kernel ${name} is for big-endian RISC-V: this machine is little-endian.`);
  }
  if (textOffset % 4096 !== 0 || textOffset > 2 ** 40 || imageSize > 2 ** 40) {
    throw new HostError('kernel', `The kernel ${name} is damaged: the sizes in its header make no sense.`);
  }
  // Linux lies at text_offset (2 MiB) above an address that 2 MiB divides; firmware would have the first 2 MiB.
  const address = RAM_BASE + Math.max(textOffset, KERNEL_ALIGNMENT);
  return {
    entry: address,
    pieces: [{ address, bytes, zeroBytes: Math.max(0, imageSize - bytes.length) }],
  };
}

/** Loadable segments by physical address. The entry is where the code at `e_entry` comes to lie physically. */
function readElf(view: DataView, bytes: Uint8Array, name: string): Kernel {
  const damaged = (what: string): HostError =>
    new HostError('kernel', `The kernel ${name} is damaged: ${what}. Fetch or build it again.`);
  const machine = view.getUint16(18, true);
  if (bytes[5] !== 1 || machine !== EM_RISCV) {
    const what = bytes[5] === 1 ? (MACHINES.get(machine) ?? `processor number ${machine}`) : 'a big-endian processor';
    throw new HostError('kernel', `The kernel ${name} is for ${what}: this machine is 64-bit RISC-V.`);
  }
  if (bytes[4] !== 2) throw new HostError('kernel', `The kernel ${name} is for 32-bit RISC-V: this machine is 64-bit.`);
  const number = (at: number): number => {
    const value = view.getBigUint64(at, true);
    return value > 0xffff_ffff_ffffn ? NaN : Number(value);
  };
  const entry = view.getBigUint64(24, true);
  const table = number(32);
  const entryBytes = view.getUint16(54, true);
  const count = view.getUint16(56, true);
  if (entryBytes !== 56 || !(table + count * 56 <= bytes.length)) throw damaged('its list of segments lies outside it');
  const pieces: BootPiece[] = [];
  let start: number | null = null;
  for (let i = 0; i < count; i++) {
    const at = table + 56 * i;
    if (view.getUint32(at, true) !== PT_LOAD) continue;
    const offset = number(at + 8);
    const virtual = view.getBigUint64(at + 16, true);
    const address = number(at + 24);
    const fileBytes = number(at + 32);
    const memoryBytes = number(at + 40);
    if (!(offset + fileBytes <= bytes.length && fileBytes <= memoryBytes && address >= 0)) {
      throw damaged('a segment lies outside it');
    }
    if (memoryBytes === 0) continue;
    pieces.push({ address, bytes: bytes.subarray(offset, offset + fileBytes), zeroBytes: memoryBytes - fileBytes });
    if (entry >= virtual && entry < virtual + BigInt(memoryBytes)) start = address + Number(entry - virtual);
  }
  // vmlinux gives its entry as a physical address already.
  const physical = pieces.some(
    (piece) => entry >= piece.address && entry < piece.address + piece.bytes.length + piece.zeroBytes,
  );
  if (start === null && physical) start = Number(entry);
  if (pieces.length === 0 || start === null) throw damaged('it has no code to start with');
  return { entry: start, pieces };
}

/** What a file seems to be that is no kernel of ours. */
function whatItIs(bytes: Uint8Array, view: DataView): string {
  if (bytes.length < IMAGE_HEADER_BYTES) return `it has only ${bytes.length} bytes`;
  if (view.getUint16(0, true) === 0x8b1f) return 'it is compressed with gzip, so unpack it first';
  if (view.getUint32(0, true) === 0xfd2f_b528) return 'it is compressed with zstd, so unpack it first';
  if (bytes.length >= 0x206 && view.getUint32(0x202, true) === 0x5372_6448)
    return 'it is a Linux kernel for PCs (bzImage)';
  if (view.getUint32(56, true) === 0x644d_5241) return 'it is a Linux kernel for 64-bit ARM';
  return 'it is neither a RISC-V Linux Image nor an ELF file';
}

function tooSmall(memoryBytes: number, name: string): HostError {
  return new HostError(
    'memory',
    `The guest's memory of ${Math.floor(memoryBytes / MIB)} MiB is too small for ${name}: give it more.`,
  );
}
