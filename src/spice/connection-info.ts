/** How a viewer's connection came in. */
export type Transport = 'unix' | 'tcp' | 'tls' | 'ws' | 'wss';

/** What a transport knows about a connection when it hands it over. */
export interface ConnectionInfo {
  readonly transport: Transport;
  /** The peer's IP address; empty on a Unix socket. */
  readonly address: string;
  /** The listener lets nobody do more than look. */
  readonly isViewOnly: boolean;
}

/** Whether nobody on the way can listen: the line is encrypted, or never leaves the machine's kernel. */
export function isSecure(info: ConnectionInfo): boolean {
  return info.transport !== 'tcp' && info.transport !== 'ws' ? true : isLoopback(info.address);
}

/** Whether the peer is on this machine, so that bytes cost nothing. */
export function isLocal(info: ConnectionInfo): boolean {
  return info.transport === 'unix' || isLoopback(info.address);
}

/** A peer in words. */
export function printPeer(info: ConnectionInfo): string {
  return info.address === '' ? info.transport : `${info.transport} ${info.address}`;
}

function isLoopback(address: string): boolean {
  return /^(?:::ffff:)?127\./i.test(address) || address === '::1';
}
