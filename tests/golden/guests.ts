/** Guests whose screens are looked at: Debian in QEMU with virgl, started as a user starts it, seen by a standard client. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { pollUntil } from '../clients/poll-until.ts';
import { RunningProgram } from '../clients/running-program.ts';
import { SpiceClient } from '../clients/spice-client.ts';
import type { Image, Mask } from './compare.ts';
import type { Size } from './kmscube.ts';

/** A guest to be shown. */
export interface GuestScreen extends Size {
  /** What runs on its screen; `saffron.run` of its kernel's command line. */
  readonly program: 'weston' | 'kmscube';
  /** What is different each time. */
  readonly masks: readonly Mask[];
}

export const WESTON: GuestScreen = {
  program: 'weston',
  width: 1024,
  height: 768,
  // The clock, and the version of the shell in the terminal.
  masks: [
    { x: 860, y: 0, width: 164, height: 32 },
    { x: 213, y: 410, width: 720, height: 18 },
  ],
};

export const KMSCUBE: GuestScreen = { program: 'kmscube', width: 640, height: 480, masks: [] };

const SAFFRON = join(import.meta.dirname, '..', '..', 'bin', 'saffron.js');
const BOOT_MS = 300_000;
/** Its day does not depend on ours. */
const CLOCK = ['-rtc', 'base=2026-01-02T03:04:00,clock=vm'];

/**
 * Starts a guest and waits until its screen is what `isReached` asks for, for five minutes at most; the picture that was
 * reached. Throws an Error with the last picture seen otherwise.
 */
export async function awaitGuestScreen(
  { program, width, height }: GuestScreen,
  isReached: (image: Image) => boolean,
): Promise<Image> {
  const folder = await mkdtemp(join(tmpdir(), 'golden-'));
  await using started = new AsyncDisposableStack();
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const [socket, serial] = [join(folder, 'viewer'), join(folder, 'serial.log')];
  const server = new RunningProgram(process.execPath, [
    SAFFRON,
    ...'run --engine qemu --guest debian-amd64 --accel tcg --memory 1G --json --no-password --web off'.split(' '),
    ...`--gpu 3d --render-node software --size ${width}x${height}`.split(' '),
    `--append=saffron.run=${program}`,
    `--serial=file:${serial}`,
    `--spice=unix:${socket}`,
    '--',
    ...CLOCK,
  ]);
  started.defer(async () => void (await server.stop()));
  await pollUntil(`the guest with ${program} to start`, { timeoutMs: BOOT_MS, everyMs: 200 }, async () => {
    if (server.hasEnded) throw server.failure('ended before the guest ran');
    const log = await readFile(serial, 'utf8').catch(() => '');
    return log.includes('saffron: the system is up') ? true : null;
  });
  const client = started.use(new SpiceClient());
  await client.connect({ unix: socket });
  await client.surface({ width, height }, BOOT_MS);
  const options = { timeoutMs: BOOT_MS, everyMs: 250 };
  // Awaited here: what it looks at ends with this function.
  return await pollUntil(`${program} to show what it should`, options, async () => {
    if (server.hasEnded) throw server.failure('ended while its guest was looked at');
    const image = imageOf((await client.pixels({ x: 0, y: 0, width, height })).pixels, width, height);
    return isReached(image) ? image : null;
  });
}

function imageOf(pixels: Uint32Array, width: number, height: number): Image {
  const bytes = new Uint8Array(4 * pixels.length).fill(255);
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i] ?? 0;
    bytes.set([pixel >> 16, (pixel >> 8) & 255, pixel & 255], 4 * i);
  }
  return { width, height, pixels: bytes };
}
