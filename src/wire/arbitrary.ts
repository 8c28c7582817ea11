/** fast-check arbitraries for anything a table declares. Only tests import this. */
import * as fc from 'fast-check';
import { WIDTH, type Condition, type Fields, type Prim, type Shape } from './schema.ts';

type Values = Readonly<Record<string, unknown>>;

/** Random values of a shape that its writer accepts; `features` as in the Reader and Writer of the test. */
export function arbitrary(shape: Shape, features = 0): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case 'prim':
      return scalar(shape.prim);
    case 'bool':
      return fc.boolean();
    case 'enum':
      return shape.open ? scalar(shape.prim) : fc.constantFrom(...Object.values(shape.values));
    case 'flags':
      return fc.subarray(Object.values(shape.bits)).map((bits) => bits.reduce((sum, bit) => sum + 2 ** bit, 0));
    case 'blob':
      return fc.uint8Array({ minLength: shape.size, maxLength: shape.size });
    case 'bytes':
      // Both sides of the size from which the Writer passes bytes on by reference.
      return fc.oneof(fc.uint8Array({ maxLength: Math.min(24, shape.max) }), largeBytes(shape.max));
    case 'list':
      return fc.array(arbitrary(shape.of.shape, features), { maxLength: Math.min(5, shape.max) });
    case 'array':
      return fc.array(arbitrary(shape.of.shape, features), { minLength: shape.length, maxLength: shape.length });
    case 'pointer':
      return shape.nullable ? fc.option(arbitrary(shape.to.shape, features)) : arbitrary(shape.to.shape, features);
    case 'when':
      return arbitrary(shape.of.shape, features);
    case 'struct':
    case 'group':
      return record(shape.fields, features);
    case 'variant': {
      const cases = Object.entries(shape.cases).map(([key, fields]) =>
        record({ ...shape.fields, ...fields }, features).map((values) => ({
          ...values,
          [shape.on]: shape.enum.values[key],
        })),
      );
      return fc.oneof(...cases);
    }
    case 'count':
    case 'padding':
    default:
      throw new TypeError(`a ${shape.kind} has no value`);
  }
}

function scalar(prim: Prim): fc.Arbitrary<number | bigint> {
  const bits = 8 * WIDTH[prim];
  switch (prim) {
    case 'u64':
      return fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
    case 'i64':
      return fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });
    case 'u64n':
      return fc.maxSafeNat();
    case 'i8':
    case 'i16':
    case 'i32':
      return fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
    case 'u8':
    case 'u16':
    case 'u32':
    default:
      return fc.integer({ min: 0, max: 2 ** bits - 1 });
  }
}

function largeBytes(max: number): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.integer({ min: Math.min(250, max), max: Math.min(600, max) }), fc.nat(255))
    .map(([n, fill]) => new Uint8Array(n).fill(fill));
}

function record(fields: Fields, features: number): fc.Arbitrary<Values> {
  const visible = Object.entries(fields).filter(([, f]) => f.shape.kind !== 'count' && f.shape.kind !== 'padding');
  const model = Object.fromEntries(visible.map(([name, f]) => [name, arbitrary(f.shape, features)]));
  for (const [name, f] of visible) {
    // Images small enough to make their pixels.
    const extent = f.shape.kind === 'bytes' ? f.shape.extent : undefined;
    if (extent?.kind !== 'rows') continue;
    model[extent.width] = fc.nat(40);
    model[extent.height] = fc.nat(9);
    model[name] = fc.constant(null);
  }
  return fc.record(model, { noNullPrototype: true }).map((values) => consistent(fields, values, features));
}

/** Makes fields that depend on each other agree. */
function consistent(fields: Fields, values: Values, features: number): Values {
  const result: Record<string, unknown> = { ...values };
  const countedBy = new Map<string, string[]>();
  for (const [name, f] of Object.entries(fields)) {
    const s = f.shape;
    if (s.kind === 'when' && !holds(s.condition, result, features)) result[name] = null;
    const inner = s.kind === 'when' ? s.of.shape : s;
    if (inner.kind === 'bytes' && inner.extent.kind === 'rows') {
      const { bits, width, height } = inner.extent;
      const size = Math.ceil((bits * Number(result[width])) / 8) * Number(result[height]);
      result[name] = Uint8Array.from({ length: size }, (_, i) => i & 255);
    }
    if (inner.kind === 'list' && inner.extent.kind === 'field' && result[name] !== null) {
      countedBy.set(inner.extent.field, [...(countedBy.get(inner.extent.field) ?? []), name]);
    }
  }
  for (const names of countedBy.values()) {
    const shortest = Math.min(...names.map((name) => (result[name] as readonly unknown[]).length));
    for (const name of names) result[name] = (result[name] as readonly unknown[]).slice(0, shortest);
  }
  return result;
}

function holds(condition: Condition, values: Values, features: number): boolean {
  if (condition.kind === 'feature') return ((features >>> condition.bit) & 1) === 1;
  return (Math.floor(Number(values[condition.field]) / 2 ** condition.bit) % 2 === 1) === condition.set;
}
