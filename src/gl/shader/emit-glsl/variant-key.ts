/**
 * The pipeline state that is compiled into a shader. Everything here has one plain value, so that two equal states share one
 * compiled shader; what can change from draw to draw without a new shader is in the system block (`system-block.ts`).
 */
import type { Stage } from '../tgsi/vocabulary.ts';

/** Where a channel of a sampled texel comes from: 0 to 3 its own x to w, 4 zero, 5 one. */
export type TexelSwizzle = readonly [number, number, number, number];

/** State that decides the text of a shader. Fields of other stages than the shader's own are ignored. */
export interface VariantKey {
  /** Vertex: bit i is set if attribute i is fed with signed (unsigned) integers. */
  readonly signedAttributes: number;
  readonly unsignedAttributes: number;
  /** Vertex: bit i is set if attribute i arrives as zyxw. */
  readonly bgraAttributes: number;

  /** Vertex, tessellation, geometry: this stage feeds the rasteriser. */
  readonly lastVertexStage: boolean;
  /** Last vertex stage: user clip planes in use, one bit each; ignored where the shader writes clip distances. */
  readonly clipPlanes: number;
  /** Last vertex stage: colours are clamped to 0..1. */
  readonly clampVertexColors: boolean;

  /** Fragment: COLOR inputs without an interpolation of their own are flat. */
  readonly flatShade: boolean;
  /** Fragment: COLOR inputs are the back colours on faces turned away. */
  readonly twoSide: boolean;
  /** Fragment: points only: bit i replaces TEXCOORD[i] by the point coordinate. */
  readonly pointCoordReplace: number;
  /** Fragment: row 0 of the host's framebuffer is the guest's last row. */
  readonly invertedY: boolean;
  /** Fragment: polygons are stippled. Set for polygons only. */
  readonly polygonStipple: boolean;
  /** Fragment: comparison of alpha with the reference, 0 never, 1 less, 2 equal, 3 lequal, 4 greater, 5 notequal, 6 gequal, 7 always. */
  readonly alphaFunc: number;
  /** Fragment: bit i is set if colour buffer i holds signed (unsigned) integers. */
  readonly signedColors: number;
  readonly unsignedColors: number;
  /** Fragment: bit i: buffer i stores alpha in its red channel. */
  readonly alphaInRed: number;
  /** Fragment: bit i: buffer i stores blue where red should be. */
  readonly bgraColors: number;
  /** Fragment: bit i: the shader encodes sRGB because buffer i cannot. */
  readonly srgbColors: number;
  /** Fragment: colours are clamped to 0..1. */
  readonly clampFragmentColors: boolean;
  /** Fragment: COLOR[1] is the second source of blending. */
  readonly dualSource: boolean;
  /** Fragment: buffers a shader that writes COLOR[0] to all must write. */
  readonly colorBuffers: number;
  /** Fragment: every input is interpolated for each sample. */
  readonly perSample: boolean;

  /** Any: channels of sampler i, for views whose swizzle the host cannot do: buffers and shadow comparisons. Ascending i. */
  readonly texelSwizzles: readonly (readonly [sampler: number, swizzle: TexelSwizzle])[];
  /**
   * Any: directions, one bit each for s, t and r, in which coordinates for sampler i are held to the texture before it is
   * sampled: OpenGL's CLAMP, which mixes in half of the border and which core profiles lack. Ascending i.
   */
  readonly clampedCoordinates: readonly (readonly [sampler: number, directions: number])[];
  /** Any: formats of the images bound, for images whose declaration has none; names without PIPE_FORMAT_. Ascending i. */
  readonly imageFormats: readonly (readonly [image: number, format: string])[];
}

/** State that needs nothing. */
export const PLAIN_VARIANT: VariantKey = {
  signedAttributes: 0,
  unsignedAttributes: 0,
  bgraAttributes: 0,
  lastVertexStage: true,
  clipPlanes: 0,
  clampVertexColors: false,
  flatShade: false,
  twoSide: false,
  pointCoordReplace: 0,
  invertedY: false,
  polygonStipple: false,
  alphaFunc: 7,
  signedColors: 0,
  unsignedColors: 0,
  alphaInRed: 0,
  bgraColors: 0,
  srgbColors: 0,
  clampFragmentColors: false,
  dualSource: false,
  colorBuffers: 1,
  perSample: false,
  texelSwizzles: [],
  clampedCoordinates: [],
  imageFormats: [],
};

/** First unit of each kind of binding a stage may use; units follow one another in the order of the guest's registers. */
export interface BindingBases {
  readonly uniformBuffers: number;
  readonly samplers: number;
  readonly images: number;
  readonly storageBuffers: number;
}

/** Bindings of a program of one stage, or of the first. */
export const FIRST_BINDINGS: BindingBases = {
  // The first is the system block's.
  uniformBuffers: 1,
  samplers: 0,
  images: 0,
  storageBuffers: 0,
};

/** One captured output, as the guest's shader object lists it. */
export interface StreamOutput {
  /** Output register. */
  readonly register: number;
  readonly startComponent: number;
  /** 1 to 4. */
  readonly componentCount: number;
  /** Buffer 0 to 3. */
  readonly buffer: number;
  /** Place in a captured vertex, in 32-bit words. */
  readonly offset: number;
  /** Geometry stream 0 to 3. */
  readonly stream: number;
}

/** All captured outputs; only the last vertex stage's count. */
export interface StreamOutputs {
  /** 32-bit words of a captured vertex in each buffer. */
  readonly strides: readonly [number, number, number, number];
  readonly outputs: readonly StreamOutput[];
}

/** What a shader must know of its neighbours. `link-stages.ts` makes it. */
export interface StageLink {
  /** The stage whose outputs are read; null for vertex and compute shaders. */
  readonly previous: Stage | null;
  /** Varyings that stage writes, by their short name; others read as 0, 0, 0, 1. Null means all that are read. */
  readonly provided: ReadonlySet<string> | null;
  /** Clip and cull distances that stage writes. */
  readonly clipDistances: number;
  readonly cullDistances: number;
  /** Qualifiers the fragment shader puts on varyings and its neighbour must repeat, by short name. */
  readonly qualifiers: ReadonlyMap<string, string>;
}

/** A shader on its own. */
export const NO_LINK: StageLink = {
  previous: null,
  provided: null,
  clipDistances: 0,
  cullDistances: 0,
  qualifiers: new Map(),
};
