/**
 * State objects that are nothing but values: blend, rasterizer, depth-stencil-alpha. They are read once, when the guest makes
 * them, into what OpenGL takes.
 */
import * as GL from '../egl/gl-constants.ts';
import { blendEquation, blendFactor, compareFunc, cullFace, logicOp, polygonMode, stencilOp } from './enums.ts';
import { VIRGL } from './virgl-limits.ts';
import { bit, bits } from './words.ts';
import type { Words } from './words.ts';

/** Blending of one colour buffer. */
export interface BlendTarget {
  readonly isEnabled: boolean;
  readonly equation: number;
  readonly sourceColor: number;
  readonly targetColor: number;
  readonly equationAlpha: number;
  readonly sourceAlpha: number;
  readonly targetAlpha: number;
  /** Bit 0 red to bit 3 alpha. */
  readonly mask: number;
  /** A factor takes the alpha of what is drawn to. */
  readonly readsAlpha: boolean;
}

export interface BlendState {
  readonly kind: 'blend';
  readonly isIndependent: boolean;
  /** The operation, or null for none. */
  readonly logicOp: number | null;
  readonly isDithered: boolean;
  readonly alphaToCoverage: boolean;
  readonly alphaToOne: boolean;
  readonly targets: readonly BlendTarget[];
  /** A factor takes the second colour of the fragment shader. */
  readonly isDualSource: boolean;
}

/** Reads a blend state. Throws GpuError `value`. */
export function readBlend(words: Words): BlendState {
  const flags = words.u32(2);
  const isIndependent = bit(flags, 0);
  const targets = Array.from({ length: VIRGL.colorBuffers }, (_, i) =>
    readTarget(words.u32(isIndependent ? 4 + i : 4)),
  );
  return {
    kind: 'blend',
    isIndependent,
    logicOp: bit(flags, 1) ? logicOp(words.u32(3)) : null,
    isDithered: bit(flags, 2),
    alphaToCoverage: bit(flags, 3),
    alphaToOne: bit(flags, 4),
    targets,
    isDualSource: targets.some(usesSecondColor),
  };
}

function readTarget(word: number): BlendTarget {
  const mask = bits(word, 27, 4);
  // The other fields of a target that does not blend are often zero, which is no factor.
  if (!bit(word, 0)) return { ...OPAQUE, mask };
  const factors = {
    sourceColor: blendFactor(bits(word, 4, 5)),
    targetColor: blendFactor(bits(word, 9, 5)),
    sourceAlpha: blendFactor(bits(word, 17, 5)),
    targetAlpha: blendFactor(bits(word, 22, 5)),
  };
  return {
    isEnabled: true,
    equation: blendEquation(bits(word, 1, 3)),
    equationAlpha: blendEquation(bits(word, 14, 3)),
    ...factors,
    mask,
    readsAlpha: Object.values(factors).some((factor) => ALPHA_OF_TARGET.has(factor)),
  };
}

const OPAQUE: BlendTarget = {
  isEnabled: false,
  equation: GL.FUNC_ADD,
  sourceColor: GL.ONE,
  targetColor: GL.ZERO,
  equationAlpha: GL.FUNC_ADD,
  sourceAlpha: GL.ONE,
  targetAlpha: GL.ZERO,
  mask: 15,
  readsAlpha: false,
};

const ALPHA_OF_TARGET: ReadonlySet<number> = new Set([GL.DST_ALPHA, GL.ONE_MINUS_DST_ALPHA, GL.SRC_ALPHA_SATURATE]);

const SECOND_COLOR: ReadonlySet<number> = new Set([
  GL.SRC1_COLOR,
  GL.SRC1_ALPHA,
  GL.ONE_MINUS_SRC1_COLOR,
  GL.ONE_MINUS_SRC1_ALPHA,
]);

function usesSecondColor(target: BlendTarget): boolean {
  return [target.sourceColor, target.targetColor, target.sourceAlpha, target.targetAlpha].some((f) =>
    SECOND_COLOR.has(f),
  );
}

/** The blend state before a guest binds one. */
export const DEFAULT_BLEND: BlendState = {
  kind: 'blend',
  isIndependent: false,
  logicOp: null,
  isDithered: false,
  alphaToCoverage: false,
  alphaToOne: false,
  targets: Array.from({ length: VIRGL.colorBuffers }, () => OPAQUE),
  isDualSource: false,
};

export interface RasterizerState {
  readonly kind: 'rasterizer';
  readonly isFlat: boolean;
  readonly clipsDepth: boolean;
  readonly isHalfZ: boolean;
  readonly isDiscarded: boolean;
  readonly firstVertexIsFlat: boolean;
  readonly isTwoSided: boolean;
  /** Row 0 of a point is the row furthest down in OpenGL's sense. */
  readonly spriteOrigin: number;
  readonly isPointQuad: boolean;
  /** `NONE`, or the faces to leave out. */
  readonly cull: number;
  readonly fill: number;
  readonly hasScissor: boolean;
  /** What winds that way in OpenGL's sense: guests look at windows with rows counted downwards. */
  readonly frontFace: number;
  readonly clampsVertexColor: boolean;
  readonly clampsFragmentColor: boolean;
  readonly offsetsLines: boolean;
  readonly offsetsPoints: boolean;
  readonly offsetsTriangles: boolean;
  readonly smoothsPolygons: boolean;
  readonly isStippled: boolean;
  readonly takesPointSize: boolean;
  readonly isMultisampled: boolean;
  readonly smoothsLines: boolean;
  readonly isPerSample: boolean;
  readonly pointSize: number;
  readonly spriteCoords: number;
  readonly clipPlanes: number;
  readonly lineWidth: number;
  readonly offsetUnits: number;
  readonly offsetScale: number;
  readonly offsetClamp: number;
}

/** Reads a rasterizer state. Throws GpuError `value`. */
export function readRasterizer(words: Words): RasterizerState {
  const flags = words.u32(2);
  return {
    kind: 'rasterizer',
    isFlat: bit(flags, 0),
    clipsDepth: bit(flags, 1),
    isHalfZ: bit(flags, 2),
    isDiscarded: bit(flags, 3),
    firstVertexIsFlat: bit(flags, 4),
    isTwoSided: bit(flags, 5),
    // Rows of a guest count from OpenGL's lower edge, so upper and lower change places.
    spriteOrigin: bit(flags, 6) ? GL.UPPER_LEFT : GL.LOWER_LEFT,
    isPointQuad: bit(flags, 7),
    cull: cullFace(bits(flags, 8, 2)),
    fill: polygonMode(bits(flags, 10, 2)),
    hasScissor: bit(flags, 14),
    frontFace: bit(flags, 15) ? GL.CW : GL.CCW,
    clampsVertexColor: bit(flags, 16),
    clampsFragmentColor: bit(flags, 17),
    offsetsLines: bit(flags, 18),
    offsetsPoints: bit(flags, 19),
    offsetsTriangles: bit(flags, 20),
    smoothsPolygons: bit(flags, 21),
    isStippled: bit(flags, 22),
    takesPointSize: bit(flags, 24),
    isMultisampled: bit(flags, 25),
    smoothsLines: bit(flags, 26),
    isPerSample: bit(flags, 31),
    pointSize: positive(words.f32(3)),
    spriteCoords: words.u32(4),
    clipPlanes: bits(words.u32(5), 24, 8),
    lineWidth: positive(words.f32(6)),
    offsetUnits: words.f32(7),
    offsetScale: words.f32(8),
    offsetClamp: words.f32(9),
  };
}

/** A size OpenGL takes: it refuses zero, what is negative and NaN. */
function positive(size: number): number {
  return size > 0 && size < 1e6 ? size : 1;
}

/** The rasterizer state before a guest binds one. */
export const DEFAULT_RASTERIZER: RasterizerState = {
  kind: 'rasterizer',
  isFlat: false,
  clipsDepth: true,
  isHalfZ: false,
  isDiscarded: false,
  firstVertexIsFlat: false,
  isTwoSided: false,
  spriteOrigin: GL.LOWER_LEFT,
  isPointQuad: false,
  cull: GL.NONE,
  fill: GL.FILL,
  hasScissor: false,
  frontFace: GL.CW,
  clampsVertexColor: false,
  clampsFragmentColor: false,
  offsetsLines: false,
  offsetsPoints: false,
  offsetsTriangles: false,
  smoothsPolygons: false,
  isStippled: false,
  takesPointSize: false,
  isMultisampled: false,
  smoothsLines: false,
  isPerSample: false,
  pointSize: 1,
  spriteCoords: 0,
  clipPlanes: 0,
  lineWidth: 1,
  offsetUnits: 0,
  offsetScale: 0,
  offsetClamp: 0,
};

/** The stencil test of one face. */
export interface StencilFace {
  readonly compare: number;
  readonly fail: number;
  readonly depthFail: number;
  readonly pass: number;
  readonly valueMask: number;
  readonly writeMask: number;
}

export interface DepthStencilAlphaState {
  readonly kind: 'depthStencilAlpha';
  readonly testsDepth: boolean;
  readonly writesDepth: boolean;
  readonly depthFunc: number;
  /** Gallium's number of the comparison; 7, always, when there is no test. */
  readonly alphaFunc: number;
  readonly alphaReference: number;
  /** Front and back, or null for no test. */
  readonly stencil: readonly [StencilFace, StencilFace] | null;
  /** Whether the back has a test of its own, and a reference with it. */
  readonly isTwoSided: boolean;
}

/** Reads a depth-stencil-alpha state. */
export function readDepthStencilAlpha(words: Words): DepthStencilAlphaState {
  const flags = words.u32(2);
  const front = words.u32(3);
  const back = words.u32(4);
  return {
    kind: 'depthStencilAlpha',
    testsDepth: bit(flags, 0),
    writesDepth: bit(flags, 1),
    depthFunc: compareFunc(bits(flags, 2, 3)),
    alphaFunc: bit(flags, 8) ? bits(flags, 9, 3) : 7,
    alphaReference: words.f32(5),
    stencil: bit(front, 0) ? [readFace(front), readFace(bit(back, 0) ? back : front)] : null,
    isTwoSided: bit(back, 0),
  };
}

function readFace(word: number): StencilFace {
  return {
    compare: compareFunc(bits(word, 1, 3)),
    fail: stencilOp(bits(word, 4, 3)),
    pass: stencilOp(bits(word, 7, 3)),
    depthFail: stencilOp(bits(word, 10, 3)),
    valueMask: bits(word, 13, 8),
    writeMask: bits(word, 21, 8),
  };
}

/** The tests before a guest binds any: all pass. */
export const DEFAULT_DEPTH_STENCIL_ALPHA: DepthStencilAlphaState = {
  kind: 'depthStencilAlpha',
  testsDepth: false,
  writesDepth: false,
  depthFunc: GL.ALWAYS,
  alphaFunc: 7,
  alphaReference: 0,
  stencil: null,
  isTwoSided: false,
};
