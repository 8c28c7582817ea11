/** `saffron gpu`: renders OpenGL for programs and containers of this host, over a Unix socket. */
import { existsSync, lstatSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import process from 'node:process';
import { HostError, UsageError } from '../base/errors.ts';
import { requireNativeCalls } from '../base/native/native-calls.ts';
import type { GpuEvent } from '../gl/vtest/gpu-server.ts';
import type { CommandLine } from './command-line.ts';
import { readProgramLimits } from './gpu-limit-options.ts';
import { createLogger, LOG_LEVELS } from './log.ts';

type Told =
  | GpuEvent
  | { readonly event: 'ready'; readonly socket: string; readonly renderer: string; readonly version: string }
  | { readonly event: 'stopped'; readonly reason: string };

/** Serves until it is told to end. */
export async function gpuCommand(line: CommandLine): Promise<number> {
  const path = line.text('socket');
  if (path === undefined) throw new UsageError('"saffron gpu" wants --socket PATH: where programs will connect.');
  await requireNativeCalls('"saffron gpu"');
  const { GpuServer } = await import('../gl/vtest/gpu-server.ts');
  const socket = resolve(path);
  await clearStale(socket);
  const folder = line.text('shader-cache');
  const tell = line.has('json')
    ? (event: Told): void => void process.stdout.write(`${JSON.stringify(event)}\n`)
    : (event: Told): void => void process.stdout.write(forPeople(event));
  const logLevel = LOG_LEVELS.find((level) => level === line.text('log-level')) ?? 'warn';
  const { promise: stopped, resolve: stop } = Promise.withResolvers<string>();
  const onSignal = (signal: NodeJS.Signals): void => stop(signal);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    await using server = await GpuServer.start({
      socket,
      renderNode: line.text('render-node') ?? 'auto',
      maxClients: Number(line.text('max-clients')),
      ...readProgramLimits(line),
      shaderFolder: folder === undefined ? null : resolve(folder),
      logLevel,
      log: createLogger(logLevel),
      onEvent: tell,
    });
    tell({ event: 'ready', socket, renderer: server.renderer, version: server.version });
    const reason = await stopped;
    tell({ event: 'stopped', reason });
    return 0;
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Removes a socket that nobody listens on any more. Throws HostError when somebody does, or it is no socket. */
async function clearStale(path: string): Promise<void> {
  if (!existsSync(path)) return;
  if (!lstatSync(path).isSocket())
    throw new HostError('EEXIST', `${path} exists and is no socket: choose another path.`);
  const isLive = await new Promise<boolean>((answer) => {
    const probe = connect(path);
    probe.on('connect', () => {
      probe.destroy();
      answer(true);
    });
    probe.on('error', () => answer(false));
  });
  if (isLive) throw new HostError('EADDRINUSE', `Another server listens on ${path}: choose another path.`);
  unlinkSync(path);
}

function forPeople(event: Told): string {
  switch (event.event) {
    case 'ready':
      return `Rendering on ${event.renderer}; programs connect to ${event.socket}. Ctrl-C ends it.\n`;
    case 'client':
      return event.change === 'connected'
        ? `${event.name || 'A program'} is here (process ${event.pid}).\n`
        : `${event.name || 'A program'} has left: ${event.reason}.\n`;
    case 'quota':
      return `${event.name || 'A program'} (process ${event.pid}) wants more than it may have: ${event.reason}.\n`;
    case 'refused':
      return `A program was turned away: ${event.reason}.\n`;
    case 'stopped':
      return 'Stopped.\n';
  }
}
