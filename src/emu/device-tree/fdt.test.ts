import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { HostError } from '../../base/errors.ts';
import { cells64, readCells, readFdt, writeFdt, type FdtNode, type FdtRead, type FdtValue } from './fdt.ts';

const tree: FdtNode = {
  properties: { '#address-cells': [2], compatible: ['one', 'two'], model: 'a model' },
  children: {
    'memory@80000000': { properties: { device_type: 'memory', reg: [...cells64(0x8000_0000), ...cells64(2 ** 33)] } },
    soc: {
      properties: { ranges: true, blob: Uint8Array.of(1, 2, 3) },
      children: { 'serial@10000000': { properties: { reg: [0x1000_0000, 0x100] } } },
    },
  },
};

const text = (value: Uint8Array | undefined): string => Buffer.from(value ?? []).toString('latin1');

test('what is written is read', () => {
  const root = readFdt(writeFdt(tree));
  expect(text(root.properties.get('compatible'))).toBe('one\0two\0');
  expect(readCells(root.children.get('memory@80000000')!.properties.get('reg')!)).toEqual([0, 0x8000_0000, 2, 0]);
  const soc = root.children.get('soc')!;
  expect([soc.properties.get('ranges'), soc.properties.get('blob')]).toEqual([
    new Uint8Array(0),
    Uint8Array.of(1, 2, 3),
  ]);
  expect(soc.children.get('serial@10000000')!.properties.get('reg')).toEqual(Uint8Array.of(0x10, 0, 0, 0, 0, 0, 1, 0));
});

test('the header says what the specification wants, and a name is stored once', () => {
  const bytes = writeFdt(tree, { bootCpu: 3 });
  const view = new DataView(bytes.buffer);
  expect([view.getUint32(0), view.getUint32(4), view.getUint32(20), view.getUint32(24), view.getUint32(28)]).toEqual([
    0xd00d_feed,
    bytes.length,
    17,
    16,
    3,
  ]);
  expect(text(bytes).split('reg\0').length).toBe(2);
});

test('the device tree compiler reads it', () => {
  const source = execFileSync('dtc', ['-I', 'dtb', '-O', 'dts', '-q'], { input: writeFdt(tree) }).toString();
  expect(source).toMatch(/compatible = "one(", "|\\0)two"/);
  expect(source).toContain('reg = <0x00 0x80000000 0x02 0x00>');
});

test('any tree survives', () => {
  const name = fc.string({
    unit: fc.constantFrom('a', 'b', 'x', 'y', '0', '9', ',', '-', '@'),
    minLength: 1,
    maxLength: 12,
  });
  const value: fc.Arbitrary<FdtValue> = fc.oneof(
    fc.constant<FdtValue>(true),
    fc.array(fc.integer({ min: 0, max: 0xffff_ffff }), { minLength: 1, maxLength: 5 }),
    fc.uint8Array({ maxLength: 9 }),
    name,
  );
  const { node } = fc.letrec<{ node: FdtNode }>((tie) => ({
    node: fc.record({
      properties: fc.dictionary(name, value, { maxKeys: 4 }),
      children: fc.oneof({ depthSize: 'small' }, fc.constant({}), fc.dictionary(name, tie('node'), { maxKeys: 3 })),
    }),
  }));
  const names = (node: FdtNode): unknown => [
    new Set(Object.keys(node.properties)),
    new Map(Object.entries(node.children ?? {}).map(([key, child]) => [key, names(child)])),
  ];
  const namesRead = (node: FdtRead): unknown => [
    new Set(node.properties.keys()),
    new Map([...node.children].map(([key, child]) => [key, namesRead(child)])),
  ];
  fc.assert(
    fc.property(node, (node) => {
      expect(namesRead(readFdt(writeFdt(node)))).toEqual(names(node));
    }),
    { numRuns: 100 },
  );
});

test('damaged trees end in a HostError or in a tree', () => {
  const whole = writeFdt(tree);
  fc.assert(
    fc.property(
      fc.nat(whole.length),
      fc.array(fc.tuple(fc.nat(whole.length), fc.nat(255)), { maxLength: 6 }),
      (length, flips) => {
        const bytes = whole.slice(0, flips.length % 2 === 0 ? whole.length : length);
        for (const [at, value] of flips) if (at < bytes.length) bytes[at] = value;
        try {
          readFdt(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(HostError);
        }
      },
    ),
    { numRuns: 500 },
  );
});
