/** Makes resources: checks what a guest asks for, counts it, and makes its storage. */
import { GpuError } from '../core/gpu-error.ts';
import { COST } from '../core/guest-quotas.ts';
import type { GlCapabilities } from '../egl/capabilities.ts';
import type { VirglRenderer } from './renderer.ts';
import { Resource } from './resource.ts';
import type { ResourceArgs } from '../core/guest-gpu.ts';
import type { ResourceStorage } from './resource.ts';
import type { TextureFormat } from './texture-format.ts';
import { textureBytes } from './format-size.ts';
import { createBuffer, createTexture } from './texture-storage.ts';
import { deleteTexture } from './texture-view.ts';
import { BIND, TARGET } from './virgl-limits.ts';

const MAX_BUFFER_BYTES = 2 ** 31 - 1;

/** A new resource. Throws GpuError; nothing is kept or counted then. */
export function createResource(
  renderer: VirglRenderer,
  id: number,
  args: ResourceArgs,
  onDestroy: (resource: Resource) => void,
): Resource {
  const isTexture = args.target !== TARGET.buffer;
  const format = isTexture ? renderer.formats.get(args.format) : null;
  const sizeBytes = Math.max(
    COST.resource,
    format === null ? checkBuffer(args) : checkTexture(args, format, renderer.capabilities),
  );
  const { resources, bytes } = renderer.quotas;
  resources.take(sizeBytes);
  try {
    const storage = makeStorage(renderer, args, format);
    const more = moreBytes(storage, args, sizeBytes);
    try {
      bytes.take(more);
    } catch (error) {
      if (storage.kind === 'texture') deleteTexture(renderer.current, storage.name);
      throw error;
    }
    return new Resource(id, args, format, storage, sizeBytes + more, onDestroy);
  } catch (error) {
    resources.release(sizeBytes);
    throw error;
  }
}

/** What samples take that the device gave unasked. */
function moreBytes(storage: ResourceStorage, { samples }: ResourceArgs, sizeBytes: number): number {
  if (storage.kind !== 'texture' || storage.samples <= samples || samples <= 1) return 0;
  return Math.ceil((sizeBytes / samples) * (storage.samples - samples));
}

function makeStorage(renderer: VirglRenderer, args: ResourceArgs, format: TextureFormat | null): ResourceStorage {
  if (format !== null) return createTexture(renderer.current, renderer.capabilities, args, format);
  const isMemory = args.bind === BIND.custom || args.bind === BIND.staging;
  return isMemory ? { kind: 'memory', bytes: new Uint8Array(args.width) } : createBuffer(renderer.current, args.width);
}

function checkBuffer({ width, height, depth, arraySize, lastLevel, samples }: ResourceArgs): number {
  const isFlat = height <= 1 && depth <= 1 && arraySize <= 1 && lastLevel === 0 && samples <= 1;
  if (!isFlat || width === 0 || width > MAX_BUFFER_BYTES)
    throw new GpuError('range', `a buffer of ${width}×${height}×${depth}`);
  return width;
}

/** The bytes of a texture that the device can make. Throws GpuError. */
function checkTexture(args: ResourceArgs, format: TextureFormat, { limits, features }: GlCapabilities): number {
  const { target, width, height, depth, arraySize, lastLevel, samples } = args;
  const refuse = (): never => {
    throw new GpuError(
      'range',
      `a texture of kind ${target}, ${width}×${height}×${depth}, ${arraySize} layers, ${lastLevel + 1} levels, ${samples} samples`,
    );
  };
  const within = (most: number, ...sides: readonly number[]): boolean =>
    sides.every((side) => side >= 1 && side <= most);
  const layers = limits.maxArrayTextureLayers;
  let isGood: boolean;
  switch (target) {
    case TARGET.texture1d:
      isGood =
        features.texture1d && within(limits.maxTextureSize, width) && height === 1 && depth === 1 && arraySize <= 1;
      break;
    case TARGET.texture2d:
      isGood = within(limits.maxTextureSize, width, height) && depth === 1 && arraySize <= 1;
      break;
    case TARGET.texture3d:
      isGood = within(limits.max3dTextureSize, width, height, depth) && arraySize <= 1;
      break;
    case TARGET.textureCube:
      isGood =
        within(limits.maxCubeMapTextureSize, width, height) && width === height && depth === 1 && arraySize === 6;
      break;
    case TARGET.textureRect:
      isGood =
        features.textureRectangle &&
        within(limits.maxRectangleTextureSize, width, height) &&
        depth === 1 &&
        arraySize <= 1 &&
        lastLevel === 0;
      break;
    case TARGET.texture1dArray:
      isGood =
        features.texture1d &&
        within(limits.maxTextureSize, width) &&
        height === 1 &&
        depth === 1 &&
        within(layers, arraySize);
      break;
    case TARGET.texture2dArray:
      isGood = within(limits.maxTextureSize, width, height) && depth === 1 && within(layers, arraySize);
      break;
    case TARGET.textureCubeArray:
      isGood =
        features.cubeMapArray &&
        within(limits.maxCubeMapTextureSize, width, height) &&
        width === height &&
        depth === 1 &&
        within(layers, arraySize) &&
        arraySize % 6 === 0;
      break;
    default:
      throw new GpuError('value', `kind of texture ${target}`);
  }
  if (!isGood) refuse();
  if (2 ** lastLevel > Math.max(width, height, depth)) refuse();
  if (samples > 1) {
    const isSampled =
      target === TARGET.texture2d || (target === TARGET.texture2dArray && features.textureMultisampleArray);
    if (!isSampled || lastLevel !== 0 || samples > format.device.maxSamples) refuse();
  }
  const isDeep = target === TARGET.texture3d;
  const copies = Math.max(1, arraySize) * Math.max(1, samples);
  return textureBytes(format.layout, { width, height, depth }, lastLevel + 1, copies, isDeep);
}
