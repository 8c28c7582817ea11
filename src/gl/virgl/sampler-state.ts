/** A sampler state of a guest: sampler objects of OpenGL, one for each way a border colour can be given. */
import { Counted } from '../core/counted.ts';
import type { DeviceContext } from '../core/gl-device.ts';
import * as GL from '../egl/gl-constants.ts';
import type { GlCapabilities } from '../egl/capabilities.ts';
import { compareFunc, wrapMode } from './enums.ts';
import { IDENTITY, isIdentity } from './format-swizzle.ts';
import type { Swizzle } from './format-swizzle.ts';
import type { NumericKind } from './texture-format.ts';
import { bit, bits } from './words.ts';
import type { Words } from './words.ts';

const name = new Uint32Array(1);

/** Coordinates go no further than the edge, in the middle between it and the border. */
const CLAMP = 1;

/** What the words of a sampler state say. */
export interface SamplerFields {
  readonly wraps: readonly [number, number, number];
  /** Directions, one bit each, in which coordinates are held to the texture first, so that half of the border is mixed in. */
  readonly clamps: number;
  readonly minFilter: number;
  readonly magFilter: number;
  readonly compare: number | null;
  readonly isSeamless: boolean;
  readonly anisotropy: number;
  readonly lodBias: number;
  readonly minLod: number;
  readonly maxLod: number;
  readonly border: Uint32Array;
}

/** Reads a sampler state. Throws GpuError `value`. */
export function readSamplerState(words: Words): SamplerFields {
  const flags = words.u32(2);
  const isLinear = bits(flags, 9, 2) === 1 || bits(flags, 13, 2) === 1;
  const modes = [bits(flags, 0, 3), bits(flags, 3, 3), bits(flags, 6, 3)] as const;
  const wrapOf = (mode: number): number => (isLinear && mode === CLAMP ? GL.CLAMP_TO_BORDER : wrapMode(mode));
  return {
    wraps: [wrapOf(modes[0]), wrapOf(modes[1]), wrapOf(modes[2])],
    clamps: modes.reduce((mask, mode, i) => (isLinear && mode === CLAMP ? mask | (1 << i) : mask), 0),
    minFilter: minFilter(bits(flags, 9, 2) === 1, bits(flags, 11, 2)),
    magFilter: bits(flags, 13, 2) === 1 ? GL.LINEAR : GL.NEAREST,
    compare: bit(flags, 15) ? compareFunc(bits(flags, 16, 3)) : null,
    isSeamless: bit(flags, 19),
    anisotropy: bits(flags, 20, 6),
    lodBias: words.f32(3),
    minLod: words.f32(4),
    maxLod: words.f32(5),
    border: words.slice(6, 4).slice(),
  };
}

function minFilter(isLinear: boolean, mip: number): number {
  if (mip === 0) return isLinear ? GL.LINEAR_MIPMAP_NEAREST : GL.NEAREST_MIPMAP_NEAREST;
  if (mip === 1) return isLinear ? GL.LINEAR_MIPMAP_LINEAR : GL.NEAREST_MIPMAP_LINEAR;
  return isLinear ? GL.LINEAR : GL.NEAREST;
}

const KINDS = ['float', 'uint', 'sint'] as const;

/** Where components of a texture find theirs in a border colour: OpenGL takes it for a texel before anything is moved. */
function borderOrder(sample: Swizzle): Swizzle {
  const from = (component: number): number => {
    const at = sample.indexOf(component);
    return at < 0 ? component : at;
  };
  return [from(0), from(1), from(2), from(3)];
}

/** A sampler state that exists. */
export class SamplerState extends Counted {
  readonly kind = 'samplerState';
  readonly fields: SamplerFields;
  readonly #context: DeviceContext;
  readonly #capabilities: GlCapabilities;
  readonly #names = new Map<number, number>();

  constructor(context: DeviceContext, capabilities: GlCapabilities, fields: SamplerFields) {
    super();
    this.#context = context;
    this.#capabilities = capabilities;
    this.fields = fields;
  }

  /**
   * The sampler for textures of these numbers, stored so that components are found where `sample` says: a border colour means
   * nothing until one knows what they are.
   */
  nameFor(numeric: NumericKind, sample: Swizzle): number {
    const order = isIdentity(sample) ? IDENTITY : borderOrder(sample);
    const key = KINDS.indexOf(numeric) | (order[0] << 2) | (order[1] << 4) | (order[2] << 6) | (order[3] << 8);
    let sampler = this.#names.get(key) ?? 0;
    if (sampler === 0) {
      sampler = this.#make(numeric, order);
      this.#names.set(key, sampler);
    }
    return sampler;
  }

  protected override destroy(): void {
    for (const sampler of this.#names.values()) {
      name[0] = sampler;
      this.#context.gl.deleteSamplers(1, name);
      this.#context.forgetSampler(sampler);
    }
  }

  #make(numeric: NumericKind, order: Swizzle): number {
    const { gl } = this.#context;
    const { features, flavour, limits } = this.#capabilities;
    const { wraps, minFilter, magFilter, compare, anisotropy, lodBias, minLod, maxLod } = this.fields;
    const border = Uint32Array.from(order, (from) => this.fields.border[from] ?? 0);
    gl.genSamplers(1, name);
    const sampler = name[0]!;
    const wrapOf = (wrap: number): number => {
      switch (wrap) {
        case GL.CLAMP_TO_BORDER:
          return features.borderClamp ? wrap : GL.CLAMP_TO_EDGE;
        case GL.MIRROR_CLAMP_EXT:
        case GL.MIRROR_CLAMP_TO_BORDER_EXT:
          return features.mirrorClamp ? wrap : wrapOf(GL.MIRROR_CLAMP_TO_EDGE);
        case GL.MIRROR_CLAMP_TO_EDGE:
          return features.mirrorClampToEdge ? wrap : GL.MIRRORED_REPEAT;
        default:
          return wrap;
      }
    };
    gl.samplerParameteri(sampler, GL.TEXTURE_WRAP_S, wrapOf(wraps[0]));
    gl.samplerParameteri(sampler, GL.TEXTURE_WRAP_T, wrapOf(wraps[1]));
    gl.samplerParameteri(sampler, GL.TEXTURE_WRAP_R, wrapOf(wraps[2]));
    gl.samplerParameteri(sampler, GL.TEXTURE_MIN_FILTER, minFilter);
    gl.samplerParameteri(sampler, GL.TEXTURE_MAG_FILTER, magFilter);
    gl.samplerParameterf(sampler, GL.TEXTURE_MIN_LOD, minLod);
    gl.samplerParameterf(sampler, GL.TEXTURE_MAX_LOD, maxLod);
    if (flavour === 'gl') gl.samplerParameterf(sampler, GL.TEXTURE_LOD_BIAS, lodBias);
    if (compare !== null) {
      gl.samplerParameteri(sampler, GL.TEXTURE_COMPARE_MODE, GL.COMPARE_REF_TO_TEXTURE);
      gl.samplerParameteri(sampler, GL.TEXTURE_COMPARE_FUNC, compare);
    }
    if (anisotropy > 1 && features.anisotropicFilter) {
      gl.samplerParameterf(sampler, GL.TEXTURE_MAX_ANISOTROPY, Math.min(anisotropy, limits.maxTextureAnisotropy));
    }
    if (features.borderClamp && border.some((word) => word !== 0)) {
      if (numeric === 'uint') gl.samplerParameterIuiv(sampler, GL.TEXTURE_BORDER_COLOR, border);
      else if (numeric === 'sint')
        gl.samplerParameterIiv(sampler, GL.TEXTURE_BORDER_COLOR, new Int32Array(border.buffer));
      else gl.samplerParameterfv(sampler, GL.TEXTURE_BORDER_COLOR, new Float32Array(border.buffer));
    }
    return sampler;
  }
}
