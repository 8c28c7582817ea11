import { expect, test } from 'vitest';
import { InOrder } from './in-order.ts';

function setUp() {
  const done: string[] = [];
  const errors: unknown[] = [];
  let caughtUp = 0;
  const steps = new InOrder(
    (error) => errors.push(error),
    () => caughtUp++,
  );
  return { done, errors, caughtUp: () => caughtUp, steps };
}

test('a step behind none that waits runs at once', () => {
  const { done, steps } = setUp();
  steps.push(() => done.push('a'));
  expect(done).toEqual(['a']);
  expect(steps.waiting).toBe(0);
});

test('no step overtakes one that waits, whichever wait ends first', async () => {
  const { done, steps, caughtUp } = setUp();
  const first = Promise.withResolvers<string>();
  const second = Promise.withResolvers<string>();
  steps.pushAfter(first.promise, (value) => done.push(value));
  steps.push(() => done.push('between'));
  steps.pushAfter(second.promise, (value) => done.push(value));
  steps.push(() => done.push('last'));
  second.resolve('second');
  await second.promise;
  expect(done).toEqual([]);
  first.resolve('first');
  await first.promise;
  await Promise.resolve();
  expect(done).toEqual(['first', 'between', 'second', 'last']);
  expect(caughtUp()).toBe(1);
});

test('steps added by a step come after those that wait already', () => {
  const { done, steps } = setUp();
  steps.push(() => {
    steps.push(() => done.push('inner'));
    done.push('outer');
  });
  expect(done).toEqual(['outer', 'inner']);
});

test('a failure is told once and ends everything', async () => {
  const { done, errors, steps } = setUp();
  const wait = Promise.reject(new Error('broken picture'));
  steps.pushAfter(wait, () => done.push('never'));
  steps.push(() => done.push('never'));
  await wait.catch(() => {});
  await Promise.resolve();
  steps.push(() => done.push('never'));
  expect(done).toEqual([]);
  expect(errors).toHaveLength(1);
});

test('a step that throws is told', () => {
  const { errors, steps } = setUp();
  steps.push(() => {
    throw new Error('bad');
  });
  expect(errors).toHaveLength(1);
});
