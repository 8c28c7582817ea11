/**
 * The fixed-function state of one context, remembered so that setting it to what it is calls nothing. All methods act on
 * the current context, which must be the one that this belongs to; code that changes state behind its back calls
 * `invalidate`.
 *
 * Numbers lie in one array at the offsets below; NaN, which equals nothing, stands for «not known».
 */
import { assert } from '../../base/assert.ts';
import * as GL from './gl-constants.ts';
import type { GlApi } from './gl-loader.ts';

const COLOR_BUFFERS = 8;
const VIEWPORTS = 16;

let next = 0;
const take = (count: number): number => {
  const at = next;
  next += count;
  return at;
};

const BLEND_FUNC = take(4 * COLOR_BUFFERS);
const BLEND_EQUATION = take(2 * COLOR_BUFFERS);
const COLOR_MASK = take(COLOR_BUFFERS);
const VIEWPORT = take(4 * VIEWPORTS);
const SCISSOR = take(4 * VIEWPORTS);
const DEPTH_RANGE = take(2 * VIEWPORTS);
const STENCIL_FUNC = take(3 * 2);
const STENCIL_OP = take(3 * 2);
const STENCIL_MASK = take(2);
const BLEND_COLOR = take(4);
const POLYGON_OFFSET = take(3);
const CLIP_CONTROL = take(2);
const DEPTH_FUNC = take(1);
const DEPTH_MASK = take(1);
const CULL_FACE = take(1);
const FRONT_FACE = take(1);
const POLYGON_MODE = take(1);
const LINE_WIDTH = take(1);
const POINT_SIZE = take(1);
const LOGIC_OP = take(1);
const SAMPLE_MASK = take(1);
const MIN_SAMPLE_SHADING = take(1);
const PROVOKING_VERTEX = take(1);
const RESTART_INDEX = take(1);
const PATCH_VERTICES = take(1);
const COUNT = next;

const ON = 1;
const OFF = 2;

/** Fixed-function state of one context. */
export class RasterState {
  readonly #gl: GlApi;
  readonly #hasViewports: boolean;
  readonly #values = new Float64Array(COUNT);
  /** By number of the capability: 0 not known, `ON`, `OFF`. */
  readonly #enabled = new Uint8Array(0x10000);
  readonly #blendEnabled = new Uint8Array(COLOR_BUFFERS);
  readonly #scissorEnabled = new Uint8Array(VIEWPORTS);
  readonly #pixelStore = new Float64Array(64);

  constructor(gl: GlApi) {
    this.#gl = gl;
    this.#hasViewports = gl.available.has('viewportIndexedf');
    this.invalidate();
  }

  /** Forgets everything, so that the next call of each kind reaches the driver. */
  invalidate(): void {
    this.#values.fill(Number.NaN);
    this.#pixelStore.fill(Number.NaN);
    this.#enabled.fill(0);
    this.#blendEnabled.fill(0);
    this.#scissorEnabled.fill(0);
  }

  /** glEnable or glDisable, for every index of those that have one. */
  set(capability: number, isOn: boolean): void {
    const wanted = isOn ? ON : OFF;
    const indexed = this.#indexed(capability);
    if (indexed !== null) {
      if (indexed.every((each) => each === wanted)) return;
      indexed.fill(wanted);
    } else {
      if (this.#enabled[capability] === wanted) return;
      this.#enabled[capability] = wanted;
    }
    if (isOn) this.#gl.enable(capability);
    else this.#gl.disable(capability);
  }

  /** glEnablei or glDisablei of `BLEND` and `SCISSOR_TEST`. */
  setIndexed(capability: number, index: number, isOn: boolean): void {
    const indexed = this.#indexed(capability);
    assert(indexed !== null && index < indexed.length, 'an indexed capability');
    const wanted = isOn ? ON : OFF;
    if (indexed[index] === wanted) return;
    indexed[index] = wanted;
    if (isOn) this.#gl.enablei(capability, index);
    else this.#gl.disablei(capability, index);
  }

  /** glBlendFuncSeparate, for all colour buffers. */
  blendFunc(sourceColor: number, targetColor: number, sourceAlpha: number, targetAlpha: number): void {
    let isSame = true;
    for (let i = 0; i < COLOR_BUFFERS; i++) {
      if (this.#keep4(BLEND_FUNC + 4 * i, sourceColor, targetColor, sourceAlpha, targetAlpha)) isSame = false;
    }
    if (!isSame) this.#gl.blendFuncSeparate(sourceColor, targetColor, sourceAlpha, targetAlpha);
  }

  /** glBlendFuncSeparatei. */
  blendFuncAt(index: number, sourceColor: number, targetColor: number, sourceAlpha: number, targetAlpha: number): void {
    assert(index < COLOR_BUFFERS, 'colour buffer');
    if (!this.#keep4(BLEND_FUNC + 4 * index, sourceColor, targetColor, sourceAlpha, targetAlpha)) return;
    this.#gl.blendFuncSeparatei(index, sourceColor, targetColor, sourceAlpha, targetAlpha);
  }

  /** glBlendEquationSeparate, for all colour buffers. */
  blendEquation(color: number, alpha: number): void {
    let isSame = true;
    for (let i = 0; i < COLOR_BUFFERS; i++) if (this.#keep2(BLEND_EQUATION + 2 * i, color, alpha)) isSame = false;
    if (!isSame) this.#gl.blendEquationSeparate(color, alpha);
  }

  /** glBlendEquationSeparatei. */
  blendEquationAt(index: number, color: number, alpha: number): void {
    assert(index < COLOR_BUFFERS, 'colour buffer');
    if (this.#keep2(BLEND_EQUATION + 2 * index, color, alpha)) this.#gl.blendEquationSeparatei(index, color, alpha);
  }

  /** glColorMask, for all colour buffers. Bit 0 is red, bit 3 alpha. */
  colorMask(mask: number): void {
    let isSame = true;
    for (let i = 0; i < COLOR_BUFFERS; i++) if (this.#keep1(COLOR_MASK + i, mask)) isSame = false;
    if (!isSame) this.#gl.colorMask((mask & 1) !== 0, (mask & 2) !== 0, (mask & 4) !== 0, (mask & 8) !== 0);
  }

  /** glColorMaski. */
  colorMaskAt(index: number, mask: number): void {
    assert(index < COLOR_BUFFERS, 'colour buffer');
    if (!this.#keep1(COLOR_MASK + index, mask)) return;
    this.#gl.colorMaski(index, (mask & 1) !== 0, (mask & 2) !== 0, (mask & 4) !== 0, (mask & 8) !== 0);
  }

  /** glViewportIndexedf; without viewport arrays glViewport, for index 0 alone, rounded to pixels. */
  viewport(index: number, x: number, y: number, width: number, height: number): void {
    assert(index < VIEWPORTS, 'viewport');
    if (!this.#keep4(VIEWPORT + 4 * index, x, y, width, height)) return;
    if (this.#hasViewports) this.#gl.viewportIndexedf(index, x, y, width, height);
    else if (index === 0) this.#gl.viewport(Math.round(x), Math.round(y), Math.round(width), Math.round(height));
  }

  /** glScissorIndexed; without viewport arrays glScissor, for index 0 alone. */
  scissor(index: number, x: number, y: number, width: number, height: number): void {
    assert(index < VIEWPORTS, 'scissor');
    if (!this.#keep4(SCISSOR + 4 * index, x, y, width, height)) return;
    if (this.#hasViewports) this.#gl.scissorIndexed(index, x, y, width, height);
    else if (index === 0) this.#gl.scissor(x, y, width, height);
  }

  /** glDepthRangeIndexed; without viewport arrays glDepthRange, for index 0 alone. */
  depthRange(index: number, near: number, far: number): void {
    assert(index < VIEWPORTS, 'depth range');
    if (!this.#keep2(DEPTH_RANGE + 2 * index, near, far)) return;
    if (this.#gl.available.has('depthRangeIndexed')) this.#gl.depthRangeIndexed(index, near, far);
    else if (index === 0 && this.#gl.offered.flavour === 'gl') this.#gl.depthRange(near, far);
    else if (index === 0) this.#gl.depthRangef(near, far);
  }

  /** glStencilFuncSeparate of `FRONT` or `BACK`. */
  stencilFunc(face: number, compare: number, reference: number, mask: number): void {
    if (this.#keep3(STENCIL_FUNC + 3 * back(face), compare, reference, mask)) {
      this.#gl.stencilFuncSeparate(face, compare, reference, mask);
    }
  }

  /** glStencilOpSeparate of `FRONT` or `BACK`. */
  stencilOp(face: number, stencilFail: number, depthFail: number, pass: number): void {
    if (this.#keep3(STENCIL_OP + 3 * back(face), stencilFail, depthFail, pass)) {
      this.#gl.stencilOpSeparate(face, stencilFail, depthFail, pass);
    }
  }

  /** glStencilMaskSeparate of `FRONT` or `BACK`. */
  stencilMask(face: number, mask: number): void {
    if (this.#keep1(STENCIL_MASK + back(face), mask)) this.#gl.stencilMaskSeparate(face, mask);
  }

  /** glBlendColor. */
  blendColor(red: number, green: number, blue: number, alpha: number): void {
    if (this.#keep4(BLEND_COLOR, red, green, blue, alpha)) this.#gl.blendColor(red, green, blue, alpha);
  }

  /** glPolygonOffsetClamp; where it is missing the clamp is not kept to. */
  polygonOffset(factor: number, units: number, clamp: number): void {
    if (!this.#keep3(POLYGON_OFFSET, factor, units, clamp)) return;
    if (this.#gl.available.has('polygonOffsetClamp')) this.#gl.polygonOffsetClamp(factor, units, clamp);
    else this.#gl.polygonOffset(factor, units);
  }

  /** glClipControl. */
  clipControl(origin: number, depth: number): void {
    if (this.#keep2(CLIP_CONTROL, origin, depth)) this.#gl.clipControl(origin, depth);
  }

  /** glDepthFunc. */
  depthFunc(compare: number): void {
    if (this.#keep1(DEPTH_FUNC, compare)) this.#gl.depthFunc(compare);
  }

  /** glDepthMask. */
  depthMask(isOn: boolean): void {
    if (this.#keep1(DEPTH_MASK, Number(isOn))) this.#gl.depthMask(isOn);
  }

  /** glCullFace. */
  cullFace(face: number): void {
    if (this.#keep1(CULL_FACE, face)) this.#gl.cullFace(face);
  }

  /** glFrontFace. */
  frontFace(winding: number): void {
    if (this.#keep1(FRONT_FACE, winding)) this.#gl.frontFace(winding);
  }

  /** glPolygonMode of both faces. */
  polygonMode(mode: number): void {
    if (this.#keep1(POLYGON_MODE, mode)) this.#gl.polygonMode(GL.FRONT_AND_BACK, mode);
  }

  /** glLineWidth. */
  lineWidth(width: number): void {
    if (this.#keep1(LINE_WIDTH, width)) this.#gl.lineWidth(width);
  }

  /** glPointSize. */
  pointSize(size: number): void {
    if (this.#keep1(POINT_SIZE, size)) this.#gl.pointSize(size);
  }

  /** glLogicOp. */
  logicOp(operation: number): void {
    if (this.#keep1(LOGIC_OP, operation)) this.#gl.logicOp(operation);
  }

  /** glSampleMaski of word 0. */
  sampleMask(mask: number): void {
    if (this.#keep1(SAMPLE_MASK, mask)) this.#gl.sampleMaski(0, mask);
  }

  /** glMinSampleShading. */
  minSampleShading(fraction: number): void {
    if (this.#keep1(MIN_SAMPLE_SHADING, fraction)) this.#gl.minSampleShading(fraction);
  }

  /** glProvokingVertex. */
  provokingVertex(mode: number): void {
    if (this.#keep1(PROVOKING_VERTEX, mode)) this.#gl.provokingVertex(mode);
  }

  /** glPrimitiveRestartIndex. */
  primitiveRestartIndex(index: number): void {
    if (this.#keep1(RESTART_INDEX, index)) this.#gl.primitiveRestartIndex(index);
  }

  /** glPatchParameteri of `PATCH_VERTICES`. */
  patchVertices(count: number): void {
    if (this.#keep1(PATCH_VERTICES, count)) this.#gl.patchParameteri(GL.PATCH_VERTICES, count);
  }

  /** glPixelStorei. */
  pixelStore(name: number, value: number): void {
    // Two runs of names: those of OpenGL 1 to 3, and the block sizes of compressed pixels behind them.
    const at = (name & 0x1f) | (name >= GL.UNPACK_COMPRESSED_BLOCK_WIDTH ? 0x20 : 0);
    if (this.#pixelStore[at] === value) return;
    this.#pixelStore[at] = value;
    this.#gl.pixelStorei(name, value);
  }

  #indexed(capability: number): Uint8Array | null {
    if (capability === GL.BLEND) return this.#blendEnabled;
    return capability === GL.SCISSOR_TEST ? this.#scissorEnabled : null;
  }

  /** Remembers a value; whether it is another than before. */
  #keep1(at: number, a: number): boolean {
    const values = this.#values;
    if (values[at] === a) return false;
    values[at] = a;
    return true;
  }

  #keep2(at: number, a: number, b: number): boolean {
    const values = this.#values;
    if (values[at] === a && values[at + 1] === b) return false;
    values[at] = a;
    values[at + 1] = b;
    return true;
  }

  #keep3(at: number, a: number, b: number, c: number): boolean {
    const values = this.#values;
    if (values[at] === a && values[at + 1] === b && values[at + 2] === c) return false;
    values[at] = a;
    values[at + 1] = b;
    values[at + 2] = c;
    return true;
  }

  #keep4(at: number, a: number, b: number, c: number, d: number): boolean {
    const values = this.#values;
    if (values[at] === a && values[at + 1] === b && values[at + 2] === c && values[at + 3] === d) return false;
    values[at] = a;
    values[at + 1] = b;
    values[at + 2] = c;
    values[at + 3] = d;
    return true;
  }
}

function back(face: number): number {
  assert(face === GL.FRONT || face === GL.BACK, 'one face');
  return face === GL.BACK ? 1 : 0;
}
