/** What is measured: Saffron and, as peer, QEMU with virglrenderer, each with the same Debian guest that draws. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '../../src/base/log.ts';
import { buildGuest, type GuestImage } from '../../src/emu/guest/guest.ts';
import { pollUntil } from '../../tests/clients/poll-until.ts';
import { RunningProgram } from '../../tests/clients/running-program.ts';
import { SpiceClient } from '../../tests/clients/spice-client.ts';
import { scrollBlocks } from '../../tests/guest/layout.ts';
import { processTree } from '../cpu-time.ts';
import { VncViewer } from './vnc-viewer.ts';

/** Names as in the results. */
export type SubjectName = 'saffron' | 'qemu-virgl';

/** What a viewer was shown in a time. */
export interface Shown {
  readonly frames: number;
  readonly bytes: number;
}

/** A guest that draws, and one viewer of it. Paused, neither takes any processor time. */
export interface Subject extends AsyncDisposable {
  readonly name: SubjectName;
  readonly pid: number;
  /** Counts what the viewer is shown. */
  watch(ms: number): Promise<Shown>;
  pause(): Promise<void>;
  resume(): Promise<void>;
}

const SAFFRON = fileURLToPath(new URL('../../bin/saffron.js', import.meta.url));
const SCREEN = { width: 1280, height: 800 };
const BOOT_MS = 300_000;
/** More than a blinking cursor takes. */
const CURSOR_BYTES = 10_000;
const DRAWING_WINDOWS = 4;

/** Boots a guest whose screen shows `program`, and waits until its viewer sees it draw. */
export async function startSubject(name: SubjectName, program: string): Promise<Subject> {
  const image = await buildGuest({ name: 'debian-amd64', onProgress: () => {}, log: silentLogger });
  const folder = await mkdtemp(join(tmpdir(), 'guest-gl-'));
  await using started = new AsyncDisposableStack();
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const socket = join(folder, 'viewer');
  const server =
    name === 'saffron'
      ? new RunningProgram(process.execPath, [SAFFRON, ...saffronWords(folder, socket, program)])
      : new RunningProgram('qemu-system-x86_64', qemuWords(folder, socket, program, image));
  started.defer(async () => void (await server.stop()));
  await pollUntil(`${name}'s guest to start`, { timeoutMs: BOOT_MS, everyMs: 200 }, async () => {
    if (server.hasEnded) throw server.failure('ended before the guest ran');
    const log = await readFile(join(folder, 'serial.log'), 'utf8').catch(() => '');
    return log.includes('saffron: the system is up') ? true : null;
  });
  const watch = name === 'saffron' ? await spiceViewer(socket, started) : await vncViewer(socket, started);
  // Consoles scroll while the guest boots.
  let drawing = 0;
  await pollUntil(`${name}'s guest to draw`, { timeoutMs: BOOT_MS }, async () => {
    const { frames, bytes } = await watch(1500);
    drawing = frames >= 2 && bytes / frames > CURSOR_BYTES ? drawing + 1 : 0;
    return drawing >= DRAWING_WINDOWS ? true : null;
  });
  const signal = async (which: NodeJS.Signals): Promise<void> => {
    for (const member of await processTree(server.pid)) process.kill(member, which);
  };
  const owned = started.move();
  return {
    name,
    pid: server.pid,
    watch,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    [Symbol.asyncDispose]: async () => {
      // A stopped process hears no SIGTERM.
      await signal('SIGCONT');
      await owned.disposeAsync();
    },
  };
}

function saffronWords(folder: string, socket: string, program: string): string[] {
  return [
    ...'run --guest debian-amd64 --accel tcg --memory 1G --size 1280x800 --json --no-password --web off'.split(' '),
    ...'--gpu 3d --render-node software'.split(' '),
    `--append=saffron.run=${program}`,
    `--serial=file:${join(folder, 'serial.log')}`,
    `--spice=unix:${socket}`,
    '--',
    '-name',
    'debug-threads=on',
  ];
}

function qemuWords(folder: string, socket: string, program: string, image: GuestImage): string[] {
  return [
    ...'-nodefaults -machine q35 -accel tcg -cpu max,la57=off -m 1024 -vga none -name debug-threads=on'.split(' '),
    ...'-device virtio-vga-gl,xres=1280,yres=800 -display egl-headless,rendernode=/dev/null'.split(' '),
    '-vnc',
    `unix:${socket}`,
    '-serial',
    `file:${join(folder, 'serial.log')}`,
    '-drive',
    `file=${image.disk},format=raw,snapshot=on,if=virtio`,
    '-kernel',
    image.kernel,
    '-initrd',
    image.initrd,
    '-append',
    `${image.append} saffron.run=${program}`,
  ];
}

async function spiceViewer(socket: string, owner: AsyncDisposableStack): Promise<Subject['watch']> {
  const client = owner.use(new SpiceClient());
  await client.connect({ unix: socket });
  await client.surface(SCREEN, BOOT_MS);
  const blocks = scrollBlocks(SCREEN.width, SCREEN.height);
  return async (ms) => {
    const { paints, bytes } = await client.count(ms, blocks);
    return { frames: paints, bytes };
  };
}

/** The firmware's screens are smaller: the viewer comes again until the size is right. */
async function vncViewer(socket: string, owner: AsyncDisposableStack): Promise<Subject['watch']> {
  const viewer = await pollUntil('the screen to be of size', { timeoutMs: BOOT_MS, everyMs: 1000 }, async () => {
    const opened = await VncViewer.open(socket);
    if (opened.width === SCREEN.width && opened.height === SCREEN.height) return opened;
    opened[Symbol.dispose]();
    return null;
  });
  owner.use(viewer);
  return async (ms) => {
    const { updates, bytes } = viewer;
    await delay(ms);
    viewer.check();
    return { frames: viewer.updates - updates, bytes: viewer.bytes - bytes };
  };
}
