/** Binds what the stages of a program read and write: constants, textures, buffers, images, counters. */
import type { GlCapabilities } from '../egl/capabilities.ts';
import * as GL from '../egl/gl-constants.ts';
import type { Target } from '../shader/tgsi/vocabulary.ts';
import { DIRTY, STAGE_DIRTY } from './dirty.ts';
import type { Program, ProgramStage } from './program.ts';
import type { StageState } from './stage-state.ts';
import type { SubContext } from './sub-context.ts';
import type { TextureFormats } from './texture-format.ts';
import { VIRGL } from './virgl-limits.ts';

/** What is bound for a program; `isNew` says that the program was another at the last draw. */
export function emitResources(
  sub: SubContext,
  program: Program,
  isNew: boolean,
  capabilities: GlCapabilities,
  formats: TextureFormats,
): void {
  for (const stage of program.stages) {
    const bound = sub.stage(stage.stage);
    emitConstants(sub, stage, bound);
    const dirty = isNew ? STAGE_DIRTY.all : bound.dirty;
    if (dirty === 0) continue;
    if ((dirty & STAGE_DIRTY.uniformBuffers) !== 0) emitUniformBuffers(sub, stage, bound);
    if ((dirty & STAGE_DIRTY.samplers) !== 0) emitSamplers(sub, stage, bound);
    if ((dirty & STAGE_DIRTY.shaderBuffers) !== 0) emitShaderBuffers(sub, stage, bound, capabilities);
    if ((dirty & STAGE_DIRTY.images) !== 0) emitImages(sub, stage, bound, formats);
    bound.dirty = 0;
  }
  if (isNew || (sub.dirty & DIRTY.atomics) !== 0) emitAtomics(sub, program);
  if (program.usesSystem) sub.draw.emitSystem(sub);
}

function emitConstants({ device: { gl } }: SubContext, stage: ProgramStage, bound: StageState): void {
  if (stage.constantVersion === bound.constantVersion || stage.constantsLocation < 0) return;
  stage.constantVersion = bound.constantVersion;
  const count = stage.interface.constants?.count ?? 0;
  bound.reserveConstants(4 * count);
  gl.uniform4fv(stage.constantsLocation, count, bound.constantsAddress);
}

function emitUniformBuffers(sub: SubContext, { interface: face }: ProgramStage, bound: StageState): void {
  const { bindings } = sub.device;
  for (const { index, binding, sizeBytes } of face.uniformBuffers) {
    const range = bound.uniformBuffers[index];
    const size = range?.resource?.args.width ?? 0;
    if (range?.resource == null || range.offset >= size) {
      bindings.bindBufferRange(GL.UNIFORM_BUFFER, binding, sub.draw.zeroBuffer(sizeBytes), 0, sizeBytes);
      continue;
    }
    // A block that is larger than its range is no error of the guest's shader as long as it reads no further.
    const length = Math.min(Math.max(range.length, sizeBytes), size - range.offset);
    if (length >= sizeBytes)
      bindings.bindBufferRange(GL.UNIFORM_BUFFER, binding, range.resource.buffer, range.offset, length);
    else {
      const copy = sub.draw.paddedBuffer(range.resource.buffer, range.offset, length, sizeBytes);
      bindings.bindBufferRange(GL.UNIFORM_BUFFER, binding, copy, 0, sizeBytes);
    }
  }
}

function emitSamplers(sub: SubContext, { interface: face }: ProgramStage, bound: StageState): void {
  const { bindings, state } = sub.device;
  for (const { first, count, unit, target } of face.samplers) {
    const expected = SAMPLER_TARGETS[target] ?? GL.TEXTURE_2D;
    for (let i = 0; i < count; i++) {
      const view = bound.views[first + i] ?? null;
      if (view === null || view.glTarget !== expected) {
        bindings.bindTexture(unit + i, expected, 0);
        continue;
      }
      bindings.bindTexture(unit + i, expected, view.texture);
      view.apply(unit + i);
      if (expected === GL.TEXTURE_BUFFER || view.resource.args.samples > 1) continue;
      const sampler = bound.samplers[first + i] ?? null;
      bindings.bindSampler(unit + i, sampler?.nameFor(view.numeric, view.sample) ?? 0);
      if (sampler !== null && (expected === GL.TEXTURE_CUBE_MAP || expected === GL.TEXTURE_CUBE_MAP_ARRAY)) {
        if (sub.device.gl.offered.flavour === 'gl') state.set(GL.TEXTURE_CUBE_MAP_SEAMLESS, sampler.fields.isSeamless);
      }
    }
  }
}

const SAMPLER_TARGETS: Readonly<Partial<Record<Target, number>>> = {
  BUFFER: GL.TEXTURE_BUFFER,
  '1D': GL.TEXTURE_1D,
  '2D': GL.TEXTURE_2D,
  '3D': GL.TEXTURE_3D,
  CUBE: GL.TEXTURE_CUBE_MAP,
  RECT: GL.TEXTURE_RECTANGLE,
  SHADOW1D: GL.TEXTURE_1D,
  SHADOW2D: GL.TEXTURE_2D,
  SHADOWRECT: GL.TEXTURE_RECTANGLE,
  '1D_ARRAY': GL.TEXTURE_1D_ARRAY,
  '2D_ARRAY': GL.TEXTURE_2D_ARRAY,
  SHADOW1D_ARRAY: GL.TEXTURE_1D_ARRAY,
  SHADOW2D_ARRAY: GL.TEXTURE_2D_ARRAY,
  SHADOWCUBE: GL.TEXTURE_CUBE_MAP,
  '2D_MSAA': GL.TEXTURE_2D_MULTISAMPLE,
  '2D_ARRAY_MSAA': GL.TEXTURE_2D_MULTISAMPLE_ARRAY,
  CUBEARRAY: GL.TEXTURE_CUBE_MAP_ARRAY,
  SHADOWCUBEARRAY: GL.TEXTURE_CUBE_MAP_ARRAY,
};

function emitShaderBuffers(
  sub: SubContext,
  { interface: face }: ProgramStage,
  bound: StageState,
  { limits }: GlCapabilities,
): void {
  const { bindings } = sub.device;
  for (const { index, binding } of face.storageBuffers) {
    const range = bound.shaderBuffers[index];
    const size = range?.resource?.args.width ?? 0;
    if (
      range?.resource == null ||
      range.offset >= size ||
      range.offset % Math.max(1, limits.shaderStorageOffsetAlignment) !== 0
    ) {
      bindings.bindBufferBase(GL.SHADER_STORAGE_BUFFER, binding, 0);
      continue;
    }
    const length = Math.min(range.length, size - range.offset);
    bindings.bindBufferRange(GL.SHADER_STORAGE_BUFFER, binding, range.resource.buffer, range.offset, length);
  }
}

function emitImages(
  sub: SubContext,
  { interface: face }: ProgramStage,
  bound: StageState,
  formats: TextureFormats,
): void {
  const { bindings } = sub.device;
  for (const { first, count, unit, access } of face.images) {
    for (let i = 0; i < count; i++) {
      const image = bound.images[first + i];
      const storage = image?.resource?.storage;
      const format = image === undefined ? null : formats.find(image.format);
      if (image?.resource == null || storage === undefined || storage.kind === 'memory' || format === null) {
        bindings.bindImageTexture(unit + i, 0, 0, false, 0, GL.READ_ONLY, GL.R32UI);
        continue;
      }
      const glAccess = access === 'readonly' ? GL.READ_ONLY : access === 'writeonly' ? GL.WRITE_ONLY : GL.READ_WRITE;
      if (storage.kind === 'buffer') {
        bindings.bindImageTexture(unit + i, image.ownTexture, 0, false, 0, glAccess, format.gl.internalFormat);
        continue;
      }
      const isLayered = image.first !== image.last;
      const isOwn = image.ownTexture !== 0;
      bindings.bindImageTexture(
        unit + i,
        isOwn ? image.ownTexture : storage.name,
        isOwn ? 0 : image.level,
        isLayered,
        isLayered ? 0 : image.first,
        glAccess,
        format.gl.internalFormat,
      );
    }
  }
}

function emitAtomics(sub: SubContext, program: Program): void {
  const { bindings } = sub.device;
  for (const { interface: face } of program.stages) {
    for (const { binding } of face.atomics) {
      if (binding >= VIRGL.atomicBuffers) continue;
      const range = sub.atomics[binding];
      const size = range?.resource?.args.width ?? 0;
      if (range?.resource == null || range.offset >= size || range.offset % 4 !== 0) {
        bindings.bindBufferBase(GL.ATOMIC_COUNTER_BUFFER, binding, 0);
        continue;
      }
      const length = Math.min(range.length, size - range.offset);
      bindings.bindBufferRange(GL.ATOMIC_COUNTER_BUFFER, binding, range.resource.buffer, range.offset, length);
    }
  }
}
