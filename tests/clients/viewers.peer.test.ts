/** Proves the viewers' drivers against QEMU's own SPICE server. */
import { QemuSpice } from './qemu-spice.ts';
import { describeViewers } from './viewers.contract.ts';

describeViewers({
  name: "QEMU's SPICE server",
  start: (program, transports) => QemuSpice.start({ program, device: 'virtio', transports }),
});
