/**
 * Blits: copies of colour, depth and stencil with scaling, mirroring, resolving of samples and conversion of formats. What
 * OpenGL's own blit cannot do goes through a shader (blitter.ts).
 */
import { GpuError } from '../core/gpu-error.ts';
import type { DeviceContext } from '../core/gl-device.ts';
import * as GL from '../egl/gl-constants.ts';
import type { GlApi } from '../egl/gl-loader.ts';
import { BlitTexture, samplesOf } from './blit-texture.ts';
import type { VirglContext } from './context.ts';
import { DIRTY } from './dirty.ts';
import { levelSize } from './resource.ts';
import type { Resource } from './resource.ts';
import { isDrawable } from './texture-format.ts';
import type { TextureFormat } from './texture-format.ts';
import { TARGET, VIRGL } from './virgl-limits.ts';

/** One side of a blit. Sizes may be negative: then the box is mirrored. */
export interface BlitSide {
  readonly resource: Resource;
  readonly level: number;
  readonly format: TextureFormat;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
}

/** A blit that a guest asks for. */
export interface Blit {
  /** Bits 0 to 3 red to alpha, 4 depth, 5 stencil. */
  readonly mask: number;
  readonly filter: number;
  readonly scissor: { readonly x: number; readonly y: number; readonly right: number; readonly bottom: number } | null;
  readonly isConditional: boolean;
  readonly isBlended: boolean;
  readonly dst: BlitSide;
  readonly src: BlitSide;
}

const COLOR = 0xf;
const DEPTH = 0x10;
const STENCIL = 0x20;
/** State that blits set for themselves. */
const TOUCHED = DIRTY.blend | DIRTY.depthStencilAlpha | DIRTY.rasterizer | DIRTY.scissor;

/** Blits. Throws GpuError before anything has changed. */
export function blit(context: VirglContext, request: Blit): void {
  const { src, dst } = request;
  checkSide(src);
  checkSide(dst);
  if (!isDrawable(dst.format)) throw new GpuError('format', `the device does not blit to ${dst.format.name}`);
  if (src.format.aspect !== 'color' && !isDrawable(src.format))
    throw new GpuError('format', `the device does not blit from ${src.format.name}`);
  if (dst.depth < 0) throw new GpuError('range', 'a blit into layers in reverse');
  const mask = usableMask(request);
  if (mask === 0) return;
  const { sub, renderer } = context;
  if (needsShader(request, mask, sub.device.gl)) {
    sub.suspendCondition();
    if (request.isConditional && !sub.conditionHolds()) return;
    renderer.useBlitter((blitter) => blitter.blit(request, mask));
    sub.makeCurrent();
    return;
  }
  checkSamples(request);
  if (request.isConditional) sub.resumeCondition();
  else sub.suspendCondition();
  sub.dirty |= TOUCHED;
  const { gl, state } = sub.device;
  const from = new BlitTexture(sub.device, src);
  try {
    const into = new BlitTexture(sub.device, dst);
    try {
      setScissor(context, request);
      if (renderer.capabilities.flavour === 'gl') {
        state.set(GL.FRAMEBUFFER_SRGB, src.format.layout.isSrgb || dst.format.layout.isSrgb);
      }
      state.set(GL.RASTERIZER_DISCARD, false);
      const { read, draw } = sub.draw.blits;
      sub.device.bindings.bindFramebuffer(GL.READ_FRAMEBUFFER, read);
      sub.device.bindings.bindFramebuffer(GL.DRAW_FRAMEBUFFER, draw);
      const step = src.depth / dst.depth;
      for (let layer = 0; layer < dst.depth; layer++) {
        from.attach(
          GL.READ_FRAMEBUFFER,
          src.z + Math.min(Math.floor((layer + 0.5) * step), Math.max(0, Math.abs(src.depth) - 1)),
        );
        into.attach(GL.DRAW_FRAMEBUFFER, dst.z + layer);
        if (layer === 0) checkFramebuffers(gl, request, mask);
        gl.blitFramebuffer(
          src.x,
          src.y,
          src.x + src.width,
          src.y + src.height,
          dst.x,
          dst.y,
          dst.x + dst.width,
          dst.y + dst.height,
          mask,
          mask === GL.COLOR_BUFFER_BIT && src.format.numeric === 'float' ? request.filter : GL.NEAREST,
        );
      }
    } finally {
      sub.draw.blits.clearDraw();
      into.close();
    }
  } finally {
    sub.draw.blits.clearRead();
    from.close();
  }
}

/** Throws GpuError for samples that OpenGL's blit does not take (OpenGL 4.6, 18.3.1), and so guests may not ask for. */
function checkSamples({ src, dst }: Blit): void {
  const [from, to] = [samplesOf(src), samplesOf(dst)];
  if (from > 1 && to > 1 && from !== to) throw new GpuError('value', `a blit from ${from} samples to ${to}`);
  if ((from > 1 || to > 1) && isScaled(src, dst)) throw new GpuError('range', 'a blit that scales samples');
}

function isScaled(src: BlitSide, dst: BlitSide): boolean {
  return Math.abs(src.width) !== Math.abs(dst.width) || Math.abs(src.height) !== Math.abs(dst.height);
}

function checkFramebuffers(gl: DeviceContext['gl'], { src, dst }: Blit, mask: number): void {
  if ((mask & GL.COLOR_BUFFER_BIT) !== 0) {
    gl.readBuffer(GL.COLOR_ATTACHMENT0);
    gl.drawBuffers(1, FIRST_BUFFER);
  }
  for (const [target, { format }] of [
    [GL.READ_FRAMEBUFFER, src],
    [GL.DRAW_FRAMEBUFFER, dst],
  ] as const) {
    if (gl.checkFramebufferStatus(target) !== GL.FRAMEBUFFER_COMPLETE) {
      throw new GpuError('format', `the device does not blit ${format.name}`);
    }
  }
}

const FIRST_BUFFER = Uint32Array.of(GL.COLOR_ATTACHMENT0);

/** OpenGL's mask of what both sides have. */
function usableMask({ mask, src, dst }: Blit): number {
  const has = (side: BlitSide, aspect: 'depth' | 'stencil'): boolean =>
    side.format.aspect === aspect || side.format.aspect === 'depthStencil';
  let usable = 0;
  if ((mask & COLOR) !== 0 && src.format.aspect === 'color' && dst.format.aspect === 'color')
    usable |= GL.COLOR_BUFFER_BIT;
  if ((mask & DEPTH) !== 0 && has(src, 'depth') && has(dst, 'depth')) usable |= GL.DEPTH_BUFFER_BIT;
  if ((mask & STENCIL) !== 0 && has(src, 'stencil') && has(dst, 'stencil')) usable |= GL.STENCIL_BUFFER_BIT;
  return usable;
}

/** Whether OpenGL's own blit is not enough. `usable` is OpenGL's mask. */
function needsShader({ mask, src, dst, isBlended, filter }: Blit, usable: number, gl: GlApi): boolean {
  const scales = isScaled(src, dst);
  const samples = Math.max(samplesOf(src), samplesOf(dst));
  if (src.format.aspect !== 'color') {
    if ((usable & GL.DEPTH_BUFFER_BIT) === 0) return false;
    // Guests make mipmaps of depth with filters, which OpenGL's blit refuses. OpenGL ES filters no depth at all.
    const isFiltered = scales && filter === GL.LINEAR && samples <= 1 && gl.offered.flavour === 'gl';
    return (isFiltered && isViewable(src, gl)) || depthKind(src.format) !== depthKind(dst.format);
  }
  // What is no colour buffer cannot be read as one either: compressed textures and the like.
  if (!src.format.device.canRender) return true;
  // OpenGL's blit converts no integers, with or without a sign.
  if (src.format.numeric !== dst.format.numeric) return true;
  if (isBlended || ((mask & COLOR) !== COLOR && (mask & COLOR) !== 0)) return true;
  if (scales && samples > 1) return true;
  // OpenGL's blit takes one slice for each, and filters none together.
  const isDeep = src.resource.args.target === TARGET.texture3d && Math.abs(src.depth) !== dst.depth;
  if (isDeep && filter === GL.LINEAR && src.format.numeric === 'float' && isViewable(src, gl)) return true;
  const isMoved = src.format.gl.sample.some((from, i) => from !== dst.format.gl.sample[i]);
  return isMoved || src.format.gl.output.some((from, i) => from !== dst.format.gl.output[i]);
}

/** Whether a shader can read it. */
function isViewable({ resource: { storage } }: BlitSide, gl: GlApi): boolean {
  return storage.kind === 'texture' && storage.isImmutable && gl.available.has('textureView');
}

/** How depth is stored: OpenGL's blit copies between formats that store it alike. */
function depthKind({ gl: { internalFormat } }: TextureFormat): number {
  return WITHOUT_STENCIL.get(internalFormat) ?? internalFormat;
}

const WITHOUT_STENCIL: ReadonlyMap<number, number> = new Map([
  [GL.DEPTH24_STENCIL8, GL.DEPTH_COMPONENT24],
  [GL.DEPTH32F_STENCIL8, GL.DEPTH_COMPONENT32F],
]);

/** Throws GpuError `range` for a box that leaves its level. */
function checkSide({ resource, level, x, y, z, width, height, depth }: BlitSide): void {
  if (level > resource.args.lastLevel) throw new GpuError('range', `level ${level} of ${resource.args.lastLevel + 1}`);
  const size = levelSize(resource, level);
  const isInside = (at: number, length: number, most: number): boolean =>
    length !== 0 && Math.min(at, at + length) >= 0 && Math.max(at, at + length) <= most;
  // Boxes may leave the level on the sides: OpenGL cuts them off, and nobody reads what is outside. Layers must exist.
  const isSane = [x, y, width, height].every((value) => Math.abs(value) <= 0x8000) && width !== 0 && height !== 0;
  if (!isSane || !isInside(z, depth, size.layers)) {
    throw new GpuError(
      'range',
      `box ${x},${y},${z} ${width}×${height}×${depth} of ${size.width}×${size.height}×${size.layers}`,
    );
  }
}

function setScissor({ sub }: VirglContext, { scissor }: Blit): void {
  const { state, gl } = sub.device;
  state.set(GL.SCISSOR_TEST, scissor !== null);
  if (scissor === null) return;
  const width = Math.max(0, scissor.right - scissor.x);
  const height = Math.max(0, scissor.bottom - scissor.y);
  const count = gl.available.has('scissorIndexed') ? VIRGL.viewports : 1;
  for (let i = 0; i < count; i++) state.scissor(i, scissor.x, scissor.y, width, height);
  sub.dirtyScissors = 0xffff;
}
