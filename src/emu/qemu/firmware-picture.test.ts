import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLogger } from '../../base/log.ts';
import { FirmwarePicture } from './firmware-picture.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp(take: () => Promise<Uint8Array>) {
  const shown: string[] = [];
  const picture = new FirmwarePicture({
    take,
    show: (width, height, pixels) => shown.push(`${width}x${height} ${[...pixels].join(' ')}`),
    log: silentLogger,
  });
  return { picture, shown };
}

const ppm = (...rgb: readonly number[]): Uint8Array =>
  Buffer.concat([Buffer.from('P6\n1 1\n255\n'), Uint8Array.from(rgb)]);

test('a picture is shown once, and looked at ever more seldom while it rests', async () => {
  let count = 0;
  const { picture, shown } = setUp(async () => {
    count++;
    return ppm(1, 2, 3);
  });
  picture.start();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(shown).toEqual(['1x1 3 2 1 0']);
  expect(count).toBeGreaterThan(18);
  expect(count).toBeLessThan(27);
  picture.stop();
});

test('a change is seen, and soon after a nudge', async () => {
  let value = 1;
  const { picture, shown } = setUp(async () => ppm(value, 0, 0));
  picture.start();
  await vi.advanceTimersByTimeAsync(5000);
  value = 2;
  picture.nudge();
  await vi.advanceTimersByTimeAsync(50);
  expect(shown).toHaveLength(2);
  picture.stop();
  value = 3;
  await vi.advanceTimersByTimeAsync(5000);
  expect(shown).toHaveLength(2);
  picture.start();
  await vi.advanceTimersByTimeAsync(100);
  expect(shown).toHaveLength(3);
  picture.stop();
});

test('a picture that cannot be had or read is tried again', async () => {
  const answers: (() => Uint8Array)[] = [
    () => {
      throw new Error('no surface');
    },
    () => Buffer.from('rubbish'),
    () => ppm(9, 9, 9),
  ];
  const { picture, shown } = setUp(async () => (answers.shift() ?? ((): Uint8Array => ppm(9, 9, 9)))());
  picture.start();
  await vi.advanceTimersByTimeAsync(2000);
  expect(shown).toEqual(['1x1 9 9 9 0']);
  picture.stop();
});
