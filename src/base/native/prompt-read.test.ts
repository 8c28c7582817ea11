import { mkdtempDisposableSync, openSync, closeSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PromptReader } from './prompt-read.ts';

/** Adds pieces of 16 bytes of `memory`, 32 bytes from each other. */
function addPieces(reader: PromptReader, memory: Uint8Array, count: number): void {
  for (let i = 0; i < count; i++) reader.add(memory, 32 * i, 16);
}

test('a file is read into scattered memory, all that there is of it or nothing', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'prompt-read-'));
  const path = join(folder.path, 'file');
  writeFileSync(
    path,
    Uint8Array.from({ length: 100 }, (_, i) => i),
  );
  const fd = openSync(path, 'r');
  const reader = new PromptReader();
  const memory = new Uint8Array(new SharedArrayBuffer(8192 * 4)).fill(0xa5);
  addPieces(reader, memory, 2);
  const read = reader.read(fd, 60);
  // Some file systems do not know how.
  expect([0, 32]).toContain(read);
  const at = (place: number): number => (read === 0 ? 0xa5 : place);
  expect([memory[0], memory[15], memory[16], memory[32], memory[47], memory[48]]).toEqual(
    [60, 75, 0xa5, 76, 91, 0xa5].map((value) => (value === 0xa5 ? value : at(value))),
  );
  // Past its end, and more pieces than the system takes.
  addPieces(reader, memory, 1);
  expect(reader.read(fd, 100)).toBe(0);
  for (let i = 0; i < 2000; i++) reader.add(memory, i, 1);
  expect([0, 100]).toContain(reader.read(fd, 0));
  closeSync(fd);
  addPieces(reader, memory, 1);
  expect(reader.read(fd, 0)).toBe(0);
});
