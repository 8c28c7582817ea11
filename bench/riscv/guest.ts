/** `node bench/riscv/guest.ts FILE`: runs a program for the bare machine on the built-in processor to its end. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { readElf } from '../../src/emu/riscv/elf.ts';
import { createGuestMemory } from '../../src/emu/riscv/guest-memory.ts';
import { Hart } from '../../src/emu/riscv/hart.ts';
import { RAM_BASE } from '../../src/emu/riscv/layout.ts';

const FINISHER = 0x100000;

const elf = readElf(readFileSync(process.argv[2] ?? ''));
const guest = createGuestMemory(0x1000000, 1);
const ram = new Uint8Array(guest.memory.buffer, guest.ramOffset, guest.ramBytes);
for (const { address, data } of elf.segments) ram.set(data, Number(address) - RAM_BASE);
let isOver = false;
const bus = {
  load: () => -1,
  store: (address: number) => {
    isOver ||= address === FINISHER;
    return address === FINISHER;
  },
};
const hart = new Hart({ guest, hartId: 0, bus, time: 'host', hasSbi: false });
hart.reset({ pc: elf.entry, a0: 0n, a1: 0n, mode: 'machine' });
while (!isOver) hart.runSlice(30_000);
process.stdout.write(`${hart.instructionsRetired}\n`);
