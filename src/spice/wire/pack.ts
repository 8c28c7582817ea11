/** Messages with the header in front: what goes out on a channel after its link. */
import type { Codec } from '../../wire/codec.ts';
import type { Writer } from '../../wire/writer.ts';
import { spiceLink } from './link.gen.ts';

/** The parts of a message behind the 6-byte header of peers with MINI_HEADER. Payloads are passed on by reference. */
export function packMini<T>(w: Writer, codec: Pick<Codec<T>, 'id' | 'write'>, message: T): Uint8Array[] {
  const at = w.reserve(spiceLink.miniHeaderBytes);
  const view = w.view;
  writeBody(w, codec, message);
  view.setUint16(at, codec.id, true);
  view.setUint32(at + 2, w.length, true);
  return w.finish();
}

/** The parts of a message behind the 18-byte header of other peers, without sub-messages. */
export function packFull<T>(
  w: Writer,
  serial: bigint,
  codec: Pick<Codec<T>, 'id' | 'write'>,
  message: T,
): Uint8Array[] {
  const at = w.reserve(spiceLink.dataHeaderBytes);
  const view = w.view;
  writeBody(w, codec, message);
  view.setBigUint64(at, serial, true);
  view.setUint16(at + 8, codec.id, true);
  view.setUint32(at + 10, w.length, true);
  view.setUint32(at + 14, 0, true);
  return w.finish();
}

function writeBody<T>(w: Writer, codec: Pick<Codec<T>, 'id' | 'write'>, message: T): void {
  try {
    codec.write(w, message);
    w.settle();
  } catch (error) {
    w.abandon();
    throw error;
  }
}
