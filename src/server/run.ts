/**
 * `saffron run`: joins a machine, its screens, the SPICE server, the listeners and the page; ends them in reverse order.
 * Nothing is left behind: no process, no socket, no temporary file.
 */
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { createScreen } from '../display/screen.ts';
import type { Machine, MachineEnd } from '../emu/contract.ts';
import type { GuestImage } from '../emu/guest/guest.ts';
import { findQemu } from '../emu/qemu/find-qemu.ts';
import { SpiceServer } from '../spice/server.ts';
import { Tickets } from '../spice/ticket.ts';
import type { CommandLine } from './command-line.ts';
import { isGuestRunning, openControl, type ControlAction, type GuestStatus } from './control.ts';
import { eventPrinter, type ServerEvent } from './events.ts';
import { guestImage } from './guest-command.ts';
import { openListeners } from './listeners.ts';
import { createLogger } from './log.ts';
import { createMachine } from './machine.ts';
import { makePassword } from './password.ts';
import { runtimeFolder } from './paths.ts';
import { readRunConfig, type RunConfig } from './run-config.ts';

const PAGE_FOLDER = fileURLToPath(new URL('../../clients/web/dist', import.meta.url));
const IMAGE_ARCH = { 'debian-amd64': 'x86_64', 'debian-riscv64': 'riscv64' } as const;
const END_BY_USER: MachineEnd = { reason: 'killed', message: 'Ended.' };

/** Runs a guest until it ends or the user ends it. */
export async function run(line: CommandLine): Promise<number> {
  const config = readRunConfig(line);
  const log = createLogger(config.logLevel);
  const tell = eventPrinter(config.isJson);
  using stop = new StopSignals();
  try {
    const end = await serve(config, log, tell, stop);
    tell({ event: 'stopped', ...end });
    return end.reason === 'error' ? 1 : 0;
  } catch (error) {
    // Who reads events shall read this one too; people are told by `main`.
    if (config.isJson) tell({ event: 'stopped', reason: 'error', message: messageOf(error) });
    throw error;
  }
}

async function serve(
  config: RunConfig,
  log: Logger,
  tell: (event: ServerEvent) => void,
  stop: StopSignals,
): Promise<MachineEnd> {
  const folder = runtimeFolder();
  const name = await freeName(folder, config);
  tell({ event: 'starting', name });
  // Said before minutes are spent on an image that nothing here could run.
  if (config.image !== null && config.engine === 'qemu') await findQemu(IMAGE_ARCH[config.image], config.qemu.binary);
  const image = config.image === null ? null : await imageOrStop(config.image, config, stop, log);
  if (stop.count > 0) return END_BY_USER;

  await using open = new AsyncDisposableStack();
  const machine = await createMachine(name, config, image, log.child({ part: 'machine' }));
  open.defer(() => machine.kill());
  const ended = new Promise<MachineEnd>((resolve) => void machine.onEnd.subscribe(resolve));
  machine.onState.subscribe((state) => {
    if (state !== 'stopped') tell({ event: 'guest', state });
  });
  machine.onGpu.subscribe(({ kind: change, ...news }) => tell({ event: 'gpu', change, ...news }));
  const screens = machine.heads.map((head) => createScreen(head, { log: log.child({ part: 'screen' }) }));
  for (const screen of screens) open.defer(() => screen.close());
  for (const [head, screen] of screens.entries()) {
    screen.onResize.subscribe((size) => tell({ event: 'guest', state: 'screen', head, ...size }));
  }

  const { tickets, unixTickets, made } = makeTickets(config);
  const server = new SpiceServer({
    guest: {
      name,
      uuid: machine.uuid,
      screens,
      input: machine.input,
      pointer: machine.pointer,
      agent: machine.agent,
      suggestSize: (head, width, height) => machine.suggestSize(head, width, height),
    },
    tickets,
    unixTickets,
    isViewOnly: config.isViewOnly,
    log: log.child({ part: 'spice' }),
  });
  open.defer(() => server.close());
  server.onViewer.subscribe(({ kind, id, address, transport, isViewOnly, reason }) =>
    tell({
      event: 'viewer',
      change: kind,
      id,
      address,
      transport,
      viewOnly: isViewOnly,
      ...(reason === undefined ? {} : { reason }),
    }),
  );

  const listeners = open.use(
    await openListeners({ name, config, server, tickets, folder, pageFolder: PAGE_FOLDER, log }),
  );
  const status = (): GuestStatus => ({
    name,
    state: machine.state,
    pid: process.pid,
    viewers: server.viewers().length,
    web: listeners.web,
    spice: listeners.spice,
  });
  open.use(await openControl(folder, name, async (action) => act(machine, action).then(status), log));

  await machine.start();
  tell({
    event: 'ready',
    name,
    web: listeners.web,
    spice: listeners.spice,
    fingerprint: listeners.certificate?.fingerprint ?? null,
    ca: listeners.certificate?.isSelfSigned === true ? listeners.certificate.file : null,
    password: made,
  });
  return await Promise.race([ended, endBySignal(machine, ended, config, stop)]);
}

async function imageOrStop(
  image: NonNullable<RunConfig['image']>,
  { suite, extraPackages, mirror, cacheFolder }: RunConfig,
  stop: StopSignals,
  log: Logger,
): Promise<GuestImage | null> {
  try {
    return await guestImage(image, { suite, extraPackages, mirror, cacheDir: cacheFolder }, stop.signal, log);
  } catch (error) {
    if (stop.count > 0) return null;
    throw error;
  }
}

async function act(machine: Machine, action: ControlAction): Promise<void> {
  switch (action) {
    case 'status':
      return;
    case 'powerdown':
      return machine.powerdown();
    case 'reset':
      return machine.reset();
    case 'pause':
      return machine.pause();
    case 'resume':
      return machine.resume();
    case 'kill':
      return machine.kill();
  }
}

/** A guest with disks of the user's may shut down by itself; one with nothing to lose is switched off. */
async function endBySignal(
  machine: Machine,
  ended: Promise<MachineEnd>,
  config: RunConfig,
  stop: StopSignals,
): Promise<MachineEnd> {
  await stop.first;
  if (config.qemu.drives.length > 0 && config.stopTimeoutMs > 0 && machine.state === 'running') {
    process.stderr.write(
      `\nThe guest was asked to shut down (up to ${config.stopTimeoutMs / 1000} s; press Ctrl-C again to switch it off).\n`,
    );
    await machine.powerdown();
    const timeout = Promise.withResolvers<null>();
    const timer = setTimeout(() => timeout.resolve(null), config.stopTimeoutMs);
    const end = await Promise.race([ended, timeout.promise, stop.second.then(() => null)]);
    clearTimeout(timer);
    if (end !== null) return end;
  }
  await machine.kill();
  return END_BY_USER;
}

/** An image's own name may be taken by another run of it: then a number is added. A name the user gave is kept. */
async function freeName(folder: string, config: RunConfig): Promise<string> {
  for (let n = 1; ; n++) {
    const name = n === 1 ? config.name : `${config.name}-${n}`;
    if (config.isNameGiven || !(await isGuestRunning(folder, name))) return name;
  }
}

/** Over a network a password is always wanted, unless the user wants none; the owner of a Unix socket needs it when he gave one. */
function makeTickets(config: RunConfig): { tickets: Tickets; unixTickets: Tickets; made: string | null } {
  const viewOnlyPassword = config.viewPassword ?? null;
  if (config.password !== undefined) {
    const tickets = new Tickets({ password: config.password, viewOnlyPassword });
    return { tickets, unixTickets: tickets, made: null };
  }
  const isUnixOnly =
    config.web === null && config.spice.length > 0 && config.spice.every((uri) => uri.startsWith('unix:'));
  const made = makePassword();
  return {
    tickets: new Tickets({ password: made, viewOnlyPassword }),
    unixTickets: new Tickets({ password: null }),
    made: isUnixOnly ? null : made,
  };
}

/** SIGINT and SIGTERM: the first asks for an orderly end, the second for a quick one. */
class StopSignals implements Disposable {
  readonly #abort = new AbortController();
  readonly #first = Promise.withResolvers<void>();
  readonly #second = Promise.withResolvers<void>();
  #count = 0;

  constructor() {
    process.on('SIGINT', this.#onSignal);
    process.on('SIGTERM', this.#onSignal);
    process.on('SIGHUP', this.#onSignal);
  }

  get count(): number {
    return this.#count;
  }

  get first(): Promise<void> {
    return this.#first.promise;
  }

  get second(): Promise<void> {
    return this.#second.promise;
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  readonly #onSignal = (): void => {
    this.#count++;
    this.#abort.abort();
    if (this.#count === 1) this.#first.resolve();
    else this.#second.resolve();
  };

  [Symbol.dispose](): void {
    process.off('SIGINT', this.#onSignal);
    process.off('SIGTERM', this.#onSignal);
    process.off('SIGHUP', this.#onSignal);
  }
}
