/** A disk as the user names it: a path, or settings as QEMU's -drive takes them, as far as this machine has them. */
import { UsageError } from '../../../base/errors.ts';

/** A disk of the guest. */
export interface Drive {
  readonly path: string;
  readonly isReadOnly: boolean;
  /** What the guest writes is thrown away at its end. */
  readonly isSnapshot: boolean;
}

/** Reads `PATH` or `file=PATH,format=raw,snapshot=on,readonly=on,if=virtio`. Throws UsageError. */
export function readDrive(text: string): Drive {
  if (!/(^|,)(file|if|format|driver)=/.test(text)) return { path: text, isReadOnly: false, isSnapshot: false };
  let path = '';
  let isReadOnly = false;
  let isSnapshot = false;
  for (const [, word = ''] of text.matchAll(/((?:[^,]|,,)+)(?:,|$)/g)) {
    const at = word.indexOf('=');
    const key = word.slice(0, at);
    const value = word.slice(at + 1).replaceAll(',,', ',');
    switch (at < 0 ? word : key) {
      case 'file':
        path = value;
        break;
      case 'readonly':
      case 'read-only':
        isReadOnly = switchOf(key, value);
        break;
      case 'snapshot':
        isSnapshot = switchOf(key, value);
        break;
      case 'format':
      case 'driver':
        if (value !== 'raw') {
          throw new UsageError(`The built-in machine has disks of format raw only, not ${value}: use --engine qemu.`);
        }
        break;
      case 'if':
        if (value !== 'virtio') {
          throw new UsageError(`The built-in machine has virtio disks only, not if=${value}: leave it out.`);
        }
        break;
      default:
        throw new UsageError(
          `The built-in machine does not know "${word}" of a drive: it takes file, format, readonly and snapshot.`,
        );
    }
  }
  if (path === '') throw new UsageError(`The drive "${text}" names no file: it wants file=PATH.`);
  return { path, isReadOnly, isSnapshot };
}

function switchOf(key: string, value: string): boolean {
  if (value !== 'on' && value !== 'off') throw new UsageError(`${key}=${value} of a drive does not do: on or off.`);
  return value === 'on';
}
