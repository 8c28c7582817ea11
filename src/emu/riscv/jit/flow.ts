/**
 * The shape of a region: loops as nested runs of blocks in address order, and which registers are held in locals where.
 *
 * Every target of a jump backwards begins a loop that lasts to the last block that jumps there; loops that would overlap are
 * widened until they nest. Whoever enters a loop, at its first block or in the middle, comes by its *gate*.
 *
 * In a *cached* loop, one that calls nothing and uses few registers, the gate loads all that the loop uses, and what is
 * written stays in locals until the loop is left: nothing else is loaded or stored there. Elsewhere a register is stored as
 * soon as it is written, so that it costs nothing to leave the code anywhere. Loops within a cached one are cached.
 */
import type { Block } from './region.ts';
import { difference, NO_REGISTERS, union, type RegisterSet } from './register-set.ts';

/** A loop: blocks `first` to `last`. */
export interface Loop {
  readonly first: number;
  last: number;
  parent: Loop | null;
  /** See the file's head. */
  isCached: boolean;
  /** Blocks other than the first that are entered from outside. */
  readonly middles: Set<number>;
  /** Registers to be loaded at the gate beyond those that all who come have in locals. */
  toLoad: RegisterSet;
  /** What is in locals when the gate is reached. */
  heldBefore: RegisterSet;
  /** What any place in the loop may have only in locals. */
  dirty: RegisterSet;
}

/** What is known at the start of a block: `held` registers are in locals, `dirty` ones perhaps only there. */
export interface BlockState {
  readonly held: RegisterSet;
  readonly dirty: RegisterSet;
}

/** A place that control goes to: a block, or the gate of a loop on the way to it. */
export type Stop = { readonly block: number } | { readonly gate: Loop };

/** See the file's head. */
export interface Flow {
  readonly loops: readonly Loop[];
  /** Innermost loop of each block. */
  readonly loopOf: readonly (Loop | null)[];
  readonly stateAt: readonly BlockState[];
  /** Index of the block at an address, undefined outside the region. */
  readonly indexOf: ReadonlyMap<number, number>;
}

/** Most registers loaded at a gate: more would only be spilled again. */
const MAX_GATE_LOADS = 20;

/** Registers that a block reads and writes, and whether control goes elsewhere in it to come back: calls, system instructions. */
export interface BlockUse {
  readonly reads: RegisterSet;
  readonly writes: RegisterSet;
  readonly isInterrupted: boolean;
}

/** Successors of a block within the region. */
export function successors(block: Block, indexOf: ReadonlyMap<number, number>): number[] {
  return [block.target, block.next].flatMap((at) => {
    const index = at === null ? undefined : indexOf.get(at);
    return index === undefined ? [] : [index];
  });
}

export function analyseFlow(blocks: readonly Block[], uses: readonly BlockUse[]): Flow {
  const indexOf = new Map(blocks.map((block, i) => [block.at, i]));
  const edges = blocks.map((block) => successors(block, indexOf));
  const loops = findLoops(edges);
  const loopOf = innermostLoops(loops, blocks.length);
  for (const loop of loops) loop.isCached = isWorthCaching(loop, uses);
  // Note who comes into the middle.
  const enter = (from: number | null, to: number): void => {
    for (let loop = loopOf[to] ?? null; loop !== null && !contains(loop, from); loop = loop.parent) {
      if (to !== loop.first) loop.middles.add(to);
    }
  };
  blocks.forEach((block, i) => {
    if (block.isEntry) enter(null, i);
    for (const to of edges[i] ?? []) enter(i, to);
  });
  return { loops, loopOf, indexOf, stateAt: new Solver(blocks, uses, edges, loops, loopOf).solve() };
}

export function contains(loop: Loop, block: number | null): boolean {
  return block !== null && block >= loop.first && block <= loop.last;
}

function findLoops(edges: readonly (readonly number[])[]): Loop[] {
  const lastOf = new Map<number, number>();
  edges.forEach((targets, from) => {
    for (const to of targets) if (to <= from) lastOf.set(to, Math.max(from, lastOf.get(to) ?? 0));
  });
  const loops: Loop[] = [...lastOf]
    .sort(([a], [b]) => a - b)
    .map(([first, last]) => ({
      first,
      last,
      parent: null,
      isCached: false,
      middles: new Set(),
      toLoad: NO_REGISTERS,
      heldBefore: NO_REGISTERS,
      dirty: NO_REGISTERS,
    }));
  for (let isChanged = true; isChanged;) {
    isChanged = false;
    for (const outer of loops) {
      for (const inner of loops) {
        if (inner.first <= outer.first || inner.first > outer.last || inner.last <= outer.last) continue;
        outer.last = inner.last;
        isChanged = true;
      }
    }
  }
  loops.forEach((loop, i) => {
    loop.parent = loops.slice(0, i).findLast((other) => other.last >= loop.last) ?? null;
  });
  return loops;
}

/** Loops begin in order of their first blocks, outer ones before inner ones. */
function innermostLoops(loops: readonly Loop[], blockCount: number): (Loop | null)[] {
  const loopOf = Array.from({ length: blockCount }, (): Loop | null => null);
  for (const loop of loops) loopOf.fill(loop, loop.first, loop.last + 1);
  return loopOf;
}

/** Where a jump from one block (null: from outside) to another leads first. */
export function firstStop(loopOf: readonly (Loop | null)[], from: number | null, to: number): Stop {
  let stop: Stop = { block: to };
  for (let loop = loopOf[to] ?? null; loop !== null && !contains(loop, from); loop = loop.parent) stop = { gate: loop };
  return stop;
}

/** Where the gate of a loop sends those who want to go to a block in it. */
export function nextStop(loopOf: readonly (Loop | null)[], gate: Loop, to: number): Stop {
  let stop: Stop = { block: to };
  for (let loop = loopOf[to] ?? null; loop !== null && loop !== gate; loop = loop.parent) stop = { gate: loop };
  return stop;
}

/**
 * Data flow to a fixed point: held registers meet in what all have, dirty ones in what any has. Nodes are the blocks and
 * behind them the gates; a node gives on what it has and what it adds.
 */
class Solver {
  readonly #blockCount: number;
  readonly #loops: readonly Loop[];
  readonly #loopOf: readonly (Loop | null)[];
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  readonly #heldX: Int32Array;
  readonly #heldF: Int32Array;
  readonly #dirtyX: Int32Array;
  readonly #dirtyF: Int32Array;
  /** What a node adds to the held ones, and to the dirty ones. */
  readonly #holds: RegisterSet[];
  readonly #dirties: RegisterSet[];
  /** Whether a node lies in a cached loop. */
  readonly #isCached: boolean[];

  constructor(
    blocks: readonly Block[],
    uses: readonly BlockUse[],
    edges: readonly (readonly number[])[],
    loops: readonly Loop[],
    loopOf: readonly (Loop | null)[],
  ) {
    this.#blockCount = blocks.length;
    this.#loops = loops;
    this.#loopOf = loopOf;
    const count = blocks.length + loops.length;
    this.#heldX = new Int32Array(count).fill(-1);
    this.#heldF = new Int32Array(count).fill(-1);
    this.#dirtyX = new Int32Array(count);
    this.#dirtyF = new Int32Array(count);
    this.#holds = [
      ...uses.map(({ reads, writes }) => union(reads, writes)),
      ...loops.map((loop) => (loop.isCached ? registersOf(loop, uses) : NO_REGISTERS)),
    ];
    this.#isCached = [
      ...loopOf.map((loop) => loop?.isCached === true),
      ...loops.map(({ parent }) => parent?.isCached === true),
    ];
    this.#dirties = [
      ...uses.map(({ writes }, i) => (this.#isCached[i] === true ? writes : NO_REGISTERS)),
      ...loops.map(() => NO_REGISTERS),
    ];
    blocks.forEach((block, i) => {
      if (block.isEntry) {
        const node = this.#nodeOf(firstStop(loopOf, null, i));
        this.#heldX[node] = 0;
        this.#heldF[node] = 0;
      }
      for (const to of edges[i] ?? []) this.#addEdge(i, firstStop(loopOf, i, to));
    });
    loops.forEach((loop, i) => {
      for (const to of [loop.first, ...loop.middles]) this.#addEdge(blocks.length + i, nextStop(loopOf, loop, to));
    });
  }

  solve(): BlockState[] {
    while (this.#meet());
    while (this.#join());
    this.#loops.forEach((loop, i) => {
      const state = this.#stateOf(this.#blockCount + i);
      loop.heldBefore = state.held;
      loop.toLoad = difference(this.#holds[this.#blockCount + i] ?? NO_REGISTERS, state.held);
    });
    const states = this.#loopOf.map((_, i) => this.#stateOf(i));
    for (const loop of this.#loops) {
      for (let i = loop.first; i <= loop.last; i++) {
        loop.dirty = union(loop.dirty, union(states[i]?.dirty ?? NO_REGISTERS, this.#dirties[i] ?? NO_REGISTERS));
      }
    }
    return states;
  }

  #meet(): boolean {
    let isChanged = false;
    const { length } = this.#from;
    for (let edge = 0; edge < length; edge++) {
      const from = this.#from[edge] ?? 0;
      const to = this.#to[edge] ?? 0;
      const adds = this.#holds[from] ?? NO_REGISTERS;
      const x = (this.#heldX[to] ?? 0) & ((this.#heldX[from] ?? 0) | adds.x);
      const f = (this.#heldF[to] ?? 0) & ((this.#heldF[from] ?? 0) | adds.f);
      if (x === this.#heldX[to] && f === this.#heldF[to]) continue;
      this.#heldX[to] = x;
      this.#heldF[to] = f;
      isChanged = true;
    }
    return isChanged;
  }

  #join(): boolean {
    let isChanged = false;
    const { length } = this.#from;
    for (let edge = 0; edge < length; edge++) {
      const from = this.#from[edge] ?? 0;
      const to = this.#to[edge] ?? 0;
      if (this.#isCached[to] !== true) continue;
      const adds = this.#dirties[from] ?? NO_REGISTERS;
      const x = (this.#dirtyX[to] ?? 0) | (((this.#dirtyX[from] ?? 0) | adds.x) & (this.#heldX[to] ?? 0));
      const f = (this.#dirtyF[to] ?? 0) | (((this.#dirtyF[from] ?? 0) | adds.f) & (this.#heldF[to] ?? 0));
      if (x === this.#dirtyX[to] && f === this.#dirtyF[to]) continue;
      this.#dirtyX[to] = x;
      this.#dirtyF[to] = f;
      isChanged = true;
    }
    return isChanged;
  }

  #stateOf(node: number): BlockState {
    return {
      held: { x: this.#heldX[node] ?? 0, f: this.#heldF[node] ?? 0 },
      dirty: { x: this.#dirtyX[node] ?? 0, f: this.#dirtyF[node] ?? 0 },
    };
  }

  #nodeOf(stop: Stop): number {
    return 'block' in stop ? stop.block : this.#blockCount + this.#loops.indexOf(stop.gate);
  }

  #addEdge(from: number, stop: Stop): void {
    this.#from.push(from);
    this.#to.push(this.#nodeOf(stop));
  }
}

/** Whether a loop stays within itself, and its registers are not so many that most would only be spilled. */
function isWorthCaching(loop: Loop, uses: readonly BlockUse[]): boolean {
  for (let i = loop.first; i <= loop.last; i++) if (uses[i]?.isInterrupted === true) return false;
  return countOf(registersOf(loop, uses)) <= MAX_GATE_LOADS;
}

/** The registers that a loop uses. */
function registersOf(loop: Loop, uses: readonly BlockUse[]): RegisterSet {
  let set = NO_REGISTERS;
  for (let i = loop.first; i <= loop.last; i++) {
    const use = uses[i];
    if (use !== undefined) set = union(set, union(use.reads, use.writes));
  }
  return set;
}

function countOf({ x, f }: RegisterSet): number {
  let count = 0;
  for (let rest = x; rest !== 0; rest &= rest - 1) count++;
  for (let rest = f; rest !== 0; rest &= rest - 1) count++;
  return count;
}
