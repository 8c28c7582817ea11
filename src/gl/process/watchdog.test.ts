import { describe, expect, it } from 'vitest';
import { WORK_STATE } from './order-channel.ts';
import { Watchdog } from './watchdog.ts';

/** A process as it is seen, to be changed between looks. */
function seen(state: number): {
  process: { isStopped: boolean; starvation: Map<number, number> };
  source: { progress: number; workState: number; workContext: number };
} {
  return {
    process: { isStopped: false, starvation: new Map([[1, 50]]) },
    source: { progress: 1, workState: state, workContext: 7 },
  };
}

describe('the watchdog', () => {
  it('gives up a stopped process at once', () => {
    const watched = seen(WORK_STATE.idle);
    watched.process.isStopped = true;
    expect(new Watchdog(1000).look(watched, 0)).toEqual({ reason: 'stopped by a signal', context: 0 });
  });

  it('gives up one that is at the same command for too long, and says whose', () => {
    const watchdog = new Watchdog(1000);
    const watched = seen(WORK_STATE.order);
    expect([0, 500, 999].map((now) => watchdog.look(watched, now))).toEqual([null, null, null]);
    watched.source.progress++;
    expect([1000, 1999].map((now) => watchdog.look(watched, now))).toEqual([null, null]);
    expect(watchdog.look(watched, 2000)).toEqual({ reason: 'hung for 1000 ms', context: 7 });
  });

  it('has more patience with the GPU', () => {
    const watchdog = new Watchdog(1000);
    const watched = seen(WORK_STATE.gpu);
    expect([0, 1000, 2499].map((now) => watchdog.look(watched, now))).toEqual([null, null, null]);
    expect(watchdog.look(watched, 2500)?.context).toBe(7);
  });

  it('does not count time in which a thread had no processor', () => {
    const watchdog = new Watchdog(1000);
    const watched = seen(WORK_STATE.order);
    watchdog.look(watched, 0);
    watchdog.look(watched, 100);
    watched.process.starvation = new Map([
      [1, 650],
      [2, 9000],
    ]);
    expect(watchdog.look(watched, 1500)).toBeNull();
    expect(watchdog.look(watched, 1600)?.context).toBe(7);
  });

  it('leaves one alone that makes its guest wait, and begins anew after that', () => {
    const watchdog = new Watchdog(1000);
    const watched = seen(WORK_STATE.order);
    watchdog.look(watched, 0);
    watched.source.workState = WORK_STATE.rest;
    expect([500, 1000, 90_000].map((now) => watchdog.look(watched, now))).toEqual([null, null, null]);
    watched.source.workState = WORK_STATE.order;
    expect([90_500, 91_499].map((now) => watchdog.look(watched, now))).toEqual([null, null]);
    expect(watchdog.look(watched, 91_500)?.context).toBe(7);
  });

  it('begins anew after a rest', () => {
    const watchdog = new Watchdog(1000);
    const watched = seen(WORK_STATE.order);
    watchdog.look(watched, 0);
    watchdog.rest();
    expect([5000, 5999].map((now) => watchdog.look(watched, now))).toEqual([null, null]);
    expect(watchdog.look(watched, 6000)).not.toBeNull();
  });
});
