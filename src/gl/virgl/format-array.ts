/** Formats whose components all have 8, 16 or 32 bits: the general case of how OpenGL stores formats. */
import * as GL from '../egl/gl-constants.ts';
import type { GlFeature } from '../egl/gl-features.table.ts';
import type { GlFlavour } from '../egl/gl-loader.ts';
import type { ChannelName, ChannelType, FormatLayout } from './format-layout.ts';
import { PLAIN_STORAGE } from './format-storage.ts';
import type { GlFormat } from './format-storage.ts';
import type { Swizzle } from './format-swizzle.ts';

/** Internal formats of one, two, three and four components, and the type of each in transfers. 0: there is none. */
interface ArrayRow {
  readonly internalFormats: readonly [number, number, number, number];
  readonly type: number;
  readonly needs?: readonly GlFeature[];
}

// Colours of three bytes or half-words are left out: drivers pad them, and guests have the formats with an X.
const ROWS: Readonly<Record<string, ArrayRow>> = {
  unorm8: { internalFormats: [GL.R8, GL.RG8, 0, GL.RGBA8], type: GL.UNSIGNED_BYTE },
  snorm8: { internalFormats: [GL.R8_SNORM, GL.RG8_SNORM, 0, GL.RGBA8_SNORM], type: GL.BYTE },
  uint8: { internalFormats: [GL.R8UI, GL.RG8UI, 0, GL.RGBA8UI], type: GL.UNSIGNED_BYTE },
  sint8: { internalFormats: [GL.R8I, GL.RG8I, 0, GL.RGBA8I], type: GL.BYTE },
  unorm16: { internalFormats: [GL.R16, GL.RG16, 0, GL.RGBA16], type: GL.UNSIGNED_SHORT, needs: ['norm16'] },
  snorm16: {
    internalFormats: [GL.R16_SNORM, GL.RG16_SNORM, 0, GL.RGBA16_SNORM],
    type: GL.SHORT,
    needs: ['norm16'],
  },
  uint16: { internalFormats: [GL.R16UI, GL.RG16UI, 0, GL.RGBA16UI], type: GL.UNSIGNED_SHORT },
  sint16: { internalFormats: [GL.R16I, GL.RG16I, 0, GL.RGBA16I], type: GL.SHORT },
  float16: { internalFormats: [GL.R16F, GL.RG16F, 0, GL.RGBA16F], type: GL.HALF_FLOAT },
  uint32: { internalFormats: [GL.R32UI, GL.RG32UI, GL.RGB32UI, GL.RGBA32UI], type: GL.UNSIGNED_INT },
  sint32: { internalFormats: [GL.R32I, GL.RG32I, GL.RGB32I, GL.RGBA32I], type: GL.INT },
  float32: { internalFormats: [GL.R32F, GL.RG32F, GL.RGB32F, GL.RGBA32F], type: GL.FLOAT },
};

const FORMATS = [GL.RED, GL.RG, GL.RGB, GL.RGBA] as const;
const INTEGER_FORMATS = [GL.RED_INTEGER, GL.RG_INTEGER, GL.RGB_INTEGER, GL.RGBA_INTEGER] as const;

/** How a device stores a format of equal components; null when it can't. */
export function arrayFormat(layout: FormatLayout, flavour: GlFlavour): GlFormat | null {
  const { channels, isSrgb } = layout;
  const bits = channels[0]?.bits ?? 0;
  const type = channels.find((channel) => channel.type !== 'void')?.type;
  if (type === undefined || channels.some((c) => c.bits !== bits || (c.type !== type && c.type !== 'void')))
    return null;
  const letters = channels.map((channel) => channel.name);
  const row = ROWS[`${type}${bits}`];
  const internalFormat = isSrgb ? srgbFormat(letters) : row?.internalFormats[letters.length - 1];
  if (row === undefined || internalFormat === undefined || internalFormat === 0) return null;
  const isInteger = type === 'uint' || type === 'sint';
  const format = (isInteger ? INTEGER_FORMATS : FORMATS)[letters.length - 1] ?? 0;
  const common = { ...PLAIN_STORAGE, internalFormat, format, type: row.type, elementBytes: bits / 8 };
  const needs = isSrgb ? (SRGB_NEEDS[letters.length] ?? []) : (row.needs ?? []);
  const order = flavour === 'gl' ? transferOrder(letters.join(''), type, bits, isInteger) : null;
  if (order !== null) return { ...common, ...order, needs };
  // Alpha of sRGB is linear, and OpenGL decodes the first three: so it must come last.
  if (isSrgb && letters.length > 1 && letters.some((name, i) => (name === 'A' || name === 'X') !== (i === 3)))
    return null;
  return { ...common, needs, sample: sampleOrder(letters), output: outputOrder(letters) };
}

const SRGB_NEEDS: Readonly<Record<number, readonly GlFeature[]>> = { 1: ['srgbR8'], 2: ['srgbRg8'] };

function srgbFormat(letters: readonly ChannelName[]): number {
  if (letters.length === 1) return GL.SR8_EXT;
  if (letters.length === 2) return letters.includes('A') ? 0 : GL.SRG8_EXT;
  return letters.length === 4 ? GL.SRGB8_ALPHA8 : 0;
}

/** How OpenGL can put components in the order of red, green, blue, alpha by itself; null when it can't. */
function transferOrder(
  letters: string,
  type: ChannelType,
  bits: number,
  isInteger: boolean,
): Pick<GlFormat, 'format' | 'sample'> | null {
  const sample: Swizzle = letters.includes('X') ? [0, 1, 2, 5] : [0, 1, 2, 3];
  const rgba = isInteger ? GL.RGBA_INTEGER : GL.RGBA;
  const bgra = isInteger ? GL.BGRA_INTEGER : GL.BGRA;
  // As one number of 32 bits, whose first component is in the most significant byte.
  const reversed = { type: GL.UNSIGNED_INT_8_8_8_8, elementBytes: 4 };
  const canReverse = bits === 8 && (type === 'unorm' || type === 'uint');
  switch (letters) {
    case 'RGBA':
    case 'RGBX':
      return { format: rgba, sample };
    case 'BGRA':
    case 'BGRX':
      return { format: bgra, sample };
    case 'ABGR':
    case 'XBGR':
      return canReverse ? { format: rgba, sample, ...reversed } : null;
    case 'ARGB':
    case 'XRGB':
      return canReverse ? { format: bgra, sample, ...reversed } : null;
    default:
      return null;
  }
}

/** Where red, green, blue and alpha are among components that are stored in the guest's order. */
function sampleOrder(letters: readonly ChannelName[]): Swizzle {
  const find = (...names: ChannelName[]): number => letters.findIndex((letter) => names.includes(letter));
  const color = (name: ChannelName): number => orElse(find(name, 'L', 'I'), 4);
  return [color('R'), color('G'), color('B'), orElse(find('A', 'I'), 5)];
}

/** Which of red, green, blue and alpha each stored component is written from. */
function outputOrder(letters: readonly ChannelName[]): Swizzle {
  const from = (i: number): number => {
    const letter = letters[i];
    if (letter === undefined) return i;
    if (letter === 'X') return i === 3 ? 3 : 5;
    return letter === 'L' || letter === 'I' ? 0 : 'RGBA'.indexOf(letter);
  };
  return [from(0), from(1), from(2), from(3)];
}

function orElse(index: number, otherwise: number): number {
  return index < 0 ? otherwise : index;
}
