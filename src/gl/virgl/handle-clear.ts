/** Commands that fill: framebuffers, boxes of textures, rectangles of surfaces. */
import { GpuError } from '../core/gpu-error.ts';
import type { DeviceContext } from '../core/gl-device.ts';
import * as GL from '../egl/gl-constants.ts';
import type { VirglContext } from './context.ts';
import type { Handler } from './decode.ts';
import { DIRTY } from './dirty.ts';
import { fixForGl } from './format-fix.ts';
import type { SubContext } from './sub-context.ts';
import type { Surface } from './surface.ts';
import { isDrawable } from './texture-format.ts';
import { checkBox } from './texel-layout.ts';
import { VIRGL } from './virgl-limits.ts';
import type { Words } from './words.ts';

const DEPTH = 1;
const STENCIL = 2;
const COLOR0 = 4;
/** State that clears set for themselves. */
const TOUCHED = DIRTY.blend | DIRTY.depthStencilAlpha | DIRTY.rasterizer | DIRTY.scissor;
const ONE_FLOAT = 0x3f800000;

const color = new Uint32Array(4);
const floats = new Float32Array(color.buffer);
const ints = new Int32Array(color.buffer);
const depthValue = new Float32Array(1);
const stencilValue = new Int32Array(1);

function clear(context: VirglContext, words: Words): void {
  const { sub } = context;
  const buffers = words.u32(1);
  const { framebuffer } = sub;
  sub.resumeCondition();
  if (!sub.draw.framebuffer.emit(sub, (sub.dirty & DIRTY.framebuffer) !== 0)) {
    throw new GpuError('state', 'the device does not draw to these surfaces');
  }
  // What depends on the surfaces is told at the next draw: attaching is all that is done here.
  sub.keepFramebuffer();
  prepare(sub);
  const { gl, state } = sub.device;
  for (let i = 0; i < VIRGL.colorBuffers; i++) {
    const surface = framebuffer.colors[i] ?? null;
    if ((buffers & (COLOR0 << i)) !== 0 && surface !== null) clearColor(gl, i, surface, words.slice(2, 4));
  }
  const aspect = framebuffer.depth?.format.aspect;
  const clearsDepth = (buffers & DEPTH) !== 0 && (aspect === 'depth' || aspect === 'depthStencil');
  const clearsStencil = (buffers & STENCIL) !== 0 && (aspect === 'stencil' || aspect === 'depthStencil');
  const depth = Math.min(1, Math.max(0, words.f64(6)));
  const stencil = words.u32(8) & 0xff;
  if (clearsDepth) state.depthMask(true);
  if (clearsStencil) {
    state.stencilMask(GL.FRONT, 0xff);
    state.stencilMask(GL.BACK, 0xff);
  }
  depthValue[0] = Number.isNaN(depth) ? 0 : depth;
  stencilValue[0] = stencil;
  if (clearsDepth && clearsStencil) gl.clearBufferfi(GL.DEPTH_STENCIL, 0, depthValue[0], stencil);
  else if (clearsDepth) gl.clearBufferfv(GL.DEPTH, 0, depthValue);
  else if (clearsStencil) gl.clearBufferiv(GL.STENCIL, 0, stencilValue);
}

/** Nothing must hold a clear back. */
function prepare(sub: SubContext): void {
  const { state, gl } = sub.device;
  state.set(GL.SCISSOR_TEST, false);
  state.set(GL.RASTERIZER_DISCARD, false);
  if (gl.offered.flavour === 'gl') state.set(GL.FRAMEBUFFER_SRGB, true);
  state.colorMask(15);
  sub.dirty |= TOUCHED;
}

function clearColor(gl: DeviceContext['gl'], index: number, { format }: Surface, words: Uint32Array): void {
  const { output } = format.gl;
  const one = format.numeric === 'float' ? ONE_FLOAT : 1;
  for (let i = 0; i < 4; i++) {
    const from = output[i] ?? i;
    color[i] = from < 4 ? words[from]! : from === 5 ? one : 0;
  }
  if (format.numeric === 'sint') gl.clearBufferiv(GL.COLOR, index, ints);
  else if (format.numeric === 'uint') gl.clearBufferuiv(GL.COLOR, index, color);
  else gl.clearBufferfv(GL.COLOR, index, floats);
}

function clearTexture(context: VirglContext, words: Words): void {
  const { sub, renderer } = context;
  const resource = context.resource(words.u32(1));
  const level = words.u32(2);
  const { storage, format } = resource;
  if (storage.kind !== 'texture' || format === null)
    throw new GpuError('resource', `resource ${resource.id} is no texture`);
  if (!renderer.capabilities.features.clearTexture) throw new GpuError('unsupported', 'clearing textures');
  if (format.layout.kind !== 'plain') throw new GpuError('format', `clearing ${format.name}`);
  const box = {
    x: words.u32(3),
    y: words.u32(4),
    z: words.u32(5),
    width: words.u32(6),
    height: words.u32(7),
    depth: words.u32(8),
  };
  checkBox(resource, level, box);
  color.set(words.slice(9, 4));
  fixForGl(format.gl.fix, color);
  const { gl } = sub.device;
  const is1dArray = storage.glTarget === GL.TEXTURE_1D_ARRAY;
  gl.clearTexSubImage(
    storage.name,
    level,
    box.x,
    is1dArray ? box.z : box.y,
    is1dArray ? 0 : box.z,
    box.width,
    is1dArray ? box.depth : box.height,
    is1dArray ? 1 : box.depth,
    format.gl.format,
    format.gl.type,
    color,
  );
}

function clearSurface(context: VirglContext, words: Words): void {
  const { sub } = context;
  const flags = words.u32(1);
  const surface = sub.find('surface', words.u32(2));
  const x = words.u32(7);
  const y = words.u32(8);
  const width = words.u32(9);
  const height = words.u32(10);
  if (surface.format.aspect !== 'color' || ((flags >>> 1) & 7) !== COLOR0)
    throw new GpuError('unsupported', 'clearing surfaces of depth');
  if (!isDrawable(surface.format)) throw new GpuError('format', `the device does not draw to ${surface.format.name}`);
  if (x + width > surface.width || y + height > surface.height) {
    throw new GpuError('range', `${width}×${height} at ${x},${y} of ${surface.width}×${surface.height}`);
  }
  const { gl, bindings, state } = sub.device;
  const isConditional = (flags & 1) !== 0;
  if (isConditional) sub.resumeCondition();
  else sub.suspendCondition();
  bindings.bindFramebuffer(GL.DRAW_FRAMEBUFFER, sub.draw.blits.draw);
  sub.draw.blits.clearDraw();
  surface.attach(GL.DRAW_FRAMEBUFFER, GL.COLOR_ATTACHMENT0);
  gl.drawBuffers(1, Uint32Array.of(GL.COLOR_ATTACHMENT0));
  if (gl.checkFramebufferStatus(GL.DRAW_FRAMEBUFFER) !== GL.FRAMEBUFFER_COMPLETE) {
    throw new GpuError('format', `the device does not draw to ${surface.format.name}`);
  }
  prepare(sub);
  state.set(GL.SCISSOR_TEST, true);
  for (let i = 0; i < VIRGL.viewports; i++)
    if (i === 0 || gl.available.has('scissorIndexed')) state.scissor(i, x, y, width, height);
  sub.dirtyScissors = 0xffff;
  clearColor(gl, 0, surface, words.slice(3, 4));
  sub.draw.blits.clearDraw();
}

export const clearHandlers = { clear, clearTexture, clearSurface } satisfies Record<string, Handler>;
