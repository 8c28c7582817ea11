/** Names and shapes of QEMU's display objects (QEMU's display1.xml), and what a client asks of them first. */
import type { DbusConnection } from './dbus-connection.ts';
import { dbusError } from './dbus-error.ts';
import type { DbusReader, DbusValue } from './dbus-reader.ts';

export const CONSOLE = 'org.qemu.Display1.Console';
export const KEYBOARD = 'org.qemu.Display1.Keyboard';
export const MOUSE = 'org.qemu.Display1.Mouse';
export const MULTI_TOUCH = 'org.qemu.Display1.MultiTouch';

/** What is known of a console that shows a picture. */
export interface ConsoleProperties {
  readonly path: string;
  /** QEMU's number of it; the order of the heads. */
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly isAbsolute: boolean;
  /** Bits 0 scroll, 1 num, 2 caps. */
  readonly modifiers: number;
}

const CONSOLE_PATH = /^\/org\/qemu\/Display1\/Console_(\d{1,3})$/;

/** Properties of an object's interfaces: by interface, then by name. */
export type Properties = ReadonlyMap<string, ReadonlyMap<string, DbusValue>>;

/** The consoles that show pictures (not those of text), by number. */
export async function listConsoles(connection: DbusConnection): Promise<ConsoleProperties[]> {
  const objects = await connection.call(
    { path: '/org/qemu/Display1', interface: 'org.freedesktop.DBus.ObjectManager', member: 'GetManagedObjects' },
    '',
    () => {},
    'a{oa{sa{sv}}}',
    readObjects,
  );
  const consoles: ConsoleProperties[] = [];
  for (const [path, interfaces] of objects) {
    const id = CONSOLE_PATH.exec(path)?.[1];
    const properties = interfaces.get(CONSOLE);
    if (id === undefined || properties === undefined || properties.get('Type') !== 'Graphic') continue;
    consoles.push({
      path,
      id: Number(id),
      width: numberOf(properties.get('Width')),
      height: numberOf(properties.get('Height')),
      isAbsolute: interfaces.get(MOUSE)?.get('IsAbsolute') === true,
      modifiers: numberOf(interfaces.get(KEYBOARD)?.get('Modifiers')),
    });
  }
  return consoles.toSorted((a, b) => a.id - b.id);
}

/** Reads `a{oa{sa{sv}}}`. */
export function readObjects(body: DbusReader): Map<string, Properties> {
  const objects = new Map<string, Properties>();
  body.array(8, () => {
    body.align(8);
    const path = body.string();
    const interfaces = new Map<string, ReadonlyMap<string, DbusValue>>();
    body.array(8, () => {
      body.align(8);
      interfaces.set(body.string(), readProperties(body));
    });
    objects.set(path, interfaces);
  });
  return objects;
}

/** Reads `a{sv}`. */
export function readProperties(body: DbusReader): Map<string, DbusValue> {
  const properties = new Map<string, DbusValue>();
  body.array(8, () => {
    body.align(8);
    properties.set(body.string(), body.variant());
  });
  return properties;
}

/** A property that must be a number. Throws WireError. */
export function numberOf(value: DbusValue | undefined): number {
  if (typeof value !== 'number') throw dbusError('value', 'property that is to be a number', 0);
  return value;
}
