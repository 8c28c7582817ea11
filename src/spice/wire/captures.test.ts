import { describe, expect, it } from 'vitest';
import { Reader } from '../../wire/reader.ts';
import type { Shape } from '../../wire/schema.ts';
import { trace } from '../../wire/trace.ts';
import { joinBytes, Writer } from '../../wire/writer.ts';
import type { Capture } from './capture.ts';
import { clientCaptures } from './client-captures.ts';
import { html5Captures } from './html5-captures.ts';
import { spiceModules } from './modules.ts';
import { serverCaptures } from './server-captures.ts';

interface Found {
  readonly shape: Shape;
  readonly read: (r: Reader) => unknown;
  readonly write: (w: Writer, m: unknown) => void;
}

/** The shape a capture is of, and its generated codec. */
async function find(path: string): Promise<Found> {
  const [table = '', message = ''] = path.split('.');
  for (const module of spiceModules) {
    const shape =
      module.tables?.[table]?.[message]?.body.shape ??
      module.types?.map((t) => t.shape).find((s) => s.kind === 'struct' && s.name === path);
    if (shape === undefined || (shape.kind !== 'struct' && shape.kind !== 'variant')) continue;
    const generated = (await import(`./${module.name}.gen.ts`)) as Record<string, unknown>;
    const row = (generated[table] as Readonly<Record<string, Found>> | undefined)?.[message];
    const read = row?.read ?? (generated[`read${shape.name}`] as Found['read']);
    const write = row?.write ?? (generated[`write${shape.name}`] as Found['write']);
    return { shape, read, write };
  }
  throw new Error(`${path} is in no table`);
}

function bytesOf(capture: Capture): Uint8Array {
  const head = capture.hex.join('');
  const bytes = new Uint8Array(head.length / 2 + (capture.payloadBytes ?? 0));
  for (let i = 0; i < head.length / 2; i++) bytes[i] = Number.parseInt(head.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

describe.each([
  ['server', serverCaptures],
  ['client', clientCaptures],
  ['browser client', html5Captures],
])('what a real %s sends', (_side, captures) => {
  it.each(captures.map((capture, i) => ({ i, path: capture.path, capture })))(
    'is understood and written alike: $path ($i)',
    async ({ capture }) => {
      const { shape, read, write } = await find(capture.path);
      const bytes = bytesOf(capture);
      const value = read(new Reader(bytes, capture.features));
      expect(trace(shape, value)).toBe(capture.says);
      const w = new Writer(capture.features);
      write(w, value);
      const again = joinBytes(w.finish());
      expect(again).toEqual(bytes.subarray(0, bytes.length - (capture.trailingBytes ?? 0)));
    },
  );
});
