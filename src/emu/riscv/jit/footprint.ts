/**
 * What translated code takes of this machine's memory. V8 does not tell, so it is estimated from the WebAssembly of a region.
 * Measured with regions of compilers under Node 24.21: module and instance 16 KB, and for each byte of WebAssembly 3.5 of what
 * is made of it: machine code, the tables that belong to it, and the byte itself.
 */
const MODULE_BYTES = 16_000;
const BYTES_A_BYTE = 3.5;

/** Of all harts of a machine: five thousand regions of usual size. Debian's desktop has some three thousand. */
export const MAX_CODE_BYTES = 224 << 20;

/** Bytes that a region's module and one instance take, when all is done to it. */
export function footprintOf(wasm: Uint8Array): number {
  return MODULE_BYTES + BYTES_A_BYTE * wasm.length;
}
