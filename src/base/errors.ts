/**
 * The errors of Saffron. Three classes say whose fault it was, and each has a `code` to act on:
 * `WireError` (src/wire: bytes of a peer or guest are wrong), `StateError` (right bytes, wrong time or unknown id) and
 * `HostError` (this machine: files, sockets, programs). `UsageError` is for the command line and its files.
 */

/** What a peer or guest asked for does not fit the present state: unknown id, wrong order, over a quota. */
export class StateError extends Error {
  override readonly name = 'StateError';
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** This machine refused: a file, a socket, a program, a library. The message is one sentence that says how to mend it. */
export class HostError extends Error {
  override readonly name = 'HostError';
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A mistake in the command line or in a file named there. Told in one sentence; the program ends with status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
