import { expect, test } from 'vitest';
import { PixelGate } from './pixel-gate.ts';

test('lets in as much as fits, the rest in order, and one larger than all alone', async () => {
  const gate = new PixelGate(100);
  const log: string[] = [];
  const works = ['a', 'b', 'c', 'd'].map((name) => ({ name, end: Promise.withResolvers<void>() }));
  const sizes = [60, 40, 300, 10];
  const runs = works.map(({ name, end }, i) =>
    gate.run(sizes[i] ?? 0, async () => {
      log.push(name);
      await end.promise;
    }),
  );
  expect(log).toEqual(['a', 'b']);
  works[0]?.end.resolve();
  await runs[0];
  expect(log).toEqual(['a', 'b']);
  works[1]?.end.resolve();
  await runs[1];
  await Promise.resolve();
  expect(log).toEqual(['a', 'b', 'c']);
  works[2]?.end.resolve();
  await runs[2];
  works[3]?.end.resolve();
  await runs[3];
  expect(log).toEqual(['a', 'b', 'c', 'd']);
});

test('work that fails makes room as well', async () => {
  const gate = new PixelGate(1);
  await expect(gate.run(1, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await gate.run(1, async () => 'next')).toBe('next');
});
