/** Whose files are: what is run, or believed, from a file must not have come from another user. */
import type { Stats } from 'node:fs';
import process from 'node:process';

/** Those who may write besides the owner. */
const OTHERS_WRITE = 0o022;

/**
 * Whether a file or folder is this user's, and nobody else may write to it but those who may do anything. Of a symbolic link,
 * as `lstat` tells of it, that is never so.
 */
export function isOursAlone({ uid, mode }: Pick<Stats, 'uid' | 'mode'>): boolean {
  return uid === process.getuid?.() && (mode & OTHERS_WRITE) === 0;
}
