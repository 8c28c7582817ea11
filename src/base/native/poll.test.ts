import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { EventFd } from './eventfd.ts';
import { closeFd } from './fd.ts';
import { watchFd } from './poll.ts';
import type { FdEvents, FdWatch } from './poll.ts';
import { SharedMemory } from './shared-memory.ts';
import { receiveMessage, sendMessage, socketPair, WOULD_BLOCK } from './socket.ts';

test('an event counter wakes its watcher, and promises settled there run on', async () => {
  using event = EventFd.create();
  expect(event.take()).toBe(false);
  event.signal();
  event.signal();
  await new Promise<void>((resolve) => {
    const watch = watchFd(event.fd, { readable: true }, (events) => {
      expect(events.isReadable).toBe(true);
      expect(event.take()).toBe(true);
      expect(event.take()).toBe(false);
      watch.close();
      resolve();
    });
  });
});

test('a watch survives garbage collection while nobody holds it', async () => {
  using event = EventFd.create();
  let watch: WeakRef<FdWatch> | undefined;
  const fired = new Promise<void>((resolve) => {
    watch = new WeakRef(
      watchFd(event.fd, { readable: true }, () => {
        event.take();
        resolve();
      }),
    );
  });
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const garbage = new WeakRef({});
  // Not in this turn, in which everything that was referred to stays.
  do {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  } while (garbage.deref() !== undefined);
  event.signal();
  await fired;
  watch?.deref()?.close();
});

test('interest can change: writable once, then readable', async () => {
  const [a, b] = socketPair();
  const seen: FdEvents[] = [];
  await new Promise<void>((resolve) => {
    const watch = watchFd(a, { writable: true }, (events) => {
      seen.push(events);
      if (events.isWritable) {
        watch.setInterest({ readable: true });
        sendMessage(b, Uint8Array.of(1));
      } else {
        watch.setInterest({});
        watch.close();
        watch.close();
        resolve();
      }
    });
  });
  expect(seen.map((e) => e.isWritable)).toEqual([true, false]);
  closeFd(a);
  closeFd(b);
});

test('the end of a stream is readable', async () => {
  const [a, b] = socketPair();
  closeFd(b);
  await new Promise<void>((resolve) => {
    const watch = watchFd(a, { readable: true }, (events) => {
      expect(events.isReadable || events.hasFailed).toBe(true);
      expect(receiveMessage(a, new Uint8Array(1), [])).not.toBe(WOULD_BLOCK);
      watch.close();
      resolve();
    });
  });
  closeFd(a);
});

test('what cannot be watched is a typed error', () => {
  expect(() => watchFd(100_000, { readable: true }, () => {})).toThrow(
    expect.objectContaining({ name: 'HostError', code: 'EBADF' }),
  );
  using memory = SharedMemory.create('test', 4096);
  expect(() => watchFd(memory.fd, { readable: true }, () => {})).toThrow(
    expect.objectContaining({ name: 'HostError', code: 'EPERM' }),
  );
});

test('a descriptor has one watch at a time', () => {
  using event = EventFd.create();
  const first = watchFd(event.fd, { readable: true }, () => {});
  expect(() => watchFd(event.fd, { readable: true }, () => {})).toThrow('already watched');
  first.close();
  watchFd(event.fd, { readable: true }, () => {}).close();
});
