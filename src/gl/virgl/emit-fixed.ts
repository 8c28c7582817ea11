/** Tells OpenGL the fixed-function state that changed. */
import type { DeviceContext } from '../core/gl-device.ts';
import type { GlCapabilities } from '../egl/capabilities.ts';
import * as GL from '../egl/gl-constants.ts';
import { DIRTY } from './dirty.ts';
import type { Program } from './program.ts';
import type { BlendTarget } from './state-objects.ts';
import type { SubContext } from './sub-context.ts';
import type { Surface } from './surface.ts';
import { VIRGL } from './virgl-limits.ts';

type BlendFactors = Pick<BlendTarget, 'sourceColor' | 'targetColor' | 'sourceAlpha' | 'targetAlpha'>;

/** Tells blending, tests, rasterising, viewports and scissors as far as they changed. */
export function emitFixed(sub: SubContext, capabilities: GlCapabilities, program: Program): void {
  const { dirty, device } = sub;
  if ((dirty & (DIRTY.blend | DIRTY.framebuffer)) !== 0) emitBlend(sub, capabilities);
  if ((dirty & DIRTY.blendColor) !== 0) {
    const [red = 0, green = 0, blue = 0, alpha = 0] = sub.blendColor;
    device.state.blendColor(red, green, blue, alpha);
  }
  if ((dirty & (DIRTY.depthStencilAlpha | DIRTY.stencilRef | DIRTY.framebuffer)) !== 0) emitDepthStencil(sub);
  if ((dirty & (DIRTY.rasterizer | DIRTY.program | DIRTY.framebuffer)) !== 0)
    emitRasterizer(sub, capabilities, program);
  if ((dirty & (DIRTY.viewport | DIRTY.rasterizer)) !== 0) emitViewports(sub);
  if ((dirty & (DIRTY.scissor | DIRTY.rasterizer)) !== 0) emitScissors(sub);
  if ((dirty & (DIRTY.sampleMask | DIRTY.rasterizer)) !== 0) emitSampleMask(sub);
  if ((dirty & (DIRTY.minSamples | DIRTY.rasterizer | DIRTY.framebuffer)) !== 0) emitSampleShading(sub, capabilities);
  // OpenGL ES has no default levels: there a control stage must say them.
  if ((dirty & DIRTY.tessellation) !== 0 && device.gl.available.has('patchParameterfv')) {
    device.gl.patchParameterfv(GL.PATCH_DEFAULT_OUTER_LEVEL, sub.tessLevels);
    device.gl.patchParameterfv(GL.PATCH_DEFAULT_INNER_LEVEL, sub.tessLevels.subarray(4));
  }
}

function emitBlend(
  { device: { gl, state }, blend, framebuffer }: SubContext,
  { features, flavour }: GlCapabilities,
): void {
  state.set(GL.DITHER, blend.isDithered);
  state.set(GL.SAMPLE_ALPHA_TO_COVERAGE, blend.alphaToCoverage);
  if (flavour === 'gl') {
    state.set(GL.SAMPLE_ALPHA_TO_ONE, blend.alphaToOne);
    state.set(GL.COLOR_LOGIC_OP, blend.logicOp !== null);
    if (blend.logicOp !== null) state.logicOp(blend.logicOp);
  }
  const first = blend.targets[0]!;
  const isIndependent = blend.isIndependent && features.independentBlend;
  // Colours that are stored elsewhere have their masks there too.
  const moves = framebuffer.colors.some((color) => color !== null && color.format.gl.output[0] !== 0);
  if (!isIndependent && !moves && !(first.readsAlpha && framebuffer.colors.some(lacksAlpha))) {
    setBlendEnabled(state, framebuffer.colors.length, () => first.isEnabled);
    if (first.isEnabled) {
      state.blendEquation(first.equation, first.equationAlpha);
      state.blendFunc(first.sourceColor, first.targetColor, first.sourceAlpha, first.targetAlpha);
    }
    state.colorMask(first.mask);
    return;
  }
  setBlendEnabled(state, framebuffer.colors.length, (i) => blend.targets[isIndependent ? i : 0]!.isEnabled);
  for (let i = 0; i < Math.max(1, framebuffer.colors.length); i++) {
    const target = blend.targets[isIndependent ? i : 0]!;
    const color = framebuffer.colors[i] ?? null;
    const output = color?.format.gl.output;
    const { equation, equationAlpha } = target;
    if (target.isEnabled) {
      const { sourceColor, targetColor, sourceAlpha, targetAlpha } =
        target.readsAlpha && lacksAlpha(color) ? withAlphaOne(target) : target;
      if (output?.[0] === 3) {
        // Alpha alone, stored as red: its factors and equation count there.
        blendAt(
          state,
          gl,
          i,
          equationAlpha,
          equationAlpha,
          redOf(sourceAlpha),
          redOf(targetAlpha),
          sourceAlpha,
          targetAlpha,
        );
      } else blendAt(state, gl, i, equation, equationAlpha, sourceColor, targetColor, sourceAlpha, targetAlpha);
    }
    state.colorMaskAt(i, output === undefined ? target.mask : movedMask(target.mask, output));
  }
}

function blendAt(
  state: DeviceContext['state'],
  gl: DeviceContext['gl'],
  index: number,
  equation: number,
  equationAlpha: number,
  sourceColor: number,
  targetColor: number,
  sourceAlpha: number,
  targetAlpha: number,
): void {
  if (gl.available.has('blendFuncSeparatei')) {
    state.blendEquationAt(index, equation, equationAlpha);
    state.blendFuncAt(index, sourceColor, targetColor, sourceAlpha, targetAlpha);
  } else if (index === 0) {
    state.blendEquation(equation, equationAlpha);
    state.blendFunc(sourceColor, targetColor, sourceAlpha, targetAlpha);
  }
}

function setBlendEnabled(state: DeviceContext['state'], count: number, isEnabled: (index: number) => boolean): void {
  for (let i = 0; i < Math.max(1, count); i++) state.setIndexed(GL.BLEND, i, isEnabled(i));
}

/** Whether the guest's format has no alpha, though what it is stored in may have one that anything was written to. */
function lacksAlpha(color: Surface | null): boolean {
  return color !== null && !color.format.layout.hasAlpha;
}

/** The factors where the alpha of what is drawn to is one. */
function withAlphaOne({ sourceColor, targetColor, sourceAlpha, targetAlpha }: BlendTarget): BlendFactors {
  return {
    sourceColor: alphaOne(sourceColor, GL.ZERO),
    targetColor: alphaOne(targetColor, GL.ZERO),
    sourceAlpha: alphaOne(sourceAlpha, GL.ONE),
    targetAlpha: alphaOne(targetAlpha, GL.ONE),
  };
}

function alphaOne(factor: number, saturated: number): number {
  switch (factor) {
    case GL.DST_ALPHA:
      return GL.ONE;
    case GL.ONE_MINUS_DST_ALPHA:
      return GL.ZERO;
    case GL.SRC_ALPHA_SATURATE:
      return saturated;
    default:
      return factor;
  }
}

/** A factor for red that is stored alpha: destination alpha is what lies in red. */
function redOf(factor: number): number {
  switch (factor) {
    case GL.DST_ALPHA:
      return GL.DST_COLOR;
    case GL.ONE_MINUS_DST_ALPHA:
      return GL.ONE_MINUS_DST_COLOR;
    case GL.CONSTANT_COLOR:
      return GL.CONSTANT_ALPHA;
    case GL.ONE_MINUS_CONSTANT_COLOR:
      return GL.ONE_MINUS_CONSTANT_ALPHA;
    case GL.SRC_ALPHA_SATURATE:
      return GL.ONE;
    default:
      return factor;
  }
}

function movedMask(mask: number, output: readonly number[]): number {
  return output.reduce((moved, from, i) => (from > 3 || ((mask >> from) & 1) !== 0 ? moved | (1 << i) : moved), 0);
}

function emitDepthStencil({ device: { state }, depthStencilAlpha, stencilReferences, framebuffer }: SubContext): void {
  const { testsDepth, writesDepth, depthFunc, stencil, isTwoSided } = depthStencilAlpha;
  const aspect = framebuffer.depth?.format.aspect;
  const hasDepth = aspect === 'depth' || aspect === 'depthStencil';
  state.set(GL.DEPTH_TEST, testsDepth && hasDepth);
  if (testsDepth) {
    state.depthMask(writesDepth);
    state.depthFunc(depthFunc);
  }
  state.set(GL.STENCIL_TEST, stencil !== null && (aspect === 'stencil' || aspect === 'depthStencil'));
  if (stencil === null) return;
  for (let i = 0; i < 2; i++) {
    const face = i === 0 ? GL.FRONT : GL.BACK;
    const { compare, fail, depthFail, pass, valueMask, writeMask } = stencil[i as 0 | 1];
    // Guests that test both sides alike give the front a reference and the back none.
    state.stencilFunc(face, compare, stencilReferences[isTwoSided ? i : 0]!, valueMask);
    state.stencilOp(face, fail, depthFail, pass);
    state.stencilMask(face, writeMask);
  }
}

function emitRasterizer(sub: SubContext, { features, flavour, limits }: GlCapabilities, program: Program): void {
  const { gl, state } = sub.device;
  const { rasterizer } = sub;
  state.set(GL.RASTERIZER_DISCARD, rasterizer.isDiscarded);
  state.set(GL.CULL_FACE, rasterizer.cull !== GL.NONE);
  if (rasterizer.cull !== GL.NONE) state.cullFace(rasterizer.cull);
  state.frontFace(rasterizer.frontFace);
  state.set(GL.SCISSOR_TEST, rasterizer.hasScissor);
  state.set(GL.POLYGON_OFFSET_FILL, rasterizer.offsetsTriangles);
  state.polygonOffset(rasterizer.offsetScale, rasterizer.offsetUnits, rasterizer.offsetClamp);
  state.lineWidth(rasterizer.lineWidth);
  if (features.depthClamp) state.set(GL.DEPTH_CLAMP, !rasterizer.clipsDepth);
  if (features.clipControl)
    state.clipControl(GL.LOWER_LEFT, rasterizer.isHalfZ ? GL.ZERO_TO_ONE : GL.NEGATIVE_ONE_TO_ONE);
  if (features.polygonMode) state.polygonMode(rasterizer.fill);
  for (let plane = 0; plane < limits.maxClipDistances; plane++) {
    const isOn = plane < program.clipDistances && ((rasterizer.clipPlanes >> plane) & 1) !== 0;
    state.set(GL.CLIP_DISTANCE0 + plane, isOn);
  }
  if (flavour !== 'gl') return;
  state.set(GL.POLYGON_OFFSET_LINE, rasterizer.offsetsLines);
  state.set(GL.POLYGON_OFFSET_POINT, rasterizer.offsetsPoints);
  state.set(GL.POLYGON_SMOOTH, rasterizer.smoothsPolygons);
  state.set(GL.LINE_SMOOTH, rasterizer.smoothsLines);
  state.set(GL.MULTISAMPLE, rasterizer.isMultisampled);
  state.set(GL.PROGRAM_POINT_SIZE, rasterizer.takesPointSize && program.writesPointSize);
  state.pointSize(rasterizer.pointSize);
  state.provokingVertex(rasterizer.firstVertexIsFlat ? GL.FIRST_VERTEX_CONVENTION : GL.LAST_VERTEX_CONVENTION);
  state.set(GL.FRAMEBUFFER_SRGB, true);
  if (sub.draw.spriteOrigin !== rasterizer.spriteOrigin) {
    sub.draw.spriteOrigin = rasterizer.spriteOrigin;
    gl.pointParameteri(GL.POINT_SPRITE_COORD_ORIGIN, rasterizer.spriteOrigin);
  }
}

function emitViewports(sub: SubContext): void {
  const { viewports, device, rasterizer } = sub;
  if ((sub.dirty & DIRTY.rasterizer) !== 0) sub.dirtyViewports |= sub.usedViewports;
  for (let i = 0; i < VIRGL.viewports; i++) {
    if (((sub.dirtyViewports >> i) & 1) === 0) continue;
    const at = 6 * i;
    const scaleX = Math.abs(viewports[at]!);
    // A picture upside down is turned by the shader, for OpenGL knows no negative heights.
    const scaleY = Math.abs(viewports[at + 1]!);
    const scaleZ = viewports[at + 2]!;
    const moveZ = viewports[at + 5]!;
    device.state.viewport(i, viewports[at + 3]! - scaleX, viewports[at + 4]! - scaleY, 2 * scaleX, 2 * scaleY);
    device.state.depthRange(i, rasterizer.isHalfZ ? moveZ : moveZ - scaleZ, moveZ + scaleZ);
  }
  sub.dirtyViewports = 0;
}

function emitScissors(sub: SubContext): void {
  if (!sub.rasterizer.hasScissor) return;
  for (let i = 0; i < VIRGL.viewports; i++) {
    if (((sub.dirtyScissors >> i) & 1) === 0) continue;
    const at = 4 * i;
    const x = sub.scissors[at]!;
    const y = sub.scissors[at + 1]!;
    sub.device.state.scissor(i, x, y, Math.max(0, sub.scissors[at + 2]! - x), Math.max(0, sub.scissors[at + 3]! - y));
  }
  sub.dirtyScissors = 0;
}

function emitSampleMask({ device: { gl, state }, sampleMask, rasterizer }: SubContext): void {
  const isUsed = rasterizer.isMultisampled && sampleMask !== 0xffffffff;
  if (!gl.available.has('sampleMaski')) return;
  state.set(GL.SAMPLE_MASK, isUsed);
  if (isUsed) state.sampleMask(sampleMask);
}

function emitSampleShading(
  { device: { state }, minSamples, rasterizer, framebuffer }: SubContext,
  { features }: GlCapabilities,
): void {
  if (!features.sampleShading) return;
  const samples =
    (framebuffer.colors.find((color) => color !== null) ?? framebuffer.depth)?.samples ?? framebuffer.samples;
  const isUsed = minSamples > 1 && rasterizer.isMultisampled && samples > 1;
  state.set(GL.SAMPLE_SHADING, isUsed);
  if (isUsed) state.minSampleShading(Math.min(1, minSamples / samples));
}
