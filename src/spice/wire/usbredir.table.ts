/** The usbredir channel: packets of the usbredir protocol, one device a channel. */
import type { MessageTable, WireModule } from '../../wire/schema.ts';
import { spicevmcClient, spicevmcServer } from './spicevmc.table.ts';

/** Server to client. */
export const usbredirServer = { ...spicevmcServer } as const satisfies MessageTable;

/** Client to server. */
export const usbredirClient = { ...spicevmcClient } as const satisfies MessageTable;

/** The usbredir channel. */
export const usbredirModule: WireModule = {
  name: 'usbredir',
  title: 'Usbredir channel',
  doc: 'Packets of the usbredir protocol.',
  tables: { usbredirServer, usbredirClient },
};
