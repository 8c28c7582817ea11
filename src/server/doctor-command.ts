/** `saffron doctor`. */
import process from 'node:process';
import type { CommandLine } from './command-line.ts';
import { doctor } from './doctor.ts';

/** Prints what this machine can do; 0 when a guest can be run. */
export async function doctorCommand(line: CommandLine): Promise<number> {
  return doctor({ json: line.has('json'), out: (text) => void process.stdout.write(text) });
}
