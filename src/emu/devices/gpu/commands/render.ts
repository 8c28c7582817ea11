/**
 * 3D: contexts, resources, transfers and drawing, Virtio 1.3 §5.7.6.8. The device checks what it knows, which is numbers and
 * sizes; everything else is the GPU's to check, and its refusal becomes the answer.
 */
import { RENDER_LIMITS } from '../../../../gl/core/limits.ts';
import type { GuestGpu, GuestTransfer } from '../../../../gl/core/guest-gpu.ts';
import type { Reader } from '../../../../wire/reader.ts';
import { command, HELD, type GpuCommand, type GpuState, type Outcome } from '../command.ts';
import { HEADER_BYTES, type CommandJob } from '../command-job.ts';
import { RenderResource } from '../render-resource.ts';
import type { RenderSide } from '../render-side.ts';
import { Resource2d } from '../resource.ts';
import type { Resource } from '../resource-table.ts';
import { gpuCommands, GpuResponse, readSubmit3dInto, readTransfer3dInto } from '../wire/gpu.gen.ts';

const { okNodata, errUnspec, errOutOfMemory, errInvalidContextId, errInvalidResourceId, errInvalidParameter } =
  GpuResponse;

const SUBMIT_BYTES = 8;

/** Filled anew by each command, so that those of every frame allocate nothing. */
const submit = { size: 0 };
const transfer = {
  resource: 0,
  level: 0,
  stride: 0,
  layerStride: 0,
  x: 0,
  y: 0,
  z: 0,
  width: 0,
  height: 0,
  depth: 0,
  offset: 0,
} satisfies GuestTransfer;

/** A name that a program of the guest gave itself: for logs, so without anything that could disturb a terminal. */
function printable(name: Uint8Array, length: number): string {
  const text = new TextDecoder().decode(name.subarray(0, Math.min(length, name.length)));
  return text.replace(/\0.*$/s, '').replaceAll(/\p{C}/gu, '?');
}

function isAnyBehind({ scanouts }: GpuState): boolean {
  for (let i = 0; i < scanouts.length; i++) if (scanouts[i]!.isBehind) return true;
  return false;
}

/** A row for a command that is refused where there is no 3D GPU. */
function renderCommand<T>(
  codec: Parameters<typeof command<T>>[0],
  run: (render: RenderSide, message: T, job: CommandJob, gpu: GpuState) => Outcome,
): GpuCommand {
  return command(codec, (gpu, message, job) => (gpu.render === null ? errUnspec : run(gpu.render, message, job, gpu)));
}

/** A row for the two transfers. Context 0 is the device's own. */
function transferCommand(
  { id, name }: { readonly id: number; readonly name: string },
  order: (gpu: GuestGpu, context: number) => number,
  mayBeHeld: boolean,
): GpuCommand {
  const run = (state: GpuState, body: Reader, job: CommandJob): Outcome => {
    const { render, resources } = state;
    if (render === null) return errUnspec;
    readTransfer3dInto(body, transfer);
    const { contextId } = job;
    if (contextId !== 0 && !render.hasContext(contextId)) return errInvalidContextId;
    const resource = resources.get(transfer.resource);
    if (resource === undefined || !resource.isRendered) return errInvalidResourceId;
    if (resource.backing === null) return errUnspec;
    if (mayBeHeld && isAnyBehind(state)) return HELD;
    return render.follow(job, order(render.gpu, contextId));
  };
  return { id, name, run };
}

/** The resource, if it and the context are there; else the refusal. */
function resourceOf(
  { resources }: GpuState,
  render: RenderSide,
  resourceId: number,
  contextId: number,
): Resource | GpuResponse {
  if (!render.hasContext(contextId)) return errInvalidContextId;
  return resources.get(resourceId) ?? errInvalidResourceId;
}

/** The group's rows. */
export const renderCommands: readonly GpuCommand[] = [
  renderCommand(gpuCommands.contextCreate, (render, { nameLength, debugName }, job) => {
    const id = job.contextId;
    if (id === 0 || render.hasContext(id)) return errInvalidContextId;
    job.undo = render.addContext(id);
    return render.follow(job, render.gpu.createContext(id, printable(debugName, nameLength)));
  }),

  renderCommand(gpuCommands.contextDestroy, (render, _, job) => {
    const id = job.contextId;
    if (!render.hasContext(id)) return errInvalidContextId;
    render.removeContext(id);
    return render.follow(job, render.gpu.destroyContext(id));
  }),

  renderCommand(gpuCommands.contextAttachResource, (render, { resourceId }, job, gpu) => {
    const resource = resourceOf(gpu, render, resourceId, job.contextId);
    if (typeof resource === 'number') return resource;
    if (resource instanceof Resource2d && !resource.isRendered) {
      render.lend(job.contextId, resource);
      return okNodata;
    }
    return render.follow(job, render.gpu.attachResource(job.contextId, resourceId));
  }),

  renderCommand(gpuCommands.contextDetachResource, (render, { resourceId }, job, gpu) => {
    const resource = resourceOf(gpu, render, resourceId, job.contextId);
    if (typeof resource === 'number') return resource;
    if (render.takeBack(job.contextId, resource)) return okNodata;
    return render.follow(job, render.gpu.detachResource(job.contextId, resourceId));
  }),

  renderCommand(gpuCommands.resourceCreate3d, (render, message, job, { resources }) => {
    const { resourceId } = message;
    if (resourceId === 0 || resources.get(resourceId) !== undefined) return errInvalidResourceId;
    const resource = new RenderResource(resourceId, message);
    resources.add(resource);
    job.undo = () => resources.remove(resource);
    return render.follow(job, render.gpu.createResource(resourceId, message));
  }),

  transferCommand(gpuCommands.transferToHost3d, (gpu, context) => gpu.transferToHost(context, transfer), true),
  transferCommand(gpuCommands.transferFromHost3d, (gpu, context) => gpu.transferFromHost(context, transfer), false),

  {
    id: gpuCommands.submit3d.id,
    name: gpuCommands.submit3d.name,
    // The rest goes to the GPU as it lies.
    bodyBytes: SUBMIT_BYTES,
    run: (state, body, job) => {
      const { render, memory } = state;
      if (render === null) return errUnspec;
      const { size } = readSubmit3dInto(body, submit);
      const { contextId } = job;
      const { readable } = job.chain;
      if (!render.hasContext(contextId)) return errInvalidContextId;
      if (size % 4 !== 0 || HEADER_BYTES + SUBMIT_BYTES + size > readable.totalBytes) return errInvalidParameter;
      if (size > RENDER_LIMITS.maxSubmitBytes) return errOutOfMemory;
      if (isAnyBehind(state)) return HELD;
      render.prepare(contextId, memory);
      return render.follow(job, render.gpu.submit(contextId, readable, HEADER_BYTES + SUBMIT_BYTES, size));
    },
  },
];
