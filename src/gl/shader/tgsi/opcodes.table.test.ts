import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { OPCODES, opcodeOf } from './opcodes.table.ts';
import type { OpcodeName } from './opcodes.table.ts';

/** Where opcodes are run on the host and compared; the text of each names the opcodes it proves. */
const PROOFS = [
  '../passes/lower-arithmetic.test.ts',
  '../passes/run-texture.test.ts',
  '../emit-glsl/run-flow.test.ts',
  '../emit-glsl/run-memory.test.ts',
  '../emit-glsl/run-stages.test.ts',
].map((path) => readFileSync(new URL(path, import.meta.url), 'utf8'));

/** Served, but what the host's test device cannot run; their text is compared instead. */
const TEXT_ONLY: ReadonlySet<OpcodeName> = new Set<OpcodeName>(['FBFETCH', 'VOTE_ANY', 'VOTE_ALL', 'VOTE_EQ', 'CLOCK']);

const TEXTS = readFileSync(new URL('../emit-glsl/translate.test.ts', import.meta.url), 'utf8');

describe('the table of opcodes', () => {
  const served = (Object.keys(OPCODES) as OpcodeName[]).filter((name) => opcodeOf(name).refused === null);

  test.each(served)('%s is proved by a test', (name) => {
    const word = new RegExp(`(?:\\\\n|\\b)${name}\\b`);
    const proofs = TEXT_ONLY.has(name) ? [TEXTS] : PROOFS;
    expect(proofs.some((text) => word.test(text))).toBe(true);
  });

  test('what is refused says why', () => {
    const refused = (Object.keys(OPCODES) as OpcodeName[]).filter((name) => opcodeOf(name).refused !== null);
    expect(refused).toHaveLength(Object.keys(OPCODES).length - served.length);
    for (const name of refused) expect(opcodeOf(name).refused).toMatch(/\w+ \w+/);
  });
});
