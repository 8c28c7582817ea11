import type { Duplex } from 'node:stream';
import type { Clock } from './clock.ts';

/** Time a peer has to take the last bytes. */
const LAST_WORD_MS = 2_000;

/**
 * Ends a connection politely but surely: what was written is sent, what still comes in is thrown away (closing with unread
 * bytes would reset the connection and lose our last word), and after two seconds it is cut.
 */
export function hangUp(stream: Duplex, clock: Clock): void {
  if (stream.destroyed) return;
  const timer = clock.after(LAST_WORD_MS, () => void stream.destroy());
  stream.once('close', () => timer[Symbol.dispose]());
  stream.on('error', () => void stream.destroy());
  stream.once('end', () => void stream.destroy());
  stream.removeAllListeners('data');
  stream.on('data', () => {});
  stream.end(() => {
    if (stream.readableEnded) stream.destroy();
  });
  stream.resume();
}
