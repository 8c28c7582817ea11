/**
 * Puts firmware, a kernel, its initial RAM disk and the device tree into the guest's memory, as Documentation/arch/riscv/boot.rst and
 * boot-image-header.rst of Linux want them:
 *
 *     RAM base                 firmware, in machine mode, if there is any
 *     RAM base + text_offset   kernel (Image: as large as its header says, with what it needs after the file)
 *     after it, at 2 MiB       initial RAM disk
 *     end of the lowest 4 GiB or of RAM, less   device tree
 *
 * Firmware is told by OpenSBI's fw_dynamic_info, at the end of the device tree's room, where to go on: at the kernel, or at
 * RAM base + 2 MiB. An ELF file goes where its segments say (vmlinux of a kernel linked at physical addresses, or a bare program).
 */
import { HostError } from '../../../base/errors.ts';
import { RAM_BASE } from './memory-map.ts';

/** What is to be started. */
export interface BootFiles {
  /** Bytes of the firmware and what to call it in messages: its path. */
  readonly firmware?: Uint8Array | null;
  readonly firmwareName?: string;
  /** Null: firmware finds by itself what to boot. */
  readonly kernel: Uint8Array | null;
  readonly kernelName: string;
  readonly initrd: Uint8Array | null;
  readonly initrdName: string;
}

/** Where everything came to lie: guest addresses. */
export interface BootPlan {
  readonly entry: number;
  readonly initrd: { readonly start: number; readonly end: number } | null;
  readonly deviceTree: number;
  /** What firmware is told of the next stage; null without firmware. */
  readonly dynamicInfo: number | null;
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
const DYNAMIC_INFO_BYTES = 48;
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

/** Finds a place for everything. Throws HostError (`kernel`, `firmware`, `memory`): one sentence for the user. */
export function planBoot(files: BootFiles, memoryBytes: number): BootPlan {
  const { initrd } = files;
  const ramEnd = RAM_BASE + memoryBytes;
  const firmware = placeFirmware(files, ramEnd);
  const kernel =
    files.kernel === null
      ? { entry: RAM_BASE + KERNEL_ALIGNMENT, pieces: [] }
      : readKernel(files.kernel, files.kernelName, firmware !== null);
  const firmwareEnd = endOf(firmware?.pieces ?? []);
  for (const { address, bytes, zeroBytes } of kernel.pieces) {
    if (address < RAM_BASE) {
      throw new HostError(
        'kernel',
        `The kernel ${files.kernelName} wants to lie at 0x${address.toString(16)}, where this machine has no memory: its begins at 0x${RAM_BASE.toString(16)}.`,
      );
    }
    if (address < firmwareEnd) {
      throw new HostError(
        'kernel',
        `The kernel ${files.kernelName} wants to lie at 0x${address.toString(16)}, where the firmware is: firmware has the first 2 MiB.`,
      );
    }
    if (address + bytes.length + zeroBytes > ramEnd) throw tooSmall(memoryBytes, files.kernelName);
  }
  const kernelEnd = Math.max(firmwareEnd, endOf(kernel.pieces));
  // Firmware keeps the tree below 4 GiB and page-aligned; the kernel copies it early.
  const deviceTree = Math.floor((Math.min(ramEnd, 0x1_0000_0000) - DEVICE_TREE_BYTES) / (2 * MIB)) * 2 * MIB;
  if (deviceTree < kernelEnd) throw tooSmall(memoryBytes, files.kernelName);
  const start = Math.ceil(kernelEnd / (2 * MIB)) * 2 * MIB;
  const end = start + (initrd?.length ?? 0);
  if (end > deviceTree) throw tooSmall(memoryBytes, files.initrdName);
  const common = { initrd: initrd === null ? null : { start, end }, deviceTree };
  const pieces = initrd === null ? kernel.pieces : [...kernel.pieces, { address: start, bytes: initrd, zeroBytes: 0 }];
  if (firmware === null) return { ...common, entry: kernel.entry, dynamicInfo: null, pieces };
  const dynamicInfo = deviceTree + DEVICE_TREE_BYTES - DYNAMIC_INFO_BYTES;
  return {
    ...common,
    entry: firmware.entry,
    dynamicInfo,
    pieces: [...firmware.pieces, ...pieces, { address: dynamicInfo, bytes: dynamicInfoOf(kernel.entry), zeroBytes: 0 }],
  };
}

/** Firmware that is no ELF file lies at the beginning of RAM. */
function placeFirmware({ firmware, firmwareName = '' }: BootFiles, ramEnd: number): Kernel | null {
  if (firmware === null || firmware === undefined) return null;
  const view = new DataView(firmware.buffer, firmware.byteOffset, firmware.byteLength);
  if (firmware.length < IMAGE_HEADER_BYTES) {
    throw new HostError('firmware', `${firmwareName} is no firmware: it has only ${firmware.length} bytes.`);
  }
  const placed =
    view.getUint32(0, true) === ELF_MAGIC
      ? readElf(view, firmware, firmwareName)
      : { entry: RAM_BASE, pieces: [{ address: RAM_BASE, bytes: firmware, zeroBytes: 0 }] };
  if (placed.pieces.some(({ address }) => address < RAM_BASE)) {
    throw new HostError('firmware', `The firmware ${firmwareName} wants to lie where this machine has no memory.`);
  }
  if (endOf(placed.pieces) > ramEnd) throw tooSmall(ramEnd - RAM_BASE, firmwareName);
  return placed;
}

/** struct fw_dynamic_info, version 2: magic, version, next address, its mode (1: supervisor), options, first hart. */
function dynamicInfoOf(next: number): Uint8Array {
  return new Uint8Array(new BigUint64Array([0x4942_534fn, 2n, BigInt(next), 1n, 0n, 0n]).buffer);
}

function endOf(pieces: readonly BootPiece[]): number {
  return Math.max(RAM_BASE, ...pieces.map(({ address, bytes, zeroBytes }) => address + bytes.length + zeroBytes));
}

/** Copies a plan, and the device tree that was made for it, into memory whose first byte is the first of RAM. */
export function loadBoot(plan: BootPlan, deviceTree: Uint8Array, ram: Uint8Array): void {
  if (deviceTree.length > DEVICE_TREE_BYTES - DYNAMIC_INFO_BYTES) {
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

/** `isAnything`: what is no kernel that is known is put where firmware expects the next stage. */
function readKernel(bytes: Uint8Array, name: string, isAnything: boolean): Kernel {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= IMAGE_HEADER_BYTES && view.getUint32(0, true) === ELF_MAGIC) return readElf(view, bytes, name);
  if (bytes.length >= IMAGE_HEADER_BYTES && view.getUint32(56, true) === IMAGE_MAGIC) {
    return readImage(view, bytes, name);
  }
  if (isAnything) {
    const address = RAM_BASE + KERNEL_ALIGNMENT;
    return { entry: address, pieces: [{ address, bytes, zeroBytes: 0 }] };
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
