#!/usr/bin/env node
/** The program `saffron`: reads the command line, runs the command, tells errors in one sentence. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { HostError, messageOf, UsageError } from '../base/errors.ts';
import { parseCommandLine, type CommandLine, type CommandName } from './command-line.ts';

type Command = (line: CommandLine) => Promise<number>;

// Loaded when asked for: `saffron --help` must not load a graphics library.
const controlCommand: () => Promise<Command> = async () => (await import('./control-command.ts')).controlCommand;
const COMMANDS: Readonly<Record<CommandName, () => Promise<Command>>> = {
  run: async () => (await import('./run.ts')).run,
  list: async () => (await import('./control-command.ts')).listCommand,
  powerdown: controlCommand,
  reset: controlCommand,
  pause: controlCommand,
  resume: controlCommand,
  kill: controlCommand,
  guest: async () => (await import('./guest-command.ts')).guestCommand,
  gpu: async () => (await import('./gpu-command.ts')).gpuCommand,
  doctor: async () => (await import('./doctor-command.ts')).doctorCommand,
};

async function main(): Promise<number> {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const parsed = parseCommandLine(process.argv.slice(2), version);
  if (parsed.kind === 'print') {
    process.stdout.write(parsed.text);
    return 0;
  }
  const command = await COMMANDS[parsed.line.command]();
  return command(parsed.line);
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(`saffron: ${error.message}\n`);
    process.exitCode = 2;
  } else if (error instanceof HostError) {
    process.stderr.write(`saffron: ${error.message}\n`);
    process.exitCode = 1;
  } else {
    process.stderr.write(`saffron: this should not have happened, please report it: ${messageOf(error)}\n`);
    if (error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exitCode = 70;
  }
}
