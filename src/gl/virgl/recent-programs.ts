/**
 * Finds a program again by what it was chosen for, object by object: comparing a few references is cheaper than gathering
 * all that they say into a text. Equal state in other objects is not found here, which costs a look into the cache proper.
 */
import type { SubContext } from './sub-context.ts';
import { STAGE } from './virgl-limits.ts';

const MAX_RECENT = 32;
/** Stages of drawing programs, those that change most often first. */
const DRAWING = [STAGE.fragment, STAGE.vertex, STAGE.geometry, STAGE.tessEval, STAGE.tessControl] as const;

interface Recent<T> {
  readonly parts: readonly unknown[];
  readonly found: T;
}

/** What was found lately, the newest first. */
export class RecentPrograms<T> {
  #recent: Recent<T>[] = [];
  /** What is looked for. */
  readonly #parts: unknown[] = [];

  /** Looks for what was remembered of the same state; null if there is none. Throws GpuError `shader`. */
  find(sub: SubContext, primitive: string): T | null {
    this.#gather(sub, primitive);
    const recent = this.#recent;
    for (let i = 0; i < recent.length; i++) {
      const each = recent[i]!;
      if (!this.#isSame(each.parts)) continue;
      if (i > 0) {
        recent.splice(i, 1);
        recent.unshift(each);
      }
      return each.found;
    }
    return null;
  }

  /** Remembers what was found for the state that was looked for last. */
  remember(found: T): void {
    if (this.#recent.length >= MAX_RECENT) this.#recent.pop();
    this.#recent.unshift({ parts: this.#parts.slice(), found });
  }

  /** Forgets all. */
  clear(): void {
    this.#recent = [];
    this.#parts.length = 0;
  }

  #isSame(parts: readonly unknown[]): boolean {
    const wanted = this.#parts;
    if (parts.length !== wanted.length) return false;
    for (let i = 0; i < wanted.length; i++) if (parts[i] !== wanted[i]) return false;
    return true;
  }

  /** Everything that goes into the choice of a program (program-cache.ts). */
  #gather(sub: SubContext, primitive: string): void {
    const parts = this.#parts;
    const { colors } = sub.framebuffer;
    parts.length = 0;
    for (const stage of DRAWING) parts.push(sub.stages[stage]!.shader);
    parts.push(primitive, sub.rasterizer, sub.blend, sub.depthStencilAlpha, sub.vertexElements, colors.length);
    for (const color of colors) parts.push(color === null ? null : color.format);
    for (const stage of DRAWING) {
      const { shader, views, samplers, images } = sub.stages[stage]!;
      if (shader === null) continue;
      for (const { index } of shader.ir.samplers)
        parts.push(views[index]?.shaderSwizzle, samplers[index]?.fields.clamps ?? 0);
      for (const { index } of shader.ir.images) {
        const image = images[index];
        parts.push(image?.resource == null ? null : image.format);
      }
    }
  }
}
