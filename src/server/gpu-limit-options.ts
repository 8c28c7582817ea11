/** Options for what one program may take of the host's GPU. */
import { totalmem } from 'node:os';
import type { RenderLimits } from '../gl/core/limits.ts';

const UNITS: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

const isSize = (text: string): string | null =>
  /^[1-9][0-9]{0,8}[KMG]$/.test(text) ? null : 'a number with K, M or G, such as 512M or 4G';
const isCount = (text: string): string | null => (/^[1-9][0-9]{0,6}$/.test(text) ? null : 'a number from 1 to 9999999');

/** The rows of the command line. */
export const GPU_LIMIT_OPTIONS = {
  'memory-limit': {
    value: 'SIZE',
    fallback: '2G',
    check: isSize,
    help: 'Memory of one program: textures, buffers, shaders, and what it shares.',
  },
  'total-memory-limit': {
    value: 'SIZE',
    check: isSize,
    help: 'Memory of all programs together (default: half of what this machine has).',
  },
  'resource-limit': {
    value: 'N',
    fallback: '65536',
    check: isCount,
    help: 'Textures and buffers of one program.',
  },
  'shader-limit': { value: 'N', fallback: '16384', check: isCount, help: 'Shaders of one program.' },
  'submit-limit': { value: 'SIZE', fallback: '16M', check: isSize, help: 'Commands that a program sends at once.' },
  'time-limit': {
    value: 'MS',
    fallback: '1000',
    check: (text: string): string | null =>
      /^([1-9][0-9]{0,2}|1000)$/.test(text) ? null : 'milliseconds of each second, from 1 to 1000',
    help: 'Milliseconds of each second in which a program may keep the GPU busy; what is beyond waits. 1000 is no limit.',
  },
  'hang-timeout': {
    value: 'SECONDS',
    fallback: '10',
    check: (text: string): string | null => (/^[1-9][0-9]{0,3}$/.test(text) ? null : 'seconds from 1 to 9999'),
    help: 'End a program when one command of it takes so long.',
  },
} as const;

/** What the options say. */
export interface GpuLimits {
  readonly limits: Partial<RenderLimits>;
  readonly totalBytes: number;
  readonly hangTimeoutMs: number;
}

/** Reads the options, which are checked. */
export function readGpuLimits(line: { text(option: string): string | undefined }): GpuLimits {
  const text = (option: keyof typeof GPU_LIMIT_OPTIONS): string => line.text(option) ?? '';
  const total = line.text('total-memory-limit');
  return {
    limits: {
      maxResourceBytes: bytesOf(text('memory-limit')),
      maxResources: Number(text('resource-limit')),
      maxShaders: Number(text('shader-limit')),
      maxSubmitBytes: bytesOf(text('submit-limit')),
      maxBusyMs: Number(text('time-limit')),
    },
    totalBytes: total === undefined ? Math.floor(totalmem() / 2) : bytesOf(total),
    hangTimeoutMs: Number(text('hang-timeout')) * 1000,
  };
}

function bytesOf(text: string): number {
  return Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] ?? 1);
}
