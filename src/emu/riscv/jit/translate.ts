/**
 * One region to one WebAssembly function, (budget, entry, pc) → budget:
 *
 *     block wayOut
 *       block exit
 *         dispatch by `entry`
 *         blocks in address order, each loop in a `loop` behind its gate (flow.ts)
 *       end
 *       go on at the program counter: by the jump cache, else back to the interpreter
 *     end
 *     back to the interpreter, which does the instruction at the program counter: it is none for here, or its access failed
 *
 * The budget is lowered by each block for all its instructions, and looked at where a loop is closed and where the function
 * is left.
 */
import type { Code, Label } from '../../../wasm/code.ts';
import { op } from '../../../wasm/opcodes.table.ts';
import * as layout from '../layout.ts';
import { emitFastFloat } from './fast-float.ts';
import { analyseFlow, contains, firstStop, nextStop, type BlockUse, type Flow, type Loop, type Stop } from './flow.ts';
import type { Block, PlacedInstruction } from './region.ts';
import { difference, NO_REGISTERS, union, type RegisterSet } from './register-set.ts';
import { emitCsr, emitSystemCall, isCsrInstruction, isTranslatedSystem } from './system-code.ts';
import { TranslationSite, type TranslationTarget } from './translation-site.ts';

/** A translated region. */
export interface Translation {
  readonly code: Code;
  /** Offset in the page of each entry, by its number. */
  readonly entries: readonly number[];
}

/** Sources of an instruction, from its format. */
function sourcesOf({ row, rs1, rs2, rs3 }: PlacedInstruction): RegisterSet {
  const x = (...list: number[]): RegisterSet => ({ x: mask(list) & ~1, f: 0 });
  const f = (...list: number[]): RegisterSet => ({ x: 0, f: mask(list) });
  switch (row.format) {
    case 'R':
    case 'B':
    case 'S':
    case 'A':
      return x(rs1, rs2);
    case 'R1':
    case 'I':
    case 'SH5':
    case 'SH6':
    case 'L':
    case 'JR':
    case 'LR':
    case 'XF':
    case 'XG':
    case 'FL':
    case 'C':
      return x(rs1);
    case 'FS':
      return union(x(rs1), f(rs2));
    case 'F2':
    case 'G2':
    case 'FC':
      return f(rs1, rs2);
    case 'G3':
      return f(rs1, rs2, rs3);
    case 'G1':
    case 'FX':
    case 'GX':
      return f(rs1);
    case 'CI':
    case 'SF':
    case 'U':
    case 'J':
    case 'N':
    case 'FE':
      return NO_REGISTERS;
  }
}

function mask(list: readonly number[]): number {
  return list.reduce((bits, r) => bits | (1 << r), 0);
}

function destinationOf({ row, rd, semantics }: PlacedInstruction): RegisterSet {
  if (semantics.isToFloat) return { x: 0, f: 1 << rd };
  const hasNone = ['B', 'S', 'FS', 'FE', 'N', 'SF', 'C', 'CI'].includes(row.format);
  return { x: hasNone ? 0 : (1 << rd) & ~1, f: 0 };
}

function useOf(block: Block): BlockUse {
  let reads = NO_REGISTERS;
  let writes = NO_REGISTERS;
  for (const it of block.instructions) {
    reads = union(reads, sourcesOf(it));
    writes = union(writes, destinationOf(it));
  }
  const last = block.instructions.at(-1);
  const kind = last?.semantics.kind;
  return { reads, writes, isInterrupted: kind === 'system' || (kind === 'jump' && last?.rd !== 0) };
}

/** Type index of translated functions in their module: the first one. */
export const TRANSLATION_TYPE_INDEX = 0;

/** Translates a region. */
export function translateRegion(blocks: readonly Block[], target: TranslationTarget): Translation {
  return new RegionWriter(blocks, target).write();
}

/** With where it goes on, when that is behind a system instruction. */
function goingOn(block: Block): Block {
  const last = block.instructions.at(-1);
  return last?.semantics.kind === 'system' && isCsrInstruction(last)
    ? { ...block, next: last.at + last.lengthBytes }
    : block;
}

class RegionWriter {
  readonly #mode: number;
  readonly #blocks: readonly Block[];
  readonly #uses: readonly BlockUse[];
  readonly #flow: Flow;
  readonly #site: TranslationSite;
  readonly #entries: number[] = [];
  /** Labels that lead to a block or gate while they are open. */
  readonly #blockLabels = new Map<number, Label>();
  readonly #gateLabels = new Map<Loop, Label>();
  readonly #loopLabels = new Map<Loop, Label>();
  #exit: Label = 0;

  constructor(blocks: readonly Block[], target: TranslationTarget) {
    this.#mode = target.mode;
    this.#blocks = blocks.map(goingOn);
    this.#uses = this.#blocks.map(useOf);
    this.#flow = analyseFlow(this.#blocks, this.#uses);
    this.#site = new TranslationSite(target);
  }

  write(): Translation {
    const s = this.#site;
    const { code } = s;
    code.get(s.pcLocal).i64(~0xfff).op(op.i64And).set(s.page);
    s.wayOut = code.block();
    this.#exit = code.block();
    this.#writeRun(null, 0, this.#blocks.length - 1);
    code.op(op.unreachable).end();
    this.#writeLeave();
    code.op(op.return).end();
    s.returnToInterpreter();
    return { code, entries: this.#entries.map((i) => this.#blocks[i]?.at ?? 0) };
  }

  /** The blocks of a loop, or of the whole region. */
  #writeRun(loop: Loop | null, first: number, last: number): void {
    const { code } = this.#site;
    const stops = this.#stopsOf(loop, first, last);
    for (const stop of stops.toReversed()) {
      if ('gate' in stop) this.#gateLabels.set(stop.gate, code.block());
      else this.#blockLabels.set(stop.block, code.block());
    }
    if (loop === null) this.#writeEntryDispatch();
    else this.#writeMiddleDispatch(loop);
    for (const stop of stops) {
      code.end();
      if ('gate' in stop) {
        this.#gateLabels.delete(stop.gate);
        this.#writeLoop(stop.gate);
      } else {
        this.#blockLabels.delete(stop.block);
        this.#writeBlock(stop.block);
      }
    }
  }

  /** Blocks and gates directly within a loop, in order. */
  #stopsOf(loop: Loop | null, first: number, last: number): Stop[] {
    const stops: Stop[] = [];
    for (let i = first; i <= last;) {
      let inner = this.#flow.loopOf[i] ?? null;
      while (inner !== null && inner !== loop && inner.parent !== loop) inner = inner.parent;
      if (inner === null || inner === loop) {
        stops.push({ block: i });
        i++;
      } else {
        stops.push({ gate: inner });
        i = inner.last + 1;
      }
    }
    return stops;
  }

  #writeLoop(loop: Loop): void {
    const s = this.#site;
    const { code } = s;
    s.loadRegisters(loop.toLoad);
    const isOutermost = loop.isCached && loop.parent?.isCached !== true;
    const { wayOut } = s;
    const behind = isOutermost ? code.block() : 0;
    if (isOutermost) s.wayOut = code.block();
    this.#loopLabels.set(loop, code.loop());
    this.#writeRun(loop, loop.first, loop.last);
    code.end();
    this.#loopLabels.delete(loop);
    if (!isOutermost) return;
    code.br(behind).end();
    s.writeBack(loop.dirty);
    s.wayOut = wayOut;
    code.br(wayOut).end();
  }

  #writeEntryDispatch(): void {
    const s = this.#site;
    const { code } = s;
    const entries = this.#blocks.flatMap((block, i) => (block.isEntry ? [i] : []));
    this.#entries.push(...entries);
    const stubs: { readonly label: Label; readonly to: number }[] = [];
    const direct = entries.map((to): Label | null => {
      const stop = firstStop(this.#flow.loopOf, null, to);
      return this.#needsSelection(stop, to) ? null : this.#labelOf(stop);
    });
    for (const [i, to] of entries.entries()) if (direct[i] === null) stubs.unshift({ label: code.block(), to });
    const labels = entries.map((to, i) => direct[i] ?? stubs.find((stub) => stub.to === to)?.label ?? 0);
    code.get(s.entry).brTable(labels, labels[0] ?? 0);
    for (const { to } of stubs) {
      code.end();
      code.i32(to + 1).set(s.selected);
      code.br(this.#labelOf(firstStop(this.#flow.loopOf, null, to)));
    }
  }

  /** In a loop: on to the block that was selected, if one was. */
  #writeMiddleDispatch(loop: Loop): void {
    if (loop.middles.size === 0) return;
    const { code, selected } = this.#site;
    code.get(selected).if();
    for (const to of loop.middles) {
      const stop = nextStop(this.#flow.loopOf, loop, to);
      code
        .get(selected)
        .i32(to + 1)
        .op(op.i32Eq)
        .brIf(this.#labelOf(stop));
    }
    code.end();
  }

  /** Whether who goes to a block by way of a gate must say to which. */
  #needsSelection(stop: Stop, to: number): boolean {
    return 'gate' in stop && this.#hasMiddlesOnTheWay(stop.gate, to);
  }

  #hasMiddlesOnTheWay(gate: Loop, to: number): boolean {
    for (let loop = this.#flow.loopOf[to] ?? null; loop !== null; loop = loop.parent) {
      if (loop.middles.size > 0) return true;
      if (loop === gate) return false;
    }
    return false;
  }

  #labelOf(stop: Stop): Label {
    const label = 'gate' in stop ? this.#gateLabels.get(stop.gate) : this.#blockLabels.get(stop.block);
    if (label === undefined) throw new Error('a jump leads where no label is open');
    return label;
  }

  #writeBlock(i: number): void {
    const s = this.#site;
    const block = this.#blocks[i];
    const state = this.#flow.stateAt[i];
    if (block === undefined || state === undefined) return;
    s.heldX = state.held.x;
    s.heldF = state.held.f;
    s.dirtyX = state.dirty.x;
    s.dirtyF = state.dirty.f;
    s.isCached = this.#flow.loopOf[i]?.isCached === true;
    s.blockLength = block.instructions.length;
    s.done = 0;
    s.code.get(s.budget).i32(s.blockLength).op(op.i32Sub).set(s.budget);
    if (block.instructions.some(({ semantics }) => semantics.isFloat)) this.#writeFloatCheck(block);
    for (const it of block.instructions) {
      s.it = it;
      this.#writeInstruction(it, i, block);
      s.done++;
    }
    const last = block.instructions.at(-1)?.semantics.kind;
    if (block.next !== null && last !== 'branch') this.#goTo(i, block.next);
  }

  /** Where floating point is not ready, the interpreter makes it so. */
  #writeFloatCheck(block: Block): void {
    const s = this.#site;
    s.it = block.instructions[0] ?? null;
    s.load32(layout.H_FP_STATE);
    s.code.i32(layout.FP_READY).op(op.i32Ne).if(null, false);
    s.leaveToInterpreter();
    s.code.end();
  }

  #writeInstruction(it: PlacedInstruction, i: number, block: Block): void {
    const s = this.#site;
    const { code } = s;
    const { semantics, row } = it;
    s.prepareSources(sourcesOf(it));
    switch (semantics.kind) {
      case 'value':
        if (!semantics.isFloat && it.rd === 0) return;
        if (semantics.isFloat && emitFastFloat(s, row)) return;
        semantics.emit(s);
        if (semantics.isToFloat) s.setF();
        else s.setX();
        return;
      case 'memory':
        semantics.emit(s);
        return;
      case 'fence':
        if (isStoreLoadFence(it.word)) semantics.emit(s);
        return;
      case 'branch':
        semantics.emit(s);
        this.#writeBranch(i, block);
        return;
      case 'jump':
        this.#writeJump(it, i, block);
        return;
      case 'system':
        this.#writeSystem(it);
        return;
    }
    code.op(op.unreachable);
  }

  #writeSystem(it: PlacedInstruction): void {
    const s = this.#site;
    const { code } = s;
    if (!isTranslatedSystem(it)) {
      s.leaveToInterpreter();
      return;
    }
    s.writeBack({ x: s.dirtyX, f: s.dirtyF });
    const leave = (): void => {
      code.i32(0).memory(op.i64Load, s.state(layout.H_PC)).set(s.pcLocal).br(this.#exit);
    };
    if (isCsrInstruction(it)) {
      emitCsr(s, it, this.#mode, leave);
      return;
    }
    emitSystemCall(s, it);
    code.op(op.drop);
    leave();
  }

  #writeBranch(i: number, block: Block): void {
    const { code } = this.#site;
    code.if();
    this.#goTo(i, block.target ?? 0, false);
    code.end();
    this.#goTo(i, block.next ?? 0);
  }

  #writeJump(it: PlacedInstruction, i: number, block: Block): void {
    const s = this.#site;
    const { code } = s;
    if (block.target === null) {
      it.semantics.emit(s);
      code.set(s.pcLocal);
    }
    if (it.rd !== 0) {
      s.nextPc();
      s.setX();
    }
    if (block.target !== null) {
      this.#goTo(i, block.target);
      return;
    }
    s.writeBack({ x: s.dirtyX, f: s.dirtyF });
    code.br(this.#exit);
  }

  /** From the end of block `i` to an address: where that is the next block, by doing nothing, if what follows is that. */
  #goTo(i: number, address: number, mayFallThrough = true): void {
    const s = this.#site;
    const { code } = s;
    const dirty: RegisterSet = { x: s.dirtyX, f: s.dirtyF };
    const to = this.#flow.indexOf.get(address);
    if (to === undefined) {
      s.writeBack(dirty);
      s.pcAt(address);
      code.set(s.pcLocal).br(this.#exit);
      return;
    }
    const loopOf = this.#flow.loopOf;
    const closing = to <= i ? this.#loopFrom(to, i) : null;
    if (closing !== null) {
      s.writeBack(closing.isCached ? difference(dirty, this.#flow.stateAt[to]?.held ?? NO_REGISTERS) : dirty);
      code.get(s.budget).i32(0).op(op.i32LeS).if(null, false);
      s.writeBack(dirty);
      s.pcAt(address);
      code.set(s.pcLocal).br(this.#exit).end();
      if (closing.middles.size > 0) code.i32(0).set(s.selected);
      code.br(this.#loopLabels.get(closing) ?? 0);
      return;
    }
    const stop = firstStop(loopOf, i, to);
    const around = 'gate' in stop ? stop.gate.parent : (loopOf[to] ?? null);
    const held = 'gate' in stop ? stop.gate.heldBefore : (this.#flow.stateAt[to]?.held ?? NO_REGISTERS);
    s.writeBack(around?.isCached === true ? difference(dirty, held) : dirty);
    if ('gate' in stop && this.#hasMiddlesOnTheWay(stop.gate, to))
      code.i32(to === stop.gate.first ? 0 : to + 1).set(s.selected);
    if (to !== i + 1 || !mayFallThrough) code.br(this.#labelOf(stop));
  }

  /** The loop that a jump backwards from block `i` to `to` closes. */
  #loopFrom(to: number, i: number): Loop | null {
    return this.#flow.loops.find((loop) => loop.first === to && contains(loop, i)) ?? null;
  }

  /** Goes on at the program counter. */
  #writeLeave(): void {
    const s = this.#site;
    const { code } = s;
    code.get(s.budget).i32(0).op(op.i32GtS).if();
    code
      .get(s.pcLocal)
      .op(op.i32WrapI64)
      .i32(3)
      .op(op.i32Shl)
      .i32((layout.JUMP_ENTRIES - 1) << 4)
      .op(op.i32And);
    code.tee(s.place).memory(op.i64Load, s.state(layout.H_JUMPS)).get(s.pcLocal);
    code.i32(0).memory(op.i64Load, s.state(layout.H_JUMP_KEY)).op(op.i64Xor).op(op.i64Eq).if();
    code
      .get(s.budget)
      .get(s.place)
      .memory(op.i32Load, s.state(layout.H_JUMPS + 12))
      .get(s.pcLocal);
    // Function 0 is the way back to the interpreter.
    code
      .get(s.place)
      .memory(op.i32Load, s.state(layout.H_JUMPS + 8))
      .returnCallIndirect(TRANSLATION_TYPE_INDEX);
    code.end().end();
    code.i32(0).get(s.pcLocal).memory(op.i64Store, s.state(layout.H_PC));
    code.get(s.budget);
  }
}

/** Whether a FENCE orders stores before loads: on hosts with total store order the only one that costs anything. */
function isStoreLoadFence(word: number): boolean {
  const before = (word >>> 24) & 0xf;
  const after = (word >>> 20) & 0xf;
  return process.arch !== 'x64' || ((before & 5) !== 0 && (after & 10) !== 0);
}
