/** What a guest has bound for one shader stage. */
import { exchange } from '../core/counted.ts';
import type { DeviceContext } from '../core/gl-device.ts';
import { addressOf } from '../egl/memory-address.ts';
import { STAGE_DIRTY } from './dirty.ts';
import type { Resource } from './resource.ts';
import type { SamplerState } from './sampler-state.ts';
import type { SamplerView } from './sampler-view.ts';
import type { Shader } from './shader.ts';
import { deleteTexture } from './texture-view.ts';
import { VIRGL } from './virgl-limits.ts';
import type { Words } from './words.ts';

/** So few words are copied one by one sooner than a view of them is made. */
const FEW_WORDS = 64;

/** Words that lie outside the heap, where they stay. */
function outsideHeap(count: number): Uint32Array {
  return new Uint32Array(new ArrayBuffer(4 * count));
}

/** A part of a buffer, or nothing. */
export class BufferRange {
  resource: Resource | null = null;
  offset = 0;
  length = 0;

  /** Binds another part; null unbinds. */
  set(resource: Resource | null, offset: number, length: number): void {
    this.resource = exchange(this.resource, resource);
    this.offset = offset;
    this.length = length;
  }
}

/** An image that shaders load from and store to, or nothing. */
export class ImageBinding {
  resource: Resource | null = null;
  format = 0;
  /** Bit 0 reads, bit 1 writes. */
  access = 0;
  /** Layers of a texture, or bytes of a buffer. */
  first = 0;
  last = 0;
  level = 0;
  /** Texture over a buffer's bytes, or over some of a texture's layers, made for this image; 0 if none. */
  ownTexture = 0;

  /** Lets go of what it shows. */
  clear(context: DeviceContext): void {
    this.resource = exchange(this.resource, null);
    if (this.ownTexture !== 0) deleteTexture(context, this.ownTexture);
    this.ownTexture = 0;
  }
}

const ranges = (count: number): BufferRange[] => Array.from({ length: count }, () => new BufferRange());

/** The bindings of one stage. */
export class StageState {
  shader: Shader | null = null;
  /** Constants that came in commands, `constantCount` words of them; `constantVersion` counts their changes. */
  #constants = outsideHeap(64);
  /** Where they lie, for OpenGL: a number is passed on faster than an array. */
  constantsAddress = addressOf(this.#constants);
  constantCount = 0;
  constantVersion = 0;
  readonly uniformBuffers: readonly BufferRange[] = ranges(VIRGL.constantBuffers);
  readonly views: (SamplerView | null)[] = Array.from({ length: VIRGL.samplerViews }, () => null);
  readonly samplers: (SamplerState | null)[] = Array.from({ length: VIRGL.samplers }, () => null);
  readonly shaderBuffers: readonly BufferRange[] = ranges(VIRGL.shaderBuffers);
  readonly images: readonly ImageBinding[] = Array.from({ length: VIRGL.images }, () => new ImageBinding());
  /** Bits of `STAGE_DIRTY`. */
  dirty: number = STAGE_DIRTY.all;

  /** Copies `count` constants of a command, from word `from` on. */
  setConstants(words: Words, from: number, count: number): void {
    if (this.#constants.length < count) this.#growConstants(Math.max(count, 2 * this.#constants.length));
    // As words, since floats that are integers to the shader would not all survive.
    if (count > FEW_WORDS) this.#constants.set(words.slice(from, count));
    else for (let i = 0; i < count; i++) this.#constants[i] = words.u32(from + i);
    this.constantCount = count;
    this.constantVersion++;
  }

  /** Makes room for as many words as a program declares; those that no command brought are what they were, or zero. */
  reserveConstants(words: number): void {
    if (this.#constants.length < words) this.#growConstants(words);
  }

  bindView(slot: number, view: SamplerView | null): void {
    const old = this.views[slot] ?? null;
    if (old === view) return;
    this.views[slot] = exchange(old, view);
    this.dirty |= STAGE_DIRTY.samplers;
  }

  bindSampler(slot: number, sampler: SamplerState | null): void {
    const old = this.samplers[slot] ?? null;
    if (old === sampler) return;
    this.samplers[slot] = exchange(old, sampler);
    this.dirty |= STAGE_DIRTY.samplers;
  }

  bindShader(shader: Shader | null): void {
    this.shader = exchange(this.shader, shader);
  }

  #growConstants(words: number): void {
    const larger = outsideHeap(words);
    larger.set(this.#constants);
    this.#constants = larger;
    this.constantsAddress = addressOf(larger);
  }

  /** Lets go of everything. The context is current. */
  clear(context: DeviceContext): void {
    this.bindShader(null);
    this.uniformBuffers.forEach((range) => range.set(null, 0, 0));
    this.shaderBuffers.forEach((range) => range.set(null, 0, 0));
    this.views.forEach((_view, slot) => this.bindView(slot, null));
    this.samplers.forEach((_sampler, slot) => this.bindSampler(slot, null));
    for (const image of this.images) image.clear(context);
  }
}
