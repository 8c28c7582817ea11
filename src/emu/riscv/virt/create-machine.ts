import { platform } from 'node:os';
import { HostError, messageOf, UsageError } from '../../../base/errors.ts';
import type { Logger } from '../../../base/log.ts';
import type { SharedMemory } from '../../../base/native/shared-memory.ts';
import { createFrameChannel } from '../../../display/frame-channel.ts';
import type { Machine } from '../../contract.ts';
import type { RenderWish } from '../../devices/gpu/start-renderer.ts';
import { whyNoNativeCalls } from '../../../base/native/native-calls.ts';
import { parseMemory } from '../../memory-size.ts';
import { HartsSource } from '../harts.ts';
import { readDrive } from './drive.ts';
import { VirtMachine, type ScreenWish } from './machine.ts';

const MIB = 2 ** 20;
const LEAST_MIB = 64;
/** Harts have their places beside RAM in a memory of 4 GiB. */
const MOST_MIB = 3072;
const MOST_HARTS = 8;
/** As a processor of 100 million instructions a second. */
const INSTRUCTIONS_PER_TICK = 10;
const NOT_WISHED = 'it was not asked for.';

/** What a guest of the built-in machine consists of. Sizes of screens are pixels. */
export interface VirtOptions {
  readonly name: string;
  /** RFC 9562 text form; made up when absent. */
  readonly uuid?: string | undefined;
  /** A number with K, M, G or T (mebibytes without): 64M to 3G. */
  readonly memory: string;
  /** 1 to 8. */
  readonly cpus: number;
  /** Counts time in instructions, so that runs are equal: one processor, a 2D screen, no agent. */
  readonly icount?: boolean | undefined;
  /** Path of a RISC-V Linux Image or ELF file; with firmware anything, or nothing. */
  readonly kernel?: string | undefined;
  /** Path of firmware for machine mode: an ELF file, or what lies at the beginning of RAM. */
  readonly firmware?: string | undefined;
  readonly initrd?: string | undefined;
  readonly append?: string | undefined;
  /** See `readDrive`. */
  readonly drives: readonly string[];
  /** `off` (when absent), `stdio`, `unix:PATH` or `file:PATH`. */
  readonly serial?: string | undefined;
  readonly size: { readonly width: number; readonly height: number };
  /** The GPU; `2d` when it is not given. `auto`: 3D where it can be had, else `Machine.onGpu` says why not. */
  readonly gpu?: ScreenWish['kind'] | undefined;
  /** `auto` (also when it is not given), `software`, or the path of a render node. */
  readonly renderNode?: string | undefined;
  /** What the guest may take of who renders, and how long one command may take; the usual when it is not given. */
  readonly gpuLimits?: Omit<RenderWish, 'renderNode'> | undefined;
  /** See `HartsOptions.hotCodeFile`. */
  readonly hotCodeFile?: string | null | undefined;
  readonly log: Logger;
}

/**
 * A guest of the built-in machine, ready to be started: 64-bit RISC-V, QEMU's `virt` board. Throws UsageError for settings
 * that make no sense, HostError when this host has no room for its memory.
 */
export async function createVirtMachine(options: VirtOptions): Promise<Machine> {
  const { name, uuid, firmware, kernel, initrd, append, serial, size, log, cpus, gpu = '2d' } = options;
  const memoryMiB = Math.ceil(parseMemory(options.memory) / MIB);
  if (memoryMiB < LEAST_MIB || memoryMiB > MOST_MIB) {
    throw new UsageError(
      `The built-in machine has 64M to 3G of memory, not ${options.memory}: --engine qemu has more.`,
    );
  }
  if (!Number.isInteger(cpus) || cpus < 1 || cpus > MOST_HARTS) {
    throw new UsageError(
      `The built-in machine has 1 to ${MOST_HARTS} processors, not ${cpus}: --engine qemu has more.`,
    );
  }
  if (options.icount === true && cpus !== 1)
    throw new UsageError(`--icount is for one processor, not ${cpus}: those of several run side by side.`);
  const drives = options.drives.map(readDrive);
  const no3d = gpu === '2d' ? null : await whyNo3d();
  if (gpu === '3d' && no3d !== null) throw new UsageError(`--gpu 3d ${no3d}`);
  let processor: HartsSource;
  try {
    processor = new HartsSource(memoryMiB * MIB, cpus, {
      hasFirmware: firmware !== undefined,
      hotCodeFile: options.hotCodeFile,
      ...(options.icount === true ? { time: { instructionsPerTick: INSTRUCTIONS_PER_TICK } } : {}),
    });
  } catch (error) {
    throw new HostError('memory', `This host has no room for ${memoryMiB} MiB of memory: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  return new VirtMachine({
    name,
    uuid,
    processor,
    boot: { firmware: firmware ?? null, kernel: kernel ?? null, initrd: initrd ?? null, append: append ?? '' },
    drives,
    serial: serial ?? 'off',
    size,
    screen: await wishScreen(options, no3d, processor),
    heads: [createFrameChannel()],
    log,
  });
}

async function wishScreen(
  { gpu: kind = '2d', renderNode = 'auto', gpuLimits = { limits: {} } }: VirtOptions,
  no3d: string | null,
  processor: HartsSource,
): Promise<ScreenWish> {
  const ramFile = kind === '2d' ? NOT_WISHED : no3d === null ? await shareRam(processor) : `it ${no3d}`;
  return { kind, render: { renderNode, ...gpuLimits }, ramFile };
}

/** What 3D lacks on this host, whoever would render it, in one sentence without its subject; null: nothing. */
async function whyNo3d(): Promise<string | null> {
  return platform() === 'linux' ? whyNoNativeCalls() : 'needs Linux.';
}

/** RAM for the process that renders 3D; or why there is none. */
async function shareRam({ guest: { memory, ramOffset, ramBytes } }: HartsSource): Promise<SharedMemory | string> {
  const { SharedMemory } = await import('../../../base/native/shared-memory.ts');
  try {
    return SharedMemory.createUnder('saffron-ram', memory, ramOffset, ramBytes);
  } catch (error) {
    return `memory cannot be shared with who renders: ${messageOf(error)}.`;
  }
}
