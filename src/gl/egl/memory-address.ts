/** Addresses of memory for OpenGL. */
import koffi from 'koffi';

/**
 * Where memory lies, which must stay reachable for as long as the address is used. Small typed arrays lie in the heap and move:
 * give one that was made over an ArrayBuffer.
 */
export function addressOf(memory: ArrayBufferView): number {
  return Number(koffi.address(memory));
}
