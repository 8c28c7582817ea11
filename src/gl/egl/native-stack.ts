/**
 * Gives native calls the stack that drivers expect. koffi runs them on a stack of its own, by default smaller than a
 * thread's; the compilers inside OpenGL drivers recurse with the depth of a shader.
 *
 * The size can be set only before the first native library is loaded: a program that renders imports this module before
 * everything else. Imported later it changes nothing.
 */
import koffi from 'koffi';

const STACK_BYTES = 16 << 20;

try {
  koffi.config({ sync_stack_size: STACK_BYTES });
} catch {
  // A library is loaded already: drivers have to do with the stack there is.
}
