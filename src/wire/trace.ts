/** One line of text for a decoded message, for logs and for reading captures. Walks the table: not for hot paths. */
import type { Fields, Shape } from './schema.ts';

const MOST_ELEMENTS = 8;

/** The value as text: names for enums and flags, sizes for bytes, the first elements of lists. */
export function trace(shape: Shape, value: unknown): string {
  switch (shape.kind) {
    case 'enum':
      return nameOf(shape.values, Number(value)) ?? String(value);
    case 'flags':
      return flagNames(shape.bits, Number(value));
    case 'struct':
    case 'group':
      return `{${fieldTexts(shape.fields, value).join(' ')}}`;
    case 'variant': {
      const tag = nameOf(shape.enum.values, Number(property(value, shape.on))) ?? '';
      return `{${[...fieldTexts(shape.fields, value), ...fieldTexts(shape.cases[tag] ?? {}, value)].join(' ')}}`;
    }
    case 'list':
    case 'array': {
      const items = value as readonly unknown[];
      const shown = items.slice(0, MOST_ELEMENTS).map((item) => trace(shape.of.shape, item));
      if (items.length > MOST_ELEMENTS) shown.push(`… ${items.length} in all`);
      return `[${shown.join(' ')}]`;
    }
    case 'bytes':
    case 'blob':
      return `<${(value as Uint8Array).byteLength} bytes>`;
    case 'pointer':
      return value === null ? 'null' : trace(shape.to.shape, value);
    case 'when':
      return value === null ? 'none' : trace(shape.of.shape, value);
    case 'prim':
    case 'bool':
    case 'count':
    case 'padding':
    default:
      return String(value);
  }
}

function property(value: unknown, name: string): unknown {
  return (value as Readonly<Record<string, unknown>>)[name];
}

function fieldTexts(fields: Fields, value: unknown): string[] {
  return Object.entries(fields)
    .filter(([, f]) => f.shape.kind !== 'count' && f.shape.kind !== 'padding')
    .map(([name, f]) => `${name}=${trace(f.shape, property(value, name))}`);
}

function nameOf(values: Readonly<Record<string, number>>, wanted: number): string | undefined {
  return Object.keys(values).find((key) => values[key] === wanted);
}

function flagNames(bits: Readonly<Record<string, number>>, value: number): string {
  const names: string[] = [];
  let left = value;
  for (const [name, bit] of Object.entries(bits)) {
    if (Math.floor(value / 2 ** bit) % 2 === 0) continue;
    names.push(name);
    left -= 2 ** bit;
  }
  if (left !== 0) names.push(`0x${left.toString(16)}`);
  return names.length === 0 ? '0' : names.join('|');
}
