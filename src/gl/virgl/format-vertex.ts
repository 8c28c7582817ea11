/** How vertex attributes of a format are fetched. */
import * as GL from '../egl/gl-constants.ts';
import type { Channel, ChannelType, FormatLayout } from './format-layout.ts';

/** The arguments of glVertexAttribFormat or glVertexAttribIFormat. */
export interface VertexFormat {
  /** Components. */
  readonly size: 1 | 2 | 3 | 4;
  readonly type: number;
  readonly isNormalized: boolean;
  /** The shader gets integers (glVertexAttribIFormat). */
  readonly isInteger: boolean;
  /**
   * Red and blue arrive in each other's place. OpenGL puts them right if `size` is given as `GL_BGRA` and the attribute
   * is normalised; otherwise the shader must.
   */
  readonly isBgra: boolean;
}

const TYPES: Readonly<Record<string, number>> = {
  unorm8: GL.UNSIGNED_BYTE,
  snorm8: GL.BYTE,
  unorm16: GL.UNSIGNED_SHORT,
  snorm16: GL.SHORT,
  unorm32: GL.UNSIGNED_INT,
  snorm32: GL.INT,
  float16: GL.HALF_FLOAT,
  float32: GL.FLOAT,
  float64: GL.DOUBLE,
  fixed32: GL.FIXED,
};

/** How a vertex is fetched from a format; null when OpenGL can't. */
export function vertexFormatOf(name: string, layout: FormatLayout): VertexFormat | null {
  if (name === 'R11G11B10_FLOAT') {
    return {
      size: 3,
      type: GL.UNSIGNED_INT_10F_11F_11F_REV,
      isNormalized: false,
      isInteger: false,
      isBgra: false,
    };
  }
  const { channels, isSrgb } = layout;
  const first = channels[0];
  if (layout.kind !== 'plain' || first === undefined || isSrgb) return null;
  const letters = channels.map((channel) => channel.name).join('');
  const isBgra = letters === 'BGRA' || letters === 'BGRX' || letters === 'BGR';
  if (!isBgra && !'RGBA'.startsWith(letters) && letters !== 'RGBX') return null;
  const { type } = first;
  if (channels.some((channel) => channel.type !== type && channel.type !== 'void')) return null;
  const isInteger = type === 'uint' || type === 'sint';
  const component = isTenTenTen(channels) ? tenTenTenType(type) : TYPES[`${storedAs(type)}${equalBits(channels)}`];
  // Three integers of 64 bits and the like have no type; nor can a packed number be fetched as integers.
  if (component === undefined || (isInteger && isTenTenTen(channels))) return null;
  return {
    size: channels.length as 1 | 2 | 3 | 4,
    type: component,
    isNormalized: type === 'unorm' || type === 'snorm',
    isInteger,
    isBgra,
  };
}

function isTenTenTen(channels: readonly Channel[]): boolean {
  return channels.map((channel) => channel.bits).join(' ') === '10 10 10 2';
}

function tenTenTenType(type: ChannelType): number | undefined {
  const stored = storedAs(type);
  if (stored === 'unorm') return GL.UNSIGNED_INT_2_10_10_10_REV;
  return stored === 'snorm' ? GL.INT_2_10_10_10_REV : undefined;
}

/** Integers, scaled and normalised numbers differ in what the shader gets, not in how they are stored. */
function storedAs(type: ChannelType): ChannelType {
  if (type === 'uint' || type === 'uscaled') return 'unorm';
  return type === 'sint' || type === 'sscaled' ? 'snorm' : type;
}

function equalBits(channels: readonly Channel[]): number {
  const bits = channels[0]?.bits ?? 0;
  return channels.every((channel) => channel.bits === bits) ? bits : 0;
}
