import { open } from 'node:fs/promises';
import { HostError } from '../../base/errors.ts';
import { quoteValue } from './quote-value.ts';

const QCOW2_MAGIC = 0x514649fb;

/**
 * The -drive settings of a disk: settings that were given stay as they are, apart from `diskInterface` (such as
 * `if=virtio`) when they name none; a path gets its format, told by the file's first bytes, so that QEMU need not
 * guess. Throws HostError when the file cannot be read.
 */
export async function driveSettings(drive: string, diskInterface: string | null): Promise<string> {
  const isSettings = /(^|,)(file|driver|format|if|id)=/.test(drive);
  const settings = isSettings ? drive : `file=${quoteValue(drive)},format=${await imageFormat(drive, 'disk image')}`;
  if (diskInterface === null || /(^|,)if=/.test(settings)) return settings;
  return `${settings},${diskInterface}`;
}

/** `qcow2` or `raw`. `what` names the file in the HostError that is thrown when it cannot be read. */
export async function imageFormat(path: string, what: string): Promise<'qcow2' | 'raw'> {
  const start = new Uint8Array(4);
  try {
    await using file = await open(path, 'r');
    const { bytesRead } = await file.read(start, 0, 4, 0);
    return bytesRead === 4 && new DataView(start.buffer).getUint32(0) === QCOW2_MAGIC ? 'qcow2' : 'raw';
  } catch (error) {
    throw unreadable(path, what, error);
  }
}

/** Checks that a file that QEMU shall load is there. Throws HostError. */
export async function requireFile(path: string, what: string): Promise<void> {
  await imageFormat(path, what);
}

function unreadable(path: string, what: string, error: unknown): HostError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const why =
    code === 'ENOENT'
      ? 'does not exist'
      : code === 'EACCES'
        ? 'may not be read by this user'
        : code === 'EISDIR'
          ? 'is a folder'
          : `cannot be read (${String(code ?? error)})`;
  return new HostError('guest-file', `The ${what} ${path} ${why}.`, { cause: error });
}
