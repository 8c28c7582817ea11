/**
 * Finds a program again by what it was chosen for, object by object: comparing a few references is cheaper than gathering
 * all that they say into a text. Equal state in other objects is not found here, which costs a look into the cache proper.
 */
import type { SubContext } from './sub-context.ts';
import { STAGE } from './virgl-limits.ts';

const MAX_RECENT = 32;
/** Stages of drawing programs, those that change most often first. */
const DRAWING = [STAGE.fragment, STAGE.vertex, STAGE.geometry, STAGE.tessEval, STAGE.tessControl] as const;

/** Something that was found, with what it was found for. */
interface Recent<T> {
  readonly parts: readonly unknown[];
  readonly found: T;
}

/** What was found lately. */
export class RecentPrograms<T> {
  #recent: Recent<T>[] = [];
  /** The place that the next is remembered in: the oldest goes first. */
  #next = 0;
  /** What is looked for; what lies behind `#count` is of former searches. */
  readonly #parts: unknown[] = [];
  #count = 0;

  /** Looks for what was remembered of the same state; null if there is none. Throws GpuError `shader`. */
  find(sub: SubContext, primitive: string): T | null {
    this.#gather(sub, primitive);
    const recent = this.#recent;
    for (let i = 0; i < recent.length; i++) {
      const each = recent[i]!;
      if (this.#isSame(each.parts)) return each.found;
    }
    return null;
  }

  /** Remembers what was found for the state that was looked for last. */
  remember(found: T): void {
    this.#recent[this.#next] = { parts: this.#parts.slice(0, this.#count), found };
    this.#next = (this.#next + 1) % MAX_RECENT;
  }

  /** Forgets all. */
  clear(): void {
    this.#recent = [];
    this.#next = 0;
    this.#parts.length = 0;
    this.#count = 0;
  }

  #isSame(parts: readonly unknown[]): boolean {
    const wanted = this.#parts;
    const count = this.#count;
    if (parts.length !== count) return false;
    for (let i = 0; i < count; i++) if (parts[i] !== wanted[i]) return false;
    return true;
  }

  /** Everything that goes into the choice of a program (program-cache.ts). */
  #gather(sub: SubContext, primitive: string): void {
    const parts = this.#parts;
    const { stages, framebuffer, rasterizer, blend, depthStencilAlpha, vertexElements } = sub;
    const { colors } = framebuffer;
    let at = 0;
    for (let i = 0; i < DRAWING.length; i++) parts[at++] = stages[DRAWING[i]!]!.shader;
    parts[at++] = primitive;
    parts[at++] = rasterizer;
    parts[at++] = blend;
    parts[at++] = depthStencilAlpha;
    parts[at++] = vertexElements;
    parts[at++] = colors.length;
    for (let i = 0; i < colors.length; i++) parts[at++] = colors[i]?.format ?? null;
    for (let i = 0; i < DRAWING.length; i++) {
      const { shader, views, samplers, images } = stages[DRAWING[i]!]!;
      if (shader === null) continue;
      for (const { index } of shader.ir.samplers) {
        parts[at++] = views[index]?.shaderSwizzle;
        parts[at++] = samplers[index]?.fields.clamps ?? 0;
      }
      for (const { index } of shader.ir.images) {
        const image = images[index];
        parts[at++] = image?.resource == null ? null : image.format;
      }
    }
    this.#count = at;
  }
}
