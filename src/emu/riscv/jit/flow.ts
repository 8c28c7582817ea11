/**
 * The shape of a region: loops as nested runs of blocks in address order, and which registers are held in locals where.
 *
 * Every target of a jump backwards begins a loop that lasts to the last block that jumps there; loops that would overlap are
 * widened until they nest. Whoever enters a loop, at its first block or in the middle, comes by its *gate*, where the
 * registers that the loop uses are loaded. So within the loop they are in locals, and nothing is loaded or stored there.
 */
import type { Block } from './region.ts';
import {
  ALL_REGISTERS,
  difference,
  intersection,
  isEqual,
  NO_REGISTERS,
  union,
  type RegisterSet,
} from './register-set.ts';

/** A loop: blocks `first` to `last`. */
export interface Loop {
  readonly first: number;
  last: number;
  parent: Loop | null;
  /** Blocks other than the first that are entered from outside. */
  readonly middles: Set<number>;
  /** Registers to be loaded at the gate beyond those that all who come have in locals. */
  toLoad: RegisterSet;
  /** What is in locals when the gate is reached. */
  heldBefore: RegisterSet;
  dirtyBefore: RegisterSet;
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

/** Registers that a block reads and writes. */
export interface BlockUse {
  readonly reads: RegisterSet;
  readonly writes: RegisterSet;
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
  const loopOf = blocks.map((_, i) => innermost(loops, i));
  const route = (from: number | null, to: number): Stop => firstStop(loopOf, from, to);
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
  return { loops, loopOf, indexOf, stateAt: solve(blocks, uses, edges, loops, loopOf, route) };
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
      middles: new Set(),
      toLoad: NO_REGISTERS,
      heldBefore: NO_REGISTERS,
      dirtyBefore: NO_REGISTERS,
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

function innermost(loops: readonly Loop[], block: number): Loop | null {
  return loops.findLast((loop) => contains(loop, block)) ?? null;
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

/** Data flow to a fixed point: held registers meet in what all have, dirty ones in what any has. */
function solve(
  blocks: readonly Block[],
  uses: readonly BlockUse[],
  edges: readonly (readonly number[])[],
  loops: readonly Loop[],
  loopOf: readonly (Loop | null)[],
  route: (from: number | null, to: number) => Stop,
): BlockState[] {
  const wanted = new Map(loops.map((loop) => [loop, gateRegisters(loop, uses)]));
  const held = blocks.map(() => ALL_REGISTERS);
  const heldAtGate = new Map(loops.map((loop) => [loop, ALL_REGISTERS]));
  let isChanged = true;
  const meet = (stop: Stop, have: RegisterSet): void => {
    if ('gate' in stop) {
      const before = heldAtGate.get(stop.gate) ?? ALL_REGISTERS;
      const after = intersection(before, have);
      if (isEqual(before, after)) return;
      heldAtGate.set(stop.gate, after);
    } else {
      const before = held[stop.block] ?? ALL_REGISTERS;
      const after = intersection(before, have);
      if (isEqual(before, after)) return;
      held[stop.block] = after;
    }
    isChanged = true;
  };
  while (isChanged) {
    isChanged = false;
    blocks.forEach((block, i) => {
      if (block.isEntry) meet(route(null, i), NO_REGISTERS);
      const use = uses[i];
      if (use === undefined) return;
      const out = union(held[i] ?? NO_REGISTERS, union(use.reads, use.writes));
      for (const to of edges[i] ?? []) meet(route(i, to), out);
    });
    for (const loop of loops) {
      const out = union(heldAtGate.get(loop) ?? NO_REGISTERS, wanted.get(loop) ?? NO_REGISTERS);
      for (const to of [loop.first, ...loop.middles]) meet(nextStop(loopOf, loop, to), out);
    }
  }
  for (const loop of loops) {
    loop.heldBefore = heldAtGate.get(loop) ?? NO_REGISTERS;
    loop.toLoad = difference(wanted.get(loop) ?? NO_REGISTERS, loop.heldBefore);
  }
  return solveDirty(blocks, uses, edges, loops, loopOf, route, held);
}

function solveDirty(
  blocks: readonly Block[],
  uses: readonly BlockUse[],
  edges: readonly (readonly number[])[],
  loops: readonly Loop[],
  loopOf: readonly (Loop | null)[],
  route: (from: number | null, to: number) => Stop,
  held: readonly RegisterSet[],
): BlockState[] {
  const dirty = blocks.map(() => NO_REGISTERS);
  let isChanged = true;
  const join = (stop: Stop, set: RegisterSet): void => {
    if ('gate' in stop) {
      const after = union(stop.gate.dirtyBefore, intersection(set, stop.gate.heldBefore));
      if (isEqual(after, stop.gate.dirtyBefore)) return;
      stop.gate.dirtyBefore = after;
    } else {
      const before = dirty[stop.block] ?? NO_REGISTERS;
      const after = union(before, intersection(set, held[stop.block] ?? NO_REGISTERS));
      if (isEqual(after, before)) return;
      dirty[stop.block] = after;
    }
    isChanged = true;
  };
  while (isChanged) {
    isChanged = false;
    blocks.forEach((_, i) => {
      const out = union(dirty[i] ?? NO_REGISTERS, uses[i]?.writes ?? NO_REGISTERS);
      for (const to of edges[i] ?? []) join(route(i, to), out);
    });
    for (const loop of loops) {
      for (const to of [loop.first, ...loop.middles]) join(nextStop(loopOf, loop, to), loop.dirtyBefore);
    }
  }
  return blocks.map((_, i) => ({ held: held[i] ?? NO_REGISTERS, dirty: dirty[i] ?? NO_REGISTERS }));
}

/** The registers that a loop uses, unless they are too many. */
function gateRegisters(loop: Loop, uses: readonly BlockUse[]): RegisterSet {
  let set = NO_REGISTERS;
  for (let i = loop.first; i <= loop.last; i++) {
    const use = uses[i];
    if (use !== undefined) set = union(set, union(use.reads, use.writes));
  }
  return countOf(set) <= MAX_GATE_LOADS ? set : NO_REGISTERS;
}

function countOf({ x, f }: RegisterSet): number {
  let count = 0;
  for (let rest = x; rest !== 0; rest &= rest - 1) count++;
  for (let rest = f; rest !== 0; rest &= rest - 1) count++;
  return count;
}
