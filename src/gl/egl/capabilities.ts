/**
 * What a device can do, read once into plain data that other processes and tests can hold. An OpenGL error that a
 * question raises (a driver that does not know its own limit) counts as 0.
 */
import type { GlApi, GlFlavour, GlVersion } from './gl-loader.ts';
import * as GL from './gl-constants.ts';
import { drainErrors } from './gl-errors.ts';
import { glFeatures } from './gl-features.table.ts';
import type { GlFeature } from './gl-features.table.ts';
import { glLimits } from './gl-limits.table.ts';
import type { GlLimitName, GlLimitRow, GlLimits } from './gl-limits.table.ts';

/** What a device can do. Plain data. */
export interface GlCapabilities {
  readonly flavour: GlFlavour;
  /** Major × 10 + minor. */
  readonly version: number;
  /** Version of the shading language, such as 450. */
  readonly glslVersion: number;
  readonly vendor: string;
  readonly renderer: string;
  readonly versionText: string;
  /** The processor renders: Mesa's llvmpipe or softpipe, SwiftShader. */
  readonly isSoftware: boolean;
  /** A reset of the GPU is told, and the context is lost by it. */
  readonly tellsReset: boolean;
  readonly extensions: readonly string[];
  readonly features: Readonly<Record<GlFeature, boolean>>;
  readonly limits: GlLimits;
}

/** Reads what the current context can do. */
export function readCapabilities(gl: GlApi): GlCapabilities {
  const { offered } = gl;
  const features = readFeatures(offered);
  const renderer = gl.getString(GL.RENDERER) ?? '';
  const limits = readLimits(gl, features);
  return {
    flavour: offered.flavour,
    version: offered.version,
    glslVersion: shadingVersion(gl.getString(GL.SHADING_LANGUAGE_VERSION) ?? ''),
    vendor: gl.getString(GL.VENDOR) ?? '',
    renderer,
    versionText: gl.getString(GL.VERSION) ?? '',
    isSoftware: /llvmpipe|softpipe|swrast|swiftshader|software rasterizer/i.test(renderer),
    tellsReset:
      gl.available.has('getGraphicsResetStatus') &&
      readInteger(gl, GL.RESET_NOTIFICATION_STRATEGY) === GL.LOSE_CONTEXT_ON_RESET,
    extensions: [...offered.extensions].sort(),
    features,
    limits,
  };
}

/** Which features a version with its extensions has. */
function readFeatures(offered: GlVersion): Record<GlFeature, boolean> {
  const rows = Object.entries(glFeatures) as [
    GlFeature,
    { gl?: number; es?: number; extensions?: readonly string[] },
  ][];
  const has = rows.map(([name, { gl, es, extensions = [] }]) => {
    const since = offered.flavour === 'gl' ? gl : es;
    const isCore = since !== undefined && offered.version >= since;
    return [name, isCore || extensions.some((extension) => offered.extensions.has(extension))] as const;
  });
  return Object.fromEntries(has) as Record<GlFeature, boolean>;
}

function readLimits(gl: GlApi, features: Readonly<Record<GlFeature, boolean>>): GlLimits {
  const rows = Object.entries(glLimits) as [GlLimitName, GlLimitRow][];
  const values = rows.map(([name, row]) => {
    const isMissing =
      (row.needs !== undefined && !features[row.needs]) || (row.glOnly === true && gl.offered.flavour !== 'gl');
    return [name, readLimit(gl, row, isMissing)] as const;
  });
  drainErrors(gl);
  return Object.fromEntries(values) as unknown as GlLimits;
}

function readLimit(gl: GlApi, row: GlLimitRow, isMissing: boolean): number | readonly number[] {
  if (row.kind === 'float' || row.kind === 'floatPair') {
    const values = new Float32Array(2);
    if (!isMissing) gl.getFloatv(row.name, values);
    return row.kind === 'float' ? (values[0] ?? 0) : [...values];
  }
  if (row.kind === 'indexed3') {
    const values = new Int32Array(3);
    if (!isMissing) for (let i = 0; i < 3; i++) gl.getIntegeri_v(row.name, i, values.subarray(i));
    return [...values];
  }
  if (row.kind === 'int64') {
    const values = new BigInt64Array(1);
    if (!isMissing) gl.getInteger64v(row.name, values);
    return Number(values[0]);
  }
  return isMissing ? 0 : readInteger(gl, row.name);
}

function readInteger(gl: GlApi, name: number): number {
  const values = new Int32Array(1);
  gl.getIntegerv(name, values);
  return values[0] ?? 0;
}

function shadingVersion(text: string): number {
  const match = /(\d+)\.(\d+)/.exec(text);
  return match === null ? 0 : Number(match[1]) * 100 + Number(match[2]);
}
