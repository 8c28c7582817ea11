/** A connection that carries bytes in order both ways: a WebSocket in the browser, a socket or a pipe in tests. */
export interface ByteTransport {
  /** Sends the chunks one after the other, as one unit where the transport has units. They are not changed afterwards. */
  send(chunks: readonly Uint8Array[]): void;
  /** Called with bytes as they come; they belong to the callee. Set before the first await after opening. */
  onData: ((bytes: Uint8Array<ArrayBuffer>) => void) | null;
  /** Called once when the other side or the network ended the connection, never after `close`. */
  onClose: ((reason: string) => void) | null;
  /** Bytes given to `send` that have not left yet. */
  readonly bufferedBytes: number;
  /** Ends the connection; nothing is called afterwards. May be called again. */
  close(): void;
}
