import { expect, test } from 'vitest';
import { missingNeeds, NEEDS, type MachineView } from '../scripts/system-packages.ts';

const empty: MachineView = {
  hasProgram: () => false,
  hasFile: () => false,
  hasQemuModule: () => false,
  isOldQemu: false,
};
const full: MachineView = { hasProgram: () => true, hasFile: () => true, hasQemuModule: () => true, isOldQemu: false };

test('a machine that has everything lacks nothing', () => {
  expect(missingNeeds('run', full)).toEqual([]);
  expect(missingNeeds('test', full)).toEqual([]);
});

test('the tests want what the main job does, and more', () => {
  const run = missingNeeds('run', empty);
  expect(run.every(({ job }) => job === 'run')).toBe(true);
  const test = missingNeeds('test', empty);
  expect(test.every(({ job }) => job !== 'conformance')).toBe(true);
  expect(missingNeeds('conformance', empty)).toEqual(NEEDS);
  expect(NEEDS).toEqual(expect.arrayContaining([...test]));
  expect(NEEDS).toEqual(expect.arrayContaining([...run]));
});

test('a QEMU that is too old counts as none', () => {
  expect(missingNeeds('test', { ...full, isOldQemu: true }).map(({ apt }) => apt)).toEqual(['qemu-system-x86']);
});

test('a guest runs without QEMU, and without OpenGL', () => {
  expect(missingNeeds('run', empty)).toMatchObject([{ apt: 'libegl1 libgl1-mesa-dri', isEssential: false }]);
});

test('everything can be installed with apt, and no package is named twice', () => {
  const packages = NEEDS.flatMap(({ apt }) => apt.split(' '));
  expect(packages).not.toContain('');
  expect(new Set(packages).size).toBe(packages.length);
});
