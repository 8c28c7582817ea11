// Generated from input.table.ts by `npm run gen`. Do not edit.
import type { Reader } from '../../../../wire/reader.ts';
import type { Writer } from '../../../../wire/writer.ts';

/** An event, as the evdev interface of Linux has it, without its time. */
export interface InputEvent {
  readonly type: number;
  readonly code: number;
  readonly value: number;
}
/** Reads a `InputEvent`. Throws WireError. Byte fields are borrowed. */
export function readInputEvent(r: Reader): InputEvent {
  const v = r.view;
  const o1 = r.take(8, 'InputEvent');
  const type = v.getUint16(o1, true);
  const code = v.getUint16(o1 + 2, true);
  const value = v.getInt32(o1 + 4, true);
  return { type, code, value };
}
/** Writes a `InputEvent`. */
export function writeInputEvent(w: Writer, m: InputEvent): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setUint16(o1, m.type, true);
  v2.setUint16(o1 + 2, m.code, true);
  v2.setInt32(o1 + 4, m.value, true);
}

export const InputSelect = {
  /** VIRTIO_INPUT_CFG_UNSET */
  unset: 0,
  /** VIRTIO_INPUT_CFG_ID_NAME */
  idName: 1,
  /** VIRTIO_INPUT_CFG_ID_SERIAL */
  idSerial: 2,
  /** VIRTIO_INPUT_CFG_ID_DEVIDS */
  idDevids: 3,
  /** VIRTIO_INPUT_CFG_PROP_BITS */
  propBits: 16,
  /** VIRTIO_INPUT_CFG_EV_BITS */
  evBits: 17,
  /** VIRTIO_INPUT_CFG_ABS_INFO */
  absInfo: 18,
} as const;
export type InputSelect = (typeof InputSelect)[keyof typeof InputSelect];
/** Refuses a number that is no `InputSelect`. */
export function checkInputSelect(r: Reader, x: number, path: string): InputSelect {
  switch (x) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 16:
    case 17:
    case 18:
      return x as InputSelect;
    default:
      throw r.refuse('value', path);
  }
}

export interface InputIds {
  readonly busType: number;
  readonly vendor: number;
  readonly product: number;
  readonly version: number;
}
/** Reads a `InputIds`. Throws WireError. Byte fields are borrowed. */
export function readInputIds(r: Reader): InputIds {
  const v = r.view;
  const o1 = r.take(8, 'InputIds');
  const busType = v.getUint16(o1, true);
  const vendor = v.getUint16(o1 + 2, true);
  const product = v.getUint16(o1 + 4, true);
  const version = v.getUint16(o1 + 6, true);
  return { busType, vendor, product, version };
}
/** Writes a `InputIds`. */
export function writeInputIds(w: Writer, m: InputIds): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setUint16(o1, m.busType, true);
  v2.setUint16(o1 + 2, m.vendor, true);
  v2.setUint16(o1 + 4, m.product, true);
  v2.setUint16(o1 + 6, m.version, true);
}

export interface InputAxis {
  readonly min: number;
  readonly max: number;
  readonly fuzz: number;
  readonly flat: number;
  readonly resolution: number;
}
/** Reads a `InputAxis`. Throws WireError. Byte fields are borrowed. */
export function readInputAxis(r: Reader): InputAxis {
  const v = r.view;
  const o1 = r.take(20, 'InputAxis');
  const min = v.getUint32(o1, true);
  const max = v.getUint32(o1 + 4, true);
  const fuzz = v.getUint32(o1 + 8, true);
  const flat = v.getUint32(o1 + 12, true);
  const resolution = v.getUint32(o1 + 16, true);
  return { min, max, fuzz, flat, resolution };
}
/** Writes a `InputAxis`. */
export function writeInputAxis(w: Writer, m: InputAxis): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setUint32(o1, m.min, true);
  v2.setUint32(o1 + 4, m.max, true);
  v2.setUint32(o1 + 8, m.fuzz, true);
  v2.setUint32(o1 + 12, m.flat, true);
  v2.setUint32(o1 + 16, m.resolution, true);
}
