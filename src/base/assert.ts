/** A broken promise of our own code. Never caught below `server`: it is a bug, not an event. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** States what must hold here if the code is right. Bytes of a peer or guest are checked with typed errors instead. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}
