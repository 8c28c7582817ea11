/** Saffron's own program with the test guest, started as a user starts it, in folders of its own. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  buildTestGuest,
  testGuestAppend,
  type TestProgram,
  type TestProgramOptions,
} from '../guest/build-test-guest.ts';
import { pollUntil } from './poll-until.ts';
import { RunningProgram, type ProgramEnd } from './running-program.ts';
import type { SpiceTarget, SpiceTransport } from './spice-client.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/saffron.js', import.meta.url));
const START_MS = 180_000;

/** What to start. */
export interface SaffronOptions {
  readonly program: TestProgram;
  readonly programOptions?: TestProgramOptions;
  readonly transports: readonly SpiceTransport[];
  /** Serves the page as well. */
  readonly hasPage?: boolean;
  /** Left out: `--no-password`. */
  readonly password?: string;
  /** What runs the guest; QEMU when it is not given. */
  readonly engine?: 'qemu' | 'built-in';
  /** More words of the command line. */
  readonly args?: readonly string[];
}

/** One line of `--json`. */
export interface SaffronEvent {
  readonly event: 'starting' | 'gpu' | 'ready' | 'viewer' | 'guest' | 'stopped';
  readonly name?: string;
  readonly change?: 'connected' | 'disconnected' | 'rendering' | '2d' | 'restarted';
  readonly transport?: string;
  readonly viewOnly?: boolean;
  readonly state?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly web?: string | null;
  readonly spice?: readonly string[];
  readonly fingerprint?: string | null;
  readonly ca?: string | null;
}

/** A running Saffron; disposing it ends it and removes its folders. */
export class SaffronServer implements AsyncDisposable {
  readonly #program: RunningProgram;
  readonly #watchers = new Set<() => void>();
  readonly #password: string | undefined;
  /** Holds everything that this Saffron may keep: `run`, `data`, `tmp`, and the listeners' sockets in `sockets`. */
  readonly folder: string;
  /** All events so far. */
  readonly events: SaffronEvent[] = [];

  private constructor(folder: string, args: readonly string[], password: string | undefined) {
    this.folder = folder;
    this.#password = password;
    this.#program = new RunningProgram(process.execPath, [PROGRAM, ...args], {
      env: saffronEnvironment(folder),
      onLine: (line) => this.#onLine(line),
    });
    void this.#program.ended.then(() => this.#wake());
  }

  /** Starts a guest and waits until its program runs. */
  static async start(options: SaffronOptions): Promise<SaffronServer> {
    const { engine = 'qemu' } = options;
    const arch = engine === 'qemu' ? 'amd64' : 'riscv64';
    const guest = await buildTestGuest(arch);
    const folder = await mkdtemp(join(tmpdir(), 'saffron-test-'));
    for (const name of ['run', 'data', 'tmp', 'sockets']) await mkdir(join(folder, name), { mode: 0o700 });
    const passwordFile = join(folder, 'password');
    if (options.password !== undefined) await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 });
    const uris = { unix: `unix:${folder}/sockets/spice`, tcp: 'tcp:127.0.0.1:0', tls: 'tls:127.0.0.1:0' };
    const server = new SaffronServer(
      folder,
      [
        ...'run --memory 256M --size 1280x800 --json'.split(' '),
        ...(engine === 'qemu' ? ['--engine=qemu', '--accel=tcg'] : [`--engine=${engine}`]),
        `--name=${basename(folder)}`,
        `--kernel=${guest.kernel}`,
        `--initrd=${guest.initrd}`,
        `--append=${testGuestAppend(options.program, options.programOptions, arch)}`,
        `--serial=file:${folder}/serial.log`,
        `--web=${options.hasPage === true ? '127.0.0.1:0' : 'off'}`,
        ...options.transports.map((transport) => `--spice=${uris[transport]}`),
        options.password === undefined ? '--no-password' : `--password-file=${passwordFile}`,
        ...(options.args ?? []),
      ],
      options.password,
    );
    try {
      await server.event(({ event }) => event === 'ready', START_MS);
      await pollUntil("the guest's program to start", { timeoutMs: START_MS, everyMs: 100 }, async () => {
        if (server.#program.hasEnded) throw server.#program.failure('ended before the guest ran');
        return (await server.console()).includes('test-guest: program') ? true : null;
      });
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  get pid(): number {
    return this.#program.pid;
  }

  get name(): string {
    return basename(this.folder);
  }

  /** The `ready` event. */
  get ready(): SaffronEvent {
    return this.events.find(({ event }) => event === 'ready') ?? { event: 'ready' };
  }

  /** Log and last words. */
  get output(): string {
    return this.#program.output;
  }

  /** What the guest said on its console. */
  async console(): Promise<string> {
    return readFile(join(this.folder, 'serial.log'), 'utf8').catch(() => '');
  }

  /** Where a transport's listener is, with the password. */
  target(transport: SpiceTransport): SpiceTarget {
    const password = this.#password === undefined ? {} : { password: this.#password };
    const uri = this.ready.spice?.find((text) => text.startsWith(`${transport}:`));
    if (uri === undefined) throw new Error(`Saffron has no ${transport} listener: ${JSON.stringify(this.ready)}`);
    if (transport === 'unix') return { unix: uri.slice('unix:'.length), ...password };
    const port = Number(/:(\d+)(?:\?.*)?$/.exec(uri)?.[1]);
    if (transport === 'tcp') return { host: '127.0.0.1', port, ...password };
    return { host: '127.0.0.1', tlsPort: port, caFile: this.ready.ca ?? '', ...password };
  }

  /** Waits for an event, one that has come already included; rejects when Saffron ends without it. */
  async event(wants: (event: SaffronEvent) => boolean, timeoutMs = 120_000): Promise<SaffronEvent> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const found = this.events.find(wants);
      if (found !== undefined) return found;
      if (this.#program.hasEnded) throw this.#program.failure('ended before the event');
      if (performance.now() >= deadline) throw this.#program.failure(`waited ${timeoutMs} ms for an event`);
      await this.#change(deadline - performance.now());
    }
  }

  /** Runs another command of the program, such as `powerdown`, against this one's folders. */
  async command(...args: readonly string[]): Promise<{ end: ProgramEnd; output: string }> {
    const program = new RunningProgram(process.execPath, [PROGRAM, ...args], { env: saffronEnvironment(this.folder) });
    program.closeInput();
    const end = await program.ended;
    return { end, output: program.output };
  }

  /** Sends a signal to Saffron's own process and waits for its end. */
  async endBy(signal: NodeJS.Signals): Promise<ProgramEnd> {
    this.#program.kill(signal);
    return this.#program.ended;
  }

  /** Waits for the end. */
  async ended(): Promise<ProgramEnd> {
    return this.#program.ended;
  }

  /** What an ended Saffron has left: files below `run`, `tmp` and `sockets`, and processes that know its name. */
  async leftovers(): Promise<string[]> {
    const found: string[] = [];
    for (const name of ['run', 'tmp', 'sockets']) {
      const entries = await readdir(join(this.folder, name), { recursive: true, withFileTypes: true });
      for (const entry of entries) if (!entry.isDirectory()) found.push(join(entry.parentPath, entry.name));
    }
    for (const { pid, command } of await processesNaming(this.name)) found.push(`process ${pid}: ${command}`);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #change(timeoutMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#watchers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#watchers.add(done);
    });
  }

  #wake(): void {
    for (const watcher of this.#watchers) watcher();
  }

  #onLine(line: string): void {
    this.events.push(JSON.parse(line) as SaffronEvent);
    this.#wake();
  }
}

/** Other processes whose command line has `text` in it. */
export async function processesNaming(text: string): Promise<{ pid: number; command: string }[]> {
  const found: { pid: number; command: string }[] = [];
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    // A process may end while it is looked at.
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (words.includes(text)) found.push({ pid, command: words.replaceAll('\0', ' ').trim() });
  }
  return found;
}

function saffronEnvironment(folder: string): Record<string, string> {
  return { XDG_RUNTIME_DIR: join(folder, 'run'), XDG_DATA_HOME: join(folder, 'data'), TMPDIR: join(folder, 'tmp') };
}
