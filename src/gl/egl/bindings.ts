/**
 * What is bound in one context, remembered so that binding it again calls nothing. All methods act on the current
 * context, which must be the one that this belongs to; code that binds behind its back calls `invalidate`.
 *
 * Names are compared as 32-bit integers, and −1 stands for «not known».
 */
import { assert } from '../../base/assert.ts';
import * as GL from './gl-constants.ts';
import type { GlApi } from './gl-loader.ts';

const UNKNOWN = -1;
const TEXTURE_UNITS = 192;
const INDEXED_BINDINGS = 128;
const IMAGE_UNITS = 192;
const IMAGE_FIELDS = 6;

const TEXTURE_TARGETS = [
  GL.TEXTURE_2D,
  GL.TEXTURE_3D,
  GL.TEXTURE_CUBE_MAP,
  GL.TEXTURE_2D_ARRAY,
  GL.TEXTURE_BUFFER,
  GL.TEXTURE_2D_MULTISAMPLE,
  GL.TEXTURE_2D_MULTISAMPLE_ARRAY,
  GL.TEXTURE_CUBE_MAP_ARRAY,
  GL.TEXTURE_1D,
  GL.TEXTURE_1D_ARRAY,
  GL.TEXTURE_RECTANGLE,
] as const;

const BUFFER_TARGETS = [
  GL.ARRAY_BUFFER,
  GL.ELEMENT_ARRAY_BUFFER,
  GL.UNIFORM_BUFFER,
  GL.SHADER_STORAGE_BUFFER,
  GL.ATOMIC_COUNTER_BUFFER,
  GL.COPY_READ_BUFFER,
  GL.COPY_WRITE_BUFFER,
  GL.PIXEL_PACK_BUFFER,
  GL.PIXEL_UNPACK_BUFFER,
  GL.DRAW_INDIRECT_BUFFER,
  GL.DISPATCH_INDIRECT_BUFFER,
  GL.QUERY_BUFFER,
  GL.PARAMETER_BUFFER,
  GL.TEXTURE_BUFFER,
  GL.TRANSFORM_FEEDBACK_BUFFER,
] as const;

// Targets are numbers below 0x10000: a table of slots answers without hashing.
const textureSlot = slotTable(TEXTURE_TARGETS);
const bufferSlot = slotTable(BUFFER_TARGETS);
const indexedSlot = slotTable([GL.UNIFORM_BUFFER, GL.SHADER_STORAGE_BUFFER, GL.ATOMIC_COUNTER_BUFFER]);
const ELEMENT_SLOT = BUFFER_TARGETS.indexOf(GL.ELEMENT_ARRAY_BUFFER);

/** The bindings of one context. */
export class Bindings {
  readonly #gl: GlApi;
  readonly #textures = new Int32Array(TEXTURE_UNITS * TEXTURE_TARGETS.length);
  readonly #samplers = new Int32Array(TEXTURE_UNITS);
  readonly #buffers = new Int32Array(BUFFER_TARGETS.length);
  readonly #indexedNames = new Int32Array(3 * INDEXED_BINDINGS);
  readonly #indexedRanges = new Float64Array(3 * INDEXED_BINDINGS * 2);
  readonly #images = new Int32Array(IMAGE_UNITS * IMAGE_FIELDS);
  #unit = UNKNOWN;
  #drawFramebuffer = UNKNOWN;
  #readFramebuffer = UNKNOWN;
  #renderbuffer = UNKNOWN;
  #vertexArray = UNKNOWN;
  #program = UNKNOWN;
  #pipeline = UNKNOWN;
  #transformFeedback = UNKNOWN;

  constructor(gl: GlApi) {
    this.#gl = gl;
    this.invalidate();
  }

  /** Forgets everything, so that the next call of each kind reaches the driver. */
  invalidate(): void {
    this.#textures.fill(UNKNOWN);
    this.#samplers.fill(UNKNOWN);
    this.#buffers.fill(UNKNOWN);
    this.#indexedNames.fill(UNKNOWN);
    this.#images.fill(UNKNOWN);
    this.#unit = UNKNOWN;
    this.#drawFramebuffer = UNKNOWN;
    this.#readFramebuffer = UNKNOWN;
    this.#renderbuffer = UNKNOWN;
    this.#vertexArray = UNKNOWN;
    this.#program = UNKNOWN;
    this.#pipeline = UNKNOWN;
    this.#transformFeedback = UNKNOWN;
  }

  /** glActiveTexture; `unit` counts from 0. */
  activeTexture(unit: number): void {
    if (this.#unit === unit) return;
    this.#unit = unit;
    this.#gl.activeTexture(GL.TEXTURE0 + unit);
  }

  /** Binds a texture to a unit. Which unit is active afterwards is not said: use `activateTexture` to change a texture. */
  bindTexture(unit: number, target: number, name: number): void {
    const at = unit * TEXTURE_TARGETS.length + textureSlotOf(unit, target);
    if (this.#textures[at] === name) return;
    this.#textures[at] = name;
    this.activeTexture(unit);
    this.#gl.bindTexture(target, name);
  }

  /** Binds a texture to a unit and makes the unit active, so that glTex… calls act on it. */
  activateTexture(unit: number, target: number, name: number): void {
    this.activeTexture(unit);
    this.bindTexture(unit, target, name);
  }

  /** glBindSampler. */
  bindSampler(unit: number, name: number): void {
    assert(unit < TEXTURE_UNITS, 'texture unit');
    if (this.#samplers[unit] === name) return;
    this.#samplers[unit] = name;
    this.#gl.bindSampler(unit, name);
  }

  /** glBindBuffer. The element array buffer belongs to the vertex array that is bound. */
  bindBuffer(target: number, name: number): void {
    const slot = slotOf(bufferSlot, target, 'buffer target');
    if (this.#buffers[slot] === name) return;
    this.#buffers[slot] = name;
    this.#gl.bindBuffer(target, name);
  }

  /** glBindBufferRange; transform feedback buffers belong to the transform feedback object and always reach the driver. */
  bindBufferRange(target: number, index: number, name: number, offset: number, size: number): void {
    const at = indexedAt(target, index);
    if (at !== UNKNOWN) {
      if (
        this.#indexedNames[at] === name &&
        this.#indexedRanges[2 * at] === offset &&
        this.#indexedRanges[2 * at + 1] === size
      ) {
        return;
      }
      this.#indexedNames[at] = name;
      this.#indexedRanges[2 * at] = offset;
      this.#indexedRanges[2 * at + 1] = size;
    }
    this.#buffers[slotOf(bufferSlot, target, 'buffer target')] = name;
    this.#gl.bindBufferRange(target, index, name, offset, size);
  }

  /** glBindBufferBase: the whole buffer, whatever size it has when it is used; name 0 unbinds. */
  bindBufferBase(target: number, index: number, name: number): void {
    const at = indexedAt(target, index);
    if (at !== UNKNOWN) {
      if (this.#indexedNames[at] === name && this.#indexedRanges[2 * at + 1] === UNKNOWN) return;
      this.#indexedNames[at] = name;
      this.#indexedRanges[2 * at] = 0;
      this.#indexedRanges[2 * at + 1] = UNKNOWN;
    }
    this.#buffers[slotOf(bufferSlot, target, 'buffer target')] = name;
    this.#gl.bindBufferBase(target, index, name);
  }

  /** glBindImageTexture. */
  bindImageTexture(
    unit: number,
    name: number,
    level: number,
    isLayered: boolean,
    layer: number,
    access: number,
    format: number,
  ): void {
    assert(unit < IMAGE_UNITS, 'image unit');
    const images = this.#images;
    const at = unit * IMAGE_FIELDS;
    const layered = Number(isLayered);
    if (
      images[at] === name &&
      images[at + 1] === level &&
      images[at + 2] === layered &&
      images[at + 3] === layer &&
      images[at + 4] === access &&
      images[at + 5] === format
    ) {
      return;
    }
    images[at] = name;
    images[at + 1] = level;
    images[at + 2] = layered;
    images[at + 3] = layer;
    images[at + 4] = access;
    images[at + 5] = format;
    this.#gl.bindImageTexture(unit, name, level, isLayered, layer, access, format);
  }

  /** glBindFramebuffer; `FRAMEBUFFER` is both that are read and drawn to. */
  bindFramebuffer(target: number, name: number): void {
    const isDraw = target !== GL.READ_FRAMEBUFFER;
    const isRead = target !== GL.DRAW_FRAMEBUFFER;
    if ((!isDraw || this.#drawFramebuffer === name) && (!isRead || this.#readFramebuffer === name)) return;
    if (isDraw) this.#drawFramebuffer = name;
    if (isRead) this.#readFramebuffer = name;
    this.#gl.bindFramebuffer(target, name);
  }

  /** glBindRenderbuffer. */
  bindRenderbuffer(name: number): void {
    if (this.#renderbuffer === name) return;
    this.#renderbuffer = name;
    this.#gl.bindRenderbuffer(GL.RENDERBUFFER, name);
  }

  /** glBindVertexArray, which brings its own element array buffer. */
  bindVertexArray(name: number): void {
    if (this.#vertexArray === name) return;
    this.#vertexArray = name;
    this.#buffers[ELEMENT_SLOT] = UNKNOWN;
    this.#gl.bindVertexArray(name);
  }

  /** glUseProgram. */
  useProgram(name: number): void {
    if (this.#program === name) return;
    this.#program = name;
    this.#gl.useProgram(name);
  }

  /** glBindProgramPipeline. */
  bindProgramPipeline(name: number): void {
    if (this.#pipeline === name) return;
    this.#pipeline = name;
    this.#gl.bindProgramPipeline(name);
  }

  /** glBindTransformFeedback. */
  bindTransformFeedback(name: number): void {
    if (this.#transformFeedback === name) return;
    this.#transformFeedback = name;
    this.#gl.bindTransformFeedback(GL.TRANSFORM_FEEDBACK, name);
  }

  /** A texture was deleted; its name may come back. */
  forgetTexture(name: number): void {
    forget(this.#textures, name);
    for (let at = 0; at < this.#images.length; at += IMAGE_FIELDS) {
      if (this.#images[at] === name) this.#images[at] = UNKNOWN;
    }
  }

  /** A buffer was deleted; its name may come back. */
  forgetBuffer(name: number): void {
    forget(this.#buffers, name);
    forget(this.#indexedNames, name);
  }

  /** A sampler was deleted; its name may come back. */
  forgetSampler(name: number): void {
    forget(this.#samplers, name);
  }

  /** A program was deleted; its name may come back. */
  forgetProgram(name: number): void {
    if (this.#program === name) this.#program = UNKNOWN;
  }

  /** A framebuffer of this context was deleted; its name may come back. */
  forgetFramebuffer(name: number): void {
    if (this.#drawFramebuffer === name) this.#drawFramebuffer = UNKNOWN;
    if (this.#readFramebuffer === name) this.#readFramebuffer = UNKNOWN;
  }

  /** A vertex array of this context was deleted; its name may come back. */
  forgetVertexArray(name: number): void {
    if (this.#vertexArray !== name) return;
    this.#vertexArray = UNKNOWN;
    this.#buffers[ELEMENT_SLOT] = UNKNOWN;
  }

  /** A program pipeline of this context was deleted; its name may come back. */
  forgetProgramPipeline(name: number): void {
    if (this.#pipeline === name) this.#pipeline = UNKNOWN;
  }

  /** A renderbuffer was deleted; its name may come back. */
  forgetRenderbuffer(name: number): void {
    if (this.#renderbuffer === name) this.#renderbuffer = UNKNOWN;
  }

  /** A transform feedback object of this context was deleted; its name may come back. */
  forgetTransformFeedback(name: number): void {
    if (this.#transformFeedback === name) this.#transformFeedback = UNKNOWN;
  }
}

function slotTable(targets: readonly number[]): Int8Array {
  const table = new Int8Array(0x10000).fill(UNKNOWN);
  for (const [slot, target] of targets.entries()) table[target] = slot;
  return table;
}

function slotOf(table: Int8Array, target: number, what: string): number {
  const slot = table[target];
  assert(slot !== undefined && slot !== UNKNOWN, what);
  return slot;
}

function textureSlotOf(unit: number, target: number): number {
  assert(unit < TEXTURE_UNITS, 'texture unit');
  return slotOf(textureSlot, target, 'texture target');
}

function indexedAt(target: number, index: number): number {
  const slot = indexedSlot[target] ?? UNKNOWN;
  return slot === UNKNOWN || index >= INDEXED_BINDINGS ? UNKNOWN : slot * INDEXED_BINDINGS + index;
}

function forget(names: Int32Array, name: number): void {
  for (let at = names.indexOf(name); at >= 0; at = names.indexOf(name, at + 1)) names[at] = UNKNOWN;
}
