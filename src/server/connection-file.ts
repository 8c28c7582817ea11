/**
 * The file that opens remote-viewer (virt-viewer's connection file, manual page remote-viewer(1), section "CONNECTION
 * FILE"): a key file with one group.
 */

/** Where and how remote-viewer shall connect. */
export interface Connection {
  readonly title: string;
  readonly host: string;
  readonly port?: number;
  readonly tlsPort?: number;
  /** A one-time ticket or the password; absent when none is wanted. */
  readonly password?: string;
  /** PEM, when the viewer can't know the certificate. */
  readonly ca?: string;
}

/** The text of the file. Values are escaped as key files want it; nothing in them can start a line of its own. */
export function printConnectionFile(connection: Connection): string {
  const rows: readonly (readonly [string, string | number | undefined])[] = [
    ['type', 'spice'],
    ['title', connection.title],
    ['host', connection.host],
    ['port', connection.port],
    ['tls-port', connection.tlsPort],
    ['password', connection.password],
    ['ca', connection.ca],
    ['delete-this-file', 1],
    ['secure-attention', 'ctrl+alt+end'],
  ];
  const lines = rows.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${escaped(String(value))}`]));
  return `[virt-viewer]\n${lines.join('\n')}\n`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replace(/^ /, '\\s');
}
