/** Image formats that shaders name: Gallium's name (without PIPE_FORMAT_), GLSL's layout qualifier, kind of component. */

/** One image format. */
export interface ImageFormatRow {
  /** Layout qualifier. */
  readonly glsl: string;
  readonly base: 'f32' | 'i32' | 'u32';
}

const rows = (base: ImageFormatRow['base'], names: Readonly<Record<string, string>>): [string, ImageFormatRow][] =>
  Object.entries(names).map(([name, glsl]) => [name, { glsl, base }]);

const TABLE: ReadonlyMap<string, ImageFormatRow> = new Map([
  ...rows('f32', {
    R32G32B32A32_FLOAT: 'rgba32f',
    R16G16B16A16_FLOAT: 'rgba16f',
    R32G32_FLOAT: 'rg32f',
    R16G16_FLOAT: 'rg16f',
    R11G11B10_FLOAT: 'r11f_g11f_b10f',
    R32_FLOAT: 'r32f',
    R16_FLOAT: 'r16f',
    R16G16B16A16_UNORM: 'rgba16',
    R10G10B10A2_UNORM: 'rgb10_a2',
    R8G8B8A8_UNORM: 'rgba8',
    R16G16_UNORM: 'rg16',
    R8G8_UNORM: 'rg8',
    R16_UNORM: 'r16',
    R8_UNORM: 'r8',
    R16G16B16A16_SNORM: 'rgba16_snorm',
    R8G8B8A8_SNORM: 'rgba8_snorm',
    R16G16_SNORM: 'rg16_snorm',
    R8G8_SNORM: 'rg8_snorm',
    R16_SNORM: 'r16_snorm',
    R8_SNORM: 'r8_snorm',
  }),
  ...rows('i32', {
    R32G32B32A32_SINT: 'rgba32i',
    R16G16B16A16_SINT: 'rgba16i',
    R8G8B8A8_SINT: 'rgba8i',
    R32G32_SINT: 'rg32i',
    R16G16_SINT: 'rg16i',
    R8G8_SINT: 'rg8i',
    R32_SINT: 'r32i',
    R16_SINT: 'r16i',
    R8_SINT: 'r8i',
  }),
  ...rows('u32', {
    R32G32B32A32_UINT: 'rgba32ui',
    R16G16B16A16_UINT: 'rgba16ui',
    R10G10B10A2_UINT: 'rgb10_a2ui',
    R8G8B8A8_UINT: 'rgba8ui',
    R32G32_UINT: 'rg32ui',
    R16G16_UINT: 'rg16ui',
    R8G8_UINT: 'rg8ui',
    R32_UINT: 'r32ui',
    R16_UINT: 'r16ui',
    R8_UINT: 'r8ui',
  }),
]);

/** The row of a format, or null for NONE and for formats that images cannot have. */
export function imageFormat(name: string): ImageFormatRow | null {
  return TABLE.get(name) ?? null;
}
