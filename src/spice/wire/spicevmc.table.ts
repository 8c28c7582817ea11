/** What channels have in common that carry the bytes of a guest device: usbredir, port, webdav. */
import { bytes, enumOf, message, u32, u8, variant, type MessageTable, type WireModule } from '../../wire/schema.ts';
import { commonClient, commonServer, Data, MAX_BODY_BYTES } from './common.table.ts';

const SpicevmcCap = enumOf('SpicevmcCap', u32, 'SPICE_SPICEVMC_CAP_', { dataCompressLz4: 0 });
const since = SpicevmcCap.values.dataCompressLz4;

const CompressionType = enumOf('CompressionType', u8, 'SPICE_DATA_COMPRESSION_TYPE_', { none: 0, lz4: 1 });
const data = bytes({ toEnd: true, max: MAX_BODY_BYTES });
const CompressedData = variant(
  'CompressedData',
  { type: CompressionType },
  'type',
  { none: { data }, lz4: { uncompressedBytes: u32, data } },
  { doc: 'Bytes of the device, compressed as one LZ4 block where the type says so.' },
);

/** Server to client. */
export const spicevmcServer = {
  ...commonServer,
  data: message(101, 'SPICE_MSG_SPICEVMC_DATA', 'Bytes of the device.', Data),
  compressedData: message(
    102,
    'SPICE_MSG_SPICEVMC_COMPRESSED_DATA',
    'Bytes of the device, compressed.',
    CompressedData,
    {
      since,
    },
  ),
} as const satisfies MessageTable;

/** Client to server. */
export const spicevmcClient = {
  ...commonClient,
  data: message(101, 'SPICE_MSGC_SPICEVMC_DATA', 'Bytes for the device.', Data),
  compressedData: message(
    102,
    'SPICE_MSGC_SPICEVMC_COMPRESSED_DATA',
    'Bytes for the device, compressed.',
    CompressedData,
    { since },
  ),
} as const satisfies MessageTable;

/** Messages of device channels. */
export const spicevmcModule: WireModule = {
  name: 'spicevmc',
  title: 'Device channels',
  doc: 'What usbredir, port and webdav have in common.',
  types: [SpicevmcCap],
  tables: { spicevmcServer, spicevmcClient },
};
