/** Unpacks what Debian packs with gzip, xz or zstd, in this process: neither a program nor a native library is asked. */
import { pipeline, Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import xz from 'xz-decompress';
import { HostError, messageOf } from '../../../base/errors.ts';

const CHUNK_BYTES = 1 << 18;
/** The decoder takes 64 KiB at a time, of which a header may be all that there is. */
const MAX_EMPTY_PIECES = 64;

/**
 * The contents of a file with this name, in pieces: the ending `.gz`, `.xz` or `.zst` says how it is packed, any other that
 * it is not. Throws HostError `bad-package` when the bytes are damaged, end too early, or hold more than `maxBytes`.
 */
export async function* decompress(name: string, bytes: Uint8Array, maxBytes: number): AsyncGenerator<Uint8Array> {
  let left = maxBytes;
  const pieces = unpack(name, bytes)[Symbol.asyncIterator]();
  try {
    for (;;) {
      let piece;
      try {
        piece = await pieces.next();
      } catch (error) {
        throw new HostError('bad-package', `${name} cannot be unpacked: ${messageOf(error)}.`, { cause: error });
      }
      if (piece.done === true) return;
      left -= piece.value.length;
      if (left < 0) throw new HostError('bad-package', `${name} cannot be unpacked: it holds more than it may.`);
      yield piece.value;
    }
  } finally {
    // The decoder of xz cannot be left twice.
    await pieces.return?.().catch(() => {});
  }
}

/** All of it at once. */
export async function decompressWhole(name: string, bytes: Uint8Array, maxBytes: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of decompress(name, bytes, maxBytes)) pieces.push(piece.slice());
  return Buffer.concat(pieces);
}

function unpack(name: string, bytes: Uint8Array): AsyncIterable<Uint8Array> {
  if (name.endsWith('.xz')) return unpackXz(bytes);
  if (name.endsWith('.gz')) return through(bytes, createGunzip({ chunkSize: CHUNK_BYTES }));
  if (name.endsWith('.zst')) return through(bytes, createZstdDecompress({ chunkSize: CHUNK_BYTES }));
  return Readable.from(chunks(bytes));
}

function through(bytes: Uint8Array, stream: NodeJS.ReadWriteStream): AsyncIterable<Uint8Array> {
  // An error reaches the reader through the stream itself.
  return pipeline(Readable.from(chunks(bytes)), stream, () => {}) as unknown as AsyncIterable<Uint8Array>;
}

/** The decoder gives empty pieces for ever where the data end too early. */
async function* unpackXz(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  let inRow = 0;
  for await (const piece of new xz.XzReadableStream(ReadableStream.from(chunks(bytes)))) {
    inRow = piece.length === 0 ? inRow + 1 : 0;
    if (inRow > MAX_EMPTY_PIECES) throw new Error('it ends too early');
    if (piece.length > 0) yield piece;
  }
}

function* chunks(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}
