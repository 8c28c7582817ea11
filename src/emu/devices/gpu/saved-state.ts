/**
 * A 2D GPU as plain data: pictures with their pixels and guest addresses, what heads and pointer show, monitors.
 *
 * A device with 3D cannot be saved yet. What it would take: `GuestGpuProcess` has a shadow of all contexts, objects and
 * resources (gl/process/shadow), from which it rebuilds a process that was lost; that shadow is made of typed arrays and
 * maps and could be told as data. Contents of textures and buffers live in the process alone but for those that came
 * through staging buffers: each resource would have to be read back first (`GuestGpu.readPicture` reads levels that are
 * shown). Commands under way would have to be waited for, as `CommandJob` holds descriptor chains.
 */
import { assert } from '../../../base/assert.ts';
import { StateError } from '../../../base/errors.ts';
import type { Rect } from '../../../base/rect.ts';
import { Backing } from './backing.ts';
import type { GpuState } from './command.ts';
import type { Monitor } from './monitors.ts';
import type { PointerState } from './pointer.ts';
import { Resource2d } from './resource.ts';
import type { BackingEntry, GpuFormat } from './wire/gpu.gen.ts';

/** See the file's head. */
export interface GpuSavedState {
  readonly eventsRead: number;
  readonly monitors: readonly Monitor[];
  readonly resources: readonly {
    readonly id: number;
    readonly format: GpuFormat;
    readonly width: number;
    readonly height: number;
    /** As `Resource2d.pixels`. */
    readonly pixels: Uint8Array;
    readonly backing: readonly BackingEntry[] | null;
  }[];
  /** By head; null: nothing is shown. */
  readonly scanouts: readonly ({ readonly resource: number; readonly rect: Rect } | null)[];
  readonly pointer: PointerState;
}

/** Pixels are copied. Throws StateError for a device with 3D. */
export function saveGpu(
  { resources, monitors, scanouts, pointer, render }: GpuState,
  eventsRead: number,
): GpuSavedState {
  if (render !== null) throw new StateError('gpu-3d', 'The state of a guest with 3D cannot be saved yet.');
  return {
    eventsRead,
    monitors: scanouts.map((_, head) => monitors.get(head)),
    resources: [...resources.all()].map((resource) => {
      assert(resource instanceof Resource2d, 'there are no others without 3D');
      const { id, format, width, height, pixels, backing } = resource;
      return { id, format, width, height, pixels: pixels.slice(), backing: backing?.entries ?? null };
    }),
    scanouts: scanouts.map(({ resource, rect }) => (resource === null ? null : { resource: resource.id, rect })),
    pointer: pointer.save(),
  };
}

/** Brings the state of a new device to what was saved; its driver, and so guest memory, comes later. */
export function restoreGpu({ resources, monitors, scanouts, pointer }: GpuState, saved: GpuSavedState): void {
  for (const [head, { width, height }] of saved.monitors.entries()) monitors.set(head, width, height);
  for (const { id, format, width, height, pixels, backing } of saved.resources) {
    const resource = resources.create(id, format, width, height);
    if (typeof resource === 'string')
      throw new StateError('gpu-state', `A picture of the guest has no room: ${resource}.`);
    resource.pixels.set(pixels);
    if (backing !== null) resources.attach(resource, new Backing(backing));
  }
  for (const [head, shown] of saved.scanouts.entries()) {
    const resource = shown === null ? undefined : resources.get(shown.resource);
    if (shown === null || resource === undefined) continue;
    scanouts[head]?.show(resource, shown.rect);
    scanouts[head]?.settle();
  }
  pointer.restore(saved.pointer);
}
