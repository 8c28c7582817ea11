/** The pointer, on the cursor queue: Virtio 1.3 §5.7.6.10. */
import { command, type GpuCommand } from '../command.ts';
import { gpuCommands, GpuResponse } from '../wire/gpu.gen.ts';

const { okNodata, errInvalidScanoutId, errInvalidResourceId, errInvalidParameter } = GpuResponse;

/** The group's rows. */
export const cursorCommands: readonly GpuCommand[] = [
  command(gpuCommands.updateCursor, ({ scanouts, resources, pointer }, message) => {
    if (message.scanoutId >= scanouts.length) return errInvalidScanoutId;
    const resource = message.resourceId === 0 ? null : resources.get(message.resourceId);
    if (resource === undefined) return errInvalidResourceId;
    if (!pointer.setShape(resource, message.hotX, message.hotY)) return errInvalidParameter;
    if (resource !== null) pointer.move(message.scanoutId, message.x, message.y);
    return okNodata;
  }),

  command(gpuCommands.moveCursor, ({ scanouts, pointer }, message) => {
    if (message.scanoutId >= scanouts.length) return errInvalidScanoutId;
    pointer.move(message.scanoutId, message.x, message.y);
    return okNodata;
  }),
];
