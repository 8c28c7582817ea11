/**
 * A sub-context: what a guest calls one rendering context. It has an OpenGL context of its own, its own objects, and all that
 * is bound. Commands change what is noted here; draws tell OpenGL what changed.
 */
import { exchange } from '../core/counted.ts';
import type { DeviceContext } from '../core/gl-device.ts';
import { GpuError } from '../core/gpu-error.ts';
import * as GL from '../egl/gl-constants.ts';
import type { GlslTarget } from '../shader/emit-glsl/glsl-target.ts';
import { COST } from '../core/guest-quotas.ts';
import type { GuestQuotas } from '../core/guest-quotas.ts';
import { DIRTY, STAGE_DIRTY } from './dirty.ts';
import { DrawState } from './draw-state.ts';
import type { Query } from './query.ts';
import type { Resource } from './resource.ts';
import type { SamplerState } from './sampler-state.ts';
import type { SamplerView } from './sampler-view.ts';
import type { Shader } from './shader.ts';
import { BufferRange, StageState } from './stage-state.ts';
import {
  DEFAULT_BLEND,
  DEFAULT_DEPTH_STENCIL_ALPHA,
  DEFAULT_RASTERIZER,
  type BlendState,
  type DepthStencilAlphaState,
  type RasterizerState,
} from './state-objects.ts';
import type { StreamoutTarget } from './streamout-target.ts';
import type { Surface } from './surface.ts';
import type { VertexElements } from './vertex-elements.ts';
import { VIRGL } from './virgl-limits.ts';
import { Counted } from '../core/counted.ts';

/** Whatever a handle can stand for. */
export type VirglObject =
  | BlendState
  | RasterizerState
  | DepthStencilAlphaState
  | Shader
  | VertexElements
  | SamplerView
  | SamplerState
  | Surface
  | Query
  | StreamoutTarget;

/** A vertex buffer that is bound, or nothing. */
export class VertexBuffer {
  resource: Resource | null = null;
  stride = 0;
  offset = 0;
}

/** What is drawn to. */
export interface Framebuffer {
  readonly colors: (Surface | null)[];
  depth: Surface | null;
  /** Without surfaces: its size, layers and samples. */
  width: number;
  height: number;
  layers: number;
  samples: number;
}

/** State that follows from the formats of surfaces. */
const AFTER_FRAMEBUFFER = DIRTY.program | DIRTY.blend | DIRTY.depthStencilAlpha | DIRTY.rasterizer | DIRTY.minSamples;

const INVERTED: ReadonlySet<number> = new Set([
  GL.QUERY_WAIT_INVERTED,
  GL.QUERY_NO_WAIT_INVERTED,
  GL.QUERY_BY_REGION_WAIT_INVERTED,
  GL.QUERY_BY_REGION_NO_WAIT_INVERTED,
]);

function objectBytes(kind: VirglObject['kind']): number {
  return kind === 'vertexElements' ? COST.vertexElements : COST.object;
}

/** One sub-context. */
export class SubContext {
  readonly id: number;
  readonly device: DeviceContext;
  readonly objects = new Map<number, VirglObject>();
  /** What the OpenGL context has besides what `device` filters: vertex arrays, framebuffers, programs. */
  readonly draw: DrawState;
  readonly quotas: GuestQuotas;

  blend: BlendState = DEFAULT_BLEND;
  rasterizer: RasterizerState = DEFAULT_RASTERIZER;
  depthStencilAlpha: DepthStencilAlphaState = DEFAULT_DEPTH_STENCIL_ALPHA;
  vertexElements: VertexElements | null = null;
  readonly framebuffer: Framebuffer = { colors: [], depth: null, width: 0, height: 0, layers: 0, samples: 0 };
  readonly viewports = new Float32Array(VIRGL.viewports * 6);
  readonly scissors = new Uint32Array(VIRGL.viewports * 4);
  /** Slots changed since they were last told, one bit each. */
  dirtyViewports = 1;
  dirtyScissors = 1;
  /** Viewports that were ever set. */
  usedViewports = 1;
  readonly blendColor = new Float32Array(4);
  readonly stencilReferences = new Uint8Array(2);
  sampleMask = 0xffffffff;
  minSamples = 1;
  readonly stipple = new Uint32Array(32).fill(0xffffffff);
  readonly clipPlanes = new Float32Array(32);
  readonly tessLevels = new Float32Array([1, 1, 1, 1, 1, 1]);
  patchVertices = 3;
  /** Added to the number of a draw that shaders see. */
  drawId = 0;
  /**
   * Counts the changes of stipple, clip planes and draw number. No bit of `dirty` says so: draws put those back, and there are
   * some to which the system block is nothing.
   */
  systemVersion = 0;
  readonly vertexBuffers: readonly VertexBuffer[] = Array.from(
    { length: VIRGL.vertexBuffers },
    () => new VertexBuffer(),
  );
  vertexBufferCount = 0;
  indexBuffer: Resource | null = null;
  indexSize = 0;
  indexOffset = 0;
  readonly stages: readonly StageState[] = Array.from({ length: VIRGL.stages }, () => new StageState());
  readonly atomics: readonly BufferRange[] = Array.from({ length: VIRGL.atomicBuffers }, () => new BufferRange());
  readonly streamoutTargets: (StreamoutTarget | null)[] = [];
  /** Bit i: target i goes on where it stopped. */
  streamoutAppend = 0;
  condition: Query | null = null;
  conditionMode = 0;
  #isConditional = false;
  /** Queries that count now, by what OpenGL counts one of at a time. */
  readonly #active = new Map<string, Query>();
  /** Bits of `DIRTY`. */
  dirty: number = DIRTY.all;
  readonly #use: (device: DeviceContext) => void;

  constructor(
    id: number,
    device: DeviceContext,
    quotas: GuestQuotas,
    target: GlslTarget,
    use: (device: DeviceContext) => void,
  ) {
    this.#use = use;
    this.id = id;
    this.device = device;
    this.quotas = quotas;
    this.draw = new DrawState(device, target, quotas.programs);
  }

  /**
   * Makes an object and gives it its handle. Throws GpuError `object` if that is taken, `quota`, and what `make` throws;
   * nothing is kept then.
   */
  addObject(handle: number, kind: VirglObject['kind'], make: () => VirglObject): void {
    if (handle === 0) throw new GpuError('object', 'handle 0 stands for nothing');
    if (this.objects.has(handle)) throw new GpuError('object', `handle ${handle} is taken`);
    this.quotas.objects.take(objectBytes(kind));
    try {
      this.objects.set(handle, make());
    } catch (error) {
      this.quotas.objects.release(objectBytes(kind));
      throw error;
    }
  }

  /** Takes an object's handle away; whoever uses the object keeps it. Throws GpuError `object`. */
  removeObject(handle: number): VirglObject {
    const object = this.objects.get(handle);
    if (object === undefined) throw new GpuError('object', `handle ${handle} is nothing`);
    this.objects.delete(handle);
    this.quotas.objects.release(objectBytes(object.kind));
    return object;
  }

  /** The object of a handle. Throws GpuError `object` unless it is of the kind. */
  find<K extends VirglObject['kind']>(kind: K, handle: number): Extract<VirglObject, { kind: K }> {
    const object = this.objects.get(handle);
    if (object?.kind !== kind) throw new GpuError('object', `handle ${handle} is no ${kind}`);
    return object as Extract<VirglObject, { kind: K }>;
  }

  /** The object of a handle, null for handle 0. Throws GpuError `object` unless it is of the kind. */
  findOrNull<K extends VirglObject['kind']>(kind: K, handle: number): Extract<VirglObject, { kind: K }> | null {
    return handle === 0 ? null : this.find(kind, handle);
  }

  /** The bindings of a stage. Throws GpuError `value`. */
  stage(n: number): StageState {
    const stage = this.stages[n];
    if (stage === undefined) throw new GpuError('value', `stage ${n}`);
    return stage;
  }

  /** Forgets what OpenGL was told, after calls that went around this. */
  invalidate(): void {
    this.dirty = DIRTY.all;
    for (const stage of this.stages) stage.dirty = STAGE_DIRTY.all;
  }

  /** Tells the resources of all stages again at the next draw. */
  invalidateResources(): void {
    this.dirty |= DIRTY.atomics;
    for (const stage of this.stages) stage.dirty = STAGE_DIRTY.all;
  }

  /** Starts to count. Throws GpuError `state` when it counts, or another of its kind. */
  startQuery(query: Query): void {
    if (query.isActive || this.#active.has(query.slot)) throw new GpuError('state', 'such a query counts already');
    query.begin();
    if (query.isActive) this.#active.set(query.slot, query);
  }

  /** Stops to count, if it does. */
  stopQuery(query: Query): void {
    if (!query.isActive) return;
    this.#active.delete(query.slot);
    query.end();
  }

  /** Lets the condition decide about what follows. */
  resumeCondition(): void {
    if (this.condition === null || this.#isConditional) return;
    this.device.gl.beginConditionalRender(this.condition.name, this.conditionMode);
    this.#isConditional = true;
  }

  /** Whether the condition lets things happen now; waits for its query. */
  conditionHolds(): boolean {
    const { condition } = this;
    if (condition === null) return true;
    return (condition.value() !== 0n) !== INVERTED.has(this.conditionMode);
  }

  /** What follows happens whatever the condition says. */
  suspendCondition(): void {
    if (!this.#isConditional) return;
    this.device.gl.endConditionalRender();
    this.#isConditional = false;
  }

  /** The framebuffer is attached; what depends on its formats is still to be told. */
  keepFramebuffer(): void {
    if ((this.dirty & DIRTY.framebuffer) === 0) return;
    this.dirty = (this.dirty & ~DIRTY.framebuffer) | AFTER_FRAMEBUFFER;
  }

  /** The number of a draw that shaders see. */
  setDrawId(drawId: number): void {
    if (this.drawId === drawId) return;
    this.drawId = drawId;
    this.systemVersion++;
  }

  /** A shader is gone: so are its programs. */
  forgetShader(shader: Shader): void {
    this.draw.forgetShader(shader);
    this.dirty |= DIRTY.program;
  }

  /** Directs OpenGL's calls to this. */
  makeCurrent(): void {
    this.#use(this.device);
  }

  /** Ends it with all it holds. Its OpenGL context is made current, and then closed. */
  close(): void {
    this.makeCurrent();
    this.suspendCondition();
    for (const query of this.#active.values()) query.end();
    this.#active.clear();
    this.draw.streamout.pause();
    for (const stage of this.stages) stage.clear(this.device);
    for (const range of this.atomics) range.set(null, 0, 0);
    for (const buffer of this.vertexBuffers) buffer.resource = exchange(buffer.resource, null);
    this.indexBuffer = exchange(this.indexBuffer, null);
    this.vertexElements = exchange(this.vertexElements, null);
    this.framebuffer.depth = exchange(this.framebuffer.depth, null);
    this.framebuffer.colors.splice(0).forEach((surface) => surface?.release());
    this.streamoutTargets.splice(0).forEach((target) => target?.release());
    this.condition = exchange(this.condition, null);
    for (const handle of this.objects.keys()) {
      const object = this.removeObject(handle);
      if (object instanceof Counted) object.release();
    }
    this.draw.close();
    this.device.close();
    this.quotas.subContexts.release(COST.subContext);
  }
}
