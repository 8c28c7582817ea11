/**
 * Options for what a program of the host, or a guest, may take of the GPU: one row for both. `saffron gpu` has them by these
 * names, `saffron run` with `gpu-` before.
 */
import { totalmem } from 'node:os';
import { RENDER_LIMITS } from '../gl/core/limits.ts';
import type { RenderLimits } from '../gl/core/limits.ts';

/** Whom limits are for. */
type Holder = 'program' | 'guest';

interface LimitRow {
  readonly value: string;
  readonly fallback: Readonly<Record<Holder, string>>;
  readonly check: (text: string) => string | null;
  readonly help: Readonly<Record<Holder, string>>;
}

/** An option as the command line takes it. */
interface LimitOption {
  readonly value: string;
  readonly fallback?: string;
  readonly check: (text: string) => string | null;
  readonly help: string;
}

const UNITS: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

const isSize = (text: string): string | null =>
  /^[1-9][0-9]{0,8}[KMG]$/.test(text) ? null : 'a number with K, M or G, such as 512M or 4G';
const isCount = (text: string): string | null => (/^[1-9][0-9]{0,6}$/.test(text) ? null : 'a number from 1 to 9999999');

const both = (text: string | number): LimitRow['fallback'] => ({ program: String(text), guest: String(text) });
const each = (say: (holder: string) => string): LimitRow['help'] => ({
  program: say('a program'),
  guest: say('the guest'),
});

const ROWS = {
  'memory-limit': {
    value: 'SIZE',
    // Llvmpipe makes textures of up to 1 GiB, a program shares as much memory for each, and it has two while it goes from one
    // to the next.
    fallback: { program: '5G', guest: '2G' },
    check: isSize,
    help: each((holder) => `Memory of ${holder}: textures, buffers, shaders, and all else that it draws with.`),
  },
  'resource-limit': {
    value: 'N',
    fallback: both(RENDER_LIMITS.maxResources),
    check: isCount,
    help: each((holder) => `Textures and buffers of ${holder} at a time.`),
  },
  'shader-limit': {
    value: 'N',
    fallback: both(RENDER_LIMITS.maxShaders),
    check: isCount,
    help: each((holder) => `Shaders of ${holder} at a time.`),
  },
  'shader-text-limit': {
    value: 'SIZE',
    fallback: both('64M'),
    check: isSize,
    help: each((holder) => `Text of all shaders of ${holder} together.`),
  },
  'submit-limit': {
    value: 'SIZE',
    fallback: both('16M'),
    check: isSize,
    help: each((holder) => `Commands that ${holder} may send at once.`),
  },
  'command-limit': {
    value: 'N',
    fallback: both(RENDER_LIMITS.maxCommandsPerSecond),
    check: (text) => (/^[1-9][0-9]{2,8}$/.test(text) ? null : 'commands of each second, from 100 to 999999999'),
    help: each((holder) => `Commands of each second that are done for ${holder}; what is beyond waits.`),
  },
  'time-limit': {
    value: 'MS',
    fallback: both(RENDER_LIMITS.maxBusyMs),
    check: (text) => (/^([1-9][0-9]{0,2}|1000)$/.test(text) ? null : 'milliseconds of each second, from 1 to 1000'),
    help: each(
      (holder) =>
        `Milliseconds of each second in which ${holder} may keep the GPU busy; what is beyond waits. 1000 is no limit.`,
    ),
  },
  'hang-timeout': {
    value: 'SECONDS',
    fallback: { program: '10', guest: '2' },
    check: (text) => (/^[1-9][0-9]{0,3}$/.test(text) ? null : 'seconds from 1 to 9999'),
    help: {
      program: 'End a program when one command of it takes so long.',
      guest: 'Start what renders for the guest again when one command takes so long.',
    },
  },
} as const satisfies Readonly<Record<string, LimitRow>>;

type LimitName = keyof typeof ROWS;

const GUEST_PREFIX = 'gpu-';

function optionsFor(holder: Holder, prefix: string): Readonly<Record<string, LimitOption>> {
  return Object.fromEntries(
    Object.entries(ROWS).map(([name, { value, fallback, check, help }]) => [
      `${prefix}${name}`,
      { value, fallback: fallback[holder], check, help: help[holder] },
    ]),
  );
}

/** The rows of `saffron gpu`. */
export const PROGRAM_LIMIT_OPTIONS: Readonly<Record<string, LimitOption>> = {
  ...optionsFor('program', ''),
  'total-memory-limit': {
    value: 'SIZE',
    check: isSize,
    help: 'Memory of all programs together (default: half of what this machine has).',
  },
};

/** The rows of `saffron run`. */
export const GUEST_LIMIT_OPTIONS: Readonly<Record<string, LimitOption>> = optionsFor('guest', GUEST_PREFIX);

/** What the options say for one program, or one guest. */
export interface GpuLimits {
  readonly limits: Partial<RenderLimits>;
  readonly hangTimeoutMs: number;
}

/** A command line whose options were checked. */
interface CheckedLine {
  text(option: string): string | undefined;
}

/** What the options of `saffron gpu` say, and how many bytes all programs may have together. */
export function readProgramLimits(line: CheckedLine): GpuLimits & { readonly totalBytes: number } {
  const total = line.text('total-memory-limit');
  return { ...readLimits(line, ''), totalBytes: total === undefined ? Math.floor(totalmem() / 2) : bytesOf(total) };
}

/** What the options of `saffron run` say. */
export function readGuestLimits(line: CheckedLine): GpuLimits {
  return readLimits(line, GUEST_PREFIX);
}

function readLimits(line: CheckedLine, prefix: string): GpuLimits {
  const text = (name: LimitName): string => line.text(`${prefix}${name}`) ?? '';
  return {
    limits: {
      maxResourceBytes: bytesOf(text('memory-limit')),
      maxResources: Number(text('resource-limit')),
      maxShaders: Number(text('shader-limit')),
      maxShaderBytes: bytesOf(text('shader-text-limit')),
      maxSubmitBytes: bytesOf(text('submit-limit')),
      maxCommandsPerSecond: Number(text('command-limit')),
      maxBusyMs: Number(text('time-limit')),
    },
    hangTimeoutMs: Number(text('hang-timeout')) * 1000,
  };
}

function bytesOf(text: string): number {
  return Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] ?? 1);
}
