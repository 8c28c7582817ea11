import type { Duplex } from 'node:stream';

/**
 * Makes a TLS stream put each written chunk into records of its own. spice-gtk asks the bare socket whether more is there: a
 * message that shares a record with the one before it would lie decrypted and unread until something else arrives. Without
 * the vectored write, Node's streams hand over one chunk at a time.
 */
export function separateRecords(stream: Duplex): void {
  Object.defineProperty(stream, '_writev', { value: null });
}
