/** QEMU with its own SPICE server and the test guest: the peer that Saffron is compared with. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import {
  buildTestGuest,
  testGuestAppend,
  type TestProgram,
  type TestProgramOptions,
} from '../guest/build-test-guest.ts';
import { pollUntil } from './poll-until.ts';
import { RunningProgram } from './running-program.ts';
import type { SpiceTarget, SpiceTransport } from './spice-client.ts';

/** Which screen the guest has: plain VGA memory, or virtio-gpu. */
export type PeerDevice = 'std' | 'virtio';

/** What to start. */
export interface QemuSpiceOptions {
  readonly program: TestProgram;
  readonly programOptions?: TestProgramOptions;
  readonly device: PeerDevice;
  /** QEMU has a Unix socket or ports, not both. Ports are of 127.0.0.1. */
  readonly transports: readonly SpiceTransport[];
  readonly password?: string;
  /** More of QEMU's `-spice` options, such as `image-compression=lz`. */
  readonly spice?: string;
}

const DEVICES: Record<PeerDevice, string> = {
  std: '-device VGA,xres=1280,yres=800',
  virtio: '-device virtio-vga,xres=1280,yres=800',
};

/** A running peer; disposing it ends QEMU and removes its files. */
export class QemuSpice implements AsyncDisposable {
  readonly #qemu: RunningProgram;
  readonly #folder: string;
  readonly #targets: ReadonlyMap<SpiceTransport, SpiceTarget>;

  private constructor(qemu: RunningProgram, folder: string, targets: ReadonlyMap<SpiceTransport, SpiceTarget>) {
    this.#qemu = qemu;
    this.#folder = folder;
    this.#targets = targets;
  }

  /** Starts QEMU and waits until the guest's program runs. */
  static async start(options: QemuSpiceOptions): Promise<QemuSpice> {
    const guest = await buildTestGuest();
    const folder = await mkdtemp(join(tmpdir(), 'qemu-spice-'));
    try {
      const { settings, targets } = await listeners(options, folder);
      const serial = join(folder, 'serial.log');
      const secret = options.password === undefined ? [] : ['-object', `secret,id=ticket,data=${options.password}`];
      const machine =
        '-nodefaults -machine q35,accel=tcg -m 256 -no-reboot -display none -vga none -name debug-threads=on';
      const input = '-device virtio-keyboard-pci -device virtio-tablet-pci';
      const qemu = new RunningProgram('qemu-system-x86_64', [
        ...`${machine} ${DEVICES[options.device]} ${input}`.split(' '),
        '-kernel',
        guest.kernel,
        '-initrd',
        guest.initrd,
        '-append',
        testGuestAppend(options.program, options.programOptions),
        '-serial',
        `file:${serial}`,
        '-spice',
        settings,
        ...secret,
      ]);
      const peer = new QemuSpice(qemu, folder, targets);
      await awaitGuest(qemu, serial).catch(async (error: unknown) => {
        await qemu.stop();
        throw error;
      });
      return peer;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Where a transport's listener is, with the password. */
  target(transport: SpiceTransport): SpiceTarget {
    const target = this.#targets.get(transport);
    if (target === undefined) throw new Error(`QEMU was started without ${transport}`);
    return target;
  }

  get pid(): number {
    return this.#qemu.pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#qemu.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function listeners(
  options: QemuSpiceOptions,
  folder: string,
): Promise<{ settings: string; targets: Map<SpiceTransport, SpiceTarget> }> {
  const targets = new Map<SpiceTransport, SpiceTarget>();
  const settings: string[] = [];
  const password = options.password === undefined ? {} : { password: options.password };
  const host = '127.0.0.1';
  if (options.transports.includes('unix')) {
    const path = join(folder, 'spice.sock');
    settings.push(`unix=on,addr=${path}`);
    targets.set('unix', { unix: path, ...password });
  } else settings.push(`addr=${host}`);
  if (options.transports.includes('tcp')) {
    const port = await freePort();
    settings.push(`port=${port}`);
    targets.set('tcp', { host, port, ...password });
  }
  if (options.transports.includes('tls')) {
    const tlsPort = await freePort();
    settings.push(`tls-port=${tlsPort},x509-dir=${folder}`);
    targets.set('tls', { host, tlsPort, caFile: await writeCertificate(folder), ...password });
  }
  settings.push(options.password === undefined ? 'disable-ticketing=on' : 'password-secret=ticket');
  if (options.spice !== undefined) settings.push(options.spice);
  return { settings: settings.join(','), targets };
}

/** A certificate of 127.0.0.1 that is its own authority, under the names that QEMU wants. */
async function writeCertificate(folder: string): Promise<string> {
  const made = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    keySize: 2048,
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  await writeFile(join(folder, 'server-key.pem'), made.private, { mode: 0o600 });
  await writeFile(join(folder, 'server-cert.pem'), made.cert);
  await writeFile(join(folder, 'ca-cert.pem'), made.cert);
  return join(folder, 'ca-cert.pem');
}

async function awaitGuest(qemu: RunningProgram, serial: string): Promise<void> {
  await pollUntil('the test guest to start', { timeoutMs: 180_000, everyMs: 100 }, async () => {
    if (qemu.hasEnded) throw qemu.failure('ended before the guest ran');
    const log = await readFile(serial, 'utf8').catch(() => '');
    return log.includes('test-guest: program') ? true : null;
  });
}

/** A port of 127.0.0.1 that was free a moment ago: for programs that cannot be given port 0. */
async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
