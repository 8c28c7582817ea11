/** Events and configuration of virtio input devices: Virtio 1.3 §5.8. */
import { enumOf, i32, struct, u16, u32, u8, type WireModule } from '../../../../wire/schema.ts';

const InputEvent = struct(
  'InputEvent',
  { type: u16, code: u16, value: i32 },
  { doc: 'An event, as the evdev interface of Linux has it, without its time.' },
);

const InputSelect = enumOf('InputSelect', u8, 'VIRTIO_INPUT_CFG_', {
  unset: 0,
  idName: 1,
  idSerial: 2,
  idDevids: 3,
  propBits: 0x10,
  evBits: 0x11,
  absInfo: 0x12,
});

const InputIds = struct('InputIds', { busType: u16, vendor: u16, product: u16, version: u16 });

const InputAxis = struct('InputAxis', { min: u32, max: u32, fuzz: u32, flat: u32, resolution: u32 });

/** The generator's view of this file. */
export const inputModule: WireModule = {
  name: 'input',
  title: 'Virtio input',
  doc: 'What keyboards, tablets and touch screens say, and how they describe themselves (Virtio 1.3 §5.8).',
  types: [InputEvent, InputSelect, InputIds, InputAxis],
};
