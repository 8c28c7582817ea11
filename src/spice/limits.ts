/** Bounds on what viewers may ask of a SPICE server; every one can be overridden. Sizes are bytes, times milliseconds. */
export interface SpiceLimits {
  /** Time a connection has from its first moment to its ticket. */
  readonly handshakeMs: number;
  /** Connections without an accepted ticket, in all; the oldest gives way to a new one. */
  readonly maxHalfOpen: number;
  /** The same for one address. */
  readonly maxHalfOpenPerAddress: number;
  /** Sessions at once. */
  readonly maxViewers: number;
  /** Channels of one session. */
  readonly maxChannelsPerViewer: number;
  /** The link message without its header. */
  readonly maxLinkBytes: number;
  /** One message of a viewer, without its header. */
  readonly maxMessageBytes: number;
  /** Messages after which a viewer acknowledges; twice as many may be unacknowledged. */
  readonly ackWindow: number;
  /** Drawn batches that a nearby viewer may have waiting; a far one gets more, for its line's sake. */
  readonly maxBatchesInFlight: number;
  /** Bytes waiting in the process for one channel's socket before nothing more is handed to it. */
  readonly maxBufferedBytes: number;
  /** The same for the rest of a frame whose first part has gone. */
  readonly maxFrameBytes: number;
  /** Tokens a viewer starts with: messages of at most 2,048 bytes it may send to the agent unasked. */
  readonly agentTokens: number;
  /** One agent message of a viewer; longer ones are skipped. */
  readonly maxAgentMessageBytes: number;
  /** Agent bytes waiting for one viewer; a viewer over it loses the agent until it has caught up. */
  readonly maxAgentBacklogBytes: number;
}

/** What holds where nothing else was said. */
export const SPICE_LIMITS: SpiceLimits = {
  handshakeMs: 10_000,
  maxHalfOpen: 256,
  maxHalfOpenPerAddress: 64,
  maxViewers: 32,
  maxChannelsPerViewer: 32,
  maxLinkBytes: 4096,
  maxMessageBytes: 1 << 20,
  ackWindow: 100,
  maxBatchesInFlight: 2,
  maxBufferedBytes: 1 << 20,
  maxFrameBytes: 8 << 20,
  agentTokens: 10,
  maxAgentMessageBytes: 32 << 20,
  maxAgentBacklogBytes: 16 << 20,
};
