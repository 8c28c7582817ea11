/** The devices that EGL can render on (EGL_EXT_device_enumeration), and which of them a choice means. */
import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { HostError } from '../../base/errors.ts';
import type { EglApi } from './egl-api.ts';
import { extensionSet } from './egl-api.ts';
import * as EGL from './egl-constants.ts';

/** Where to render: on hardware if there is any, in software, or on the device of a DRM node, such as /dev/dri/renderD128. */
export type DeviceChoice = 'auto' | 'software' | (string & {});

/** A place to render: a device, or the platform that needs none (`device` 0). */
export interface DeviceCandidate {
  /** EGLDeviceEXT; 0 is the surfaceless platform, which picks a device itself. */
  readonly device: number;
  readonly isSoftware: boolean;
  /** The DRM node, where there is one. */
  readonly path: string | null;
}

const MAX_DEVICES = 64;

/** All devices, those of hardware first. Empty where EGL cannot list them. */
function listDevices(egl: EglApi): DeviceCandidate[] {
  const { devices } = egl;
  if (devices === null || !egl.clientExtensions.has('EGL_EXT_platform_device')) return [];
  const handles = new BigUint64Array(MAX_DEVICES);
  const count = new Int32Array(1);
  if (devices.queryDevices(MAX_DEVICES, handles, count) === 0) return [];
  const found: DeviceCandidate[] = [];
  for (const handle of handles.subarray(0, count[0])) {
    const device = Number(handle);
    const extensions = extensionSet(devices.queryDeviceString(device, EGL.EXTENSIONS));
    const text = (extension: string, name: number): string | null =>
      extensions.has(extension) ? devices.queryDeviceString(device, name) : null;
    found.push({
      device,
      isSoftware: extensions.has('EGL_MESA_device_software'),
      path:
        text('EGL_EXT_device_drm_render_node', EGL.DRM_RENDER_NODE_FILE_EXT) ??
        text('EGL_EXT_device_drm', EGL.DRM_DEVICE_FILE_EXT),
    });
  }
  return found.sort((a, b) => Number(a.isSoftware) - Number(b.isSoftware));
}

/**
 * The places to try for a choice, best first. Throws HostError `NO_RENDER_NODE` when a path names no device that EGL
 * knows.
 */
export function candidatesFor(choice: DeviceChoice, egl: EglApi): DeviceCandidate[] {
  const devices = listDevices(egl);
  const surfaceless = egl.clientExtensions.has('EGL_MESA_platform_surfaceless')
    ? [{ device: 0, isSoftware: choice === 'software', path: null }]
    : [];
  if (choice === 'auto')
    return [...devices.filter((d) => !d.isSoftware), ...surfaceless, ...devices.filter((d) => d.isSoftware)];
  if (choice === 'software') return [...devices.filter((d) => d.isSoftware), ...surfaceless];
  const wanted = drmDeviceOf(choice);
  const matching = devices.filter((d) => d.path !== null && drmDeviceOf(d.path) === wanted);
  if (matching.length > 0) return matching;
  const known = devices.flatMap((d) => (d.path === null ? [] : [d.path]));
  throw new HostError(
    'NO_RENDER_NODE',
    `EGL has no device ${choice}: ${known.length === 0 ? 'it has no hardware device here' : `it has ${known.join(', ')}`}`,
  );
}

/**
 * What the nodes of one device share: card0 and renderD128 lead to the same place below /sys. A node that does not exist
 * is only equal to itself.
 */
function drmDeviceOf(path: string): string {
  let node = path;
  try {
    node = realpathSync(path);
    return realpathSync(`/sys/class/drm/${basename(node)}/device`);
  } catch {
    return node;
  }
}
