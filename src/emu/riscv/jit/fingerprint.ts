/** Tells pages of guest code apart at a glance; assembly/code-cache.ts does the same in the hart. */

const SAMPLE_EVERY = 0x400;
const FIRST_SAMPLE = 0xf8;
/** Not 0, which stands for no page. */
const FIRST_HASH = 0x811c9dc5;

/** A number of 32 bits, made of 8 words of the page: what is equal may still differ. */
export function fingerprintOf(page: Uint8Array): number {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  let hash = FIRST_HASH;
  for (let at = FIRST_SAMPLE; at < 0x1000; at += SAMPLE_EVERY) {
    hash = mix(mix(hash, view.getUint32(at, true)), view.getUint32(at + 4, true));
  }
  return hash >>> 0;
}

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
