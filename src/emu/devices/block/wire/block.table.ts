/** Requests and configuration of virtio disks: Virtio 1.3 §5.2. Sectors are 512 bytes. */
import { enumOf, padding, struct, u16, u32, u64, u64n, u8, type WireModule } from '../../../../wire/schema.ts';

const BlockRequest = struct(
  'BlockRequest',
  { type: u32, unused: padding(4), sector: u64 },
  { doc: 'Begins a request; data to write follows, data read comes after it, the last byte is the status.' },
);

const BlockRequestType = enumOf('BlockRequestType', u32, 'VIRTIO_BLK_T_', {
  in: 0,
  out: 1,
  flush: 4,
  getId: 8,
  discard: 11,
  writeZeroes: 13,
});

const BlockStatus = enumOf('BlockStatus', u8, 'VIRTIO_BLK_S_', { ok: 0, ioerr: 1, unsupp: 2 });

const BlockRange = struct(
  'BlockRange',
  { sector: u64, sectors: u32, flags: u32 },
  { doc: 'What discard and write-zeroes are about; bit 0 of the flags allows to unmap.' },
);

const BlockConfig = struct(
  'BlockConfig',
  {
    capacity: u64n,
    sizeMax: u32,
    segmentsMax: u32,
    cylinders: u16,
    heads: u8,
    sectors: u8,
    blockSize: u32,
    physicalBlockExponent: u8,
    alignmentOffset: u8,
    minIoSize: u16,
    optIoSize: u32,
    writeback: u8,
    unused0: padding(1),
    queueCount: u16,
    maxDiscardSectors: u32,
    maxDiscardSegments: u32,
    discardSectorAlignment: u32,
    maxWriteZeroesSectors: u32,
    maxWriteZeroesSegments: u32,
    writeZeroesMayUnmap: u8,
    unused1: padding(3),
  },
  { doc: 'Configuration space (§5.2.4).' },
);

/** The generator's view of this file. */
export const blockModule: WireModule = {
  name: 'block',
  title: 'Virtio disk',
  doc: 'Requests of virtio disks (Virtio 1.3 §5.2).',
  types: [BlockRequest, BlockRequestType, BlockStatus, BlockRange, BlockConfig],
};
