/** A vertex elements state of a guest: how attributes lie in vertex buffers. One vertex array of OpenGL keeps it. */
import { Counted } from '../core/counted.ts';
import type { DeviceContext } from '../core/gl-device.ts';
import { GpuError } from '../core/gpu-error.ts';
import * as GL from '../egl/gl-constants.ts';
import type { GlCapabilities } from '../egl/capabilities.ts';
import { formatOf } from './formats.ts';
import { vertexFormatOf } from './format-vertex.ts';
import type { VertexFormat } from './format-vertex.ts';
import { VIRGL } from './virgl-limits.ts';
import type { Words } from './words.ts';

const name = new Uint32Array(1);

/** One attribute. */
export interface VertexElement {
  readonly offset: number;
  readonly divisor: number;
  readonly buffer: number;
  readonly format: VertexFormat;
  /** Bytes it takes in the buffer. */
  readonly sizeBytes: number;
}

/** Reads the elements. Throws GpuError `value`, `format`. */
export function readVertexElements(words: Words, capabilities: GlCapabilities): VertexElement[] {
  const count = (words.length - 1) / 4;
  if (count > capabilities.limits.maxVertexAttribs) throw new GpuError('value', `${count} vertex elements`);
  return Array.from({ length: count }, (_, i) => {
    const at = 2 + 4 * i;
    const buffer = words.u32(at + 2);
    const number = words.u32(at + 3);
    if (buffer >= VIRGL.vertexBuffers) throw new GpuError('value', `vertex buffer ${buffer}`);
    const info = formatOf(number);
    const format = info === undefined ? null : vertexFormatOf(info.name, info);
    if (info === undefined || format === null)
      throw new GpuError('format', `no vertices of format ${info?.name ?? number}`);
    return { offset: words.u32(at), divisor: words.u32(at + 1), buffer, format, sizeBytes: info.blockBytes };
  });
}

/** A vertex elements state that exists. */
export class VertexElements extends Counted {
  readonly kind = 'vertexElements';
  readonly elements: readonly VertexElement[];
  /** Attributes that the shader takes as integers, one bit each. */
  readonly signed: number;
  readonly unsigned: number;
  /** Attributes whose red and blue the shader must exchange. */
  readonly bgra: number;
  /** Buffers that are read, one bit each. */
  readonly buffers: number;
  readonly vertexArray: number;
  readonly #context: DeviceContext;
  readonly #usesBindings: boolean;
  /** Serial number, offset and stride of what each slot points at now. */
  readonly #bound = new Float64Array(3 * VIRGL.vertexBuffers).fill(-1);

  constructor(context: DeviceContext, elements: readonly VertexElement[]) {
    super();
    this.#context = context;
    this.elements = elements;
    this.signed = maskOf(elements, ({ format }) => format.isInteger && SIGNED.has(format.type));
    this.unsigned = maskOf(elements, ({ format }) => format.isInteger && !SIGNED.has(format.type));
    this.bgra = maskOf(elements, ({ format }) => format.isBgra && !format.isNormalized);
    this.buffers = elements.reduce((mask, { buffer }) => mask | (1 << buffer), 0);
    const { gl, bindings } = context;
    gl.genVertexArrays(1, name);
    this.vertexArray = name[0]!;
    bindings.bindVertexArray(this.vertexArray);
    this.#usesBindings = gl.available.has('vertexAttribFormat');
    elements.forEach((element, i) => this.#declare(element, i));
  }

  /**
   * Points attribute or buffer slot `slot` at a buffer. The vertex array is bound. `serial` tells buffers apart for ever, as
   * their names do not; one that is negative says that this may be another buffer every time. A divisor belongs to an element,
   * and with separate bindings to the slot of OpenGL, of which each element has its own.
   */
  bindBuffer(slot: number, serial: number, buffer: number, offset: number, stride: number): void {
    const bound = this.#bound;
    const known = 3 * slot;
    if (serial >= 0 && bound[known] === serial && bound[known + 1] === offset && bound[known + 2] === stride) return;
    bound[known] = serial;
    bound[known + 1] = offset;
    bound[known + 2] = stride;
    const { gl, bindings } = this.#context;
    for (let i = 0; i < this.elements.length; i++) {
      const element = this.elements[i]!;
      if (element.buffer !== slot) continue;
      if (this.#usesBindings) {
        gl.bindVertexBuffer(i, buffer, offset + element.offset, stride);
        continue;
      }
      bindings.bindBuffer(GL.ARRAY_BUFFER, buffer);
      const { size, type, isInteger, isBgra, isNormalized } = element.format;
      const at = offset + element.offset;
      if (isInteger) gl.vertexAttribIPointer(i, size, type, stride, at);
      else gl.vertexAttribPointer(i, isBgra && isNormalized ? GL.BGRA : size, type, isNormalized, stride, at);
      // Stride 0 means packed to OpenGL, and one vertex for all to the guest.
      gl.vertexAttribDivisor(i, stride === 0 ? 0x7fffffff : element.divisor);
    }
  }

  protected override destroy(): void {
    name[0] = this.vertexArray;
    this.#context.gl.deleteVertexArrays(1, name);
    this.#context.bindings.forgetVertexArray(this.vertexArray);
  }

  #declare({ format, divisor }: VertexElement, i: number): void {
    const { gl } = this.#context;
    gl.enableVertexAttribArray(i);
    if (!this.#usesBindings) return;
    const { size, type, isInteger, isBgra, isNormalized } = format;
    if (isInteger) gl.vertexAttribIFormat(i, size, type, 0);
    else gl.vertexAttribFormat(i, isBgra && isNormalized ? GL.BGRA : size, type, isNormalized, 0);
    gl.vertexAttribBinding(i, i);
    gl.vertexBindingDivisor(i, divisor);
  }
}

const SIGNED: ReadonlySet<number> = new Set([GL.BYTE, GL.SHORT, GL.INT]);

function maskOf(elements: readonly VertexElement[], is: (element: VertexElement) => boolean): number {
  return elements.reduce((mask, element, i) => (is(element) ? mask | (1 << i) : mask), 0);
}
