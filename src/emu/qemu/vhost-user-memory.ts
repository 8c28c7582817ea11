import { StateError } from '../../base/errors.ts';
import { SharedMemory } from '../../base/native/shared-memory.ts';
import { GuestMemory } from '../virtio/guest-memory.ts';
import type { MemoryRegion } from './vhost-user-wire.gen.ts';

/**
 * Guest memory as QEMU shares it: memfds mapped into this process, with the addresses that the guest has for them and
 * those that QEMU has. Messages speak in QEMU's, queues in the guest's.
 */
export class VhostUserMemory implements Disposable {
  readonly guest: GuestMemory;
  readonly #regions: readonly MemoryRegion[];
  readonly #mappings: readonly SharedMemory[];

  /**
   * Maps regions; `fds[i]` holds region `i` and stays the caller's. Throws StateError for a table that makes no sense and
   * HostError when memory cannot be mapped; nothing is left mapped then.
   */
  constructor(regions: readonly MemoryRegion[], fds: readonly number[]) {
    if (regions.length !== fds.length) {
      throw new StateError('memory', `${regions.length} regions of guest memory came with ${fds.length} descriptors`);
    }
    checkRegions(regions);
    const mappings: SharedMemory[] = [];
    try {
      for (const [i, region] of regions.entries()) {
        mappings.push(SharedMemory.map(fds[i]!, 0, region.mmapOffset + region.size));
      }
    } catch (error) {
      for (const mapping of mappings) mapping.close();
      throw error;
    }
    this.#regions = regions;
    this.#mappings = mappings;
    this.guest = new GuestMemory(
      regions.map(({ guestAddress, mmapOffset }, i) => ({
        guestAddress,
        bytes: mappings[i]!.bytes.subarray(mmapOffset),
        file: { fd: mappings[i]!.fd, offset: mmapOffset },
      })),
    );
  }

  /** The guest's address of what QEMU has at `userAddress`, or null. */
  guestAddressOf(userAddress: bigint): number | null {
    for (const region of this.#regions) {
      const offset = userAddress - region.userAddress;
      if (offset >= 0n && offset < BigInt(region.size)) return region.guestAddress + Number(offset);
    }
    return null;
  }

  /** Unmaps everything: whoever still has views of it finds them empty. */
  close(): void {
    for (const mapping of this.#mappings) mapping.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function checkRegions(regions: readonly MemoryRegion[]): void {
  const sorted = [...regions].sort((a, b) => a.guestAddress - b.guestAddress);
  for (const [i, { guestAddress, size, mmapOffset }] of sorted.entries()) {
    const next = sorted[i + 1];
    const isSound =
      size > 0 &&
      Number.isSafeInteger(guestAddress + size) &&
      Number.isSafeInteger(mmapOffset + size) &&
      (next === undefined || guestAddress + size <= next.guestAddress);
    if (!isSound) {
      throw new StateError('memory', `the region of guest memory at ${guestAddress} with ${size} bytes is not sound`);
    }
  }
}
