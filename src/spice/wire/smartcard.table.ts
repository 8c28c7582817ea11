/** The smartcard channel: messages of a virtual card reader, the same in both directions. */
import { bytes, count, message, openEnum, struct, u32, type MessageTable, type WireModule } from '../../wire/schema.ts';
import { commonClient, commonServer } from './common.table.ts';

const CardMessageType = openEnum(
  'CardMessageType',
  u32,
  {
    prefix: 'SPICE_VSC_MESSAGE_TYPE_',
    words: {
      init: 'Init',
      error: 'Error',
      readerAdd: 'ReaderAdd',
      readerRemove: 'ReaderRemove',
      atr: 'ATR',
      cardRemove: 'CardRemove',
      apdu: 'APDU',
      flush: 'Flush',
      flushComplete: 'FlushComplete',
    },
  },
  {
    init: 1,
    error: 2,
    readerAdd: 3,
    readerRemove: 4,
    atr: 5,
    cardRemove: 6,
    apdu: 7,
    flush: 8,
    flushComplete: 9,
  },
);

const CardMessage = struct('CardMessage', {
  type: CardMessageType,
  readerId: u32,
  dataBytes: count(u32),
  data: bytes({ countedBy: 'dataBytes', max: 1 << 20 }),
});
const CardError = struct('CardError', { code: u32 }, { doc: 'Data of a message of type `error`.' });

/** Server to client. */
export const smartcardServer = {
  ...commonServer,
  data: message(101, 'SPICE_MSG_SMARTCARD_DATA', 'A message to the card.', CardMessage),
} as const satisfies MessageTable;

/** Client to server. */
export const smartcardClient = {
  ...commonClient,
  data: message(101, 'SPICE_MSGC_SMARTCARD_DATA', 'A message of the card.', CardMessage),
} as const satisfies MessageTable;

/** The smartcard channel. */
export const smartcardModule: WireModule = {
  name: 'smartcard',
  title: 'Smartcard channel',
  doc: 'Messages of a virtual card reader.',
  types: [CardError],
  tables: { smartcardServer, smartcardClient },
};
