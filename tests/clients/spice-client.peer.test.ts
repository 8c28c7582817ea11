/** Proves the scripted client, the test guest and their decoders against QEMU's own SPICE server. */
import { QemuSpice, type PeerDevice } from './qemu-spice.ts';
import type { SpiceTransport } from './spice-client.ts';
import { describeSpiceServer } from './spice-server.contract.ts';

const TRANSPORTS: Record<PeerDevice, readonly SpiceTransport[]> = { virtio: ['unix', 'tcp', 'tls'], std: ['tcp'] };

for (const device of ['virtio', 'std'] satisfies PeerDevice[]) {
  describeSpiceServer({
    name: `QEMU's SPICE server (${device})`,
    transports: TRANSPORTS[device],
    hasManyViewers: false,
    maxTornShare: Number.POSITIVE_INFINITY,
    start: (program, transports) => QemuSpice.start({ program, device, transports, password: 'correct horse' }),
  });
}
