/** Commands that bind what shaders read and write. */
import { exchange } from '../core/counted.ts';
import { GpuError } from '../core/gpu-error.ts';
import * as GL from '../egl/gl-constants.ts';
import type { VirglContext } from './context.ts';
import type { Handler } from './decode.ts';
import { DIRTY, STAGE_DIRTY } from './dirty.ts';
import type { Resource } from './resource.ts';
import { levelSize } from './resource.ts';
import { createBufferTexture } from './sampler-view.ts';
import type { ImageBinding } from './stage-state.ts';
import { createTextureView } from './texture-view.ts';
import { VIRGL } from './virgl-limits.ts';
import type { Words } from './words.ts';

function checkSlots(first: number, count: number, most: number, what: string): void {
  if (first + count > most) throw new GpuError('range', `${count} ${what} from ${first} on`);
}

/** A buffer of a range, or null for none. Throws GpuError. */
function rangeBuffer(context: VirglContext, id: number, offset: number, length: number): Resource | null {
  if (id === 0 || length === 0) return null;
  const resource = context.buffer(id);
  if (offset >= resource.args.width)
    throw new GpuError('range', `${length} bytes at ${offset} of ${resource.args.width}`);
  return resource;
}

function setSamplerViews({ sub }: VirglContext, words: Words): void {
  const stage = sub.stage(words.u32(1));
  const first = words.u32(2);
  const count = words.length - 2;
  checkSlots(first, count, VIRGL.samplerViews, 'sampler views');
  for (let i = 0; i < count; i++) sub.findOrNull('samplerView', words.u32(3 + i));
  let swizzles = false;
  for (let i = 0; i < count; i++) {
    const view = sub.findOrNull('samplerView', words.u32(3 + i));
    swizzles ||= view?.shaderSwizzle != null || stage.views[first + i]?.shaderSwizzle != null;
    stage.bindView(first + i, view);
  }
  if (swizzles) sub.dirty |= DIRTY.program;
}

function bindSamplerStates({ sub }: VirglContext, words: Words): void {
  const stage = sub.stage(words.u32(1));
  const first = words.u32(2);
  const count = words.length - 2;
  checkSlots(first, count, VIRGL.samplers, 'samplers');
  for (let i = 0; i < count; i++) sub.findOrNull('samplerState', words.u32(3 + i));
  let clamps = 0;
  for (let i = 0; i < count; i++) {
    const sampler = sub.findOrNull('samplerState', words.u32(3 + i));
    clamps |= (sampler?.fields.clamps ?? 0) | (stage.samplers[first + i]?.fields.clamps ?? 0);
    stage.bindSampler(first + i, sampler);
  }
  if (clamps !== 0) sub.dirty |= DIRTY.program;
}

function setUniformBuffer(context: VirglContext, words: Words): void {
  const stage = context.sub.stage(words.u32(1));
  const index = words.u32(2);
  checkSlots(index, 1, VIRGL.constantBuffers, 'uniform buffers');
  const offset = words.u32(3);
  const length = words.u32(4);
  const resource = rangeBuffer(context, words.u32(5), offset, length);
  if (
    resource !== null &&
    offset % Math.max(1, context.renderer.capabilities.limits.uniformBufferOffsetAlignment) !== 0
  ) {
    throw new GpuError('range', `a uniform buffer at ${offset}`);
  }
  stage.uniformBuffers[index]?.set(resource, offset, length);
  stage.dirty |= STAGE_DIRTY.uniformBuffers;
}

function setShaderBuffers(context: VirglContext, words: Words): void {
  const stage = context.sub.stage(words.u32(1));
  const first = words.u32(2);
  const count = (words.length - 2) / 3;
  checkSlots(first, count, VIRGL.shaderBuffers, 'storage buffers');
  const resources = Array.from({ length: count }, (_, i) =>
    rangeBuffer(context, words.u32(5 + 3 * i), words.u32(3 + 3 * i), words.u32(4 + 3 * i)),
  );
  resources.forEach((resource, i) =>
    stage.shaderBuffers[first + i]?.set(resource, words.u32(3 + 3 * i), words.u32(4 + 3 * i)),
  );
  stage.dirty |= STAGE_DIRTY.shaderBuffers;
}

function setAtomicBuffers(context: VirglContext, words: Words): void {
  const { sub } = context;
  const first = words.u32(1);
  const count = (words.length - 1) / 3;
  checkSlots(first, count, VIRGL.atomicBuffers, 'counter buffers');
  const resources = Array.from({ length: count }, (_, i) =>
    rangeBuffer(context, words.u32(4 + 3 * i), words.u32(2 + 3 * i), words.u32(3 + 3 * i)),
  );
  resources.forEach((resource, i) => sub.atomics[first + i]?.set(resource, words.u32(2 + 3 * i), words.u32(3 + 3 * i)));
  sub.dirty |= DIRTY.atomics;
}

interface ImageFields {
  readonly resource: Resource | null;
  readonly format: number;
  readonly access: number;
  readonly first: number;
  readonly last: number;
  readonly level: number;
}

const NO_IMAGE: ImageFields = { resource: null, format: 0, access: 0, first: 0, last: 0, level: 0 };

function readImage(context: VirglContext, words: Words, at: number): ImageFields {
  const id = words.u32(at + 4);
  if (id === 0) return NO_IMAGE;
  const resource = context.resource(id);
  const number = words.u32(at);
  const format = context.renderer.formats.get(number);
  const access = words.u32(at + 1) & 3;
  const third = words.u32(at + 2);
  const fourth = words.u32(at + 3);
  if (resource.storage.kind === 'memory') throw new GpuError('resource', `resource ${id} is no texture`);
  if (resource.storage.kind === 'buffer') {
    const { blockBytes } = format.layout;
    const elements = Math.floor(fourth / blockBytes);
    if (elements === 0 || third % blockBytes !== 0 || third + elements * blockBytes > resource.args.width) {
      throw new GpuError('range', `an image of ${fourth} bytes at ${third} of ${resource.args.width}`);
    }
    return {
      resource,
      format: number,
      access,
      first: third / blockBytes,
      last: third / blockBytes + elements - 1,
      level: 0,
    };
  }
  if (!format.device.canImage) throw new GpuError('format', `images of ${format.name}`);
  const first = third & 0xffff;
  const last = third >>> 16;
  // Guests leave old bits above the level.
  const level = fourth & 0xff;
  if (level > resource.args.lastLevel) throw new GpuError('range', `level ${level} of ${resource.args.lastLevel + 1}`);
  const { layers } = levelSize(resource, level);
  if (first > last || last >= layers) throw new GpuError('range', `layers ${first} to ${last} of ${layers}`);
  return { resource, format: number, access, first, last, level };
}

function setShaderImages(context: VirglContext, words: Words): void {
  const { sub } = context;
  const stage = sub.stage(words.u32(1));
  const first = words.u32(2);
  const count = (words.length - 2) / 5;
  checkSlots(first, count, VIRGL.images, 'images');
  const images = Array.from({ length: count }, (_, i) => readImage(context, words, 3 + 5 * i));
  images.forEach((fields, i) => {
    const image = stage.images[first + i];
    if (image === undefined) return;
    image.clear(sub.device);
    assignImage(image, fields);
    image.ownTexture = createImageTexture(context, fields);
  });
  stage.dirty |= STAGE_DIRTY.images;
  sub.dirty |= DIRTY.program;
}

/** A texture for what OpenGL makes no image of by itself: bytes of a buffer, and some of the layers; 0 when none is needed. */
function createImageTexture({ sub, renderer }: VirglContext, fields: ImageFields): number {
  const { resource, first, last, level } = fields;
  if (resource === null) return 0;
  const { storage } = resource;
  if (storage.kind === 'buffer') {
    const format = renderer.formats.get(fields.format);
    return createBufferTexture(sub.device, renderer.capabilities, resource, format, first, last);
  }
  if (storage.kind !== 'texture' || resource.format === null) return 0;
  const count = last - first + 1;
  const isPart = first !== last && count < levelSize(resource, level).layers;
  const isViewable = storage.isImmutable && sub.device.gl.available.has('textureView');
  if (!isPart || !isViewable || storage.glTarget === GL.TEXTURE_3D) return 0;
  return createTextureView(sub.device, resource, {
    glTarget: viewTarget(storage.glTarget, count),
    format: resource.format,
    firstLevel: level,
    levels: 1,
    firstLayer: first,
    layers: count,
  });
}

/** What so many layers of a texture are. */
function viewTarget(glTarget: number, layers: number): number {
  if (glTarget === GL.TEXTURE_CUBE_MAP || (glTarget === GL.TEXTURE_CUBE_MAP_ARRAY && layers % 6 !== 0))
    return GL.TEXTURE_2D_ARRAY;
  return glTarget;
}

function assignImage(image: ImageBinding, { resource, format, access, first, last, level }: ImageFields): void {
  image.resource = exchange(image.resource, resource);
  image.format = format;
  image.access = access;
  image.first = first;
  image.last = last;
  image.level = level;
}

export const resourceHandlers = {
  setSamplerViews,
  bindSamplerStates,
  setUniformBuffer,
  setShaderBuffers,
  setAtomicBuffers,
  setShaderImages,
} satisfies Record<string, Handler>;
