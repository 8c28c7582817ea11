import { writeFileSync, mkdtempSync, openSync, closeSync, ftruncateSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { SharedMemory } from './shared-memory.ts';

test('a closed memory leaves its views empty, not dangling', () => {
  const memory = SharedMemory.create('test', 8192);
  const view = memory.bytes.subarray(10, 20);
  expect(view.length).toBe(10);
  memory.close();
  memory.close();
  expect(view.length).toBe(0);
  expect(memory.bytes.length).toBe(0);
});

test('memory that was made unmapped is mapped when it is asked for, and never after it was closed', () => {
  using memory = SharedMemory.createUnmapped('test', 8192);
  using other = SharedMemory.map(memory.fd, 0, 8192);
  other.bytes[7] = 3;
  expect(memory.bytes[7]).toBe(3);
  const untouched = SharedMemory.createUnmapped('test', 8192);
  untouched.close();
  expect(untouched.bytes.length).toBe(0);
});

test('sealed memory cannot be cut under a reader', () => {
  using memory = SharedMemory.create('test', 8192);
  expect(() => ftruncateSync(memory.fd, 0)).toThrow(/EPERM/);
});

test('a file that is too short is refused, for reading it would fault', () => {
  const folder = mkdtempSync(join(tmpdir(), 'saffron-test-'));
  const path = join(folder, 'short');
  writeFileSync(path, new Uint8Array(4096));
  const fd = openSync(path, 'r+');
  expect(() => SharedMemory.map(fd, 0, 4097)).toThrow(expect.objectContaining({ name: 'HostError', code: 'EINVAL' }));
  expect(() => SharedMemory.map(fd, 4096, 1)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  using whole = SharedMemory.map(fd, 0, 4096);
  expect(whole.bytes.length).toBe(4096);
  closeSync(fd);
  rmSync(folder, { recursive: true });
});

test('a thread that maps the same descriptor sees the same bytes', async () => {
  using memory = SharedMemory.create('test', 4096);
  const url = JSON.stringify(new URL('shared-memory.ts', import.meta.url).href);
  const worker = new Worker(
    `import(${url}).then(({ SharedMemory }) => {
       const { workerData } = require('node:worker_threads');
       const memory = SharedMemory.map(workerData, 0, 4096);
       memory.bytes[5] = 42;
       memory.close();
     });`,
    { eval: true, workerData: memory.fd },
  );
  await once(worker, 'exit');
  expect(memory.bytes[5]).toBe(42);
});
