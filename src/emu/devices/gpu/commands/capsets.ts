/** Capability sets of 3D contexts: Virtio 1.3 §5.7.6.8. A device without 3D has none, and says so to those who ask. */
import { command, type GpuCommand } from '../command.ts';
import { gpuCommands, GpuResponse, writeCapset, writeCapsetInfo } from '../wire/gpu.gen.ts';

const { okCapsetInfo, okCapset, errInvalidParameter } = GpuResponse;

/** The group's rows. The newest version of a set is its number: virgl is 1, virgl2 is 2. */
export const capsetCommands: readonly GpuCommand[] = [
  command(gpuCommands.getCapsetInfo, ({ render }, { capsetIndex }, _, answer) => {
    const capset = render?.capsets[capsetIndex];
    if (capset === undefined) return errInvalidParameter;
    const [capsetId, data] = capset;
    writeCapsetInfo(answer, { capsetId, maxVersion: capsetId, maxSize: data.length });
    return okCapsetInfo;
  }),

  command(gpuCommands.getCapset, ({ render }, { capsetId, capsetVersion }, _, answer) => {
    const data = render?.gpu.capsets.get(capsetId);
    if (data === undefined || capsetVersion > capsetId) return errInvalidParameter;
    writeCapset(answer, { data });
    return okCapset;
  }),
];
