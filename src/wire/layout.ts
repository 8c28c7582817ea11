/** Sizes of shapes, and which of them can be printed as one expression over a run of bytes checked once. */
import { WIDTH, type Fields, type Shape } from './schema.ts';

/** Bytes of a shape whose size never varies, or null. */
export function fixedSize(s: Shape): number | null {
  switch (s.kind) {
    case 'prim':
    case 'bool':
    case 'count':
    case 'enum':
    case 'flags':
      return WIDTH[s.prim];
    case 'padding':
    case 'blob':
      return s.size;
    case 'pointer':
      return 4;
    case 'struct':
    case 'group':
      return sumOfSizes(s.fields);
    case 'array': {
      const one = fixedSize(s.of.shape);
      return one === null ? null : one * s.length;
    }
    case 'variant':
    case 'list':
    case 'bytes':
    case 'when':
    default:
      return null;
  }
}

function sumOfSizes(fields: Fields): number | null {
  let sum = 0;
  for (const field of Object.values(fields)) {
    const size = fixedSize(field.shape);
    if (size === null) return null;
    sum += size;
  }
  return sum;
}

/** The fewest bytes a shape can take; bounds lists before they are read. */
export function leastSize(s: Shape): number {
  switch (s.kind) {
    case 'struct':
    case 'group':
    case 'variant':
      return Object.values(s.fields).reduce((sum, f) => sum + leastSize(f.shape), 0);
    case 'list':
    case 'bytes':
      return s.extent.kind === 'prefix' ? WIDTH[s.extent.prim] : 0;
    case 'when':
      return 0;
    case 'array':
      return leastSize(s.of.shape) * s.length;
    case 'prim':
    case 'bool':
    case 'count':
    case 'padding':
    case 'enum':
    case 'flags':
    case 'blob':
    case 'pointer':
    default:
      return fixedSize(s) ?? 0;
  }
}

/** Whether the shape is read by one expression: fixed, and with offsets to named structures only. */
export function isInline(s: Shape): boolean {
  switch (s.kind) {
    case 'prim':
    case 'bool':
    case 'enum':
    case 'flags':
    case 'padding':
    case 'blob':
      return true;
    case 'pointer':
      return s.to.shape.kind === 'struct' || s.to.shape.kind === 'variant';
    case 'struct':
    case 'group':
      return Object.values(s.fields).every((f) => isInline(f.shape));
    case 'count':
    case 'array':
    case 'variant':
    case 'list':
    case 'bytes':
    case 'when':
    default:
      return false;
  }
}

/** Where a `count` field gets its number from when written: the accessors to the lists or bytes that name it. */
export interface CountSource {
  /** JavaScript that yields the number, or undefined where `nullable` and what is counted is absent. */
  readonly expression: string;
  readonly nullable: boolean;
  readonly max: number;
  readonly path: string;
}

/** All places that count by `field`, first come first. */
export function countSources(fields: Fields, field: string, owner: string, path: string): CountSource[] {
  const found: CountSource[] = [];
  for (const [name, type] of Object.entries(fields)) {
    findSources(type.shape, field, `${owner}.${name}`, false, `${path}.${name}`, found);
  }
  return found;
}

function findSources(s: Shape, field: string, at: string, nullable: boolean, path: string, found: CountSource[]): void {
  switch (s.kind) {
    case 'list':
    case 'bytes': {
      if (s.extent.kind !== 'field' || s.extent.field !== field) return;
      const length = s.kind === 'bytes' ? 'byteLength' : 'length';
      found.push({ expression: `${at}${nullable ? '?' : ''}.${length}`, nullable, max: s.max, path });
      return;
    }
    case 'pointer':
      if (s.to.shape.kind === 'struct' || s.to.shape.kind === 'variant') return;
      findSources(s.to.shape, field, at, nullable || s.nullable, path, found);
      return;
    case 'when':
      if (s.of.shape.kind === 'struct' || s.of.shape.kind === 'variant') return;
      findSources(s.of.shape, field, at, true, path, found);
      return;
    case 'group':
      for (const [name, type] of Object.entries(s.fields)) {
        findSources(
          type.shape,
          field,
          nullable ? `${at}?.${name}` : `${at}.${name}`,
          nullable,
          `${path}.${name}`,
          found,
        );
      }
      return;
    case 'prim':
    case 'bool':
    case 'count':
    case 'padding':
    case 'enum':
    case 'flags':
    case 'blob':
    case 'array':
    case 'struct':
    case 'variant':
      return;
  }
}
