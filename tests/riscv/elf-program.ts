/**
 * Runs a program as riscv-tests and riscv-arch-test make them: an ELF file for the bare machine, which begins in machine mode
 * and ends by storing to the word `tohost`, 1 when all is right. What lies between `begin_signature` and `end_signature` then,
 * where there is such a thing, is its signature.
 */
import { readElf } from '../../src/emu/riscv/elf.ts';
import { createGuestMemory } from '../../src/emu/riscv/guest-memory.ts';
import { Hart } from '../../src/emu/riscv/hart.ts';
import { RAM_BASE } from '../../src/emu/riscv/layout.ts';

const RAM_BYTES = 0x4000000;
const SLICE = 10_000;
const MOST_INSTRUCTIONS = 100_000_000;

/** The engines by name: how often a place is reached before it is translated; 0: never. */
export const ENGINES = { interpreter: 0, translator: 1 } as const;
export type EngineName = keyof typeof ENGINES;

/** How a program ended. */
export interface ProgramEnd {
  /** null: as it should. Otherwise what was wrong, in words. */
  readonly failure: string | null;
  /** Words of 32 bits in hexadecimal, as riscv-arch-test writes them; empty without a signature. */
  readonly signature: readonly string[];
}

/** A bare machine with one hart, for one program after another. */
export class BareMachine {
  readonly #hart: Hart;
  readonly #ram: Uint8Array;
  readonly #view: DataView;

  constructor(engine: EngineName) {
    const guest = createGuestMemory(RAM_BYTES, 1);
    const bus = { load: () => -1, store: () => false };
    const time = { instructionsPerTick: 10 };
    this.#hart = new Hart({ guest, hartId: 0, bus, time, hasSbi: false, hotAfter: ENGINES[engine] });
    this.#ram = new Uint8Array(guest.memory.buffer, guest.ramOffset, guest.ramBytes);
    this.#view = new DataView(guest.memory.buffer, guest.ramOffset, guest.ramBytes);
  }

  /** Throws Error when the file is no such program. */
  run(file: Uint8Array): ProgramEnd {
    const { entry, segments, symbols } = readElf(file);
    const place = (name: string): number | null => {
      const address = symbols.get(name);
      return address === undefined ? null : Number(address) - RAM_BASE;
    };
    const toHost = place('tohost');
    if (toHost === null) throw new Error('it has no symbol tohost');
    this.#ram.fill(0);
    for (const { address, data, memoryBytes } of segments) {
      const at = Number(address) - RAM_BASE;
      if (at < 0 || at + memoryBytes > RAM_BYTES) throw new Error(`it wants memory at 0x${address.toString(16)}`);
      this.#ram.set(data, at);
    }
    const hart = this.#hart;
    hart.reset({ pc: entry, a0: 0n, a1: 0n, mode: 'machine' });
    let code = 0n;
    for (let done = 0; code === 0n && done < MOST_INSTRUCTIONS; done += SLICE) {
      hart.runSlice(SLICE);
      code = this.#view.getBigUint64(toHost, true);
    }
    const [from, to] = [place('begin_signature'), place('end_signature')];
    return { failure: failureOf(code), signature: from === null || to === null ? [] : this.#words(from, to) };
  }

  #words(from: number, to: number): string[] {
    return Array.from({ length: (to - from) / 4 }, (_, i) => {
      return this.#view
        .getUint32(from + 4 * i, true)
        .toString(16)
        .padStart(8, '0');
    });
  }
}

function failureOf(code: bigint): string | null {
  if (code === 1n) return null;
  if (code === 0n) return `it did not end within ${MOST_INSTRUCTIONS} instructions`;
  return (code & 1n) === 1n
    ? `its check ${code >> 1n} failed`
    : `it asks for a service of its host (0x${code.toString(16)})`;
}
