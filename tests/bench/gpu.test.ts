import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recordStream } from '../../bench/gpu/streams.ts';
import { geometricMean } from '../../bench/statistics.ts';

const words = (...values: number[]): Buffer => Buffer.from(Uint32Array.from(values).buffer);

test('a recorded client speaks version 0, and its stream says what it drew and how much is answered', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gpu-bench-test-'));
  const heard: Buffer[] = [];
  const server = createServer((socket) => socket.on('data', (part: Buffer) => heard.push(part)));
  server.listen(join(folder, 'server'));
  await once(server, 'listening');
  const greeting = [words(5, 8), Buffer.from('name\0'), words(0, 10), words(1, 11), words(2)];
  const put = [words(12, 5), words(1, 0, 0, 0, 0, 0, 0, 2, 1, 1, 3), Buffer.from('abc')];
  const drawing = [...put, words(2, 7, 1, 1), words(11, 4, 1, 0, 0, 0, 0, 0, 0, 2, 1, 1, 8)];
  const said = Buffer.concat([...greeting, ...drawing]);
  const path = join(folder, 'client');
  const stream = await recordStream(path, join(folder, 'server'), async () => {
    const client = connect(path);
    // In pieces that end within headers.
    for (let at = 0; at < said.length; at += 7) {
      client.write(said.subarray(at, at + 7));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(() => Buffer.concat(heard).length).toBe(said.length);
    client.end();
    await once(client, 'close');
  });
  server.close();
  rmSync(folder, { recursive: true });
  expect(stream).toEqual({ bytes: Buffer.concat(drawing), waits: 1, answerBytes: 12 + 8 });
  const toServer = Buffer.concat([...greeting.slice(0, -1), words(0), ...drawing]);
  expect(Buffer.concat(heard).equals(toServer)).toBe(true);
});

test('the geometric mean of a ratio and its inverse is 1', () => {
  expect(geometricMean([4, 0.25])).toBeCloseTo(1);
});
