/**
 * The webdav channel: a port through which the guest reaches the client's shared folder. In its bytes each piece is a
 * client number (i64), a size (u16) and so many bytes of HTTP.
 */
import { bytes, i64, struct, u16, type MessageTable, type WireModule } from '../../wire/schema.ts';
import { portClient, portServer } from './port.table.ts';

const WebdavPiece = struct(
  'WebdavPiece',
  { client: i64, data: bytes({ count: u16, max: 65535 }) },
  { doc: 'A piece of one HTTP connection; without data the connection ends.' },
);

/** Server to client. */
export const webdavServer = { ...portServer } as const satisfies MessageTable;

/** Client to server. */
export const webdavClient = { ...portClient } as const satisfies MessageTable;

/** The webdav channel. */
export const webdavModule: WireModule = {
  name: 'webdav',
  title: 'Webdav channel',
  doc: "The guest's way to the client's shared folder.",
  types: [WebdavPiece],
  tables: { webdavServer, webdavClient },
};
