/** The descriptors that the GPU process of a client starts with. */

/** The socket that brings the client's. */
export const CONTROL_FD = 3;

/** The memory of the progress page. */
export const PROGRESS_FD = 4;

/** The memory that all clients share (memory-ledger.ts). */
export const LEDGER_FD = 5;
