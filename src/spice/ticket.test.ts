import { describe, expect, test } from 'vitest';
import { ManualClock } from './manual-clock.ts';
import { Tickets } from './ticket.ts';

const ADDRESS = '192.0.2.7';

/** Lets promises settle that nothing but microtasks holds back. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

/** What a promise has come to by now. */
async function stateOf<T>(promise: Promise<T>): Promise<T | 'waiting'> {
  let state: T | 'waiting' = 'waiting';
  void promise.then((value) => {
    state = value;
  });
  await settle();
  return state;
}

describe('passwords', () => {
  test('the right one opens, the view-only one lets look on, others are refused', async () => {
    const tickets = new Tickets({ password: 'full', viewOnlyPassword: 'look', clock: new ManualClock() });
    expect(await tickets.redeem('full', '1')).toMatchObject({ isViewOnly: false });
    expect(await tickets.redeem('look', '2')).toMatchObject({ isViewOnly: true });
    expect(await tickets.redeem('ful', '3')).toBeNull();
    expect(await tickets.redeem('', '4')).toBeNull();
  });

  test('none is needed when none was set, yet the view-only one still restricts', async () => {
    const tickets = new Tickets({ password: null, viewOnlyPassword: 'look' });
    expect(tickets.isNeeded).toBe(false);
    expect(await tickets.redeem('anything', ADDRESS)).toMatchObject({ isViewOnly: false, digest: null });
    expect(await tickets.redeem('look', ADDRESS)).toMatchObject({ isViewOnly: true });
  });

  test.each([
    ['an empty one', ''],
    ['one of 61 bytes', 'é'.repeat(30) + 'x'],
    ['one with a NUL', 'a\0b'],
  ])('%s is a usage error', (_name, password) => {
    expect(() => new Tickets({ password })).toThrow(/password/);
  });

  test('both the same is a usage error', () => {
    expect(() => new Tickets({ password: 'same', viewOnlyPassword: 'same' })).toThrow(/differ/);
  });
});

describe('wrong tries', () => {
  test('make the next ones of the address wait, twice as long each time', async () => {
    const clock = new ManualClock();
    const tickets = new Tickets({ password: 'right', clock });
    expect(await tickets.redeem('a', ADDRESS)).toBeNull();
    for (const wait of [500, 1000, 2000, 4000, 8000, 8000]) {
      const next = tickets.redeem('b', ADDRESS);
      clock.advance(wait - 1);
      expect(await stateOf(next)).toBe('waiting');
      clock.advance(1);
      expect(await stateOf(next)).toBeNull();
    }
  });

  test('make the right password wait too, and are forgotten after it', async () => {
    const clock = new ManualClock();
    const tickets = new Tickets({ password: 'right', clock });
    await tickets.redeem('a', ADDRESS);
    const right = tickets.redeem('right', ADDRESS);
    expect(await stateOf(right)).toBe('waiting');
    clock.advance(500);
    expect(await stateOf(right)).toMatchObject({ isViewOnly: false });
    expect(await stateOf(tickets.redeem('a', ADDRESS))).toBeNull();
  });

  test('of others harm nobody', async () => {
    const tickets = new Tickets({ password: 'right', clock: new ManualClock() });
    await tickets.redeem('a', '192.0.2.8');
    expect(await stateOf(tickets.redeem('right', ADDRESS))).not.toBeNull();
  });

  test('of one IPv6 network count together', async () => {
    const tickets = new Tickets({ password: 'right', clock: new ManualClock() });
    await tickets.redeem('a', '2001:db8::1');
    expect(await stateOf(tickets.redeem('right', '2001:db8:0:0:5::9'))).toBe('waiting');
    expect(await stateOf(tickets.redeem('right', '2001:db8:0:1::9'))).not.toBe('waiting');
  });

  test('sent at once are looked at one after the other, and too many are refused', async () => {
    const clock = new ManualClock();
    const tickets = new Tickets({ password: 'right', clock, limits: { maxWaiting: 3 } });
    await tickets.redeem('a', ADDRESS);
    const tries = Array.from({ length: 5 }, () => tickets.redeem('right', ADDRESS));
    expect(await Promise.all(tries.map((one) => stateOf(one)))).toEqual(['waiting', 'waiting', 'waiting', null, null]);
    clock.advance(500);
    expect((await Promise.all(tries.map((one) => stateOf(one)))).filter((state) => state === 'waiting')).toHaveLength(
      2,
    );
  });

  test('stop waiting when the connection is gone', async () => {
    const clock = new ManualClock();
    const tickets = new Tickets({ password: 'right', clock });
    await tickets.redeem('a', ADDRESS);
    const gone = new AbortController();
    const waiting = tickets.redeem('right', ADDRESS, gone.signal);
    await settle();
    gone.abort();
    expect(await waiting).toBeNull();
    expect(clock.pending).toBe(0);
  });

  test('of a flood of addresses are remembered in bounded room', async () => {
    const clock = new ManualClock();
    const tickets = new Tickets({ password: 'right', clock, limits: { maxAddresses: 10 } });
    for (let i = 0; i < 1000; i++) await tickets.redeem('a', `198.51.100.${i}`);
    expect(await stateOf(tickets.redeem('right', '198.51.100.0'))).not.toBe('waiting');
    expect(await stateOf(tickets.redeem('right', '198.51.100.999'))).toBe('waiting');
  });
});

describe('one-time tickets', () => {
  test('open one session, whose channels show them again', async () => {
    const tickets = new Tickets({ password: 'right', clock: new ManualClock() });
    const ticket = tickets.issue({ ttlMs: 1000, viewOnly: false });
    const grant = await tickets.redeem(ticket, ADDRESS);
    if (grant === null) throw new Error('refused');
    expect(await tickets.confirm(grant, ticket, ADDRESS)).toBe(true);
    expect(await tickets.confirm(grant, 'right', ADDRESS)).toBe(false);
    expect(await stateOf(tickets.redeem(ticket, '192.0.2.9'))).toBeNull();
  });

  test('expire', async () => {
    const clock = new ManualClock();
    const tickets = new Tickets({ password: 'right', clock });
    const [early, late] = [1, 2].map(() => tickets.issue({ ttlMs: 1000, viewOnly: true }));
    clock.advance(999);
    expect(await tickets.redeem(early ?? '', '1')).toMatchObject({ isViewOnly: true });
    clock.advance(1);
    expect(await tickets.redeem(late ?? '', '2')).toBeNull();
  });

  test('outstanding are bounded: the one that expires first gives way', async () => {
    const tickets = new Tickets({ password: 'right', clock: new ManualClock(), limits: { maxOneTime: 2 } });
    const first = tickets.issue({ ttlMs: 1000, viewOnly: false });
    const second = tickets.issue({ ttlMs: 500, viewOnly: false });
    const third = tickets.issue({ ttlMs: 2000, viewOnly: false });
    expect(await tickets.redeem(second, '1')).toBeNull();
    expect(await tickets.redeem(first, '2')).not.toBeNull();
    expect(await tickets.redeem(third, '3')).not.toBeNull();
  });
});
