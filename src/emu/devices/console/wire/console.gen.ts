// Generated from console.table.ts by `npm run gen`. Do not edit.
import type { Reader } from '../../../../wire/reader.ts';
import type { Writer } from '../../../../wire/writer.ts';

/** A message on a control queue; after `portName` the name follows. */
export interface ConsoleControl {
  readonly port: number;
  readonly event: number;
  readonly value: number;
}
/** Reads a `ConsoleControl`. Throws WireError. Byte fields are borrowed. */
export function readConsoleControl(r: Reader): ConsoleControl {
  const v = r.view;
  const o1 = r.take(8, 'ConsoleControl');
  const port = v.getUint32(o1, true);
  const event = v.getUint16(o1 + 4, true);
  const value = v.getUint16(o1 + 6, true);
  return { port, event, value };
}
/** Writes a `ConsoleControl`. */
export function writeConsoleControl(w: Writer, m: ConsoleControl): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setUint32(o1, m.port, true);
  v2.setUint16(o1 + 4, m.event, true);
  v2.setUint16(o1 + 6, m.value, true);
}

export const ConsoleEvent = {
  /** VIRTIO_CONSOLE_DEVICE_READY */
  deviceReady: 0,
  /** VIRTIO_CONSOLE_DEVICE_ADD */
  deviceAdd: 1,
  /** VIRTIO_CONSOLE_DEVICE_REMOVE */
  deviceRemove: 2,
  /** VIRTIO_CONSOLE_PORT_READY */
  portReady: 3,
  /** VIRTIO_CONSOLE_CONSOLE_PORT */
  consolePort: 4,
  /** VIRTIO_CONSOLE_RESIZE */
  resize: 5,
  /** VIRTIO_CONSOLE_PORT_OPEN */
  portOpen: 6,
  /** VIRTIO_CONSOLE_PORT_NAME */
  portName: 7,
} as const;
export type ConsoleEvent = (typeof ConsoleEvent)[keyof typeof ConsoleEvent];
/** Refuses a number that is no `ConsoleEvent`. */
export function checkConsoleEvent(r: Reader, x: number, path: string): ConsoleEvent {
  switch (x) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
    case 7:
      return x as ConsoleEvent;
    default:
      throw r.refuse('value', path);
  }
}

/** Configuration space (§5.3.4). */
export interface ConsoleConfig {
  readonly columns: number;
  readonly rows: number;
  readonly maxPorts: number;
  readonly emergencyWrite: number;
}
/** Reads a `ConsoleConfig`. Throws WireError. Byte fields are borrowed. */
export function readConsoleConfig(r: Reader): ConsoleConfig {
  const v = r.view;
  const o1 = r.take(12, 'ConsoleConfig');
  const columns = v.getUint16(o1, true);
  const rows = v.getUint16(o1 + 2, true);
  const maxPorts = v.getUint32(o1 + 4, true);
  const emergencyWrite = v.getUint32(o1 + 8, true);
  return { columns, rows, maxPorts, emergencyWrite };
}
/** Writes a `ConsoleConfig`. */
export function writeConsoleConfig(w: Writer, m: ConsoleConfig): void {
  const o1 = w.take(12);
  const v2 = w.view;
  v2.setUint16(o1, m.columns, true);
  v2.setUint16(o1 + 2, m.rows, true);
  v2.setUint32(o1 + 4, m.maxPorts, true);
  v2.setUint32(o1 + 8, m.emergencyWrite, true);
}
