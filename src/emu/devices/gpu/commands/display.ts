/** Monitors, and what is shown on them: Virtio 1.3 §5.7.6.7 and §5.7.6.8. */
import { LIMITS } from '../../../../base/limits.ts';
import type { Rect } from '../../../../base/rect.ts';
import { command, DEFERRED, type GpuCommand } from '../command.ts';
import { gpuCommands, GpuResponse, gpuWireLimits, writeDisplayInfo, writeEdidAnswer } from '../wire/gpu.gen.ts';

const { okNodata, okDisplayInfo, okEdid, errInvalidScanoutId, errInvalidResourceId, errInvalidParameter } = GpuResponse;

const NO_MODE = { rect: { x: 0, y: 0, width: 0, height: 0 }, enabled: 0, flags: 0 };

function isScreenSize({ width, height }: Rect): boolean {
  return (
    width > 0 &&
    height > 0 &&
    width <= LIMITS.maxScreenSide &&
    height <= LIMITS.maxScreenSide &&
    width * height <= LIMITS.maxScreenPixels
  );
}

/** The group's rows. */
export const displayCommands: readonly GpuCommand[] = [
  command(gpuCommands.getDisplayInfo, ({ monitors }, _, __, answer) => {
    const modes = Array.from({ length: gpuWireLimits.scanouts }, (_, head) => {
      if (head >= monitors.count) return NO_MODE;
      const { width, height } = monitors.get(head);
      return { rect: { x: monitors.leftOf(head), y: 0, width, height }, enabled: width > 0 ? 1 : 0, flags: 0 };
    });
    writeDisplayInfo(answer, { modes });
    return okDisplayInfo;
  }),

  command(gpuCommands.getEdid, ({ monitors }, { scanoutId }, _, answer) => {
    if (scanoutId >= monitors.count) return errInvalidScanoutId;
    const edid = new Uint8Array(gpuWireLimits.edidBytes);
    const made = monitors.edidOf(scanoutId);
    edid.set(made);
    writeEdidAnswer(answer, { size: made.length, edid });
    return okEdid;
  }),

  command(gpuCommands.setScanout, ({ resources, scanouts }, { scanoutId, resourceId, rect }) => {
    const scanout = scanouts[scanoutId];
    if (scanout === undefined) return errInvalidScanoutId;
    if (resourceId === 0) {
      scanout.turnOff();
      return okNodata;
    }
    const resource = resources.get(resourceId);
    if (resource === undefined) return errInvalidResourceId;
    if (!isScreenSize(rect) || !resource.contains(rect)) return errInvalidParameter;
    // What is read from the 3D GPU goes into a picture that begins where the resource does.
    const { x, y, width, height } = rect;
    if (resource.isRendered && !isScreenSize({ x, y, width: x + width, height: y + height }))
      return errInvalidParameter;
    scanout.show(resource, rect);
    return okNodata;
  }),

  command(gpuCommands.resourceFlush, ({ resources, scanouts }, { resourceId, rect }, job) => {
    const resource = resources.get(resourceId);
    if (resource === undefined) return errInvalidResourceId;
    if (!resource.contains(rect)) return errInvalidParameter;
    const waiting = resource.isRendered && job.isFenced ? job : null;
    for (let i = 0; i < scanouts.length; i++) scanouts[i]!.flush(resource, rect, waiting);
    return waiting === null ? okNodata : DEFERRED;
  }),
];
