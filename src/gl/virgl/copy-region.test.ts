import { expect, it } from 'vitest';
import { formatNamed } from './formats.ts';
import { command, TestGuest } from './test-guest.ts';
import { BIND } from './virgl-limits.ts';

it('copies a block from a level that it sticks out of to one that it sticks out of further', () => {
  using guest = new TestGuest();
  const [texture, block] = [1, Uint8Array.of(0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0)];
  const format = formatNamed('DXT1_RGB')!.number;
  guest.create(texture, { format, bind: BIND.samplerView, width: 3, height: 3, lastLevel: 1 });
  guest.write(texture, block, { width: 3, height: 3 });
  expect(guest.run(command('resourceCopyRegion', texture, 1, 0, 0, 0, texture, 0, 0, 0, 0, 3, 3, 1))).toBe(null);
  expect(guest.read(texture, {}, 8, 1)).toEqual(block);
});
