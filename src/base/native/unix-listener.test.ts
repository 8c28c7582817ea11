import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closeFd } from './fd.ts';
import { sendMessage } from './socket.ts';
import { UnixListener } from './unix-listener.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'listener-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('hands each connection over as a descriptor', async () => {
  const path = join(folder, 's');
  const fds: number[] = [];
  using listener = new UnixListener(path, (fd) => {
    fds.push(fd);
    sendMessage(fd, Uint8Array.of(7));
  });
  expect(listener.path).toBe(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const client = connect(path);
  const [bytes] = (await once(client, 'data')) as [Uint8Array];
  expect([...bytes]).toEqual([7]);
  for (const fd of fds) closeFd(fd);
  await once(client.resume(), 'close');
});

test('removes its path, but not another one in its place', () => {
  const path = join(folder, 's');
  const first = new UnixListener(path, closeFd);
  first.close();
  first.close();
  expect(existsSync(path)).toBe(false);
  const second = new UnixListener(path, closeFd);
  rmSync(path);
  writeFileSync(path, '');
  chmodSync(path, 0o600);
  second.close();
  expect(existsSync(path)).toBe(true);
});

test('refuses a path in use and one that is too long', () => {
  const path = join(folder, 's');
  using _listener = new UnixListener(path, closeFd);
  expect(() => new UnixListener(path, closeFd)).toThrow(expect.objectContaining({ code: 'EADDRINUSE' }));
  expect(() => new UnixListener(`/tmp/${'x'.repeat(120)}`, closeFd)).toThrow(
    expect.objectContaining({ code: 'ENAMETOOLONG' }),
  );
});
