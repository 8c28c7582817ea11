/**
 * Finds the QEMU program of an architecture and what it has. Everything is asked of the program itself, once a file:
 * the answers are kept as long as the file does not change.
 */
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { HostError } from '../../base/errors.ts';
import { findProgram } from './find-program.ts';
import { howToInstallQemu } from './how-to-install-qemu.ts';

/** A QEMU program that Saffron can work with. */
export interface QemuProgram {
  readonly path: string;
  readonly version: QemuVersion;
  /** Names that `-device help` lists. */
  readonly devices: ReadonlySet<string>;
  /** Names that `-display help` lists. */
  readonly displays: ReadonlySet<string>;
}

export interface QemuVersion {
  readonly major: number;
  readonly minor: number;
  readonly micro: number;
}

/** Older ones refuse our GPU under TCG. */
export const OLDEST_QEMU: QemuVersion = { major: 8, minor: 2, micro: 0 };

const ANSWER_MS = 20_000;
const MAX_ANSWER_BYTES = 1 << 20;
const known = new Map<string, Promise<QemuProgram>>();

/**
 * The program of `arch` (as in qemu-system-ARCH), or `binary` when given. Throws HostError, its sentence saying what to
 * install: `qemu-missing`, `qemu-old`, `qemu-broken` (does not run) or `qemu-display` (its D-Bus display is missing).
 */
export async function findQemu(arch: string, binary?: string): Promise<QemuProgram> {
  const path = await findProgram(binary ?? `qemu-system-${arch}`);
  if (path === null) {
    const what = binary === undefined ? `There is no qemu-system-${arch} in PATH` : `There is no program ${binary}`;
    throw new HostError('qemu-missing', `${what}: ${howToInstallQemu(arch)}.`);
  }
  const { mtimeMs, size } = await stat(path);
  const key = `${path}\0${mtimeMs}\0${size}`;
  let program = known.get(key);
  if (program === undefined) {
    program = examine(path);
    known.set(key, program);
    program.catch(() => known.delete(key));
  }
  const found = await program;
  const { major, minor } = found.version;
  if (major < OLDEST_QEMU.major || (major === OLDEST_QEMU.major && minor < OLDEST_QEMU.minor)) {
    throw new HostError(
      'qemu-old',
      `${path} is QEMU ${major}.${minor}, Saffron needs ${OLDEST_QEMU.major}.${OLDEST_QEMU.minor} or newer: ${howToInstallQemu(arch)}.`,
    );
  }
  if (!found.displays.has('dbus')) {
    throw new HostError('qemu-display', `${path} has no D-Bus display: ${howToInstallQemu(arch)}.`);
  }
  return found;
}

/** The version in what `--version` prints. Throws HostError when there is none. */
export function parseVersion(text: string, path: string): QemuVersion {
  const match = /QEMU emulator version (\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?/.exec(text);
  if (match === null) throw new HostError('qemu-broken', `${path} does not say which version of QEMU it is.`);
  return { major: Number(match[1]), minor: Number(match[2]), micro: Number(match[3] ?? 0) };
}

/** Names in what `-device help` prints. */
export function parseDevices(text: string): Set<string> {
  const names = new Set<string>();
  for (const [, name] of text.matchAll(/^name "([^"]+)"/gm)) if (name !== undefined) names.add(name);
  return names;
}

/** Names in what `-display help` prints: one a line between the first line and an empty one. */
export function parseDisplays(text: string): Set<string> {
  const [list = ''] = text.split('\n\n', 1);
  return new Set(
    list
      .split('\n')
      .slice(1)
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  );
}

async function examine(path: string): Promise<QemuProgram> {
  const [version, displays, devices] = await Promise.all([
    ask(path, ['--version']),
    ask(path, ['-display', 'help']),
    ask(path, ['-machine', 'none', '-device', 'help']),
  ]);
  return {
    path,
    version: parseVersion(version, path),
    devices: parseDevices(devices),
    displays: parseDisplays(displays),
  };
}

function ask(path: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: ANSWER_MS, maxBuffer: MAX_ANSWER_BYTES, killSignal: 'SIGKILL' as const };
    execFile(path, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const words = stderr.trim().split('\n').at(-1) || error.message;
      reject(new HostError('qemu-broken', `${path} does not run: ${words}`, { cause: error }));
    });
  });
}
