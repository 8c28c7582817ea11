/**
 * Making and filling 2D resources; the backing and the end of all kinds: Virtio 1.3 §5.7.6.8. What the 3D GPU keeps is
 * answered when the GPU has let go of the guest's memory, or has copied from it.
 */
import { LIMITS } from '../../../../base/limits.ts';
import { Backing } from '../backing.ts';
import { command, HELD, type GpuCommand } from '../command.ts';
import { Resource2d } from '../resource.ts';
import { gpuCommands, GpuResponse } from '../wire/gpu.gen.ts';

const { okNodata, errUnspec, errOutOfMemory, errInvalidResourceId, errInvalidParameter } = GpuResponse;

function isResourceSize(width: number, height: number): boolean {
  return width > 0 && height > 0 && width <= LIMITS.maxScreenSide && height <= LIMITS.maxScreenSide;
}

/** The group's rows. */
export const resourceCommands: readonly GpuCommand[] = [
  command(gpuCommands.resourceCreate2d, ({ resources }, { resourceId, format, width, height }) => {
    if (resourceId === 0 || resources.get(resourceId) !== undefined) return errInvalidResourceId;
    if (!isResourceSize(width, height)) return errInvalidParameter;
    const made = resources.create(resourceId, format, width, height);
    return typeof made === 'string' ? errOutOfMemory : okNodata;
  }),

  command(gpuCommands.resourceUnref, ({ resources, scanouts, render }, { resourceId }, job) => {
    const resource = resources.get(resourceId);
    if (resource === undefined) return errInvalidResourceId;
    for (const scanout of scanouts) if (scanout.resource === resource) scanout.turnOff();
    resources.remove(resource);
    if (render === null) return okNodata;
    if (resource instanceof Resource2d) render.forget(resource);
    return resource.isRendered ? render.follow(job, render.gpu.destroyResource(resourceId)) : okNodata;
  }),

  command(gpuCommands.resourceAttachBacking, ({ resources, memory, render }, { resourceId, entries }, job) => {
    const resource = resources.get(resourceId);
    if (resource === undefined) return errInvalidResourceId;
    if (resource.backing !== null) return errUnspec;
    if (!resources.hasRoomFor(entries.length)) return errOutOfMemory;
    const backing = new Backing(entries);
    if (resource instanceof Resource2d && !backing.relocate(memory)) return errInvalidParameter;
    if (render === null || !resource.isRendered) {
      resources.attach(resource, backing);
      return okNodata;
    }
    const pieces = backing.locate(memory);
    if (pieces === null) return errInvalidParameter;
    resources.attach(resource, backing);
    job.undo = () => {
      if (resource.backing === backing) resources.detach(resource);
    };
    return render.follow(job, render.gpu.attachBacking(resourceId, pieces));
  }),

  command(gpuCommands.resourceDetachBacking, ({ resources, render }, { resourceId }, job) => {
    const resource = resources.get(resourceId);
    if (resource === undefined) return errInvalidResourceId;
    if (resource.backing === null) return errUnspec;
    resources.detach(resource);
    if (render === null || !resource.isRendered) return okNodata;
    return render.follow(job, render.gpu.detachBacking(resourceId));
  }),

  command(gpuCommands.transferToHost2d, ({ resources, scanouts, render }, { resourceId, rect, offset }, job) => {
    const resource = resources.get(resourceId);
    if (resource === undefined) return errInvalidResourceId;
    if (resource.backing === null) return errUnspec;
    if (!resource.contains(rect)) return errInvalidParameter;
    if (render !== null && scanouts.some(({ isBehind }) => isBehind)) return HELD;
    if (resource instanceof Resource2d && !resource.transfer(rect, offset)) return errInvalidParameter;
    if (render === null || !resource.isRendered) return okNodata;
    // Rows are as far apart as in the resource: 0 says that.
    const place = { level: 0, stride: 0, layerStride: 0, z: 0, depth: 1, offset };
    return render.follow(job, render.gpu.transferToHost(0, { ...rect, ...place, resource: resourceId }));
  }),
];
