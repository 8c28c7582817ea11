import { expect, test } from 'vitest';
import * as fc from 'fast-check';
import { AssertionError } from '../../base/assert.ts';
import { writeCpio } from './cpio.ts';

/** Reads the format by its own rules, so that the writer is not checked against itself. */
function readCpio(bytes: Buffer): { name: string; mode: number; data: string }[] {
  const entries = [];
  for (let at = 0; ;) {
    expect(bytes.toString('latin1', at, at + 6)).toBe('070701');
    const field = (index: number): number =>
      Number.parseInt(bytes.toString('latin1', at + 6 + 8 * index, at + 14 + 8 * index), 16);
    const nameEnd = at + 110 + field(11);
    const name = bytes.toString('utf8', at + 110, nameEnd - 1);
    expect(bytes[nameEnd - 1]).toBe(0);
    const start = Math.ceil(nameEnd / 4) * 4;
    const end = start + field(6);
    if (name === 'TRAILER!!!') {
      expect(Math.ceil(end / 4) * 4).toBe(bytes.length);
      return entries;
    }
    entries.push({ name, mode: field(1), data: bytes.toString('latin1', start, end) });
    at = Math.ceil(end / 4) * 4;
  }
}

test('the header of one file is 13 fields of 8 hexadecimal digits, then name and data, each padded to 4', () => {
  const bytes = writeCpio([{ kind: 'file', name: 'init', mode: 0o755, data: Buffer.from('hello') }]);
  expect(bytes.subarray(0, 128).toString('latin1')).toBe(
    [
      '070701',
      '00000001', // ino
      '000081ED', // mode: file, rwxr-xr-x
      '00000000', // uid
      '00000000', // gid
      '00000001', // nlink
      '00000000', // mtime
      '00000005', // filesize
      '00000000', // devmajor
      '00000000', // devminor
      '00000000', // rdevmajor
      '00000000', // rdevminor
      '00000005', // namesize
      '00000000', // check
      'init\0\0',
      'hello\0\0\0',
      '0707',
    ]
      .join('')
      .slice(0, 128),
  );
});

test('folders, files and links come back with their types, modes and contents', () => {
  const bytes = writeCpio([
    { kind: 'folder', name: 'usr' },
    { kind: 'file', name: 'usr/empty', data: new Uint8Array() },
    { kind: 'link', name: 'bin', target: 'usr/bin' },
  ]);
  expect(readCpio(bytes)).toEqual([
    { name: 'usr', mode: 0o040755, data: '' },
    { name: 'usr/empty', mode: 0o100644, data: '' },
    { name: 'bin', mode: 0o120777, data: 'usr/bin' },
  ]);
});

test('files of any size and name come back', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9._/-]{0,40}$/);
  fc.assert(
    fc.property(fc.array(fc.record({ name, data: fc.uint8Array({ maxLength: 300 }) }), { maxLength: 20 }), (files) => {
      const bytes = writeCpio(files.map((file) => ({ kind: 'file', ...file })));
      expect(readCpio(bytes)).toEqual(
        files.map((file) => ({ name: file.name, mode: 0o100644, data: Buffer.from(file.data).toString('latin1') })),
      );
    }),
  );
});

test('a name that the kernel would not unpack is refused', () => {
  for (const name of ['', '/etc', 'a\0b']) expect(() => writeCpio([{ kind: 'folder', name }])).toThrow(AssertionError);
});
