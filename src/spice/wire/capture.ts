/** One message of a real program, for tests. */
export interface Capture {
  /** `table.message`, or the name of a structure. */
  readonly path: string;
  /** The bytes, piece by piece. */
  readonly hex: readonly string[];
  /** Bytes of payload that followed; zeros stand in for them. */
  readonly payloadBytes?: number;
  /** Bytes the sender added after the message. */
  readonly trailingBytes?: number;
  /** Agreed features the bytes depend on. */
  readonly features?: number;
  /** The message as a trace line. */
  readonly says: string;
}
