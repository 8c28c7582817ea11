/**
 * What is said when bytes of a peer or a guest are wrong. One table gives the code, the sentence and what the owner of the
 * connection does; documents are printed from it. Our own mistakes (a message that cannot be written) are assertions.
 */

/** Why bytes were refused, by code. */
export const WIRE_ERRORS = {
  truncated: { sentence: 'The message ends before the field does.', action: 'Close the channel.' },
  limit: { sentence: 'A count or size is larger than allowed.', action: 'Close the channel.' },
  value: { sentence: 'The value is not one of those the field may have.', action: 'Close the channel.' },
  flags: { sentence: 'Bits are set that the field does not have.', action: 'Close the channel.' },
  pointer: { sentence: 'An offset is zero or lies outside the message.', action: 'Close the channel.' },
  budget: { sentence: 'Offsets make the message much larger than its bytes.', action: 'Close the channel.' },
  message: { sentence: 'The message number is unknown here.', action: 'Close the channel.' },
} as const satisfies Readonly<Record<string, { readonly sentence: string; readonly action: string }>>;

/** One of the codes above. */
export type WireErrorCode = keyof typeof WIRE_ERRORS;

/** Bytes from outside are wrong. `path` names the field, `at` is the byte in the message body. */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly code: WireErrorCode;
  readonly path: string;
  readonly at: number;
  constructor(code: WireErrorCode, path: string, at: number) {
    super(`${path} at byte ${at}: ${WIRE_ERRORS[code].sentence}`);
    this.code = code;
    this.path = path;
    this.at = at;
  }
}
