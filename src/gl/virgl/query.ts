/** A query of a guest: a query object of OpenGL, and the resource that gets its answer. */
import { Counted } from '../core/counted.ts';
import type { DeviceContext } from '../core/gl-device.ts';
import { GpuError } from '../core/gpu-error.ts';
import type { GlCapabilities } from '../egl/capabilities.ts';
import * as GL from '../egl/gl-constants.ts';
import type { Resource } from './resource.ts';
import { QUERY } from './virgl-limits.ts';

const name = new Uint32Array(1);
const answer32 = new Uint32Array(1);
const answer64 = new BigUint64Array(1);

/** State, size and value, as the guest's driver reads them. */
const record = new DataView(new ArrayBuffer(16));
const recordBytes = new Uint8Array(record.buffer);
const DONE = 1;

/** The bytes a query writes into its resource. */
export const QUERY_RECORD_BYTES = 16;

const PIPELINE = [
  GL.VERTICES_SUBMITTED,
  GL.PRIMITIVES_SUBMITTED,
  GL.VERTEX_SHADER_INVOCATIONS,
  GL.GEOMETRY_SHADER_INVOCATIONS,
  GL.GEOMETRY_SHADER_PRIMITIVES_EMITTED,
  GL.CLIPPING_INPUT_PRIMITIVES,
  GL.CLIPPING_OUTPUT_PRIMITIVES,
  GL.FRAGMENT_SHADER_INVOCATIONS,
  GL.TESS_CONTROL_SHADER_PATCHES,
  GL.TESS_EVALUATION_SHADER_INVOCATIONS,
  GL.COMPUTE_SHADER_INVOCATIONS,
] as const;

/** The target of OpenGL for a kind of query. Throws GpuError `value`, `unsupported`. */
export function queryTarget(type: number, index: number, { flavour, features }: GlCapabilities): number {
  switch (type) {
    case QUERY.occlusionCounter:
      return flavour === 'gl' ? GL.SAMPLES_PASSED : GL.ANY_SAMPLES_PASSED;
    case QUERY.occlusionPredicate:
      return GL.ANY_SAMPLES_PASSED;
    case QUERY.occlusionPredicateConservative:
      return GL.ANY_SAMPLES_PASSED_CONSERVATIVE;
    case QUERY.timestamp:
      if (features.timerQuery) return GL.TIMESTAMP;
      break;
    case QUERY.timeElapsed:
      if (features.timerQuery) return GL.TIME_ELAPSED;
      break;
    case QUERY.primitivesGenerated:
      if (flavour === 'gl') return GL.PRIMITIVES_GENERATED;
      break;
    case QUERY.primitivesEmitted:
      return GL.TRANSFORM_FEEDBACK_PRIMITIVES_WRITTEN;
    case QUERY.streamoutOverflow:
      if (features.transformFeedbackOverflow) return GL.TRANSFORM_FEEDBACK_STREAM_OVERFLOW;
      break;
    case QUERY.streamoutOverflowAny:
      if (features.transformFeedbackOverflow) return GL.TRANSFORM_FEEDBACK_OVERFLOW;
      break;
    case QUERY.pipelineStatistics: {
      const target = PIPELINE[index];
      if (target === undefined) throw new GpuError('value', `pipeline statistic ${index}`);
      if (features.pipelineStatistics) return target;
      break;
    }
    default:
  }
  throw new GpuError('unsupported', `queries of type ${type}`);
}

/** Kinds of queries that count by stream. */
const STREAMED: ReadonlySet<number> = new Set([
  GL.PRIMITIVES_GENERATED,
  GL.TRANSFORM_FEEDBACK_PRIMITIVES_WRITTEN,
  GL.TRANSFORM_FEEDBACK_STREAM_OVERFLOW,
]);

/** A query that exists. */
export class Query extends Counted {
  readonly kind = 'query';
  readonly type: number;
  readonly resource: Resource;
  readonly offset: number;
  readonly target: number;
  readonly name: number;
  /** Between begin and end. */
  isActive = false;
  /** It was ended at least once, so that there is, or will be, an answer. */
  isEnded = false;
  readonly #index: number;
  /** The context it counts in. */
  readonly context: DeviceContext;

  /** The record lies inside the resource. Throws GpuError. */
  constructor(
    context: DeviceContext,
    capabilities: GlCapabilities,
    type: number,
    index: number,
    resource: Resource,
    offset: number,
  ) {
    super();
    this.target = queryTarget(type, index, capabilities);
    if (STREAMED.has(this.target) && index > 3) throw new GpuError('value', `stream ${index}`);
    this.context = context;
    this.#index = STREAMED.has(this.target) ? index : 0;
    this.type = type;
    this.resource = resource;
    this.offset = offset;
    context.gl.genQueries(1, name);
    this.name = name[0]!;
    resource.retain();
  }

  /** What it is one of at a time: a guest may not count the same twice at once. */
  get slot(): string {
    return `${this.target}/${this.#index}`;
  }

  begin(): void {
    this.isActive = true;
    this.isEnded = false;
    if (this.target === GL.TIMESTAMP) return;
    const { gl } = this.context;
    if (this.#index > 0) gl.beginQueryIndexed(this.target, this.#index, this.name);
    else gl.beginQuery(this.target, this.name);
  }

  end(): void {
    this.isActive = false;
    this.isEnded = true;
    const { gl } = this.context;
    if (this.target === GL.TIMESTAMP) gl.queryCounter(this.name, GL.TIMESTAMP);
    else if (this.#index > 0) gl.endQueryIndexed(this.target, this.#index);
    else gl.endQuery(this.target);
  }

  /** Writes the answer to the resource if there is one yet, or waits for it. False when there is none. */
  answer(mayWait: boolean): boolean {
    const { gl } = this.context;
    if (!mayWait) {
      gl.getQueryObjectuiv(this.name, GL.QUERY_RESULT_AVAILABLE, answer32);
      if (answer32[0] === 0) return false;
    }
    const value = this.value();
    record.setUint32(0, DONE, true);
    record.setUint32(4, gl.available.has('getQueryObjectui64v') ? 8 : 4, true);
    record.setBigUint64(8, value, true);
    writeBytes(this.context, this.resource, this.offset, recordBytes);
    return true;
  }

  /** The answer; waits for it. */
  value(): bigint {
    const { gl } = this.context;
    if (gl.available.has('getQueryObjectui64v')) {
      gl.getQueryObjectui64v(this.name, GL.QUERY_RESULT, answer64);
      return answer64[0]!;
    }
    gl.getQueryObjectuiv(this.name, GL.QUERY_RESULT, answer32);
    return BigInt(answer32[0]!);
  }

  protected override destroy(): void {
    if (this.isActive) this.end();
    name[0] = this.name;
    this.context.gl.deleteQueries(1, name);
    this.resource.release();
  }
}

/** Writes bytes into a buffer or memory resource. */
export function writeBytes(
  { gl, bindings }: DeviceContext,
  resource: Resource,
  offset: number,
  bytes: Uint8Array,
): void {
  if (resource.storage.kind === 'buffer') {
    bindings.bindBuffer(GL.COPY_WRITE_BUFFER, resource.storage.name);
    gl.bufferSubData(GL.COPY_WRITE_BUFFER, offset, bytes.length, bytes);
    if (resource.backing !== null && offset + bytes.length <= resource.backing.sizeBytes)
      resource.backing.write(offset, bytes);
  } else resource.writeMemory(offset, bytes);
}
