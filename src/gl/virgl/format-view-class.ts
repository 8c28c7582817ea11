/**
 * Which formats can be views of one texture, and so be copied into each other bit by bit (OpenGL 4.6, table 8.22;
 * compressed formats copy to and from those whose pixels are as large as a block, table 18.4).
 */
import * as GL from '../egl/gl-constants.ts';

const CLASSES: Readonly<Record<string, readonly number[]>> = {
  '128': [GL.RGBA32F, GL.RGBA32UI, GL.RGBA32I],
  '96': [GL.RGB32F, GL.RGB32UI, GL.RGB32I],
  '64': [GL.RGBA16F, GL.RG32F, GL.RGBA16UI, GL.RG32UI, GL.RGBA16I, GL.RG32I, GL.RGBA16, GL.RGBA16_SNORM],
  '32': [
    GL.RG16F,
    GL.R11F_G11F_B10F,
    GL.R32F,
    GL.RGB10_A2UI,
    GL.RGBA8UI,
    GL.RG16UI,
    GL.R32UI,
    GL.RGBA8I,
    GL.RG16I,
    GL.R32I,
    GL.RGB10_A2,
    GL.RGBA8,
    GL.RG16,
    GL.RGBA8_SNORM,
    GL.RG16_SNORM,
    GL.SRGB8_ALPHA8,
    GL.RGB9_E5,
  ],
  '16': [GL.R16F, GL.RG8UI, GL.R16UI, GL.RG8I, GL.R16I, GL.RG8, GL.R16, GL.RG8_SNORM, GL.R16_SNORM, GL.SRG8_EXT],
  '8': [GL.R8UI, GL.R8I, GL.R8, GL.R8_SNORM, GL.SR8_EXT],
  rgtc1: [GL.COMPRESSED_RED_RGTC1, GL.COMPRESSED_SIGNED_RED_RGTC1],
  rgtc2: [GL.COMPRESSED_RG_RGTC2, GL.COMPRESSED_SIGNED_RG_RGTC2],
  bptc: [GL.COMPRESSED_RGBA_BPTC_UNORM, GL.COMPRESSED_SRGB_ALPHA_BPTC_UNORM],
  bptcFloat: [GL.COMPRESSED_RGB_BPTC_SIGNED_FLOAT, GL.COMPRESSED_RGB_BPTC_UNSIGNED_FLOAT],
  dxt1Rgb: [GL.COMPRESSED_RGB_S3TC_DXT1_EXT, GL.COMPRESSED_SRGB_S3TC_DXT1_EXT],
  dxt1Rgba: [GL.COMPRESSED_RGBA_S3TC_DXT1_EXT, GL.COMPRESSED_SRGB_ALPHA_S3TC_DXT1_EXT],
  dxt3: [GL.COMPRESSED_RGBA_S3TC_DXT3_EXT, GL.COMPRESSED_SRGB_ALPHA_S3TC_DXT3_EXT],
  dxt5: [GL.COMPRESSED_RGBA_S3TC_DXT5_EXT, GL.COMPRESSED_SRGB_ALPHA_S3TC_DXT5_EXT],
  etc2Rgb: [GL.COMPRESSED_RGB8_ETC2, GL.COMPRESSED_SRGB8_ETC2],
  etc2RgbA1: [GL.COMPRESSED_RGB8_PUNCHTHROUGH_ALPHA1_ETC2, GL.COMPRESSED_SRGB8_PUNCHTHROUGH_ALPHA1_ETC2],
  etc2Rgba: [GL.COMPRESSED_RGBA8_ETC2_EAC, GL.COMPRESSED_SRGB8_ALPHA8_ETC2_EAC],
  eacR: [GL.COMPRESSED_R11_EAC, GL.COMPRESSED_SIGNED_R11_EAC],
  eacRg: [GL.COMPRESSED_RG11_EAC, GL.COMPRESSED_SIGNED_RG11_EAC],
};

const ASTC_SIZES = 14;

const byFormat: ReadonlyMap<number, string> = new Map([
  ...Object.entries(CLASSES).flatMap(([name, list]) => list.map((format) => [format, name] as const)),
  ...Array.from({ length: ASTC_SIZES }, (_, i) => [
    [GL.COMPRESSED_RGBA_ASTC_4x4 + i, `astc${i}`] as const,
    [GL.COMPRESSED_SRGB8_ALPHA8_ASTC_4x4 + i, `astc${i}`] as const,
  ]).flat(),
]);

/** The class of an internal format; null for those that are only views of themselves. */
export function viewClassOf(internalFormat: number): string | null {
  return byFormat.get(internalFormat) ?? null;
}
