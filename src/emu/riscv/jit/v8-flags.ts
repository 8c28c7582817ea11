/**
 * How V8 treats WebAssembly in this process. Flags are for all threads, so they are set once, before the threads of a machine
 * are started. `--no-wasm-inlining` is not among them, though it spares 7 % of a boot: threads that are started after it was
 * set crash (Node 24.21).
 */
import { setFlagsFromString } from 'node:v8';
import process from 'node:process';

let isDone = false;

/** Sets what the interpreter and translated code want. Twice is once. */
export function setV8Flags(): void {
  if (isDone) return;
  isDone = true;
  // How much WebAssembly code, in bytes, a function may execute before V8 compiles it anew with all optimisations, in threads
  // of its own. Thrice V8's own number: most translated code will never run so often. A boot takes less processor time, and
  // what is hot waits some milliseconds longer.
  setFlagsFromString('--wasm-tiering-budget=40000000');
  // Else each function would be compiled when it is first called, and so by the hart.
  setFlagsFromString('--no-wasm-lazy-compilation');
  // Later versions need no flag for it, and complain of flags that they do not know.
  if (process.versions.v8.startsWith('13.')) setFlagsFromString('--experimental-wasm-branch-hinting');
}
