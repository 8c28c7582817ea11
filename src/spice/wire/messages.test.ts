import { deepStrictEqual } from 'node:assert';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitrary } from '../../wire/arbitrary.ts';
import { Reader } from '../../wire/reader.ts';
import type { Shape, Type } from '../../wire/schema.ts';
import { trace } from '../../wire/trace.ts';
import { WireError } from '../../wire/wire-error.ts';
import { joinBytes, Writer } from '../../wire/writer.ts';
import { namedShapes } from '../../wire/generate.ts';
import { spiceModules } from './modules.ts';

interface AnyCodec {
  readonly read: (r: Reader) => unknown;
  readonly write: (w: Writer, m: unknown) => void;
}

const ALL_FEATURES = 0x3ffff;

/** Every named structure of every module, with its generated codec. */
async function everyCodec(): Promise<{ name: string; shape: Shape; codec: AnyCodec }[]> {
  const found: { name: string; shape: Shape; codec: AnyCodec }[] = [];
  const seen = new Set<Shape>();
  for (const module of spiceModules) {
    const generated = (await import(`./${module.name}.gen.ts`)) as Record<string, unknown>;
    const bodies: Type<unknown>[] = [...(module.types ?? [])];
    for (const [tableName, table] of Object.entries(module.tables ?? {})) {
      const codecs = generated[tableName] as Readonly<Record<string, { id: number; name: string }>>;
      const dispatch = generated[`dispatch${tableName.charAt(0).toUpperCase()}${tableName.slice(1)}`];
      expect(dispatch, tableName).toBeTypeOf('function');
      for (const [name, message] of Object.entries(table)) {
        expect(codecs[name], name).toMatchObject({ id: message.id, name });
        bodies.push(message.body);
      }
    }
    for (const body of bodies) {
      for (const shape of namedShapes(body.shape, seen)) {
        if (shape.kind !== 'struct' && shape.kind !== 'variant') continue;
        const read = generated[`read${shape.name}`] as AnyCodec['read'];
        const write = generated[`write${shape.name}`] as AnyCodec['write'];
        expect(read, shape.name).toBeTypeOf('function');
        found.push({ name: shape.name, shape, codec: { read, write } });
      }
    }
  }
  return found;
}

const codecs = await everyCodec();

function written(codec: AnyCodec, value: unknown, features: number): Uint8Array {
  const w = new Writer(features);
  codec.write(w, value);
  return joinBytes(w.finish());
}

/** Reading ends in a value or a WireError; anything else is thrown on. */
function readHostile(codec: AnyCodec, shape: Shape, body: Uint8Array, features: number): void {
  let value: unknown;
  try {
    value = codec.read(new Reader(body, features));
  } catch (error) {
    if (error instanceof WireError) return;
    throw error;
  }
  trace(shape, value);
}

describe('every SPICE structure', () => {
  it.each(codecs)('$name reads back what was written', ({ shape, codec }) => {
    for (const features of [0, ALL_FEATURES]) {
      fc.assert(
        fc.property(arbitrary(shape, features), (value) => {
          const read = codec.read(new Reader(written(codec, value, features), features));
          deepStrictEqual(read, value);
        }),
        { numRuns: 60 },
      );
    }
  });

  it.each(codecs)(
    '$name refuses damaged bytes with a WireError or reads them as something else',
    ({ shape, codec }) => {
      const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 });
      for (const features of [0, ALL_FEATURES]) {
        fc.assert(
          fc.property(arbitrary(shape, features), damage, fc.nat(), (value, changes, cut) => {
            const good = written(codec, value, features);
            const bad = good.slice(0, cut % (good.length + 1));
            for (const [at, byte] of changes) if (bad.length > 0) bad[at % bad.length] = byte;
            readHostile(codec, shape, bad, features);
          }),
          { numRuns: 150 },
        );
      }
    },
  );

  it.each(codecs)('$name refuses noise with a WireError or reads it', ({ shape, codec }) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(0, ALL_FEATURES), (noise, features) => {
        readHostile(codec, shape, noise, features);
      }),
      { numRuns: 150 },
    );
  });

  it('has its fixed part refused at every length short of it', () => {
    for (const { name, codec, shape } of codecs) {
      const value = fc.sample(arbitrary(shape), { numRuns: 1, seed: 5 })[0];
      const good = written(codec, value, 0);
      for (let n = 0; n < Math.min(good.length, 64); n++) {
        try {
          codec.read(new Reader(good.subarray(0, n)));
        } catch (error) {
          expect(error, `${name} cut to ${n}`).toBeInstanceOf(WireError);
        }
      }
    }
  });
});
