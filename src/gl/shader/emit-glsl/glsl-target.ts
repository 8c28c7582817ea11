/** What the host's GLSL compiler and GL implementation can do, as the emitter needs to know it. */
import { ShaderError } from '../shader-error.ts';

/** The host's language and its limits; the GL device fills it from the context once. */
export interface GlslTarget {
  /** 330 to 460, or 300 to 320 with `es`. */
  readonly version: number;
  readonly es: boolean;
  /** Names as GL_EXTENSIONS tells them, with GL_. */
  readonly extensions: ReadonlySet<string>;
  /** Colour buffers of a framebuffer. */
  readonly maxDrawBuffers: number;
  /** Range of constant texel offsets, GL_MIN_PROGRAM_TEXEL_OFFSET and GL_MAX_PROGRAM_TEXEL_OFFSET. */
  readonly minTexelOffset: number;
  readonly maxTexelOffset: number;
  /** Range for gathers. */
  readonly minGatherOffset: number;
  readonly maxGatherOffset: number;
  /** The context was made with robust buffer access: storage buffers need no bounds checks in the shader. */
  readonly robustBuffers: boolean;
}

/** A target for tests and tools: what llvmpipe of Mesa 22.3 says. */
export const LLVMPIPE_TARGET: GlslTarget = {
  version: 450,
  es: false,
  extensions: new Set([
    'GL_ARB_gpu_shader_int64',
    'GL_ARB_shader_atomic_counter_ops',
    'GL_ARB_shader_clock',
    'GL_ARB_shader_draw_parameters',
    'GL_ARB_shader_group_vote',
    'GL_ARB_shader_stencil_export',
    'GL_ARB_shader_viewport_layer_array',
    'GL_EXT_texture_shadow_lod',
  ]),
  maxDrawBuffers: 8,
  minTexelOffset: -32,
  maxTexelOffset: 31,
  minGatherOffset: -32,
  maxGatherOffset: 31,
  robustBuffers: false,
};

interface FeatureRow {
  /** First desktop version that has it without an extension; 0 for none. */
  readonly version: number;
  readonly extension: string | null;
  readonly esVersion: number;
  readonly esExtension: string | null;
}

const row = (
  version: number,
  extension: string | null,
  esVersion = 0,
  esExtension: string | null = null,
): FeatureRow => ({ version, extension, esVersion, esExtension });

/** Language features a shader may need, with the version or extension that brings each. */
const FEATURES = {
  arraysOfArrays: row(430, 'GL_ARB_arrays_of_arrays', 310),
  atomicCounterOps: row(460, 'GL_ARB_shader_atomic_counter_ops'),
  atomicCounters: row(420, 'GL_ARB_shader_atomic_counters', 310),
  clipDistance: row(330, null, 0, 'GL_EXT_clip_cull_distance'),
  compute: row(430, 'GL_ARB_compute_shader', 310),
  conservativeDepth: row(420, 'GL_ARB_conservative_depth', 0, 'GL_EXT_conservative_depth'),
  cullDistance: row(450, 'GL_ARB_cull_distance', 0, 'GL_EXT_clip_cull_distance'),
  derivativeControl: row(450, 'GL_ARB_derivative_control'),
  drawParameters: row(460, 'GL_ARB_shader_draw_parameters'),
  dualSource: row(330, null, 0, 'GL_EXT_blend_func_extended'),
  earlyFragmentTests: row(420, 'GL_ARB_shader_image_load_store', 310),
  explicitBinding: row(420, 'GL_ARB_shading_language_420pack', 310),
  float64: row(400, 'GL_ARB_gpu_shader_fp64'),
  framebufferFetch: row(0, 'GL_EXT_shader_framebuffer_fetch', 0, 'GL_EXT_shader_framebuffer_fetch'),
  geometry: row(330, null, 320, 'GL_EXT_geometry_shader'),
  geometryPointSize: row(330, null, 0, 'GL_EXT_geometry_point_size'),
  gpuShader5: row(400, 'GL_ARB_gpu_shader5', 320, 'GL_EXT_gpu_shader5'),
  helperInvocation: row(450, 'GL_ARB_ES3_1_compatibility', 310),
  imageAtomic: row(420, 'GL_ARB_shader_image_load_store', 320, 'GL_OES_shader_image_atomic'),
  imageSamples: row(450, 'GL_ARB_shader_texture_image_samples'),
  imageSize: row(430, 'GL_ARB_shader_image_size', 310),
  images: row(420, 'GL_ARB_shader_image_load_store', 310),
  int64: row(0, 'GL_ARB_gpu_shader_int64'),
  layerInput: row(430, 'GL_ARB_fragment_layer_viewport', 320, 'GL_EXT_geometry_shader'),
  multisampleTexture: row(330, null, 320, 'GL_OES_texture_storage_multisample_2d_array'),
  noperspective: row(330, null, 0, 'GL_NV_shader_noperspective_interpolation'),
  packHalf: row(420, 'GL_ARB_shading_language_packing', 300),
  perSample: row(400, 'GL_ARB_sample_shading', 320, 'GL_OES_sample_variables'),
  rectTexture: row(330, null),
  shaderClock: row(0, 'GL_ARB_shader_clock'),
  shadowLod: row(0, 'GL_EXT_texture_shadow_lod', 0, 'GL_EXT_texture_shadow_lod'),
  stencilExport: row(0, 'GL_ARB_shader_stencil_export'),
  storageBuffers: row(430, 'GL_ARB_shader_storage_buffer_object', 310),
  tessellation: row(400, 'GL_ARB_tessellation_shader', 320, 'GL_EXT_tessellation_shader'),
  tessellationPointSize: row(330, null, 0, 'GL_EXT_tessellation_point_size'),
  texture1d: row(330, null),
  textureBuffer: row(330, null, 320, 'GL_EXT_texture_buffer'),
  textureCubeArray: row(400, 'GL_ARB_texture_cube_map_array', 320, 'GL_EXT_texture_cube_map_array'),
  textureGather: row(400, 'GL_ARB_texture_gather', 310),
  textureQueryLevels: row(430, 'GL_ARB_texture_query_levels'),
  textureQueryLod: row(400, 'GL_ARB_texture_query_lod', 0, 'GL_EXT_texture_query_lod'),
  textureSamples: row(450, 'GL_ARB_shader_texture_image_samples'),
  variableGroupSize: row(0, 'GL_ARB_compute_variable_group_size'),
  vertexLayer: row(0, 'GL_ARB_shader_viewport_layer_array'),
  viewportIndexInput: row(430, 'GL_ARB_fragment_layer_viewport', 0, 'GL_OES_viewport_array'),
  viewportIndex: row(410, 'GL_ARB_viewport_array', 0, 'GL_OES_viewport_array'),
  vote: row(460, 'GL_ARB_shader_group_vote'),
} as const satisfies Readonly<Record<string, FeatureRow>>;

/** A language feature. */
export type Feature = keyof typeof FEATURES;

/**
 * The extension a shader must ask for to use a feature: a name, or null where the version has it.
 *
 * @throws ShaderError `unsupported` if the host has it neither way.
 */
export function requireFeature(target: GlslTarget, feature: Feature): string | null {
  const { version, extension, esVersion, esExtension }: FeatureRow = FEATURES[feature];
  const core = target.es ? esVersion : version;
  if (core !== 0 && target.version >= core) return null;
  const name = target.es ? esExtension : extension;
  if (name !== null && target.extensions.has(name)) return name;
  throw new ShaderError(
    'unsupported',
    0,
    `the host's GLSL ${target.version}${target.es ? ' es' : ''} has no ${feature}`,
  );
}
