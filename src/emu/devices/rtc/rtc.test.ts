import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Rtc, RTC_REGISTERS as R } from './rtc.ts';

const START_NS = 1_700_000_000_123_456_789n;

class Clock {
  interrupts = 0;
  readonly rtc: Rtc = new Rtc(
    () => START_NS + BigInt(Math.round(performance.now())) * 1_000_000n - this.#begin,
    () => void this.interrupts++,
  );
  readonly #begin = BigInt(Math.round(performance.now())) * 1_000_000n;

  get time(): bigint {
    const low = BigInt(this.rtc.load(R.timeLow, 4));
    return (BigInt(this.rtc.load(R.timeHigh, 4)) << 32n) | low;
  }

  alarm(time: bigint): void {
    this.rtc.store(R.alarmHigh, 4, Number(time >> 32n));
    this.rtc.store(R.alarmLow, 4, Number(time & 0xffff_ffffn));
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('it tells nanoseconds since 1970, the halves of one moment', () => {
  const clock = new Clock();
  expect(clock.time).toBe(START_NS);
  vi.advanceTimersByTime(1500);
  expect(clock.time).toBe(START_NS + 1_500_000_000n);
});

test('an alarm interrupts when its time has come, and until it is cleared', () => {
  const clock = new Clock();
  clock.rtc.store(R.irqEnabled, 4, 1);
  clock.alarm(START_NS + 2_000_000_000n);
  expect([clock.rtc.load(R.alarmStatus, 4), clock.rtc.isRaised]).toEqual([1, false]);
  vi.advanceTimersByTime(1999);
  expect(clock.rtc.isRaised).toBe(false);
  vi.advanceTimersByTime(2);
  expect([clock.rtc.load(R.alarmStatus, 4), clock.rtc.isRaised]).toEqual([0, true]);
  clock.rtc.store(R.clearInterrupt, 4, 1);
  expect(clock.rtc.isRaised).toBe(false);
});

test('an alarm in the past interrupts at once, a cleared one never, one in a century is waited for', () => {
  const clock = new Clock();
  clock.rtc.store(R.irqEnabled, 4, 1);
  clock.alarm(START_NS - 1n);
  expect(clock.rtc.isRaised).toBe(true);
  clock.rtc.store(R.clearInterrupt, 4, 1);
  clock.alarm(START_NS + 1_000_000_000n);
  clock.rtc.store(R.clearAlarm, 4, 1);
  vi.advanceTimersByTime(5000);
  expect(clock.rtc.isRaised).toBe(false);
  clock.alarm(START_NS + 100n * 365n * 86_400n * 1_000_000_000n);
  vi.advanceTimersByTime(3_000_000_000);
  expect(clock.rtc.isRaised).toBe(false);
});

test('the guest can set it', () => {
  const clock = new Clock();
  clock.rtc.store(R.timeHigh, 4, 1);
  clock.rtc.store(R.timeLow, 4, 2);
  expect(clock.time).toBe((1n << 32n) | 2n);
});

test('what was saved goes on elsewhere', () => {
  const clock = new Clock();
  clock.rtc.store(R.irqEnabled, 4, 1);
  clock.alarm(START_NS + 1_000_000_000n);
  const other = new Clock();
  other.rtc.restore(structuredClone(clock.rtc.save()));
  clock.rtc.close();
  vi.advanceTimersByTime(1001);
  expect([other.rtc.isRaised, clock.rtc.isRaised]).toEqual([true, false]);
});

test('accesses that are no words do nothing', () => {
  const clock = new Clock();
  clock.rtc.store(R.irqEnabled, 1, 1);
  expect([clock.rtc.load(R.irqEnabled, 4), clock.rtc.load(R.timeLow, 2), clock.rtc.load(0x20, 4)]).toEqual([0, 0, 0]);
});
