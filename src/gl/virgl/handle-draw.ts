/** Commands that run shaders: draws, dispatches, and the barriers between them. */
import { GpuError } from '../core/gpu-error.ts';
import * as GL from '../egl/gl-constants.ts';
import type { VirglContext } from './context.ts';
import type { Handler } from './decode.ts';
import { dispatch, draw, tessellated } from './draw.ts';
import type { DrawCall, IndirectCall } from './draw.ts';
import type { SubContext } from './sub-context.ts';
import { STAGE } from './virgl-limits.ts';
import type { Words } from './words.ts';

const PATCHES = 14;
const QUADS = 7;
const POLYGON = 9;
const DRAW_BYTES = 16;
const INDEXED_DRAW_BYTES = 20;

function drawVbo(context: VirglContext, words: Words): void {
  if (words.length !== 12 && words.length !== 14 && words.length !== 20)
    throw new GpuError('length', `${words.length} words`);
  const { sub, renderer } = context;
  const { features } = renderer.capabilities;
  const start = words.u32(1);
  const count = words.u32(2);
  const mode = words.u32(3);
  const isIndexed = words.u32(4) !== 0;
  const instances = words.u32(5);
  const startInstance = words.u32(7);
  if (mode > PATCHES) throw new GpuError('value', `primitives ${mode}`);
  if (mode >= QUADS && mode <= POLYGON) throw new GpuError('unsupported', 'quads and polygons');
  checkStages(sub, mode);
  const capturedBytes = words.u32(12);
  const indirect = words.length === 20 ? readIndirect(context, words, isIndexed) : null;
  if (startInstance !== 0 && !features.baseInstance) throw new GpuError('unsupported', 'a first instance');
  if (isIndexed) {
    const { indexBuffer, indexSize, indexOffset } = sub;
    if (indexBuffer === null) throw new GpuError('state', 'no index buffer is bound');
    // Guests count the start of a draw into the offset of its indices already, and send it all the same.
    if (indirect === null && indexOffset + count * indexSize > indexBuffer.args.width) {
      throw new GpuError('range', `${count} indices at ${indexOffset} of ${indexBuffer.args.width} bytes`);
    }
  }
  const isEmpty = count === 0 || instances === 0;
  if (isEmpty && indirect === null && capturedBytes === 0) return;
  if (start > MAX_INT || count > MAX_INT || instances > MAX_INT) throw new GpuError('range', `${count} vertices`);
  if (words.length >= 14) {
    const vertices = words.u32(13);
    if (mode === PATCHES && (vertices === 0 || vertices > renderer.capabilities.limits.maxPatchVertices)) {
      throw new GpuError('range', `patches of ${vertices} vertices`);
    }
    sub.patchVertices = vertices;
    sub.setDrawId(words.u32(14));
  }
  sub.resumeCondition();
  call.mode = mode;
  call.start = start;
  call.count = count;
  call.isIndexed = isIndexed;
  call.instances = Math.max(1, instances);
  call.indexBias = words.i32(6);
  call.startInstance = startInstance;
  call.restartIndex = isIndexed && words.u32(8) !== 0 ? words.u32(9) : null;
  call.capturedBytes = capturedBytes;
  call.indirect = indirect;
  draw(sub, renderer, call);
}

/** Throws GpuError `state` for primitives that the bound stages do not take (OpenGL 4.6, 10.1, 11.3.1 and 13.3.2). */
function checkStages(sub: SubContext, mode: number): void {
  const evaluation = sub.stages[STAGE.tessEval]?.shader ?? null;
  if ((evaluation !== null) !== (mode === PATCHES)) {
    throw new GpuError(
      'state',
      evaluation === null ? 'patches without tessellation' : `primitives ${mode} to be tessellated`,
    );
  }
  const geometry = sub.stages[STAGE.geometry]?.shader ?? null;
  if (geometry === null) {
    const hasNeighbours = mode >= LINES_ADJACENCY && mode < PATCHES;
    if (hasNeighbours && sub.draw.streamout.isBound) throw new GpuError('state', `a capture of primitives ${mode}`);
    return;
  }
  // Drawing says what is wrong with a shader that is refused.
  if (geometry.refusal !== null || (evaluation !== null && evaluation.refusal !== null)) return;
  const given = evaluation === null ? ASSEMBLED[mode] : PRIMITIVES[tessellated(evaluation)];
  const taken = geometry.ir.properties.get('GS_INPUT_PRIMITIVE') ?? TRIANGLES;
  if (given !== taken) throw new GpuError('state', `primitives ${given} for a geometry shader of ${taken}`);
}

const [POINTS, LINES, TRIANGLES, LINES_ADJACENCY] = [0, 1, 4, 10];
const PRIMITIVES = { points: POINTS, lines: LINES, triangles: TRIANGLES } as const;
/** What a geometry shader sees of primitives, by gallium's numbers: of a strip of triangles, triangles. */
const ASSEMBLED: readonly number[] = [0, 1, 1, 1, 4, 4, 4, 7, 8, 9, 10, 10, 12, 12];

/** One object serves all draws: guests draw ten thousands of times a second. */
const call: { -readonly [K in keyof DrawCall]: DrawCall[K] } = {
  mode: 0,
  start: 0,
  count: 0,
  isIndexed: false,
  instances: 1,
  indexBias: 0,
  startInstance: 0,
  restartIndex: null,
  capturedBytes: 0,
  indirect: null,
};

const MAX_INT = 0x7fffffff;

function readIndirect(context: VirglContext, words: Words, isIndexed: boolean): IndirectCall | null {
  const id = words.u32(15);
  if (id === 0) return null;
  const { features } = context.renderer.capabilities;
  const buffer = context.buffer(id);
  const offset = words.u32(16);
  const count = Math.max(1, words.u32(18));
  const countOffset = words.u32(19);
  const size = isIndexed ? INDEXED_DRAW_BYTES : DRAW_BYTES;
  const stride = words.u32(17) === 0 ? size : words.u32(17);
  const countBuffer = words.u32(20) === 0 ? null : context.buffer(words.u32(20));
  if (!features.drawIndirect) throw new GpuError('unsupported', 'indirect draws');
  if ((count > 1 && !features.multiDrawIndirect) || (countBuffer !== null && !features.indirectParameters)) {
    throw new GpuError('unsupported', 'several indirect draws');
  }
  if (
    offset % 4 !== 0 ||
    stride % 4 !== 0 ||
    stride < size ||
    offset + (count - 1) * stride + size > buffer.args.width
  ) {
    throw new GpuError('range', `${count} draws of ${stride} bytes at ${offset} of ${buffer.args.width}`);
  }
  if (countBuffer !== null && (countOffset % 4 !== 0 || countOffset + 4 > countBuffer.args.width)) {
    throw new GpuError('range', `a count at ${countOffset} of ${countBuffer.args.width}`);
  }
  return { buffer, offset, stride, count, countBuffer, countOffset };
}

function launchGrid(context: VirglContext, words: Words): void {
  const { sub, renderer } = context;
  const { features, limits } = renderer.capabilities;
  if (!features.compute) throw new GpuError('unsupported', 'compute shaders');
  const grid = [words.u32(4), words.u32(5), words.u32(6)] as const;
  const id = words.u32(7);
  const offset = words.u32(8);
  const buffer = id === 0 ? null : context.buffer(id);
  if (buffer === null && grid.some((size, i) => size > (limits.maxComputeGroupCount[i] ?? 0))) {
    throw new GpuError('range', `a grid of ${grid.join('×')}`);
  }
  if (buffer !== null && (offset % 4 !== 0 || offset + 12 > buffer.args.width)) {
    throw new GpuError('range', `a grid at ${offset} of ${buffer.args.width}`);
  }
  if (buffer === null && grid.includes(0)) return;
  dispatch(sub, renderer, grid, buffer === null ? null : { buffer, offset });
}

/** Barriers by gallium's bits, from bit 0 on. */
const BARRIERS = [
  GL.CLIENT_MAPPED_BUFFER_BARRIER_BIT,
  GL.SHADER_STORAGE_BARRIER_BIT,
  GL.COMMAND_BARRIER_BIT | GL.QUERY_BUFFER_BARRIER_BIT,
  GL.VERTEX_ATTRIB_ARRAY_BARRIER_BIT,
  GL.ELEMENT_ARRAY_BARRIER_BIT,
  GL.UNIFORM_BARRIER_BIT,
  GL.TEXTURE_FETCH_BARRIER_BIT | GL.PIXEL_BUFFER_BARRIER_BIT,
  GL.SHADER_IMAGE_ACCESS_BARRIER_BIT,
  GL.FRAMEBUFFER_BARRIER_BIT,
  GL.TRANSFORM_FEEDBACK_BARRIER_BIT,
  GL.ATOMIC_COUNTER_BARRIER_BIT,
  GL.BUFFER_UPDATE_BARRIER_BIT,
  GL.TEXTURE_UPDATE_BARRIER_BIT,
] as const;

function memoryBarrier({ sub, renderer }: VirglContext, words: Words): void {
  if (!renderer.capabilities.features.imageLoadStore) return;
  const { gl } = sub.device;
  const flags = words.u32(1);
  const all = (1 << BARRIERS.length) - 1;
  if ((flags & all) === all) {
    gl.memoryBarrier(GL.ALL_BARRIER_BITS);
    return;
  }
  let mask = 0;
  BARRIERS.forEach((barrier, i) => {
    if (((flags >>> i) & 1) !== 0) mask |= barrier;
  });
  if (!gl.available.has('bufferStorage')) mask &= ~GL.CLIENT_MAPPED_BUFFER_BARRIER_BIT;
  if (mask !== 0) gl.memoryBarrier(mask);
}

function textureBarrier({ sub, renderer }: VirglContext, words: Words): void {
  const { gl } = sub.device;
  if ((words.u32(1) & 1) !== 0 && renderer.capabilities.features.textureBarrier) gl.textureBarrier();
  if ((words.u32(1) & 2) !== 0 && renderer.capabilities.features.advancedBlend) gl.blendBarrier();
}

export const drawHandlers = { drawVbo, launchGrid, memoryBarrier, textureBarrier } satisfies Record<string, Handler>;
