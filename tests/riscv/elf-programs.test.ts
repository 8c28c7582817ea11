import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BareMachine, ENGINES, type EngineName } from './elf-program.ts';

const SOURCES = join(import.meta.dirname, 'programs');
const folder = mkdtempSync(join(tmpdir(), 'saffron-elf-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** For the bare machine, at the start of RAM, with no library and no start of another's. */
const FLAGS = [
  '-O2 -march=rv64gc -mabi=lp64d -mcmodel=medany -ffreestanding -fno-pie -fno-strict-aliasing -nostdlib -static -no-pie -Wall -Werror',
  '-Wl,-N,--no-relax,--no-warn-rwx-segments,--build-id=none -Wl,-Ttext=0x80000000',
].flatMap((line) => line.split(' '));

function compile(name: string, source: string): Buffer {
  const file = join(folder, name);
  const words = [...FLAGS, '-I', SOURCES, '-x', 'c', '-', '-o', file];
  execFileSync('riscv64-linux-gnu-gcc', words, { input: source, stdio: ['pipe', 'inherit', 'inherit'] });
  return readFileSync(file);
}

const names = readdirSync(SOURCES).filter((name) => name.endsWith('.c'));
const programs = names.map((name) => ({
  name: basename(name, '.c'),
  source: readFileSync(join(SOURCES, name), 'utf8'),
}));
const engines = Object.keys(ENGINES) as EngineName[];

describe('programs for the bare machine', () => {
  const machines = engines.map((engine) => new BareMachine(engine));

  it.each(programs)('$name is right in both engines', ({ name, source }) => {
    const file = compile(name, source);
    const [interpreted, translated] = machines.map((machine) => machine.run(file));
    expect(interpreted?.failure).toBe(null);
    expect(translated).toEqual(interpreted);
    expect((interpreted?.signature.length ?? 0) > 0).toBe(source.includes('begin_signature'));
  });

  it.each(engines)('the %s tells which check failed', (engine) => {
    const file = compile(
      'wrong',
      '#include "program.h"\nint main(void) { check(1, 1); check(77, tohost != 0); return 0; }',
    );
    expect(new BareMachine(engine).run(file).failure).toBe('its check 77 failed');
  });
});
