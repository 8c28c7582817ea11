/**
 * The socket by which `saffron list`, `powerdown`, `reset` … reach a running guest: a Unix socket in the user's runtime
 * folder, one JSON line there, one back. Only this user can open it. On Windows it is a named pipe, which the system lets
 * only its maker write to, and an empty file in the folder tells of it.
 */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { platform } from 'node:os';
import { join } from 'node:path';
import { HostError, messageOf, UsageError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';

const IS_WINDOWS = platform() === 'win32';
const SUFFIX = '.control';
const MAX_LINE = 4096;
const ANSWER_TIMEOUT_MS = 5_000;

/** What can be asked of a running guest. */
export const CONTROL_ACTIONS = ['status', 'powerdown', 'reset', 'pause', 'resume', 'kill'] as const;
export type ControlAction = (typeof CONTROL_ACTIONS)[number];

/** How a running guest describes itself. */
export interface GuestStatus {
  readonly name: string;
  readonly state: string;
  readonly pid: number;
  readonly viewers: number;
  readonly web: string | null;
  readonly spice: readonly string[];
}

/** Opens the control socket of a guest. `handle` resolves with the status after the action; its error goes to the asker. */
export async function openControl(
  folder: string,
  name: string,
  handle: (action: ControlAction) => Promise<GuestStatus>,
  log: Logger,
): Promise<AsyncDisposable> {
  const path = join(folder, name + SUFFIX);
  if (await isAlive(path)) {
    throw new UsageError(`A guest named "${name}" is running already: give this one another name with --name.`);
  }
  rmSync(path, { force: true });
  // Those that have asked nothing yet; the others end with their answers.
  const silent = new Set<Socket>();
  const server = createServer((socket) => {
    silent.add(socket);
    socket.setTimeout(ANSWER_TIMEOUT_MS * 2, () => socket.destroy());
    socket.on('close', () => silent.delete(socket));
    socket.on('error', (error) => log.debug('control connection broke', { error }));
    readLine(socket).then(
      async (line) => {
        silent.delete(socket);
        const answer = await answerTo(line, handle);
        socket.end(`${JSON.stringify(answer)}\n`);
      },
      () => socket.destroy(),
    );
  });
  await listening(server, path);
  if (IS_WINDOWS) writeFileSync(path, '');
  return {
    [Symbol.asyncDispose]: async () => {
      for (const socket of silent) socket.end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(path, { force: true });
    },
  };
}

/** Whether a guest of that name runs here. */
export async function isGuestRunning(folder: string, name: string): Promise<boolean> {
  return isAlive(join(folder, name + SUFFIX));
}

/** The guests of this user that run now. Sockets that a killed program left behind are cleared away. */
export async function listRunningGuests(folder: string): Promise<readonly GuestStatus[]> {
  const found: GuestStatus[] = [];
  for (const file of readdirSync(folder)
    .filter((entry) => entry.endsWith(SUFFIX))
    .toSorted()) {
    try {
      found.push(await ask(join(folder, file), 'status'));
    } catch (error) {
      if (error instanceof HostError && error.code === 'gone') rmSync(join(folder, file), { force: true });
    }
  }
  return found;
}

/** Asks the guest of that name, or the only one. Throws UsageError when it is not clear which, HostError when it refuses. */
export async function controlGuest(
  folder: string,
  name: string | undefined,
  action: ControlAction,
): Promise<GuestStatus> {
  const running = (await listRunningGuests(folder)).map((guest) => guest.name);
  const known = running.length === 0 ? 'no guest runs' : `running: ${running.join(', ')}`;
  const chosen = name ?? (running.length === 1 ? running[0] : undefined);
  if (chosen === undefined) throw new UsageError(`Name the guest: saffron ${action} NAME (${known}).`);
  if (!running.includes(chosen)) throw new UsageError(`There is no guest "${chosen}" (${known}).`);
  return ask(join(folder, chosen + SUFFIX), action);
}

async function answerTo(line: string, handle: (action: ControlAction) => Promise<GuestStatus>): Promise<object> {
  const action = CONTROL_ACTIONS.find((known) => known === line.trim());
  if (action === undefined) return { error: 'unknown action' };
  try {
    return { status: await handle(action) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

async function ask(path: string, action: ControlAction): Promise<GuestStatus> {
  const socket = createConnection(addressOf(path));
  socket.setTimeout(ANSWER_TIMEOUT_MS, () =>
    socket.destroy(new HostError('timeout', 'The guest does not answer: try again, or end its program.')),
  );
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', (error) => reject(new HostError('gone', 'The guest has just ended.', { cause: error })));
    });
    socket.write(`${action}\n`);
    const answer = JSON.parse(await readLine(socket)) as { status?: GuestStatus; error?: string };
    if (answer.status === undefined)
      throw new HostError('refused', `The guest refused: ${answer.error ?? 'no reason given'}.`);
    return answer.status;
  } finally {
    socket.destroy();
  }
}

function readLine(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
      else if (text.length > MAX_LINE) reject(new HostError('line', 'The control line is too long.'));
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new HostError('gone', 'The guest has just ended.')));
  });
}

function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(addressOf(path));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new HostError('listen', `The control socket ${path} can't be opened: ${error.message}.`, { cause: error }),
      ),
    );
    server.listen({ path: addressOf(path), readableAll: false, writableAll: false }, () => resolve());
  });
}

/** Where the socket of that file is: Windows has local sockets only as named pipes, which lie in no folder. */
function addressOf(path: string): string {
  return IS_WINDOWS ? `\\\\?\\pipe\\${path}` : path;
}
