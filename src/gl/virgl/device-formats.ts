/** What a device does with each format: found out by trying, once, with the context current that is passed. */
import type { GlCapabilities } from '../egl/capabilities.ts';
import type { GlApi } from '../egl/gl-loader.ts';
import * as GL from '../egl/gl-constants.ts';
import { drainErrors } from '../egl/gl-errors.ts';
import { glFormatOf } from './format-gl.ts';
import { FormatMask } from './format-mask.ts';
import { outputKindOf } from './format-storage.ts';
import type { GlFormat } from './format-storage.ts';
import { isInPlace } from './format-swizzle.ts';
import { vertexFormatOf } from './format-vertex.ts';
import type { VertexFormat } from './format-vertex.ts';
import { viewClassOf } from './format-view-class.ts';
import { formats } from './formats.ts';
import type { FormatInfo } from './formats.ts';
import { FormatProbe } from './format-probe.ts';
import type { ProbeResult } from './format-probe.ts';

/** A format on a device. */
export interface DeviceFormat {
  readonly info: FormatInfo;
  /** How it is stored; null when it can't be. */
  readonly gl: GlFormat | null;
  /** How vertices are fetched from it; null when they can't be. */
  readonly vertex: VertexFormat | null;
  /** Formats of one class can be views of one texture and be copied into each other; null: only the same format. */
  readonly viewClass: string | null;
  /** glTexStorage knows it. */
  readonly hasStorage: boolean;
  readonly canSample: boolean;
  /** As a colour buffer. */
  readonly canRender: boolean;
  readonly canDepthStencil: boolean;
  /** Its bytes can be read back as they are. */
  readonly canReadBack: boolean;
  /** As an image of a shader (glBindImageTexture). */
  readonly canImage: boolean;
  /** As a buffer texture. */
  readonly canBufferTexture: boolean;
  /** The most samples of a texture that can be drawn to; 0 for none. */
  readonly maxSamples: number;
}

/** All formats on a device, and the sets of them that guests hear of. */
export interface DeviceFormats {
  readonly byNumber: readonly (DeviceFormat | undefined)[];
  readonly sampler: FormatMask;
  readonly render: FormatMask;
  readonly depthStencil: FormatMask;
  readonly vertex: FormatMask;
  readonly scanout: FormatMask;
  readonly readback: FormatMask;
  readonly multisample: FormatMask;
  /** The greatest number of samples of any colour buffer. */
  readonly maxSamples: number;
  /** Where samples lie, by their number: x and y of each from 0 to 1 in turn. */
  readonly sampleLocations: ReadonlyMap<number, readonly number[]>;
  /** Colour buffers of one framebuffer may have different formats. */
  readonly canMixColors: boolean;
}

/**
 * Tries all formats. It leaves the texture and framebuffer bindings of the context at 0; cached state must be
 * invalidated.
 */
export function probeDeviceFormats(gl: GlApi, capabilities: GlCapabilities): DeviceFormats {
  const probe = new FormatProbe(gl, capabilities);
  try {
    const entries = formats.map((info) => entryOf(info, probe, capabilities));
    const byNumber: (DeviceFormat | undefined)[] = [];
    for (const entry of entries) byNumber[entry.info.number] = entry;
    const maskOf = (has: (entry: DeviceFormat) => boolean): FormatMask =>
      FormatMask.of(
        entries.filter((entry) => isTold(entry, capabilities) && has(entry)).map((entry) => entry.info.number),
      );
    const { sampleLocations, maxSamples } = probe.sampleLocations();
    return {
      byNumber,
      sampler: maskOf((e) => e.canSample),
      render: maskOf((e) => e.canRender),
      depthStencil: maskOf((e) => e.canDepthStencil),
      vertex: maskOf((e) => e.vertex !== null),
      scanout: maskOf(canScanOut),
      readback: maskOf((e) => e.canReadBack),
      multisample: maskOf((e) => e.maxSamples > 1),
      maxSamples,
      sampleLocations,
      canMixColors: probe.canMixColors(),
    };
  } finally {
    probe.close();
    drainErrors(gl);
  }
}

function entryOf(info: FormatInfo, probe: FormatProbe, capabilities: GlCapabilities): DeviceFormat {
  const stored = glFormatOf(info.name, info, capabilities.flavour);
  const gl = stored !== null && stored.needs.every((feature) => capabilities.features[feature]) ? stored : null;
  const result = gl === null ? NOTHING : probe.probe(info, gl);
  const isPlainColor = gl !== null && !info.hasDepth && !info.hasStencil;
  return {
    info,
    gl,
    vertex: vertexOf(info, capabilities),
    viewClass: gl === null ? null : viewClassOf(gl.internalFormat),
    hasStorage: result.hasStorage,
    canSample: result.canSample,
    canRender: isPlainColor && result.canAttach && outputKindOf(gl) !== 'other',
    canDepthStencil: (info.hasDepth || info.hasStencil) && result.canAttach,
    canReadBack: result.canReadBack,
    canImage:
      isPlainColor &&
      isInPlace(gl.sample) &&
      capabilities.features.imageLoadStore &&
      IMAGE_FORMATS.has(gl.internalFormat),
    canBufferTexture:
      isPlainColor && capabilities.features.textureBuffer && BUFFER_TEXTURE_FORMATS.has(gl.internalFormat),
    maxSamples: result.maxSamples,
  };
}

/**
 * Whether guests hear of a format that the device has. Not of those that cost more than what guests use otherwise: depth
 * whose every transfer must be rearranged while its twin needs nothing, and blocks that OpenGL drivers decompress in
 * software, which guests do themselves with no copy in between. Nor of luminance that can be sampled but not drawn to, as with
 * alpha: guests that do not hear of it use formats of four components, with which both work. Nor of those whose numbers Mesa's
 * guests use for other formats.
 */
function isTold({ info, gl, canRender }: DeviceFormat, { flavour }: GlCapabilities): boolean {
  if (info.number >= FIRST_AMBIGUOUS && info.number <= LAST_AMBIGUOUS) return false;
  if (/^L\d/.test(info.name) && !canRender) return false;
  if (gl?.fix === 'depthInLow24Stencil' && !gl.readsStencil) return false;
  return flavour !== 'gl' || !/^(ETC|ASTC)/.test(info.name);
}

/** In virglrenderer's header 262 to 266 are both A1B5G5R5 to A4R4G4B4, and G8R8 to G16R16. */
const FIRST_AMBIGUOUS = 262;
const LAST_AMBIGUOUS = 266;

const NOTHING: ProbeResult = {
  hasStorage: false,
  canSample: false,
  canAttach: false,
  canReadBack: false,
  maxSamples: 0,
};

function vertexOf(info: FormatInfo, { flavour, features }: GlCapabilities): VertexFormat | null {
  const vertex = vertexFormatOf(info.name, info);
  if (vertex === null || flavour === 'gl') {
    return vertex?.type === GL.UNSIGNED_INT_10F_11F_11F_REV && !features.vertexType10f11f11f ? null : vertex;
  }
  return vertex.type === GL.DOUBLE || vertex.type === GL.UNSIGNED_INT_10F_11F_11F_REV ? null : vertex;
}

/** What a screen can show: colours of fixed range. */
function canScanOut({ info, canRender }: DeviceFormat): boolean {
  return (
    canRender && info.channels.length >= 3 && info.channels.every(({ type }) => type === 'unorm' || type === 'void')
  );
}

/** Formats of glBindImageTexture (OpenGL 4.6, table 8.33). */
const IMAGE_FORMATS: ReadonlySet<number> = new Set([
  GL.RGBA32F,
  GL.RGBA16F,
  GL.RG32F,
  GL.RG16F,
  GL.R11F_G11F_B10F,
  GL.R32F,
  GL.R16F,
  GL.RGBA32UI,
  GL.RGBA16UI,
  GL.RGB10_A2UI,
  GL.RGBA8UI,
  GL.RG32UI,
  GL.RG16UI,
  GL.RG8UI,
  GL.R32UI,
  GL.R16UI,
  GL.R8UI,
  GL.RGBA32I,
  GL.RGBA16I,
  GL.RGBA8I,
  GL.RG32I,
  GL.RG16I,
  GL.RG8I,
  GL.R32I,
  GL.R16I,
  GL.R8I,
  GL.RGBA16,
  GL.RGB10_A2,
  GL.RGBA8,
  GL.RG16,
  GL.RG8,
  GL.R16,
  GL.R8,
  GL.RGBA16_SNORM,
  GL.RGBA8_SNORM,
  GL.RG16_SNORM,
  GL.RG8_SNORM,
  GL.R16_SNORM,
  GL.R8_SNORM,
]);

/** Formats of glTexBuffer (OpenGL 4.6, table 8.16). */
const BUFFER_TEXTURE_FORMATS: ReadonlySet<number> = new Set([
  GL.R8,
  GL.R16,
  GL.R16F,
  GL.R32F,
  GL.R8I,
  GL.R16I,
  GL.R32I,
  GL.R8UI,
  GL.R16UI,
  GL.R32UI,
  GL.RG8,
  GL.RG16,
  GL.RG16F,
  GL.RG32F,
  GL.RG8I,
  GL.RG16I,
  GL.RG32I,
  GL.RG8UI,
  GL.RG16UI,
  GL.RG32UI,
  GL.RGB32F,
  GL.RGB32I,
  GL.RGB32UI,
  GL.RGBA8,
  GL.RGBA16,
  GL.RGBA16F,
  GL.RGBA32F,
  GL.RGBA8I,
  GL.RGBA16I,
  GL.RGBA32I,
  GL.RGBA8UI,
  GL.RGBA16UI,
  GL.RGBA32UI,
]);
