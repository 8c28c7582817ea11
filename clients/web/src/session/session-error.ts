/** Why a session did not come about or came to its end, by code. */
export type SessionErrorCode =
  /** No connection: network, address, or nobody listens. */
  | 'unreachable'
  /** A password is wanted, or the one given is wrong. */
  | 'authentication'
  /** The server answered and will not have this viewer or channel. */
  | 'refused'
  /** The server's bytes make no sense. */
  | 'protocol'
  /** The server ended the session. */
  | 'closed'
  /** The browser has no cryptography here, for the page was not loaded over https. */
  | 'insecure';

/** The end of a session, or of the attempt at one; the message is a sentence for the user. */
export class SessionError extends Error {
  override readonly name = 'SessionError';
  readonly code: SessionErrorCode;
  constructor(code: SessionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The SessionError in whatever was thrown: errors of other classes are about the server's bytes. */
export function toSessionError(error: unknown): SessionError {
  if (error instanceof SessionError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new SessionError('protocol', `The server sent something wrong: ${message}`, { cause: error });
}
