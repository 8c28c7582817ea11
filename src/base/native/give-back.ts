/** Memory that stays mapped while the host has its pages back: madvise(2). */
import { addressOf, libc } from './libc.ts';

const MADV_DONTNEED = 4;
const MADV_REMOVE = 9;

/**
 * Gives the host back what holds these bytes, which read as zeros from now on and are there again when they are touched.
 * `isShared`: other processes map them too, by a memfd. They begin and end at pages of the host; false, and nothing
 * happened, where they do not.
 */
export function giveBack(bytes: Uint8Array, isShared: boolean): boolean {
  return libc.madvise(addressOf(bytes), bytes.length, isShared ? MADV_REMOVE : MADV_DONTNEED) === 0;
}
