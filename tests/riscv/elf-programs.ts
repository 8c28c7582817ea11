/**
 * `node tests/riscv/elf-programs.ts PATH…`: runs programs for the bare machine, and all of them in folders, in the interpreter
 * and in the translator. They end as riscv-tests do (see elf-program.ts). Where NAME.reference_output lies beside a program it
 * must be its signature; otherwise both engines must agree on it. Prints a line for each that failed and one for all; the exit
 * status is 1 when one failed, 2 when there was none.
 */
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { messageOf } from '../../src/base/errors.ts';
import { BareMachine, ENGINES, type EngineName } from './elf-program.ts';

const ELF_MAGIC = '\x7fELF';

const files = process.argv.slice(2).flatMap((path) => {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? globSync('**', { cwd: path }).map((name) => join(path, name)) : [path];
});
const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;
const programs = files.filter((file) => isFile(file) && isElf(readFileSync(file))).sort();
if (programs.length === 0) {
  process.stderr.write(
    'No program was found: name files or folders of ELF programs for RV64, such as those of riscv-tests.\n',
  );
  process.exit(2);
}
const machines = Object.keys(ENGINES).map((name) => new BareMachine(name as EngineName));
let failures = 0;
for (const program of programs) {
  for (const failure of failuresOf(program)) {
    failures++;
    process.stdout.write(`${program}: ${failure}\n`);
  }
}
process.stdout.write(`${programs.length} programs, ${failures} failures\n`);
process.exitCode = failures === 0 ? 0 : 1;

function* failuresOf(program: string): Generator<string> {
  const file = readFileSync(program);
  const reference = `${program}.reference_output`;
  let wanted = isFile(reference) ? readFileSync(reference, 'utf8').trim().split(/\s+/) : null;
  for (const [i, engine] of Object.keys(ENGINES).entries()) {
    try {
      const { failure, signature } = machines[i]!.run(file);
      if (failure !== null) yield `${engine}: ${failure}`;
      wanted ??= [...signature];
      const at = wanted.findIndex((word, j) => word !== signature[j]);
      if (at >= 0) yield `${engine}: word ${at} of its signature is ${signature[at]}, not ${wanted[at]}`;
      else if (wanted.length !== signature.length)
        yield `${engine}: its signature has ${signature.length} words, not ${wanted.length}`;
    } catch (error) {
      yield `${engine}: ${messageOf(error)}`;
    }
  }
}

function isElf(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, 4)) === ELF_MAGIC;
}
