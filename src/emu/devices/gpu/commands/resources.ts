/** Making, filling and ending 2D resources: Virtio 1.3 §5.7.6.8. */
import { LIMITS } from '../../../../base/limits.ts';
import { command, type GpuCommand } from '../command.ts';
import type { ResourceRefusal } from '../resource-table.ts';
import { gpuCommands, GpuResponse } from '../wire/gpu.gen.ts';

const { okNodata, errUnspec, errOutOfMemory, errInvalidResourceId, errInvalidParameter } = GpuResponse;

const refusals: Readonly<Record<ResourceRefusal, GpuResponse>> = {
  'too-many': errOutOfMemory,
  'no-memory': errOutOfMemory,
  'not-ram': errInvalidParameter,
};

function isResourceSize(width: number, height: number): boolean {
  return width > 0 && height > 0 && width <= LIMITS.maxScreenSide && height <= LIMITS.maxScreenSide;
}

/** The group's rows. */
export const resourceCommands: readonly GpuCommand[] = [
  command(gpuCommands.resourceCreate2d, ({ resources }, { resourceId, format, width, height }) => {
    if (resourceId === 0 || resources.get(resourceId) !== undefined) return errInvalidResourceId;
    if (!isResourceSize(width, height)) return errInvalidParameter;
    const made = resources.create(resourceId, format, width, height);
    return typeof made === 'string' ? refusals[made] : okNodata;
  }),

  command(gpuCommands.resourceUnref, ({ resources, scanouts }, { resourceId }) => {
    const resource = resources.get(resourceId);
    if (resource === undefined) return errInvalidResourceId;
    for (const scanout of scanouts) if (scanout.resource === resource) scanout.turnOff();
    resources.remove(resource);
    return okNodata;
  }),

  command(gpuCommands.resourceAttachBacking, ({ resources, memory }, { resourceId, entries }) => {
    const resource = resources.get(resourceId);
    if (resource === undefined) return errInvalidResourceId;
    if (resource.backing !== null) return errUnspec;
    const backing = resources.attach(resource, entries, memory);
    return typeof backing === 'string' ? refusals[backing] : okNodata;
  }),

  command(gpuCommands.resourceDetachBacking, ({ resources }, { resourceId }) => {
    const resource = resources.get(resourceId);
    if (resource === undefined) return errInvalidResourceId;
    if (resource.backing === null) return errUnspec;
    resources.detach(resource);
    return okNodata;
  }),

  command(gpuCommands.transferToHost2d, ({ resources }, { resourceId, rect, offset }) => {
    const resource = resources.get(resourceId);
    if (resource === undefined) return errInvalidResourceId;
    if (resource.backing === null) return errUnspec;
    if (!resource.contains(rect)) return errInvalidParameter;
    return resource.transfer(rect, offset) ? okNodata : errInvalidParameter;
  }),
];
