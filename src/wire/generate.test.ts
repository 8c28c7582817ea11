import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arbitrary } from './arbitrary.ts';
import { printDocument } from './document.ts';
import { generateModule, TypeRegistry } from './generate.ts';
import { Reader } from './reader.ts';
import {
  array,
  blob,
  bytes,
  count,
  enumOf,
  flags,
  i8,
  list,
  message,
  padding,
  struct,
  u16,
  u32,
  u64n,
  u8,
  variant,
  whenSet,
  type WireModule,
} from './schema.ts';
import { WireError } from './wire-error.ts';
import { joinBytes, Writer } from './writer.ts';

// A device protocol of the shape virtio-gpu has: one header in all commands, counts apart from what they count.
const Header = struct('Header', { fence: u64n, context: u32, ring: u8, reserved: padding(3) });
const Entry = struct('Entry', { address: u64n, length: u32, reserved: padding(4) });
const attach = message(
  0x106,
  'ATTACH',
  'Pages of a resource.',
  struct('Attach', { header: Header, resource: u32, entries: list(Entry, { count: u32, max: 4 }) }),
);
const submit = message(
  0x207,
  'SUBMIT',
  'Commands.',
  struct('Submit', {
    header: Header,
    size: count(u32),
    reserved: padding(4),
    data: bytes({ countedBy: 'size', max: 64 }),
  }),
);
const Mode = struct('Mode', { width: u32, enabled: u8 });
const modes = message(
  0x1100,
  'MODES',
  'All modes.',
  struct('Modes', { header: Header, modes: array(Mode, 3), key: blob(5) }),
);
const Kind = enumOf('Kind', u16, 'KIND_', { plain: 1, marked: 7 });
const Marks = flags('Marks', u8, 'MARK_', { first: 0, last: 7 });
const tail = message(
  9,
  'TAIL',
  'A tail by kind.',
  variant('Tail', { before: i8, kind: Kind }, 'kind', {
    plain: {},
    marked: { marks: Marks, more: whenSet('marks', Marks, 'last', u16), rest: list(u16, { toEnd: true, max: 9 }) },
  }),
);
const module: WireModule = {
  name: 'sample',
  title: 'Sample',
  doc: 'A sample.',
  constants: { limits: { most: 4 } },
  tables: { commands: { attach, submit, modes, tail } },
};

type Row = { readonly read: (r: Reader) => unknown; readonly write: (w: Writer, m: unknown) => void };
type Generated = Readonly<Record<string, unknown>> & {
  readonly commands: Readonly<Record<string, Row>>;
  readonly dispatchCommands: (id: number, r: Reader, handlers: unknown) => unknown;
};

let folder: string;
let generated: Generated;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saffron-wire-'));
  const text = generateModule(module, new TypeRegistry(), `${pathToFileURL(import.meta.dirname).href}/`);
  const file = join(folder, 'sample.gen.ts');
  await writeFile(file, text);
  generated = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Generated;
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function row(name: string): Row {
  const found = generated.commands[name];
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

describe('generated codecs', () => {
  it.each(['attach', 'submit', 'modes', 'tail'] as const)('of %s read back what they wrote', (name) => {
    const shape = module.tables?.['commands']?.[name]?.body.shape;
    if (shape === undefined) throw new Error(name);
    fc.assert(
      fc.property(arbitrary(shape), (value) => {
        const w = new Writer();
        row(name).write(w, value);
        expect(row(name).read(new Reader(joinBytes(w.finish())))).toEqual(value);
      }),
      { numRuns: 100 },
    );
  });

  it('put padding and counts where the table says, and keep them out of the message', () => {
    const w = new Writer();
    row('submit').write(w, { header: { fence: 1, context: 2, ring: 3 }, data: Uint8Array.of(8, 9) });
    const body = joinBytes(w.finish());
    expect([...body]).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 8, 9]);
    expect(Object.keys(row('submit').read(new Reader(body)) as object)).toEqual(['header', 'data']);
  });

  it('refuse what the table does not allow, and read the next good message', () => {
    const good = Uint8Array.of(255, 7, 0, 0x80, 5, 0, 6, 0);
    const refused = (at: number, byte: number, path: string): void => {
      const bad = good.slice();
      bad[at] = byte;
      expect(() => row('tail').read(new Reader(bad))).toThrow(WireError);
      expect(() => row('tail').read(new Reader(bad))).toThrow(path);
    };
    refused(1, 2, 'Tail.kind');
    refused(3, 2, 'Tail.marked.marks');
    expect(() => row('tail').read(new Reader(good.subarray(0, 7)))).toThrow('Tail.marked.rest');
    expect(row('tail').read(new Reader(good))).toEqual({ before: -1, kind: 7, marks: 0x80, more: 5, rest: [6] });
  });

  it('are dispatched by number', () => {
    const handlers = { tail: (m: { kind: number }) => m.kind };
    expect(generated.dispatchCommands(9, new Reader(Uint8Array.of(0, 1, 0)), handlers)).toBe(1);
    expect(() => generated.dispatchCommands(1, new Reader(), handlers)).toThrow(WireError);
  });
});

describe('the generator', () => {
  it('refuses a name that two shapes claim', () => {
    const twice: WireModule = {
      name: 'twice',
      title: '',
      doc: '',
      types: [struct('A', { x: u8 }), struct('A', { x: u8 })],
    };
    expect(() => generateModule(twice, new TypeRegistry(), './')).toThrow('A is declared twice');
  });

  it('refuses a message number that two rows claim', () => {
    const clash: WireModule = {
      name: 'clash',
      title: '',
      doc: '',
      tables: { t: { a: message(1, 'A', '', struct('A', { x: u8 })), b: message(1, 'B', '', struct('B', { x: u8 })) } },
    };
    expect(() => generateModule(clash, new TypeRegistry(), './')).toThrow('a message number twice');
  });

  it('refuses a count that nothing uses and elements that take no bytes', () => {
    const one = (fields: Parameters<typeof struct>[1]): WireModule => ({
      name: 'one',
      title: '',
      doc: '',
      types: [struct('One', fields)],
    });
    expect(() => generateModule(one({ n: count(u8) }), new TypeRegistry(), './')).toThrow('counts nothing');
    const none = list(struct('None', {}), { count: u8, max: 3 });
    expect(() => generateModule(one({ none }), new TypeRegistry(), './')).toThrow('cannot be bounded');
  });

  it('prints a document of what is new in a module', () => {
    const seen: Parameters<typeof printDocument>[1] = new Set();
    const first = printDocument(module, seen);
    expect(first).toContain('| 262 ');
    expect(first).toContain('entries Entry[count u32, ≤ 4]');
    const again = printDocument(module, seen);
    expect(again).toContain('Inherited: `attach` (262)');
    expect(again).not.toContain('## Structures');
  });
});
