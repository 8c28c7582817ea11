import { Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { socketPair } from '../../base/native/socket.ts';
import { QemuAgentPort } from './agent-port.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function setUp() {
  const [ours, theirs] = socketPair();
  const port = new QemuAgentPort();
  port.attach(ours);
  const guest = new Socket({ fd: theirs, readable: true, writable: true });
  closers.push(
    () => port.close(),
    () => guest.destroy(),
  );
  return { port, guest };
}

test('bytes go both ways while the guest has the port open', async () => {
  const { port, guest } = setUp();
  const changes: boolean[] = [];
  port.onOpen.subscribe((isOpen) => changes.push(isOpen));
  expect(port.write(Buffer.from('lost'))).toBe(true);
  port.setOpen(true);
  port.setOpen(true);
  const arrived = once(guest, 'data');
  expect(port.write(Buffer.from('hello'))).toBe(true);
  expect(String((await arrived)[0])).toBe('hello');
  const answered = new Promise<string>((resolve) => {
    port.onData.subscribe((bytes) => resolve(Buffer.from(bytes).toString()));
  });
  guest.write('yes');
  expect(await answered).toBe('yes');
  port.setOpen(false);
  expect(changes).toEqual([true, false]);
});

test('a guest that does not read makes the writer wait, and memory stays bounded', async () => {
  const { port, guest } = setUp();
  port.setOpen(true);
  const chunk = new Uint8Array(1 << 16);
  let taken = 0;
  while (port.write(chunk)) taken++;
  for (let i = 0; i < 1000; i++) expect(port.write(chunk)).toBe(false);
  const drained = new Promise<void>((resolve) => void port.onDrain.subscribe(resolve));
  let read = 0;
  guest.on('data', (bytes) => (read += bytes.length));
  await drained;
  expect(taken).toBeLessThan(100);
  expect(read).toBeLessThan(1 << 23);
});

test('a line that is cut closes the port', async () => {
  const { port, guest } = setUp();
  port.setOpen(true);
  const closed = new Promise<boolean>((resolve) => void port.onOpen.subscribe(resolve));
  guest.destroy();
  expect(await closed).toBe(false);
  expect(port.write(Buffer.from('x'))).toBe(true);
});
