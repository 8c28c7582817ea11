/** `saffron list`, and the commands that act on a running guest. */
import process from 'node:process';
import type { CommandLine } from './command-line.ts';
import { CONTROL_ACTIONS, controlGuest, listRunningGuests } from './control.ts';
import { runtimeFolder } from './paths.ts';

/** Prints the guests that run. */
export async function listCommand(line: CommandLine): Promise<number> {
  const guests = await listRunningGuests(runtimeFolder());
  if (line.has('json')) {
    process.stdout.write(`${JSON.stringify(guests)}\n`);
  } else if (guests.length === 0) {
    process.stdout.write('No guest runs. "saffron run" starts one.\n');
  } else {
    for (const { name, state, viewers, web, spice } of guests) {
      process.stdout.write(`${name}  ${state}, ${viewers} ${viewers === 1 ? 'viewer' : 'viewers'}\n`);
      for (const address of [...(web === null ? [] : [web]), ...spice]) process.stdout.write(`    ${address}\n`);
    }
  }
  return 0;
}

/** Asks a running guest to do what the command is called. */
export async function controlCommand(line: CommandLine): Promise<number> {
  const action = CONTROL_ACTIONS.find((known) => known === line.command) ?? 'status';
  const { name, state } = await controlGuest(runtimeFolder(), line.words[0], action);
  process.stdout.write(
    action === 'powerdown' ? `The guest "${name}" was asked to shut down.\n` : `The guest "${name}" is ${state}.\n`,
  );
  return 0;
}
