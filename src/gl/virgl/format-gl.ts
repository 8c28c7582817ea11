/**
 * How OpenGL stores the formats of guests. Most have a format of OpenGL's own, whose bytes in transfers are the guest's.
 * The others are stored in one with as many components of the same size, in order of memory: `sample` says where a
 * shader finds the guest's components, `output` from which of them each stored component is written.
 *
 * OpenGL core has no alpha, luminance or intensity formats; OpenGL ES can't move blue to the front in transfers, and no
 * shader stage can be told that a component of three is missing. `X` components are stored and read as one.
 */
import * as GL from '../egl/gl-constants.ts';
import type { GlFlavour } from '../egl/gl-loader.ts';
import type { GlFeature } from '../egl/gl-features.table.ts';
import { arrayFormat } from './format-array.ts';
import type { FormatLayout } from './format-layout.ts';
import { PLAIN_STORAGE } from './format-storage.ts';
import type { GlFormat } from './format-storage.ts';
import { swizzle } from './format-swizzle.ts';

/** How a device stores a format; null when it can't, though it may be able to feed vertices from it. */
export function glFormatOf(name: string, layout: FormatLayout, flavour: GlFlavour): GlFormat | null {
  if (layout.kind === 'compressed') return compressed(name);
  if (layout.kind !== 'plain') return null;
  return depthStencil(name, flavour) ?? packed(name, flavour) ?? arrayFormat(layout, flavour);
}

function compressed(name: string): GlFormat | null {
  const row = COMPRESSED[name];
  if (row === undefined) return null;
  const [internalFormat, needs, sample = 'xyzw'] = row;
  return { ...PLAIN_STORAGE, internalFormat, format: internalFormat, type: 0, sample: swizzle(sample), needs };
}

type CompressedRow = readonly [internalFormat: number, needs: readonly GlFeature[], sample?: string];

const COMPRESSED: Readonly<Record<string, CompressedRow>> = {
  DXT1_RGB: [GL.COMPRESSED_RGB_S3TC_DXT1_EXT, ['s3tc']],
  DXT1_RGBA: [GL.COMPRESSED_RGBA_S3TC_DXT1_EXT, ['s3tc']],
  DXT3_RGBA: [GL.COMPRESSED_RGBA_S3TC_DXT3_EXT, ['s3tc']],
  DXT5_RGBA: [GL.COMPRESSED_RGBA_S3TC_DXT5_EXT, ['s3tc']],
  DXT1_SRGB: [GL.COMPRESSED_SRGB_S3TC_DXT1_EXT, ['s3tc', 's3tcSrgb']],
  DXT1_SRGBA: [GL.COMPRESSED_SRGB_ALPHA_S3TC_DXT1_EXT, ['s3tc', 's3tcSrgb']],
  DXT3_SRGBA: [GL.COMPRESSED_SRGB_ALPHA_S3TC_DXT3_EXT, ['s3tc', 's3tcSrgb']],
  DXT5_SRGBA: [GL.COMPRESSED_SRGB_ALPHA_S3TC_DXT5_EXT, ['s3tc', 's3tcSrgb']],
  RGTC1_UNORM: [GL.COMPRESSED_RED_RGTC1, ['rgtc']],
  RGTC1_SNORM: [GL.COMPRESSED_SIGNED_RED_RGTC1, ['rgtc']],
  RGTC2_UNORM: [GL.COMPRESSED_RG_RGTC2, ['rgtc']],
  RGTC2_SNORM: [GL.COMPRESSED_SIGNED_RG_RGTC2, ['rgtc']],
  LATC1_UNORM: [GL.COMPRESSED_RED_RGTC1, ['rgtc'], 'xxx1'],
  LATC1_SNORM: [GL.COMPRESSED_SIGNED_RED_RGTC1, ['rgtc'], 'xxx1'],
  LATC2_UNORM: [GL.COMPRESSED_RG_RGTC2, ['rgtc'], 'xxxy'],
  LATC2_SNORM: [GL.COMPRESSED_SIGNED_RG_RGTC2, ['rgtc'], 'xxxy'],
  BPTC_RGBA_UNORM: [GL.COMPRESSED_RGBA_BPTC_UNORM, ['bptc']],
  BPTC_SRGBA: [GL.COMPRESSED_SRGB_ALPHA_BPTC_UNORM, ['bptc']],
  BPTC_RGB_FLOAT: [GL.COMPRESSED_RGB_BPTC_SIGNED_FLOAT, ['bptc']],
  BPTC_RGB_UFLOAT: [GL.COMPRESSED_RGB_BPTC_UNSIGNED_FLOAT, ['bptc']],
  // Every image of ETC1 is one of ETC2.
  ETC1_RGB8: [GL.COMPRESSED_RGB8_ETC2, ['etc2']],
  ETC2_RGB8: [GL.COMPRESSED_RGB8_ETC2, ['etc2']],
  ETC2_SRGB8: [GL.COMPRESSED_SRGB8_ETC2, ['etc2']],
  ETC2_RGB8A1: [GL.COMPRESSED_RGB8_PUNCHTHROUGH_ALPHA1_ETC2, ['etc2']],
  ETC2_SRGB8A1: [GL.COMPRESSED_SRGB8_PUNCHTHROUGH_ALPHA1_ETC2, ['etc2']],
  ETC2_RGBA8: [GL.COMPRESSED_RGBA8_ETC2_EAC, ['etc2']],
  ETC2_SRGBA8: [GL.COMPRESSED_SRGB8_ALPHA8_ETC2_EAC, ['etc2']],
  ETC2_R11_UNORM: [GL.COMPRESSED_R11_EAC, ['etc2']],
  ETC2_R11_SNORM: [GL.COMPRESSED_SIGNED_R11_EAC, ['etc2']],
  ETC2_RG11_UNORM: [GL.COMPRESSED_RG11_EAC, ['etc2']],
  ETC2_RG11_SNORM: [GL.COMPRESSED_SIGNED_RG11_EAC, ['etc2']],
  ...Object.fromEntries(
    ['4x4', '5x4', '5x5', '6x5', '6x6', '8x5', '8x6', '8x8', '10x5', '10x6', '10x8', '10x10', '12x10', '12x12'].flatMap(
      (size, index): [string, CompressedRow][] => [
        [`ASTC_${size}`, [GL.COMPRESSED_RGBA_ASTC_4x4 + index, ['astc']]],
        [`ASTC_${size}_SRGB`, [GL.COMPRESSED_SRGB8_ALPHA8_ASTC_4x4 + index, ['astc']]],
      ],
    ),
  ),
};

function depthStencil(name: string, flavour: GlFlavour): GlFormat | null {
  const row = DEPTH_STENCIL[name];
  if (row === undefined || (row.glOnly === true && flavour !== 'gl')) return null;
  return { ...PLAIN_STORAGE, ...row };
}

const DEPTH24_STENCIL8 = {
  internalFormat: GL.DEPTH24_STENCIL8,
  format: GL.DEPTH_STENCIL,
  type: GL.UNSIGNED_INT_24_8,
  elementBytes: 4,
} as const;
const DEPTH32F_STENCIL8 = {
  internalFormat: GL.DEPTH32F_STENCIL8,
  format: GL.DEPTH_STENCIL,
  type: GL.FLOAT_32_UNSIGNED_INT_24_8_REV,
  elementBytes: 4,
} as const;
const DEPTH24 = {
  internalFormat: GL.DEPTH_COMPONENT24,
  format: GL.DEPTH_COMPONENT,
  type: GL.UNSIGNED_INT,
  elementBytes: 4,
} as const;

const DEPTH_STENCIL: Readonly<
  Record<
    string,
    Pick<GlFormat, 'internalFormat' | 'format' | 'type' | 'elementBytes'> & Partial<GlFormat> & { glOnly?: true }
  >
> = {
  Z16_UNORM: {
    internalFormat: GL.DEPTH_COMPONENT16,
    format: GL.DEPTH_COMPONENT,
    type: GL.UNSIGNED_SHORT,
    elementBytes: 2,
  },
  Z32_UNORM: { ...DEPTH24, internalFormat: GL.DEPTH_COMPONENT32, glOnly: true },
  Z32_FLOAT: {
    internalFormat: GL.DEPTH_COMPONENT32F,
    format: GL.DEPTH_COMPONENT,
    type: GL.FLOAT,
    elementBytes: 4,
  },
  X8Z24_UNORM: { ...DEPTH24, fix: 'depthInHigh24' },
  Z24X8_UNORM: { ...DEPTH24, fix: 'depthInLow24' },
  S8_UINT_Z24_UNORM: DEPTH24_STENCIL8,
  Z24_UNORM_S8_UINT: { ...DEPTH24_STENCIL8, fix: 'depthInLow24Stencil' },
  Z32_FLOAT_S8X24_UINT: DEPTH32F_STENCIL8,
  S8X24_UINT: { ...DEPTH24_STENCIL8, readsStencil: true, needs: ['stencilTexturing'] },
  X24S8_UINT: { ...DEPTH24_STENCIL8, fix: 'depthInLow24Stencil', readsStencil: true, needs: ['stencilTexturing'] },
  X32_S8X24_UINT: { ...DEPTH32F_STENCIL8, readsStencil: true, needs: ['stencilTexturing'] },
  S8_UINT: {
    internalFormat: GL.STENCIL_INDEX8,
    format: GL.STENCIL_INDEX,
    type: GL.UNSIGNED_BYTE,
    elementBytes: 1,
    needs: ['textureStencil8'],
  },
};

/** Formats with several components in one number, which OpenGL transfers as they are. */
interface PackedRow {
  readonly internalFormat: number;
  readonly format: number;
  readonly type: number;
  readonly sample?: string;
  /** OpenGL ES transfers it too. */
  readonly es?: true;
}

function packed(name: string, flavour: GlFlavour): GlFormat | null {
  const row = PACKED[name];
  if (row === undefined || (flavour !== 'gl' && row.es !== true)) return null;
  const { internalFormat, format, type, sample = 'xyzw' } = row;
  const isByte = type === GL.UNSIGNED_BYTE_3_3_2 || type === GL.UNSIGNED_BYTE_2_3_3_REV;
  const elementBytes = isByte ? 1 : LONG_TYPES.has(type) ? 4 : 2;
  return { ...PLAIN_STORAGE, internalFormat, format, type, elementBytes, sample: swizzle(sample) };
}

const LONG_TYPES: ReadonlySet<number> = new Set([
  GL.UNSIGNED_INT_2_10_10_10_REV,
  GL.UNSIGNED_INT_10_10_10_2,
  GL.UNSIGNED_INT_10F_11F_11F_REV,
  GL.UNSIGNED_INT_5_9_9_9_REV,
]);

const RGB565 = { internalFormat: GL.RGB565, format: GL.RGB } as const;
const RGB332 = { internalFormat: GL.R3_G3_B2, format: GL.RGB } as const;
const RGB5_A1 = { internalFormat: GL.RGB5_A1, format: GL.RGBA } as const;
const RGBA4 = { internalFormat: GL.RGBA4, format: GL.RGBA } as const;
const RGB10_A2 = { internalFormat: GL.RGB10_A2, format: GL.RGBA } as const;
const RGB10_A2UI = { internalFormat: GL.RGB10_A2UI, format: GL.RGBA_INTEGER } as const;
const bgra = { format: GL.BGRA } as const;
const bgraInteger = { format: GL.BGRA_INTEGER } as const;
const opaque = { sample: 'xyz1' } as const;
const es = { es: true } as const;
const REV_1555 = { type: GL.UNSIGNED_SHORT_1_5_5_5_REV } as const;
const FWD_5551 = { type: GL.UNSIGNED_SHORT_5_5_5_1 } as const;
const REV_4444 = { type: GL.UNSIGNED_SHORT_4_4_4_4_REV } as const;
const FWD_4444 = { type: GL.UNSIGNED_SHORT_4_4_4_4 } as const;
const REV_2101010 = { type: GL.UNSIGNED_INT_2_10_10_10_REV } as const;
const FWD_1010102 = { type: GL.UNSIGNED_INT_10_10_10_2 } as const;

// OpenGL names components from the most significant bit on, or with _REV from the least; the guest always from the least.
const PACKED: Readonly<Record<string, PackedRow>> = {
  B5G6R5_UNORM: { ...RGB565, type: GL.UNSIGNED_SHORT_5_6_5, ...es },
  R5G6B5_UNORM: { ...RGB565, type: GL.UNSIGNED_SHORT_5_6_5_REV },
  B2G3R3_UNORM: { ...RGB332, type: GL.UNSIGNED_BYTE_3_3_2 },
  R3G3B2_UNORM: { ...RGB332, type: GL.UNSIGNED_BYTE_2_3_3_REV },
  B5G5R5A1_UNORM: { ...RGB5_A1, ...bgra, ...REV_1555 },
  B5G5R5X1_UNORM: { ...RGB5_A1, ...bgra, ...REV_1555, ...opaque },
  R5G5B5A1_UNORM: { ...RGB5_A1, ...REV_1555 },
  R5G5B5X1_UNORM: { ...RGB5_A1, ...REV_1555, ...opaque },
  A1B5G5R5_UNORM: { ...RGB5_A1, ...FWD_5551, ...es },
  X1B5G5R5_UNORM: { ...RGB5_A1, ...FWD_5551, ...opaque, ...es },
  A1R5G5B5_UNORM: { ...RGB5_A1, ...bgra, ...FWD_5551 },
  X1R5G5B5_UNORM: { ...RGB5_A1, ...bgra, ...FWD_5551, ...opaque },
  B4G4R4A4_UNORM: { ...RGBA4, ...bgra, ...REV_4444 },
  B4G4R4X4_UNORM: { ...RGBA4, ...bgra, ...REV_4444, ...opaque },
  R4G4B4A4_UNORM: { ...RGBA4, ...REV_4444 },
  R4G4B4X4_UNORM: { ...RGBA4, ...REV_4444, ...opaque },
  A4B4G4R4_UNORM: { ...RGBA4, ...FWD_4444, ...es },
  A4R4G4B4_UNORM: { ...RGBA4, ...bgra, ...FWD_4444 },
  R10G10B10A2_UNORM: { ...RGB10_A2, ...REV_2101010, ...es },
  R10G10B10X2_UNORM: { ...RGB10_A2, ...REV_2101010, ...opaque, ...es },
  B10G10R10A2_UNORM: { ...RGB10_A2, ...bgra, ...REV_2101010 },
  B10G10R10X2_UNORM: { ...RGB10_A2, ...bgra, ...REV_2101010, ...opaque },
  A2B10G10R10_UNORM: { ...RGB10_A2, ...FWD_1010102 },
  A2R10G10B10_UNORM: { ...RGB10_A2, ...bgra, ...FWD_1010102 },
  R10G10B10A2_UINT: { ...RGB10_A2UI, ...REV_2101010, ...es },
  B10G10R10A2_UINT: { ...RGB10_A2UI, ...bgraInteger, ...REV_2101010 },
  A2B10G10R10_UINT: { ...RGB10_A2UI, ...FWD_1010102 },
  A2R10G10B10_UINT: { ...RGB10_A2UI, ...bgraInteger, ...FWD_1010102 },
  R11G11B10_FLOAT: {
    internalFormat: GL.R11F_G11F_B10F,
    format: GL.RGB,
    type: GL.UNSIGNED_INT_10F_11F_11F_REV,
    ...es,
  },
  R9G9B9E5_FLOAT: { internalFormat: GL.RGB9_E5, format: GL.RGB, type: GL.UNSIGNED_INT_5_9_9_9_REV, ...es },
};
