import { writeFileSync, mkdtempSync, openSync, closeSync, ftruncateSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { SharedMemory } from './shared-memory.ts';

const PAGE = 65536;
// WebAssembly comes with the browser's types only.
const wasm = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
interface WebAssemblyApi {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => {
    readonly buffer: SharedArrayBuffer;
    grow(pages: number): number;
  };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
}
// (module (memory (import "env" "memory") 1 4 shared)
//   (func (export "add") (param i32 i32) (result i32) (i32.atomic.rmw.add (local.get 0) (local.get 1))))
const ADD_ATOMICALLY = Buffer.from(
  '0061736d01000000010701' +
    '60027f7f017f' +
    '021001' +
    '03656e76066d656d6f7279' +
    '02030104' +
    '03020100' +
    '070701' +
    '03616464' +
    '0000' +
    '0a0c010a00' +
    '20002001' +
    'fe1e0200' +
    '0b',
  'hex',
);

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

test('a part of a WebAssembly memory becomes a file’s, for code and for threads', async () => {
  const { Memory, Module, Instance } = wasm;
  const memory = new Memory({ initial: 4, maximum: 4, shared: true });
  const bytes = new Uint8Array(memory.buffer).fill(1);
  using file = SharedMemory.createUnder('test', memory, PAGE, 2 * PAGE);
  using other = SharedMemory.map(file.fd, 0, 2 * PAGE);
  expect([PAGE - 1, PAGE, 3 * PAGE - 1, 3 * PAGE].map((at) => bytes[at])).toEqual([1, 0, 0, 1]);
  const { exports } = new Instance(new Module(ADD_ATOMICALLY), { env: { memory } });
  const add = exports['add'] as (at: number, value: number) => number;
  expect([add(PAGE + 4, 258), add(PAGE + 4, 1)]).toEqual([0, 258]);
  other.bytes[2 * PAGE - 1] = 7;
  const worker = new Worker(
    `const { workerData, parentPort } = require('node:worker_threads');
     const bytes = new Uint8Array(workerData.buffer);
     bytes[${PAGE}] = bytes[${3 * PAGE - 1}] + 1;
     parentPort.postMessage('done');`,
    { eval: true, workerData: memory },
  );
  await once(worker, 'exit');
  expect([...other.bytes.subarray(0, 8)]).toEqual([8, 0, 0, 0, 3, 1, 0, 0]);
  expect(() => add(4 * PAGE, 1)).toThrow('out of bounds');
  file.close();
  bytes[PAGE] = 9;
  expect(other.bytes[0]).toBe(9);
  expect(() => SharedMemory.createUnder('test', memory, 4096, PAGE)).toThrow('whole pages');
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
