/** Draws: brings OpenGL's state up to what is bound, then calls the draw. */
import { GpuError } from '../core/gpu-error.ts';
import type { GlCapabilities } from '../egl/capabilities.ts';
import * as GL from '../egl/gl-constants.ts';
import { DIRTY } from './dirty.ts';
import { drawBatch, isPlainDraw } from './draw-batch.ts';
import { emitFixed } from './emit-fixed.ts';
import { emitResources } from './emit-resources.ts';
import { emitVertices } from './emit-vertices.ts';
import type { PrimitiveKind } from './program-cache.ts';
import type { Program } from './program.ts';
import type { Resource } from './resource.ts';
import type { Shader } from './shader.ts';
import type { SubContext } from './sub-context.ts';
import type { TextureFormats } from './texture-format.ts';
import { STAGE } from './virgl-limits.ts';

/** What draws need of the renderer. */
export interface DrawDevice {
  readonly capabilities: GlCapabilities;
  readonly formats: TextureFormats;
}

/** A draw, checked. */
export interface DrawCall {
  /** Primitives by gallium's number, which is OpenGL's. */
  readonly mode: number;
  readonly start: number;
  readonly count: number;
  readonly isIndexed: boolean;
  readonly instances: number;
  readonly indexBias: number;
  readonly startInstance: number;
  /** The index that begins a new primitive, or null. */
  readonly restartIndex: number | null;
  /** As many vertices as were captured into a target of so many bytes; 0 for `count`. */
  readonly capturedBytes: number;
  readonly indirect: IndirectCall | null;
}

/** Where a draw's numbers lie. */
export interface IndirectCall {
  readonly buffer: Resource;
  readonly offset: number;
  readonly stride: number;
  readonly count: number;
  readonly countBuffer: Resource | null;
  readonly countOffset: number;
}

const INDEX_TYPES = [0, GL.UNSIGNED_BYTE, GL.UNSIGNED_SHORT, 0, GL.UNSIGNED_INT] as const;

/** Draws. Throws GpuError when what is bound does not make a draw; then nothing is drawn. */
export function draw(sub: SubContext, device: DrawDevice, call: DrawCall): void {
  if (drawBatch.isPending) {
    if (drawBatch.join(sub, call)) return;
    drawBatch.flush();
  }
  const program = prepare(sub, device, call);
  if (program === null) return;
  const { gl, state } = sub.device;
  if (device.capabilities.flavour === 'gl') {
    state.set(GL.PRIMITIVE_RESTART, call.restartIndex !== null);
    if (call.restartIndex !== null) state.primitiveRestartIndex(call.restartIndex);
  } else state.set(GL.PRIMITIVE_RESTART_FIXED_INDEX, call.restartIndex !== null);
  if (call.mode === GL.PATCHES) state.patchVertices(sub.patchVertices);
  const captured = call.capturedBytes === 0 ? 0 : sub.draw.streamout.source(call.capturedBytes);
  if (sub.draw.streamout.isBound)
    sub.draw.streamout.resume(program.name, FEEDBACK_PRIMITIVES[givenKind(sub, call.mode)], program.feedbackBuffers);
  try {
    if (call.capturedBytes !== 0) {
      if (captured === 0) return;
      if (call.instances > 1) gl.drawTransformFeedbackInstanced(call.mode, captured, call.instances);
      else gl.drawTransformFeedback(call.mode, captured);
    } else if (call.indirect !== null) drawIndirect(sub, call, call.indirect);
    else if (call.isIndexed) drawElements(sub, call, program);
    else drawArrays(sub, call);
  } finally {
    sub.draw.streamout.pause();
  }
}

/** Brings everything up to date; null when there is nothing that could be drawn to. */
function prepare(sub: SubContext, { capabilities, formats }: DrawDevice, call: DrawCall): Program | null {
  const { bindings } = sub.device;
  const primitive = primitiveKind(sub, call.mode);
  if ((sub.dirty & PROGRAM_STATE) !== 0 || sub.draw.primitive !== primitive || sub.draw.program === null) {
    const program = sub.draw.programs.forDraw(sub, primitive);
    if (program !== sub.draw.program) {
      sub.draw.program = program;
      sub.dirty |= DIRTY.program | DIRTY.atomics;
    }
    sub.draw.primitive = primitive;
  }
  const { program } = sub.draw;
  if (program === null) return null;
  if (!sub.draw.framebuffer.emit(sub, (sub.dirty & DIRTY.framebuffer) !== 0)) {
    sub.dirty &= ~DIRTY.framebuffer;
    throw new GpuError('state', 'the device does not draw to these surfaces');
  }
  bindings.useProgram(program.name);
  const isNew = (sub.dirty & DIRTY.program) !== 0;
  emitResources(sub, program, isNew, capabilities, formats);
  emitFixed(sub, capabilities, program);
  emitVertices(sub, call.isIndexed);
  sub.dirty = 0;
  return program;
}

/** State that is compiled into shaders. */
const PROGRAM_STATE =
  DIRTY.program | DIRTY.framebuffer | DIRTY.rasterizer | DIRTY.depthStencilAlpha | DIRTY.blend | DIRTY.vertexElements;

function drawArrays({ device: { gl } }: SubContext, { mode, start, count, instances, startInstance }: DrawCall): void {
  if (instances === 1 && startInstance === 0) gl.drawArrays(mode, start, count);
  else if (startInstance === 0) gl.drawArraysInstanced(mode, start, count, instances);
  else gl.drawArraysInstancedBaseInstance(mode, start, count, instances, startInstance);
}

function drawElements(sub: SubContext, call: DrawCall, program: Program): void {
  const { gl } = sub.device;
  const { mode, count, instances, indexBias, startInstance } = call;
  const type = INDEX_TYPES[sub.indexSize] ?? 0;
  const at = sub.indexOffset;
  if (isPlainDraw(call) && mode !== GL.PATCHES && !program.usesDrawId && !sub.draw.streamout.isBound) {
    drawBatch.begin(sub, call, type);
  } else if (startInstance !== 0) {
    gl.drawElementsInstancedBaseVertexBaseInstance(mode, count, type, at, instances, indexBias, startInstance);
  } else if (instances !== 1) {
    if (indexBias === 0) gl.drawElementsInstanced(mode, count, type, at, instances);
    else gl.drawElementsInstancedBaseVertex(mode, count, type, at, instances, indexBias);
  } else if (indexBias !== 0) gl.drawElementsBaseVertex(mode, count, type, at, indexBias);
  // Never glDrawRangeElements: a driver that trusts a guest's bounds reads outside of its buffers.
  else gl.drawElements(mode, count, type, at);
}

function drawIndirect(sub: SubContext, { mode, isIndexed }: DrawCall, indirect: IndirectCall): void {
  const { gl, bindings } = sub.device;
  const { buffer, offset, stride, count, countBuffer, countOffset } = indirect;
  const type = INDEX_TYPES[sub.indexSize] ?? 0;
  bindings.bindBuffer(GL.DRAW_INDIRECT_BUFFER, buffer.buffer);
  if (countBuffer !== null) {
    bindings.bindBuffer(GL.PARAMETER_BUFFER, countBuffer.buffer);
    if (isIndexed) gl.multiDrawElementsIndirectCount(mode, type, offset, countOffset, count, stride);
    else gl.multiDrawArraysIndirectCount(mode, offset, countOffset, count, stride);
  } else if (count > 1) {
    if (isIndexed) gl.multiDrawElementsIndirect(mode, type, offset, count, stride);
    else gl.multiDrawArraysIndirect(mode, offset, count, stride);
  } else if (isIndexed) gl.drawElementsIndirect(mode, type, offset);
  else gl.drawArraysIndirect(mode, offset);
}

/** What becomes of a draw: what the last stage before the rasteriser gives it, or how polygons are filled. */
function primitiveKind(sub: SubContext, mode: number): PrimitiveKind {
  const kind = givenKind(sub, mode);
  if (kind === 'triangles' && sub.rasterizer.fill === GL.POINT) return 'points';
  return kind === 'triangles' && sub.rasterizer.fill === GL.LINE ? 'lines' : kind;
}

/** What the last stage before the rasteriser gives it. Nothing is drawn with a shader that is refused. */
function givenKind({ stages }: SubContext, mode: number): PrimitiveKind {
  const geometry = stages[STAGE.geometry]?.shader ?? null;
  const evaluation = stages[STAGE.tessEval]?.shader ?? null;
  if (geometry !== null && geometry.refusal === null) {
    const output = geometry.ir.properties.get('GS_OUTPUT_PRIMITIVE') ?? 5;
    return output === 0 ? 'points' : output === 3 ? 'lines' : 'triangles';
  }
  if (evaluation !== null && evaluation.refusal === null) return tessellated(evaluation);
  return MODE_KINDS[mode] ?? 'triangles';
}

const MODE_KINDS: readonly PrimitiveKind[] = [
  ...(['points', 'lines', 'lines', 'lines', 'triangles', 'triangles', 'triangles', 'triangles', 'triangles'] as const),
  ...(['triangles', 'lines', 'lines', 'triangles', 'triangles', 'triangles'] as const),
];

/** What becomes of patches. */
export function tessellated({ ir: { properties } }: Shader): PrimitiveKind {
  if (properties.get('TES_POINT_MODE') === 1) return 'points';
  return properties.get('TES_PRIM_MODE') === 1 ? 'lines' : 'triangles';
}

/** What transform feedback is begun with. */
const FEEDBACK_PRIMITIVES = { points: GL.POINTS, lines: GL.LINES, triangles: GL.TRIANGLES } as const;

/** Runs the compute shader. Throws GpuError. */
export function dispatch(
  sub: SubContext,
  { capabilities, formats }: DrawDevice,
  grid: readonly [number, number, number],
  indirect: { readonly buffer: Resource; readonly offset: number } | null,
): void {
  const { gl, bindings } = sub.device;
  const program = sub.draw.programs.forCompute(sub);
  bindings.useProgram(program.name);
  emitResources(sub, program, true, capabilities, formats);
  // Units were given to the compute shader: the drawing stages take theirs back at the next draw.
  sub.invalidateResources();
  // Mesa's llvmpipe reads textures here before it has drawn what was drawn to them.
  if (capabilities.isSoftware) gl.memoryBarrier(GL.TEXTURE_FETCH_BARRIER_BIT);
  if (indirect === null) gl.dispatchCompute(...grid);
  else {
    bindings.bindBuffer(GL.DISPATCH_INDIRECT_BUFFER, indirect.buffer.buffer);
    gl.dispatchComputeIndirect(indirect.offset);
  }
}
