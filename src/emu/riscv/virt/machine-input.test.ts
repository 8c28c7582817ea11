import { expect, test } from 'vitest';
import type { InputEvent } from '../../input-queue.ts';
import { MachineInput } from './machine-input.ts';

test('motion is told in whole pixels, the rest with what follows; what is no number is dropped', async () => {
  const input = new MachineInput();
  const told: InputEvent[] = [];
  let hear = (): void => {};
  input.setTarget((event) => {
    told.push(event);
    hear();
  });
  const move = async (dx: number, dy: number): Promise<void> => {
    const heard = new Promise<void>((resolve) => (hear = resolve));
    input.motion(dx, dy);
    await heard;
  };
  await move(2.5, -1);
  input.motion(NaN, 1);
  input.motion(0, Infinity);
  input.motion(0.25, 0);
  await move(0.25, 1e9);
  expect(told).toEqual([
    { kind: 'motion', dx: 2, dy: -1 },
    { kind: 'motion', dx: 1, dy: 32_767 },
  ]);
});
