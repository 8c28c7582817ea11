/**
 * The messages of vhost-user that a device program gets and gives (the protocol's specification is part of QEMU's
 * documents). Each begins with a `VhostUserHeader`; descriptors travel beside the bytes.
 */
import {
  bytes,
  count,
  list,
  message,
  padding,
  struct,
  u32,
  u64,
  u64n,
  type MessageTable,
  type WireModule,
} from '../../wire/schema.ts';

const VhostUserHeader = struct(
  'VhostUserHeader',
  { request: u32, flags: u32, size: u32 },
  {
    hot: true,
    doc: 'Flags: bits 0–1 version (1), bit 2 an answer, bit 3 an answer is wanted. `size` counts the payload.',
  },
);

const Nothing = struct('Nothing', {});
const U64 = struct('VhostUserU64', { value: u64 });
const VringState = struct('VringState', { index: u32, value: u32 });
const MemoryRegion = struct('MemoryRegion', { guestAddress: u64n, size: u64n, userAddress: u64, mmapOffset: u64n });
const Config = struct('VhostUserConfig', {
  offset: u32,
  size: count(u32),
  flags: u32,
  data: bytes({ countedBy: 'size', max: 256 }),
});

/** Requests of the machine, by name. A request that is not here is refused. */
const vhostUserRequests = {
  getFeatures: message(1, 'VHOST_USER_GET_FEATURES', 'Which features are there? Answered with a number.', Nothing),
  setFeatures: message(2, 'VHOST_USER_SET_FEATURES', 'The features that the driver accepted.', U64),
  setOwner: message(3, 'VHOST_USER_SET_OWNER', 'A session begins.', Nothing),
  resetOwner: message(4, 'VHOST_USER_RESET_OWNER', 'Out of use.', Nothing),
  setMemoryTable: message(
    5,
    'VHOST_USER_SET_MEM_TABLE',
    'Guest memory, one descriptor a region.',
    struct('SetMemoryTable', {
      regionCount: count(u32),
      unused: padding(4),
      regions: list(MemoryRegion, { countedBy: 'regionCount', max: 8 }),
    }),
  ),
  setVringSize: message(8, 'VHOST_USER_SET_VRING_NUM', 'The size of a queue.', VringState),
  setVringAddresses: message(
    9,
    'VHOST_USER_SET_VRING_ADDR',
    'Where a queue lies, in the machine’s own addresses.',
    struct('SetVringAddresses', {
      index: u32,
      flags: u32,
      descriptors: u64,
      used: u64,
      available: u64,
      log: u64,
    }),
  ),
  setVringBase: message(10, 'VHOST_USER_SET_VRING_BASE', 'The available index to go on from.', VringState),
  getVringBase: message(
    11,
    'VHOST_USER_GET_VRING_BASE',
    'Stops a queue; answered with its next available index.',
    VringState,
  ),
  setVringKick: message(
    12,
    'VHOST_USER_SET_VRING_KICK',
    'The doorbell of a queue: bits 0–7 its number, bit 8 set when no descriptor comes along.',
    U64,
  ),
  setVringCall: message(13, 'VHOST_USER_SET_VRING_CALL', 'The interrupt of a queue, likewise.', U64),
  setVringError: message(14, 'VHOST_USER_SET_VRING_ERR', 'Where to tell that a queue is broken, likewise.', U64),
  getProtocolFeatures: message(15, 'VHOST_USER_GET_PROTOCOL_FEATURES', 'Answered with a number.', Nothing),
  setProtocolFeatures: message(16, 'VHOST_USER_SET_PROTOCOL_FEATURES', 'Those of them that are used.', U64),
  getQueueCount: message(17, 'VHOST_USER_GET_QUEUE_NUM', 'How many queues are there? Answered with a number.', Nothing),
  setVringEnable: message(18, 'VHOST_USER_SET_VRING_ENABLE', 'Turns a queue on (1) or off (0).', VringState),
  getConfig: message(24, 'VHOST_USER_GET_CONFIG', 'Asks for a part of configuration space; answered alike.', Config),
  setConfig: message(25, 'VHOST_USER_SET_CONFIG', 'The driver writes configuration space.', Config),
  setGpuSocket: message(33, 'VHOST_USER_GPU_SET_SOCKET', 'A socket to draw on the machine’s own displays.', Nothing),
  resetDevice: message(34, 'VHOST_USER_RESET_DEVICE', 'The device forgets everything.', Nothing),
} satisfies MessageTable;

/** The generator's view of this file. */
export const vhostUserModule: WireModule = {
  name: 'vhost-user-wire',
  title: 'vhost-user',
  doc: 'Messages between QEMU and the process that plays one of its devices.',
  types: [VhostUserHeader],
  tables: { vhostUserRequests },
};
