/** QEMU with its own SPICE server and the test guest: the peer that Saffron is compared with. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  buildTestGuest,
  testGuestAppend,
  type TestProgram,
  type TestProgramOptions,
} from '../guest/build-test-guest.ts';
import { pollUntil } from './poll-until.ts';
import { RunningProgram } from './running-program.ts';
import type { SpiceTarget } from './spice-client.ts';

/** Which screen the guest has: plain VGA memory, or virtio-gpu. */
export type PeerDevice = 'std' | 'virtio';

/** What to start. */
export interface QemuSpiceOptions {
  readonly program: TestProgram;
  readonly programOptions?: TestProgramOptions;
  readonly device: PeerDevice;
  /** `unix` is a socket in a folder of its own; `tcp` a port of 127.0.0.1. */
  readonly transport: 'unix' | 'tcp';
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
  readonly target: SpiceTarget;
  readonly #qemu: RunningProgram;
  readonly #folder: string;

  private constructor(qemu: RunningProgram, folder: string, target: SpiceTarget) {
    this.#qemu = qemu;
    this.#folder = folder;
    this.target = target;
  }

  /** Starts QEMU and waits until the guest's program runs. */
  static async start(options: QemuSpiceOptions): Promise<QemuSpice> {
    const guest = await buildTestGuest();
    const folder = await mkdtemp(join(tmpdir(), 'qemu-spice-'));
    const port = options.transport === 'tcp' ? await freePort() : 0;
    const socket = join(folder, 'spice.sock');
    const spice = [
      options.transport === 'tcp' ? `addr=127.0.0.1,port=${port}` : `unix=on,addr=${socket}`,
      options.password === undefined ? 'disable-ticketing=on' : 'password-secret=ticket',
      ...(options.spice === undefined ? [] : [options.spice]),
    ];
    const secret = options.password === undefined ? [] : ['-object', `secret,id=ticket,data=${options.password}`];
    const serial = join(folder, 'serial.log');
    const machine = '-nodefaults -machine q35,accel=tcg -m 256 -no-reboot -display none -vga none';
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
      spice.join(','),
      ...secret,
    ]);
    const address = options.transport === 'tcp' ? { host: '127.0.0.1', port } : { unix: socket };
    const target = options.password === undefined ? address : { ...address, password: options.password };
    const peer = new QemuSpice(qemu, folder, target);
    try {
      await pollUntil('the test guest to start', { timeoutMs: 60_000, everyMs: 100 }, async () => {
        if (qemu.hasEnded) throw qemu.failure('ended before the guest ran');
        const log = await readFile(serial, 'utf8').catch(() => '');
        return log.includes('test-guest: program') ? true : null;
      });
    } catch (error) {
      await peer[Symbol.asyncDispose]();
      throw error;
    }
    return peer;
  }

  get pid(): number {
    return this.#qemu.pid;
  }

  /** What QEMU said. */
  get output(): string {
    return this.#qemu.output;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#qemu.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** A port of 127.0.0.1 that was free a moment ago: for programs that cannot be given port 0. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
