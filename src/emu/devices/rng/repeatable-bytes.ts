import { createCipheriv } from 'node:crypto';

/** Fills buffers with bytes that look random and are the same in every run: for guests whose runs shall be equal. */
export function repeatableBytes(): (into: Uint8Array) => void {
  const stream = createCipheriv('aes-256-ctr', new Uint8Array(32), new Uint8Array(16));
  return (into) => into.set(stream.update(new Uint8Array(into.length)));
}
