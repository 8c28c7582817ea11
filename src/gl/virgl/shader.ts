/** A shader of a guest: its text, which may arrive in parts, and what was made of it. */
import { Counted } from '../core/counted.ts';
import { GpuError } from '../core/gpu-error.ts';
import { shaderBytes } from '../core/guest-quotas.ts';
import type { GuestQuotas } from '../core/guest-quotas.ts';
import type { StreamOutput, StreamOutputs } from '../shader/emit-glsl/variant-key.ts';
import type { ShaderIr } from '../shader/ir/ir.ts';
import { checkShader } from '../shader/passes/check-shader.ts';
import { lowerTgsi } from '../shader/passes/lower-tgsi.ts';
import { ShaderError } from '../shader/shader-error.ts';
import { SHADER_LIMITS } from '../shader/shader-limits.ts';
import { parseTgsi } from '../shader/tgsi/parse-tgsi.ts';
import type { Stage } from '../shader/tgsi/vocabulary.ts';
import { STAGE, VIRGL } from './virgl-limits.ts';
import { bits } from './words.ts';
import type { Words } from './words.ts';

const STAGE_NAMES: readonly Stage[] = ['VERT', 'FRAG', 'GEOM', 'TESS_CTRL', 'TESS_EVAL', 'COMP'];
const CONTINUED = 0x80000000;

/** What one command brings of a shader. */
export interface ShaderPart {
  readonly stage: number;
  readonly isContinuation: boolean;
  /** Bytes of the whole text, or where this part begins. */
  readonly lengthOrOffset: number;
  readonly streamOutputs: StreamOutputs | null;
  readonly sharedBytes: number;
  /** BORROWED from the command. */
  readonly text: Uint8Array;
}

/** Reads CREATE_OBJECT of a shader. Throws GpuError `value`, `length`. */
export function readShaderPart(words: Words): ShaderPart {
  const stage = words.u32(2);
  if (stage >= VIRGL.stages) throw new GpuError('value', `stage ${stage}`);
  const lengthOrOffset = words.u32(3);
  const count = stage === STAGE.compute ? 0 : words.u32(5);
  if (count > VIRGL.streamOutputs) throw new GpuError('value', `${count} stream outputs`);
  const textAt = count === 0 ? 6 : 10 + 2 * count;
  if (textAt > words.length + 1)
    throw new GpuError('length', `${words.length} words for a shader of ${count} stream outputs`);
  return {
    stage,
    isContinuation: (lengthOrOffset & CONTINUED) !== 0,
    lengthOrOffset: (lengthOrOffset & ~CONTINUED) >>> 0,
    streamOutputs: count === 0 ? null : readStreamOutputs(words, count),
    sharedBytes: stage === STAGE.compute ? words.u32(5) : 0,
    text: words.bytes(textAt),
  };
}

function readStreamOutputs(words: Words, count: number): StreamOutputs {
  const outputs = Array.from({ length: count }, (_, i): StreamOutput => {
    const word = words.u32(10 + 2 * i);
    return {
      register: bits(word, 0, 8),
      startComponent: bits(word, 8, 2),
      componentCount: bits(word, 10, 3),
      buffer: bits(word, 13, 3),
      offset: word >>> 16,
      stream: bits(words.u32(11 + 2 * i), 0, 2),
    };
  });
  return { strides: [words.u32(6), words.u32(7), words.u32(8), words.u32(9)], outputs };
}

let lastId = 0;

/** A shader that exists, perhaps not yet whole. */
export class Shader extends Counted {
  readonly kind = 'shader';
  /** Differs from that of every other shader of this process. */
  readonly id: number = ++lastId;
  readonly stage: number;
  readonly streamOutputs: StreamOutputs | null;
  readonly sharedBytes: number;
  readonly #quotas: GuestQuotas;
  #text: Uint8Array | null;
  readonly #length: number;
  #filled = 0;
  #ir: ShaderIr | null = null;
  #refusal: ShaderError | null = null;
  readonly #onDestroy: (shader: Shader) => void;

  /** Takes the first part. Throws GpuError `quota`, `value`, `shader`. */
  constructor(part: ShaderPart, quotas: GuestQuotas, onDestroy: (shader: Shader) => void) {
    super();
    const length = part.lengthOrOffset;
    if (part.isContinuation || length === 0 || length > SHADER_LIMITS.maxTextLength) {
      throw new GpuError('value', `a shader of ${length} characters`);
    }
    this.stage = part.stage;
    this.streamOutputs = part.streamOutputs;
    this.sharedBytes = part.sharedBytes;
    this.#length = length;
    this.#onDestroy = onDestroy;
    quotas.shaders.take(shaderBytes(length));
    try {
      quotas.shaderText.take(length);
    } catch (error) {
      quotas.shaders.release(shaderBytes(length));
      throw error;
    }
    this.#quotas = quotas;
    this.#text = new Uint8Array(length);
    this.#append(part.text);
  }

  /** Whether all of its text is here. */
  get isWhole(): boolean {
    return this.#text === null;
  }

  /** Why it cannot be used, or null. */
  get refusal(): ShaderError | null {
    return this.#refusal;
  }

  /** Takes another part. Throws GpuError `value`. */
  add(part: ShaderPart): void {
    if (!part.isContinuation || part.stage !== this.stage || part.lengthOrOffset !== this.#filled || this.isWhole) {
      throw new GpuError('value', `a part of a shader at ${part.lengthOrOffset} where ${this.#filled} is wanted`);
    }
    this.#append(part.text);
  }

  /** The shader, lowered. Throws GpuError `shader` if it cannot be used. */
  get ir(): ShaderIr {
    if (this.#ir === null) throw new GpuError('shader', this.#refusal?.message ?? 'the shader is not whole');
    return this.#ir;
  }

  protected override destroy(): void {
    this.#quotas.shaders.release(shaderBytes(this.#length));
    this.#quotas.shaderText.release(this.#length);
    this.#onDestroy(this);
  }

  #append(text: Uint8Array): void {
    const bytes = this.#text;
    if (bytes === null) return;
    const part = text.subarray(0, bytes.length - this.#filled);
    bytes.set(part, this.#filled);
    this.#filled += part.length;
    if (this.#filled < bytes.length) return;
    this.#text = null;
    this.#compile(bytes);
  }

  /** A shader that is refused stays as an object, for guests bind it before they learn of it. */
  #compile(bytes: Uint8Array): void {
    const end = bytes.indexOf(0);
    const text = new TextDecoder('latin1').decode(end < 0 ? bytes : bytes.subarray(0, end));
    try {
      const tgsi = parseTgsi(text);
      if (tgsi.stage !== STAGE_NAMES[this.stage]) throw new ShaderError('stage', 0, `a text of stage ${tgsi.stage}`);
      this.#ir = lowerTgsi(checkShader(tgsi));
    } catch (error) {
      if (!(error instanceof ShaderError)) throw error;
      this.#refusal = error;
    }
  }
}
