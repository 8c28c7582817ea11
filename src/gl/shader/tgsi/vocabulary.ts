/** The words of TGSI text: stages, register files, semantics, texture targets, properties. Facts of Gallium's assembly. */

const STAGES = ['FRAG', 'VERT', 'GEOM', 'TESS_CTRL', 'TESS_EVAL', 'COMP'] as const;
/** First word of a shader's text. */
export type Stage = (typeof STAGES)[number];

const FILES = [
  'CONST',
  'IN',
  'OUT',
  'TEMP',
  'SAMP',
  'ADDR',
  'IMM',
  'SV',
  'IMAGE',
  'SVIEW',
  'BUFFER',
  'MEMORY',
  'HWATOMIC',
] as const;
/** A register file. */
export type File = (typeof FILES)[number];

const SEMANTICS = [
  'POSITION',
  'COLOR',
  'BCOLOR',
  'FOG',
  'PSIZE',
  'GENERIC',
  'NORMAL',
  'FACE',
  'EDGEFLAG',
  'PRIM_ID',
  'INSTANCEID',
  'VERTEXID',
  'STENCIL',
  'CLIPDIST',
  'CLIPVERTEX',
  'GRID_SIZE',
  'BLOCK_ID',
  'BLOCK_SIZE',
  'THREAD_ID',
  'TEXCOORD',
  'PCOORD',
  'VIEWPORT_INDEX',
  'LAYER',
  'CULLDIST',
  'SAMPLEID',
  'SAMPLEPOS',
  'SAMPLEMASK',
  'INVOCATIONID',
  'VERTEXID_NOBASE',
  'BASEVERTEX',
  'PATCH',
  'TESSCOORD',
  'TESSOUTER',
  'TESSINNER',
  'VERTICESIN',
  'HELPER_INVOCATION',
  'BASEINSTANCE',
  'DRAWID',
  'WORK_DIM',
  'SUBGROUP_SIZE',
  'SUBGROUP_INVOCATION',
  'SUBGROUP_EQ_MASK',
  'SUBGROUP_GE_MASK',
  'SUBGROUP_GT_MASK',
  'SUBGROUP_LE_MASK',
  'SUBGROUP_LT_MASK',
  'VIEWPORT_MASK',
] as const;
/** What a register means to the fixed-function pipeline or to the next stage. */
export type Semantic = (typeof SEMANTICS)[number];

const TARGETS = [
  'BUFFER',
  '1D',
  '2D',
  '3D',
  'CUBE',
  'RECT',
  'SHADOW1D',
  'SHADOW2D',
  'SHADOWRECT',
  '1D_ARRAY',
  '2D_ARRAY',
  'SHADOW1D_ARRAY',
  'SHADOW2D_ARRAY',
  'SHADOWCUBE',
  '2D_MSAA',
  '2D_ARRAY_MSAA',
  'CUBEARRAY',
  'SHADOWCUBEARRAY',
  'UNKNOWN',
] as const;
/** Kind of a texture or image. */
export type Target = (typeof TARGETS)[number];

export const PRIMITIVES = [
  'POINTS',
  'LINES',
  'LINE_LOOP',
  'LINE_STRIP',
  'TRIANGLES',
  'TRIANGLE_STRIP',
  'TRIANGLE_FAN',
  'QUADS',
  'QUAD_STRIP',
  'POLYGON',
  'LINES_ADJACENCY',
  'LINE_STRIP_ADJACENCY',
  'TRIANGLES_ADJACENCY',
  'TRIANGLE_STRIP_ADJACENCY',
  'PATCHES',
] as const;

/** How a property's value is written: a number, or a word whose place in the list is the number. */
export const PROPERTIES = {
  GS_INPUT_PRIMITIVE: PRIMITIVES,
  GS_OUTPUT_PRIMITIVE: PRIMITIVES,
  GS_MAX_OUTPUT_VERTICES: null,
  FS_COORD_ORIGIN: ['UPPER_LEFT', 'LOWER_LEFT'],
  FS_COORD_PIXEL_CENTER: ['HALF_INTEGER', 'INTEGER'],
  FS_COLOR0_WRITES_ALL_CBUFS: null,
  FS_DEPTH_LAYOUT: null,
  VS_PROHIBIT_UCPS: null,
  GS_INVOCATIONS: null,
  VS_WINDOW_SPACE_POSITION: null,
  TCS_VERTICES_OUT: null,
  TES_PRIM_MODE: null,
  TES_SPACING: null,
  TES_VERTEX_ORDER_CW: null,
  TES_POINT_MODE: null,
  NUM_CLIPDIST_ENABLED: null,
  NUM_CULLDIST_ENABLED: null,
  FS_EARLY_DEPTH_STENCIL: null,
  FS_POST_DEPTH_COVERAGE: null,
  NEXT_SHADER: STAGES,
  CS_FIXED_BLOCK_WIDTH: null,
  CS_FIXED_BLOCK_HEIGHT: null,
  CS_FIXED_BLOCK_DEPTH: null,
  MUL_ZERO_WINS: null,
  LAYER_VIEWPORT_RELATIVE: null,
  FS_BLEND_EQUATION_ADVANCED: null,
  SEPARABLE_PROGRAM: null,
} as const satisfies Readonly<Record<string, readonly string[] | null>>;
/** Name of a property of the whole shader. */
export type PropertyName = keyof typeof PROPERTIES;

const INTERPOLATIONS = ['CONSTANT', 'LINEAR', 'PERSPECTIVE', 'COLOR'] as const;
export type Interpolation = (typeof INTERPOLATIONS)[number];

const LOCATIONS = ['CENTER', 'CENTROID', 'SAMPLE'] as const;
export type InterpolationLocation = (typeof LOCATIONS)[number];

const RETURN_TYPES = ['UNORM', 'SNORM', 'SINT', 'UINT', 'FLOAT'] as const;
/** What sampling a view gives. */
export type ReturnType = (typeof RETURN_TYPES)[number];

const IMMEDIATE_TYPES = ['FLT32', 'UINT32', 'INT32', 'FLT64', 'UINT64', 'INT64'] as const;
export type ImmediateType = (typeof IMMEDIATE_TYPES)[number];

const QUALIFIERS = ['COHERENT', 'RESTRICT', 'VOLATILE'] as const;
/** Qualifier of one memory access. */
export type Qualifier = (typeof QUALIFIERS)[number];

const MEMORY_TYPES = ['GLOBAL', 'SHARED', 'PRIVATE', 'INPUT'] as const;
export type MemoryType = (typeof MEMORY_TYPES)[number];

/** The word itself if the list has it, else null; the lists are closed sets. */
export function memberOf<T extends string>(list: ReadonlySet<T>, word: string): T | null {
  const known: ReadonlySet<string> = list;
  return known.has(word) ? (word as T) : null;
}

/** The same lists as sets, for reading text. */
export const WORDS = {
  stages: new Set<Stage>(STAGES),
  files: new Set<File>(FILES),
  semantics: new Set<Semantic>(SEMANTICS),
  targets: new Set<Target>(TARGETS),
  interpolations: new Set<Interpolation>(INTERPOLATIONS),
  locations: new Set<InterpolationLocation>(LOCATIONS),
  returnTypes: new Set<ReturnType>(RETURN_TYPES),
  immediateTypes: new Set<ImmediateType>(IMMEDIATE_TYPES),
  qualifiers: new Set<Qualifier>(QUALIFIERS),
  memoryTypes: new Set<MemoryType>(MEMORY_TYPES),
} as const;
