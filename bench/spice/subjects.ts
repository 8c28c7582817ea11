/** What is measured: Saffron and, as peers, QEMU with its own SPICE server on two kinds of screen. */
import { processTree } from '../cpu-time.ts';
import { QemuSpice } from '../../tests/clients/qemu-spice.ts';
import { SaffronServer } from '../../tests/clients/saffron-server.ts';
import type { SpiceTarget } from '../../tests/clients/spice-client.ts';
import type { TestProgram } from '../../tests/guest/build-test-guest.ts';

/** Names as in the results. */
export type SubjectName = 'saffron' | 'qemu-std' | 'qemu-virtio';

/** One running server with its guest. Paused, neither takes any processor time. */
export interface Subject extends AsyncDisposable {
  readonly name: SubjectName;
  readonly pid: number;
  /** Its TCP listener. */
  readonly target: SpiceTarget;
  /** Address of the page, null for a peer. */
  readonly page: string | null;
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/** Starts one, with the guest's program running. */
export async function startSubject(name: SubjectName, program: TestProgram): Promise<Subject> {
  if (name === 'saffron') {
    const args = ['--', '-name', 'debug-threads=on'];
    const server = await SaffronServer.start({ program, transports: ['tcp'], hasPage: true, args });
    return subject(name, server.pid, server.target('tcp'), server.ready.web ?? null, server);
  }
  const device = name === 'qemu-std' ? 'std' : 'virtio';
  const peer = await QemuSpice.start({ program, device, transports: ['tcp'] });
  return subject(name, peer.pid, peer.target('tcp'), null, peer);
}

function subject(
  name: SubjectName,
  pid: number,
  target: SpiceTarget,
  page: string | null,
  owner: AsyncDisposable,
): Subject {
  const signal = async (which: NodeJS.Signals): Promise<void> => {
    for (const member of await processTree(pid)) process.kill(member, which);
  };
  const resume = (): Promise<void> => signal('SIGCONT');
  return {
    name,
    pid,
    target,
    page,
    pause: () => signal('SIGSTOP'),
    resume,
    [Symbol.asyncDispose]: async () => {
      // A stopped process hears no SIGTERM.
      await resume();
      await owner[Symbol.asyncDispose]();
    },
  };
}
