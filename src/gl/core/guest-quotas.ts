/**
 * All that one guest, or one client of `saffron gpu`, has of the host's GPU at a time. Whatever stands behind a thing in
 * OpenGL and here is counted in one sum of bytes, by what it was seen to take on a driver that renders in software, where all
 * of it is the host's memory.
 */
import type { RenderLimits } from './limits.ts';
import { Allowance, Quota } from './quota.ts';
import type { Budget } from './quota.ts';

/** Bytes that things take besides what a guest sees of them, rounded up from measurements with Mesa 22.3. */
export const COST = {
  /** The least a resource counts: names and tables behind it. */
  resource: 2048,
  /** A context of OpenGL. */
  subContext: 5 << 19,
  /** A state object. */
  object: 1024,
  /** Vertex elements: a vertex array of OpenGL. */
  vertexElements: 6144,
  /** A program with its machine code. */
  program: 256 << 10,
} as const;

/** Bytes that a shader of so many characters takes once it is read. */
export function shaderBytes(characters: number): number {
  return 16384 + 8 * characters;
}

/** The quotas of one renderer. */
export class GuestQuotas {
  readonly bytes: Quota;
  readonly resources: Allowance;
  readonly subContexts: Allowance;
  readonly objects: Allowance;
  readonly shaders: Allowance;
  /** Characters of the text of all shaders. */
  readonly shaderText: Quota;
  readonly programs: Allowance;

  /** Bytes are taken of `budget` as well. */
  constructor(limits: RenderLimits, budget: Budget | null = null) {
    this.bytes = new Quota('bytes', limits.maxResourceBytes, budget);
    const allow = (what: string, most: number): Allowance => new Allowance(new Quota(what, most), this.bytes);
    this.resources = allow('resources', limits.maxResources);
    this.subContexts = allow('sub-contexts', limits.maxSubContexts);
    this.objects = allow('objects', limits.maxObjects);
    this.shaders = allow('shaders', limits.maxShaders);
    this.shaderText = new Quota('characters of shaders', limits.maxShaderBytes);
    this.programs = allow('programs', limits.maxPrograms);
  }
}
