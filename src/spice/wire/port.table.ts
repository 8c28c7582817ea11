/** The port channel: a named byte pipe to the guest, such as a serial port. */
import {
  bool,
  bytes,
  count,
  message,
  openEnum,
  reference,
  struct,
  u32,
  u8,
  type MessageTable,
  type WireModule,
} from '../../wire/schema.ts';
import { spicevmcClient, spicevmcServer } from './spicevmc.table.ts';

const PortEventType = openEnum('PortEventType', u8, 'SPICE_PORT_EVENT_', { opened: 0, closed: 1, break: 2 });
const PortEvent = struct('PortEvent', { event: PortEventType });

/** Server to client. */
export const portServer = {
  ...spicevmcServer,
  init: message(
    201,
    'SPICE_MSG_PORT_INIT',
    'The first message: what the pipe is.',
    struct(
      'PortInit',
      {
        nameBytes: count(u32),
        name: reference(bytes({ countedBy: 'nameBytes', max: 65536 })),
        opened: bool(u8),
      },
      { doc: 'The name ends with a zero byte.' },
    ),
  ),
  event: message(202, 'SPICE_MSG_PORT_EVENT', 'The guest opened or closed its end, or sent a break.', PortEvent),
} as const satisfies MessageTable;

/** Client to server. */
export const portClient = {
  ...spicevmcClient,
  event: message(201, 'SPICE_MSGC_PORT_EVENT', 'The client opened or closed its end, or sends a break.', PortEvent),
} as const satisfies MessageTable;

/** The port channel. */
export const portModule: WireModule = {
  name: 'port',
  title: 'Port channel',
  doc: 'A named byte pipe to the guest.',
  tables: { portServer, portClient },
};
