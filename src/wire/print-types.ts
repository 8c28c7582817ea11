/** Prints TypeScript types of shapes. */
import { spell, type Fields, type Shape, type StructShape, type VariantShape } from './schema.ts';

/** First letter upper. */
export function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** The type a shape decodes to. */
export function typeOf(s: Shape): string {
  switch (s.kind) {
    case 'prim':
    case 'count':
      return s.prim === 'u64' || s.prim === 'i64' ? 'bigint' : 'number';
    case 'bool':
      return 'boolean';
    case 'flags':
      return 'number';
    case 'enum':
      return s.open ? 'number' : s.name;
    case 'blob':
    case 'bytes':
      return 'Uint8Array';
    case 'struct':
    case 'variant':
      return s.name;
    case 'group':
      return `{ ${memberLines(s.fields).join(' ')} }`;
    case 'list':
    case 'array':
      return `readonly ${wrapped(s.of.shape)}[]`;
    case 'pointer':
      return s.nullable ? `${typeOf(s.to.shape)} | null` : typeOf(s.to.shape);
    case 'when':
      return isNullable(s.of.shape) ? typeOf(s.of.shape) : `${typeOf(s.of.shape)} | null`;
    case 'padding':
    default:
      return 'never';
  }
}

function isNullable(s: Shape): boolean {
  return (s.kind === 'pointer' && s.nullable) || s.kind === 'when';
}

function wrapped(s: Shape): string {
  const t = typeOf(s);
  return t.includes('|') || t.startsWith('readonly') ? `(${t})` : t;
}

/** Whether a field is part of the decoded object. */
export function isVisible(s: Shape): boolean {
  return s.kind !== 'padding' && s.kind !== 'count';
}

function memberLines(fields: Fields, except?: string): string[] {
  return Object.entries(fields)
    .filter(([name, f]) => name !== except && isVisible(f.shape))
    .map(([name, f]) => `readonly ${name}: ${typeOf(f.shape)};`);
}

function docLines(...lines: string[]): string[] {
  const text = lines.filter((line) => line !== '');
  return text.length === 0 ? [] : [`/** ${text.join(' ')} */`];
}

/** An interface for a structure. */
export function printStructType(s: StructShape, doc: string): string[] {
  const members = memberLines(s.fields);
  const head = docLines(doc, s.doc);
  if (members.length === 0) return [...head, `export type ${s.name} = Empty;`];
  return [...head, `export interface ${s.name} {`, ...members.map((line) => `  ${line}`), '}'];
}

/** A union for a variant, and an interface for each of its cases. */
export function printVariantType(s: VariantShape, doc: string): string[] {
  const lines: string[] = [];
  const base = memberLines(s.fields, s.on);
  const names: string[] = [];
  for (const [key, fields] of Object.entries(s.cases)) {
    const name = `${s.name}${pascal(key)}`;
    names.push(name);
    lines.push(
      `/** \`${s.name}\` of type \`${key}\`. */`,
      `export interface ${name} {`,
      ...[...base, `readonly ${s.on}: typeof ${s.enum.name}.${key};`, ...memberLines(fields)].map(
        (line) => `  ${line}`,
      ),
      '}',
    );
  }
  return [...lines, ...docLines(doc, s.doc), `export type ${s.name} = ${names.join(' | ')};`];
}

/** The values of an enum or the masks of flags, with a check for closed enums. */
export function printValues(s: Extract<Shape, { kind: 'enum' | 'flags' }>): string[] {
  if (s.kind === 'flags') {
    const rows = Object.entries(s.bits).map(([key, bit]) => `  /** ${spell(s.spec, key)} */\n  ${key}: ${2 ** bit},`);
    return [`export const ${s.name} = {`, ...rows, '} as const;'];
  }
  const rows = Object.entries(s.values).map(([key, value]) => `  /** ${spell(s.spec, key)} */\n  ${key}: ${value},`);
  const lines = [`export const ${s.name} = {`, ...rows, '} as const;'];
  if (s.open) return lines;
  return [
    ...lines,
    `export type ${s.name} = (typeof ${s.name})[keyof typeof ${s.name}];`,
    `/** Refuses a number that is no \`${s.name}\`. */`,
    `export function check${s.name}(r: Reader, x: number, path: string): ${s.name} {`,
    '  switch (x) {',
    ...[...new Set(Object.values(s.values))].map((value) => `    case ${value}:`),
    `      return x as ${s.name};`,
    '    default:',
    "      throw r.refuse('value', path);",
    '  }',
    '}',
  ];
}
