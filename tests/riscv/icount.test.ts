/** Debian's kernel with its time counted in instructions, as users start it: two runs side by side come to the same. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { buildGuest, type GuestImage } from '../../src/emu/guest/guest.ts';
import { RunningProgram } from '../clients/running-program.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/saffron.js', import.meta.url));
/** The first time packages are fetched. */
const BUILD_MS = 600_000;
const TEST_MS = 600_000;
/** Reads and writes a disk, waits, and shows what hangs on time, chance and interrupts. */
const SCRIPT = [
  'B=/usr/bin/busybox',
  '$B mount -t proc proc /proc',
  '$B mount -t devtmpfs dev /dev',
  '$B modprobe -a virtio_mmio virtio_blk virtio_gpu virtio_rng',
  '$B md5sum /dev/vda',
  '$B dd if=/dev/urandom of=/dev/vda bs=1k count=512',
  '$B md5sum /dev/vda',
  '$B usleep 100000',
  '$B date',
  '$B cat /proc/interrupts',
  '$B poweroff -f',
].join('; ');

let image: GuestImage;
let folder: string;
beforeAll(async () => {
  image = await buildGuest({ name: 'debian-riscv64', onProgress: () => {}, log: silentLogger });
  folder = await mkdtemp(join(tmpdir(), 'saffron-icount-'));
}, BUILD_MS);
afterAll(() => rm(folder, { recursive: true }));

/** What a run said at its end, and what its guest printed. */
async function run(name: string): Promise<{ readonly end: string; readonly printed: string }> {
  const own = join(folder, name);
  await mkdir(own, { mode: 0o700 });
  await writeFile(join(own, 'disk'), new Uint8Array(1 << 20));
  let end = '';
  await using program = new RunningProgram(
    process.execPath,
    [
      PROGRAM,
      ...'run --engine built-in --icount --memory 128M --json --no-password --web off'.split(' '),
      `--kernel=${image.kernel}`,
      `--initrd=${image.initrd}`,
      `--append=console=ttyS0 cryptomgr.notests lsm= quiet rdinit=/usr/bin/busybox -- sh -c "${SCRIPT}"`,
      `--drive=file=${join(own, 'disk')},format=raw`,
      `--serial=file:${join(own, 'serial')}`,
      `--spice=unix:${join(own, 'spice')}`,
    ],
    { env: { XDG_RUNTIME_DIR: own, XDG_DATA_HOME: own }, onLine: (line) => (end = line) },
  );
  await program.ended;
  return { end, printed: await readFile(join(own, 'serial'), 'latin1') };
}

test(
  'two runs of a guest are equal: what it prints, its instructions, its memory',
  async () => {
    const [first, second] = await Promise.all([run('first'), run('second')]);
    expect(JSON.parse(first.end)).toEqual({
      event: 'stopped',
      reason: 'powerdown',
      message: 'The guest has shut down.',
      run: { instructions: expect.any(Number), digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(first.printed).toMatch(/^b6d81b360a5672d80c27430f39153e2c {2}\/dev\/vda/m);
    expect(first.printed).toMatch(/Jan {2}1 00:00:\d\d UTC 2025/);
    expect(second).toEqual(first);
  },
  TEST_MS,
);
