/** Commands that make, bind and destroy objects. */
import { Counted, exchange } from '../core/counted.ts';
import { GpuError } from '../core/gpu-error.ts';
import type { VirglContext } from './context.ts';
import type { Handler } from './decode.ts';
import { DIRTY } from './dirty.ts';
import type { Swizzle } from './format-swizzle.ts';
import { objectKinds, objectTable } from './object.table.ts';
import type { ObjectKind } from './object.table.ts';
import { Query, QUERY_RECORD_BYTES } from './query.ts';
import { readSamplerState, SamplerState } from './sampler-state.ts';
import { SamplerView } from './sampler-view.ts';
import { readShaderPart, Shader } from './shader.ts';
import { readBlend, readDepthStencilAlpha, readRasterizer } from './state-objects.ts';
import { DEFAULT_BLEND, DEFAULT_DEPTH_STENCIL_ALPHA, DEFAULT_RASTERIZER } from './state-objects.ts';
import { StreamoutTarget } from './streamout-target.ts';
import type { VirglObject } from './sub-context.ts';
import { Surface } from './surface.ts';
import { readVertexElements, VertexElements } from './vertex-elements.ts';
import { VIRGL } from './virgl-limits.ts';
import { bits } from './words.ts';
import type { Words } from './words.ts';
import { fits } from './word-table.ts';

type Maker = (context: VirglContext, words: Words) => VirglObject;

/** Makes an object of each kind. Throws GpuError, and then made nothing. */
const makers: Readonly<Record<ObjectKind, Maker>> = {
  blend: (_context, words) => readBlend(words),
  rasterizer: (_context, words) => readRasterizer(words),
  depthStencilAlpha: (_context, words) => readDepthStencilAlpha(words),
  shader: makeShader,
  vertexElements: ({ sub, renderer }, words) =>
    new VertexElements(sub.device, readVertexElements(words, renderer.capabilities)),
  samplerView: makeSamplerView,
  samplerState: ({ sub, renderer }, words) =>
    new SamplerState(sub.device, renderer.capabilities, readSamplerState(words)),
  surface: (context, words) => makeSurface(context, words, 0),
  msaaSurface: (context, words) => makeSurface(context, words, words.u32(6)),
  query: makeQuery,
  streamoutTarget: makeStreamoutTarget,
};

function makeShader({ sub }: VirglContext, words: Words): Shader {
  return new Shader(readShaderPart(words), sub.quotas, (gone) => sub.forgetShader(gone));
}

function makeSamplerView(context: VirglContext, words: Words): SamplerView {
  const { renderer, sub } = context;
  const resource = context.resource(words.u32(2));
  const formatAndTarget = words.u32(3);
  const format = renderer.formats.get(formatAndTarget & 0xffffff);
  const target = formatAndTarget >>> 24;
  if (resource.storage.kind === 'memory') throw new GpuError('resource', `resource ${resource.id} is no texture`);
  const isBuffer = resource.storage.kind === 'buffer';
  const wanted = target === 0 ? resource.args.target : target;
  if (wanted > 8 || (isBuffer && wanted !== 0)) throw new GpuError('value', `a view as kind ${wanted}`);
  const swizzle: Swizzle = [0, 1, 2, 3].map((i) => bits(words.u32(6), 3 * i, 3)) as unknown as Swizzle;
  if (swizzle.some((component) => component > 5)) throw new GpuError('value', `swizzle ${swizzle.join(',')}`);
  return new SamplerView(sub.device, renderer.capabilities, resource, {
    format,
    target: wanted,
    first: isBuffer ? words.u32(4) : words.u32(4) & 0xffff,
    last: isBuffer ? words.u32(5) : words.u32(4) >>> 16,
    firstLevel: isBuffer ? 0 : words.u32(5) & 0xff,
    lastLevel: isBuffer ? 0 : (words.u32(5) >>> 8) & 0xff,
    swizzle,
  });
}

function makeSurface(context: VirglContext, words: Words, samples: number): Surface {
  const resource = context.resource(words.u32(2));
  const format = context.renderer.formats.get(words.u32(3));
  if (samples > 1) throw new GpuError('unsupported', 'surfaces with samples of their own');
  const layers = words.u32(5);
  return new Surface(context.sub.device, resource, {
    format,
    level: words.u32(4),
    firstLayer: layers & 0xffff,
    lastLayer: layers >>> 16,
    samples,
  });
}

function makeQuery(context: VirglContext, words: Words): Query {
  const typeAndIndex = words.u32(2);
  const offset = words.u32(3);
  const resource = context.resource(words.u32(4));
  if (resource.storage.kind === 'texture') throw new GpuError('resource', `resource ${resource.id} is no buffer`);
  if (offset + QUERY_RECORD_BYTES > resource.args.width)
    throw new GpuError('range', `an answer at ${offset} of ${resource.args.width}`);
  const { sub, renderer } = context;
  return new Query(sub.device, renderer.capabilities, typeAndIndex & 0xffff, typeAndIndex >>> 16, resource, offset);
}

function makeStreamoutTarget(context: VirglContext, words: Words): StreamoutTarget {
  const resource = context.buffer(words.u32(2));
  const offset = words.u32(3);
  const size = words.u32(4);
  if (offset % 4 !== 0 || size === 0 || offset + size > resource.args.width) {
    throw new GpuError('range', `${size} bytes at ${offset} of ${resource.args.width}`);
  }
  // OpenGL captures whole words; what is left over could not be written anyway.
  return new StreamoutTarget(resource, offset, size - (size % 4));
}

function createObject(context: VirglContext, words: Words, type: number): void {
  const kind = objectKinds[type] ?? null;
  if (kind === null) throw new GpuError('object', `objects of type ${type}`);
  if (!fits(objectTable[kind].words, words.length)) throw new GpuError('length', `${words.length} words for a ${kind}`);
  const handle = words.u32(1);
  const { sub } = context;
  if (kind === 'shader' && (words.u32(3) & 0x80000000) !== 0) sub.find('shader', handle).add(readShaderPart(words));
  else sub.addObject(handle, kind === 'msaaSurface' ? 'surface' : kind, () => makers[kind](context, words));
  const shader = kind === 'shader' ? sub.find('shader', handle) : null;
  if (shader?.refusal != null) throw new GpuError('shader', shader.refusal.message, { cause: shader.refusal });
}

function bindObject(context: VirglContext, words: Words, type: number): void {
  const { sub } = context;
  const handle = words.u32(1);
  const kind = objectKinds[type] ?? null;
  switch (kind) {
    case 'blend': {
      const blend = sub.findOrNull('blend', handle) ?? DEFAULT_BLEND;
      if (sub.blend !== blend) sub.dirty |= DIRTY.blend;
      sub.blend = blend;
      break;
    }
    case 'rasterizer': {
      const rasterizer = sub.findOrNull('rasterizer', handle) ?? DEFAULT_RASTERIZER;
      if (sub.rasterizer !== rasterizer) sub.dirty |= DIRTY.rasterizer;
      sub.rasterizer = rasterizer;
      break;
    }
    case 'depthStencilAlpha': {
      const depthStencilAlpha = sub.findOrNull('depthStencilAlpha', handle) ?? DEFAULT_DEPTH_STENCIL_ALPHA;
      if (sub.depthStencilAlpha !== depthStencilAlpha) sub.dirty |= DIRTY.depthStencilAlpha;
      sub.depthStencilAlpha = depthStencilAlpha;
      break;
    }
    case 'vertexElements': {
      const vertexElements = sub.findOrNull('vertexElements', handle);
      if (sub.vertexElements !== vertexElements) sub.dirty |= DIRTY.vertexElements;
      sub.vertexElements = exchange(sub.vertexElements, vertexElements);
      break;
    }
    default:
      throw new GpuError('object', `objects of type ${type} are not bound so`);
  }
}

function destroyObject(context: VirglContext, words: Words): void {
  const { sub } = context;
  const handle = words.u32(1);
  const object = sub.removeObject(handle);
  if (object instanceof StreamoutTarget) sub.draw.streamout.forget(object);
  if (object instanceof Query) sub.stopQuery(object);
  if (object instanceof Counted) object.release();
}

function bindShader(context: VirglContext, words: Words): void {
  const { sub } = context;
  const n = words.u32(2);
  const stage = sub.stage(n);
  const shader = sub.findOrNull('shader', words.u32(1));
  if (shader !== null && shader.stage !== n)
    throw new GpuError('object', `a shader of stage ${shader.stage} for stage ${n}`);
  if (stage.shader === shader) return;
  stage.bindShader(shader);
  if (n < VIRGL.stages - 1) sub.dirty |= DIRTY.program;
}

function linkShader(context: VirglContext, words: Words): void {
  // Programs are made at the first draw, when the state that is compiled into them is known.
  for (let n = 1; n <= 6; n++) context.sub.findOrNull('shader', words.u32(n));
}

export const objectHandlers = { createObject, bindObject, destroyObject, bindShader, linkShader } satisfies Record<
  string,
  Handler
>;
