/**
 * Runs one program of this machine to its end: quiet, in the C locale, in a process group of its own, so that ending it
 * ends what it started as well. What went wrong is told in one sentence with the program's own last words.
 */
import { spawn } from 'node:child_process';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { HostError } from '../../base/errors.ts';

/** Debian packages of the programs that are run here, for the sentence that says what to install. */
const PACKAGES: Readonly<Record<string, string>> = {
  'apt-get': 'apt',
  'apt-cache': 'apt',
  'apt-config': 'apt',
  bash: 'bash',
  debugfs: 'e2fsprogs',
  'dpkg-deb': 'dpkg',
  flock: 'util-linux',
  mke2fs: 'e2fsprogs',
  tar: 'tar',
  xz: 'xz-utils',
  zstd: 'zstd',
};

const KEPT_ERROR_BYTES = 8192;
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** How a program is run. */
export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the program (SIGTERM, after two seconds SIGKILL); the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Sent to its standard input. */
  readonly input?: string;
  /** Lines of file descriptor 3. */
  readonly onStatus?: (line: string) => void;
}

/**
 * Runs a program and returns what it wrote to standard output. Throws HostError: `program-missing`, `program-failed`, or
 * `disk-full` when its last words say so.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Buffer> {
  options.signal?.throwIfAborted();
  const child = spawn(program, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: {
      ...process.env,
      PATH: `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`,
      LC_ALL: 'C',
      DEBIAN_FRONTEND: 'noninteractive',
      ...options.env,
    },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let killTimer: NodeJS.Timeout | undefined;
  const killGroup = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // The group is already gone.
    }
  };
  const stop = (): void => {
    killGroup('SIGTERM');
    killTimer ??= setTimeout(() => killGroup('SIGKILL'), 2000);
  };
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    const output: Buffer[] = [];
    let outputBytes = 0;
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => {
      outputBytes += chunk.length;
      if (outputBytes > MAX_OUTPUT_BYTES) stop();
      else output.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString('utf8')).slice(-KEPT_ERROR_BYTES);
    });
    const status = child.stdio[3] as Readable;
    createInterface({ input: status }).on('line', (line) => options.onStatus?.(line));
    // A program that ends without reading its input closes the pipe: its exit status tells the story.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    const end = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
      child.once('error', (error: NodeJS.ErrnoException) => reject(startError(program, error)));
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
    options.signal?.throwIfAborted();
    if (end.code !== 0) throw endError(program, end, errors);
    return Buffer.concat(output);
  } finally {
    clearTimeout(killTimer);
    options.signal?.removeEventListener('abort', stop);
  }
}

function startError(program: string, error: NodeJS.ErrnoException): HostError {
  const name = PACKAGES[program];
  if (error.code === 'ENOENT' && name !== undefined)
    return new HostError('program-missing', `The program ${program} is missing: install the package ${name}.`);
  return new HostError('program-missing', `The program ${program} cannot be started: ${error.message}`, {
    cause: error,
  });
}

function endError(program: string, end: { code: number | null; signal: string | null }, errors: string): HostError {
  if (/No space left on device|not enough free space/i.test(errors)) return diskFullError();
  const lines = errors
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('W:'));
  // apt marks what matters.
  const marked = lines.filter((line) => line.startsWith('E: ')).map((line) => line.slice(3));
  const words = (marked.length > 0 ? marked.slice(0, 2) : lines.slice(-3)).join(' | ');
  const how = end.signal === null ? `ended with status ${end.code}` : `was ended by ${end.signal}`;
  return new HostError('program-failed', `${program} ${how}${words === '' ? '.' : `: ${words}`}`);
}

/** The sentence for a full disk, whoever met it. */
export function diskFullError(cause?: unknown): HostError {
  return new HostError(
    'disk-full',
    'The disk is full: building a guest takes about 2 GB in the cache folder. Free some, or name another one with --cache-dir.',
    cause === undefined ? undefined : { cause },
  );
}
