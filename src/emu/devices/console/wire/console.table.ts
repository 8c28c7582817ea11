/** Control messages and configuration of the virtio console: Virtio 1.3 §5.3. */
import { enumOf, struct, u16, u32, type WireModule } from '../../../../wire/schema.ts';

const ConsoleControl = struct(
  'ConsoleControl',
  { port: u32, event: u16, value: u16 },
  { doc: 'A message on a control queue; after `portName` the name follows.' },
);

const ConsoleEvent = enumOf('ConsoleEvent', u16, 'VIRTIO_CONSOLE_', {
  deviceReady: 0,
  deviceAdd: 1,
  deviceRemove: 2,
  portReady: 3,
  consolePort: 4,
  resize: 5,
  portOpen: 6,
  portName: 7,
});

const ConsoleConfig = struct(
  'ConsoleConfig',
  { columns: u16, rows: u16, maxPorts: u32, emergencyWrite: u32 },
  { doc: 'Configuration space (§5.3.4).' },
);

/** The generator's view of this file. */
export const consoleModule: WireModule = {
  name: 'console',
  title: 'Virtio console',
  doc: 'How driver and console speak of their ports (Virtio 1.3 §5.3).',
  types: [ConsoleControl, ConsoleEvent, ConsoleConfig],
};
