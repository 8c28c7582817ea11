/** Commands that set state: framebuffer, viewports, vertex buffers, constants and the like. */
import { exchange } from '../core/counted.ts';
import { GpuError } from '../core/gpu-error.ts';
import type { VirglContext } from './context.ts';
import type { Handler } from './decode.ts';
import { DIRTY, STAGE_DIRTY } from './dirty.ts';
import { drawBatch } from './draw-batch.ts';
import { VIRGL } from './virgl-limits.ts';
import type { Words } from './words.ts';

/** Checks that slots lie within what there is. */
function slots(first: number, count: number, most: number, what: string): void {
  if (first + count > most) throw new GpuError('range', `${count} ${what} from ${first} on`);
}

function setViewportState({ sub }: VirglContext, words: Words): void {
  const first = words.u32(1);
  const values = words.length - 1;
  const count = values / 6;
  slots(first, count, VIRGL.viewports, 'viewports');
  for (let i = 0; i < values; i++)
    if (!Number.isFinite(words.f32(2 + i))) throw new GpuError('value', 'a viewport that is no number');
  for (let i = 0; i < values; i++) sub.viewports[6 * first + i] = words.f32(2 + i);
  const mask = ((1 << count) - 1) << first;
  sub.dirtyViewports |= mask;
  sub.usedViewports |= mask;
  sub.dirty |= DIRTY.viewport;
}

function setScissorState({ sub }: VirglContext, words: Words): void {
  const first = words.u32(1);
  const count = (words.length - 1) / 2;
  slots(first, count, VIRGL.viewports, 'scissors');
  for (let i = 0; i < count; i++) {
    const minimum = words.u32(2 + 2 * i);
    const maximum = words.u32(3 + 2 * i);
    const at = 4 * (first + i);
    sub.scissors[at] = minimum & 0xffff;
    sub.scissors[at + 1] = minimum >>> 16;
    sub.scissors[at + 2] = maximum & 0xffff;
    sub.scissors[at + 3] = maximum >>> 16;
  }
  sub.dirtyScissors |= ((1 << count) - 1) << first;
  sub.dirty |= DIRTY.scissor;
}

function setFramebufferState({ sub, renderer }: VirglContext, words: Words): void {
  const count = words.u32(1);
  if (count > VIRGL.colorBuffers || count > renderer.capabilities.limits.maxDrawBuffers || words.length !== 2 + count) {
    throw new GpuError('length', `${words.length} words for ${count} surfaces`);
  }
  const depth = sub.findOrNull('surface', words.u32(2));
  for (let i = 0; i < count; i++) sub.findOrNull('surface', words.u32(3 + i));
  if (depth !== null && depth.format.aspect === 'color') throw new GpuError('format', `depth in ${depth.format.name}`);
  for (let i = 0; i < count; i++) {
    const color = sub.findOrNull('surface', words.u32(3 + i));
    if (color !== null && color.format.aspect !== 'color') throw new GpuError('format', 'colours in depth');
  }
  const { framebuffer } = sub;
  const { colors } = framebuffer;
  for (let i = 0; i < count; i++) colors[i] = exchange(colors[i] ?? null, sub.findOrNull('surface', words.u32(3 + i)));
  while (colors.length > count) colors.pop()?.release();
  framebuffer.depth = exchange(framebuffer.depth, depth);
  sub.dirty |= DIRTY.framebuffer;
}

function setFramebufferStateNoAttach({ sub, renderer }: VirglContext, words: Words): void {
  const size = words.u32(1);
  const layersAndSamples = words.u32(2);
  const { limits } = renderer.capabilities;
  const { framebuffer } = sub;
  framebuffer.width = Math.min(size & 0xffff, limits.maxFramebufferWidth);
  framebuffer.height = Math.min(size >>> 16, limits.maxFramebufferHeight);
  framebuffer.layers = Math.min(layersAndSamples & 0xffff, limits.maxFramebufferLayers);
  framebuffer.samples = Math.min((layersAndSamples >>> 16) & 0xff, limits.maxSamples);
  sub.dirty |= DIRTY.framebuffer;
}

function setVertexBuffers(context: VirglContext, words: Words): void {
  const { sub, renderer } = context;
  const count = words.length / 3;
  const most = renderer.capabilities.limits.maxVertexAttribStride || 2048;
  slots(0, count, VIRGL.vertexBuffers, 'vertex buffers');
  for (let i = 0; i < count; i++) {
    const id = words.u32(3 + 3 * i);
    if (words.u32(1 + 3 * i) > most) throw new GpuError('range', `vertices ${words.u32(1 + 3 * i)} bytes apart`);
    const resource = id === 0 ? null : context.buffer(id);
    if (resource !== null && words.u32(2 + 3 * i) > resource.args.width) {
      throw new GpuError('range', `vertices at ${words.u32(2 + 3 * i)} of ${resource.args.width}`);
    }
  }
  for (let i = 0; i < count; i++) {
    const buffer = sub.vertexBuffers[i]!;
    buffer.resource = exchange(buffer.resource, context.resourceOrNull(words.u32(3 + 3 * i)));
    buffer.stride = words.u32(1 + 3 * i);
    buffer.offset = words.u32(2 + 3 * i);
  }
  for (let i = count; i < sub.vertexBufferCount; i++) {
    const buffer = sub.vertexBuffers[i]!;
    buffer.resource = exchange(buffer.resource, null);
  }
  sub.vertexBufferCount = count;
  sub.dirty |= DIRTY.vertexBuffers;
}

function setIndexBuffer(context: VirglContext, words: Words): void {
  const { sub } = context;
  const id = words.u32(1);
  if (id === 0) {
    drawBatch.flush();
    sub.indexBuffer = exchange(sub.indexBuffer, null);
    return;
  }
  if (words.length !== 3) throw new GpuError('length', `${words.length} words for an index buffer`);
  const resource = context.buffer(id);
  const size = words.u32(2);
  const offset = words.u32(3);
  if (size !== 1 && size !== 2 && size !== 4) throw new GpuError('value', `indices of ${size} bytes`);
  if (offset % size !== 0 || offset > resource.args.width) {
    throw new GpuError('range', `indices of ${size} bytes at ${offset} of ${resource.args.width}`);
  }
  // The binding may be all that keeps the old one alive.
  if (resource !== sub.indexBuffer) drawBatch.flush();
  sub.indexBuffer = exchange(sub.indexBuffer, resource);
  sub.indexSize = size;
  sub.indexOffset = offset;
}

function setConstantBuffer({ sub }: VirglContext, words: Words): void {
  const stage = sub.stage(words.u32(1));
  const index = words.u32(2);
  if (index !== 0) {
    // Guests unbind buffers so; constants themselves go to the first place alone.
    slots(index, 1, VIRGL.constantBuffers, 'constant buffers');
    if (words.length > 2) throw new GpuError('value', `constants ${index} in a command`);
    stage.uniformBuffers[index]?.set(null, 0, 0);
    stage.dirty |= STAGE_DIRTY.uniformBuffers;
    return;
  }
  stage.setConstants(words, 3, words.length - 2);
}

function setStencilRef({ sub }: VirglContext, words: Words): void {
  const references = words.u32(1);
  sub.stencilReferences[0] = references & 0xff;
  sub.stencilReferences[1] = (references >>> 8) & 0xff;
  sub.dirty |= DIRTY.stencilRef;
}

function setBlendColor({ sub }: VirglContext, words: Words): void {
  sub.blendColor.set(words.floats(1, 4));
  sub.dirty |= DIRTY.blendColor;
}

function setPolygonStipple({ sub }: VirglContext, words: Words): void {
  sub.stipple.set(words.slice(1, 32));
  sub.systemVersion++;
}

function setClipState({ sub }: VirglContext, words: Words): void {
  sub.clipPlanes.set(words.floats(1, 32));
  sub.systemVersion++;
}

function setSampleMask({ sub }: VirglContext, words: Words): void {
  sub.sampleMask = words.u32(1);
  sub.dirty |= DIRTY.sampleMask;
}

function setMinSamples({ sub }: VirglContext, words: Words): void {
  sub.minSamples = words.u32(1);
  sub.dirty |= DIRTY.minSamples;
}

function setTessState({ sub }: VirglContext, words: Words): void {
  sub.tessLevels.set(words.floats(1, 6));
  sub.dirty |= DIRTY.tessellation;
}

function setTweaks(_context: VirglContext, words: Words): void {
  // They tell hosts of OpenGL ES which shortcuts to take; our way is exact without.
  if (words.u32(1) > 2) throw new GpuError('value', `tweak ${words.u32(1)}`);
}

function setStreamoutTargets({ sub }: VirglContext, words: Words): void {
  const count = words.length - 1;
  slots(0, count, VIRGL.streamoutTargets, 'streamout targets');
  const targets = Array.from({ length: count }, (_, i) => sub.findOrNull('streamoutTarget', words.u32(2 + i)));
  sub.draw.streamout.bind(targets);
  for (const target of targets) target?.retain();
  sub.streamoutTargets.splice(0, Infinity, ...targets).forEach((old) => old?.release());
}

export const stateHandlers = {
  setViewportState,
  setScissorState,
  setFramebufferState,
  setFramebufferStateNoAttach,
  setVertexBuffers,
  setIndexBuffer,
  setConstantBuffer,
  setStencilRef,
  setBlendColor,
  setPolygonStipple,
  setClipState,
  setSampleMask,
  setMinSamples,
  setTessState,
  setTweaks,
  setStreamoutTargets,
} satisfies Record<string, Handler>;
