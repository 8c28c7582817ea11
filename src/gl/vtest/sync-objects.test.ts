import { describe, expect, test } from 'vitest';
import { SyncObjects } from './sync-objects.ts';
import type { SyncEvent } from './sync-objects.ts';

class Event implements SyncEvent {
  readonly fd = -1;
  isSignalled = false;
  isClosed = false;

  signal(): boolean {
    this.isSignalled = true;
    return true;
  }

  close(): void {
    this.isClosed = true;
  }
}

describe('sync objects', () => {
  test('are found until they are destroyed, and no longer', () => {
    using objects = new SyncObjects();
    const id = objects.create(2n ** 63n);
    expect(objects.find(id).value).toBe(2n ** 63n);
    objects.destroy(id);
    objects.destroy(id);
    expect(() => objects.find(id)).toThrow('sync object');
    expect(() => objects.find(0)).toThrow('sync object');
  });

  test('are 4096 at most', () => {
    using objects = new SyncObjects();
    const ids = Array.from({ length: 4096 }, () => objects.create(0n));
    expect(new Set(ids).size).toBe(4096);
    expect(() => objects.create(0n)).toThrow('4096 sync objects');
    objects.destroy(ids[7] ?? 0);
    expect(objects.find(objects.create(9n)).value).toBe(9n);
  });
});

describe('a wait', () => {
  test('for one that is far enough, or for none, is over at once', () => {
    using objects = new SyncObjects();
    const object = objects.find(objects.create(5n));
    for (const points of [[], [{ object, value: 5n }]]) {
      const event = new Event();
      objects.wait(event, points, false, 1000);
      expect([event.isSignalled, event.isClosed]).toEqual([true, true]);
    }
  });

  test('without time is never over later', () => {
    using objects = new SyncObjects();
    const object = objects.find(objects.create(0n));
    const event = new Event();
    objects.wait(event, [{ object, value: 1n }], false, 0);
    objects.write({ object, value: 1n });
    expect([event.isSignalled, event.isClosed]).toEqual([false, true]);
  });

  test('for all is over with the last, for any with the first, also of objects that were destroyed', () => {
    using objects = new SyncObjects();
    const ids = [objects.create(0n), objects.create(0n)];
    const points = ids.map((id) => ({ object: objects.find(id), value: 3n }));
    const [all, any] = [new Event(), new Event()];
    objects.wait(all, points, false, 1000);
    objects.wait(any, points, true, 1000);
    expect(objects.isAwaited(points)).toBe(true);
    for (const id of ids) objects.destroy(id);
    const [first, second] = points;
    if (first === undefined || second === undefined) throw new Error('two points');
    objects.write({ ...first, value: 2n });
    expect([any.isSignalled, all.isSignalled]).toEqual([false, false]);
    objects.write({ ...first, value: 4n });
    expect([any.isSignalled, all.isSignalled]).toEqual([true, false]);
    objects.write(second);
    expect([all.isSignalled, all.isClosed, any.isClosed]).toEqual([true, true, true]);
    expect(objects.isAwaited(points)).toBe(false);
  });

  test('is forgotten once its time is over, when there are 256 others; before, one more is refused', () => {
    let now = 0;
    using objects = new SyncObjects(() => now);
    const object = objects.find(objects.create(0n));
    const points = [{ object, value: 1n }];
    const forEver = new Event();
    objects.wait(forEver, points, false, 0xffffffff);
    const events = Array.from({ length: 255 }, () => new Event());
    for (const event of events) objects.wait(event, points, false, 100);
    const late = new Event();
    expect(() => objects.wait(late, points, false, 100)).toThrow('256 waits');
    expect(late.isClosed).toBe(true);
    now = 101;
    const next = new Event();
    objects.wait(next, points, false, 100);
    expect(events.every(({ isClosed, isSignalled }) => isClosed && !isSignalled)).toBe(true);
    objects.write({ object, value: 1n });
    expect([forEver.isSignalled, next.isSignalled]).toEqual([true, true]);
  });

  test('ends with all others, its event closed and not signalled', () => {
    const objects = new SyncObjects();
    const object = objects.find(objects.create(0n));
    const event = new Event();
    objects.wait(event, [{ object, value: 1n }], false, 1000);
    objects.close();
    expect([event.isSignalled, event.isClosed]).toEqual([false, true]);
  });
});
