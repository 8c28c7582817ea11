/**
 * Where instructions are translated to: operands are known, registers live in locals. A register that is *held* has its value
 * in its local; a *dirty* one perhaps only there, which is so in cached loops (flow.ts) only. Every way out of the code writes
 * the dirty ones back, so that outside of it the state in memory is always whole and precise.
 */
import { Code, type Label } from '../../../wasm/code.ts';
import { op, valueType } from '../../../wasm/opcodes.table.ts';
import * as layout from '../layout.ts';
import type { Site } from '../site.ts';
import type { PlacedInstruction } from './region.ts';
import { members, type RegisterSet } from './register-set.ts';

const { f64, i32, i64 } = valueType;

/** What translated code needs to know of its hart. */
export interface TranslationTarget {
  /** Where the hart's area begins. */
  readonly hart: number;
  /** 0 user, 1 supervisor, 3 machine: the mode the code is for. */
  readonly mode: number;
  /** Index in the module of a function of the kernel. */
  readonly kernelFunction: (name: string) => number;
}

/** See the file's head. */
export class TranslationSite implements Site {
  readonly code = new Code(3);
  readonly budget = 0;
  readonly entry = 1;
  /** The program counter that the code is left with; at first, the one it is entered with. */
  readonly pcLocal = 2;
  readonly a: number;
  readonly b: number;
  readonly place: number;
  /** Virtual address of the page. */
  readonly page: number;
  /** The block to go to inside a loop, by way of its gate: its index plus 1. */
  readonly selected: number;
  /** Results of floating-point operations on the way to a register. */
  readonly result: number;
  it: PlacedInstruction | null = null;
  heldX = 0;
  heldF = 0;
  dirtyX = 0;
  dirtyF = 0;
  /** Instructions of the block before the present one. */
  done = 0;
  blockLength = 0;
  /** Whether what is written stays in locals. */
  isCached = false;
  /** The block behind which all that may be dirty here is written back for the interpreter. */
  wayOut: Label = 0;
  readonly #target: TranslationTarget;
  readonly #x: number[] = [];
  readonly #f: number[] = [];

  constructor(target: TranslationTarget) {
    this.#target = target;
    this.a = this.code.local(i64);
    this.b = this.code.local(i64);
    this.page = this.code.local(i64);
    this.place = this.code.local(i32);
    this.selected = this.code.local(i32);
    this.result = this.code.local(f64);
  }

  /** Offset of a word of the hart's state, for an address of 0. */
  state(offset: number): number {
    return this.#target.hart + offset;
  }
  load32(offset: number): void {
    this.code.i32(0).memory(op.i32Load, this.state(offset));
  }

  word(): void {
    this.code.i32(this.#instruction().word);
  }
  x1(): void {
    this.#getX(this.#instruction().rs1);
  }
  x2(): void {
    this.#getX(this.#instruction().rs2);
  }
  w1(): void {
    this.#getWord(this.#instruction().rs1);
  }
  w2(): void {
    this.#getWord(this.#instruction().rs2);
  }
  f1(): void {
    this.#getF(this.#instruction().rs1);
    this.code.op(op.i64ReinterpretF64);
  }
  f2(): void {
    this.d2();
    this.code.op(op.i64ReinterpretF64);
  }
  f3(): void {
    this.d3();
    this.code.op(op.i64ReinterpretF64);
  }
  d1(): void {
    this.#getF(this.#instruction().rs1);
  }
  d2(): void {
    this.#getF(this.#instruction().rs2);
  }
  d3(): void {
    this.#getF(this.#instruction().rs3);
  }
  imm(): void {
    this.code.i64(this.#instruction().imm);
  }
  immW(): void {
    this.code.i32(this.#instruction().imm);
  }
  rm(): void {
    this.code.i32((this.#instruction().word >>> 12) & 7);
  }
  pc(): void {
    this.pcAt(this.#instruction().at);
  }
  nextPc(): void {
    const { at, lengthBytes } = this.#instruction();
    this.pcAt(at + lengthBytes);
  }
  /** Pushes the virtual address of an offset of the page. */
  pcAt(offset: number): void {
    this.code.get(this.page);
    if (offset !== 0) this.code.i64(offset).op(op.i64Add);
  }
  setX(): void {
    const { rd } = this.#instruction();
    if (rd === 0) {
      this.code.op(op.drop);
      return;
    }
    this.code.set(this.#localX(rd));
    this.heldX |= 1 << rd;
    if (this.isCached) this.dirtyX |= 1 << rd;
    else this.writeBack({ x: 1 << rd, f: 0 });
  }
  setF(): void {
    this.code.op(op.f64ReinterpretI64);
    this.setD();
  }
  setD(): void {
    const { rd } = this.#instruction();
    this.code.set(this.#localF(rd));
    this.heldF |= 1 << rd;
    if (this.isCached) this.dirtyF |= 1 << rd;
    else this.writeBack({ x: 0, f: 1 << rd });
  }
  call(name: string): void {
    this.code.call(this.#target.kernelFunction(name));
  }
  cacheEntry(isWrite: boolean): number {
    const { mode, hart } = this.#target;
    this.code
      .get(this.a)
      .op(op.i32WrapI64)
      .i32(8)
      .op(op.i32ShrU)
      .i32((layout.TLB_ENTRIES - 1) << 4)
      .op(op.i32And);
    return hart + layout.H_TLB + (mode === 3 ? 2 : mode) * 2 * layout.TLB_BYTES + (isWrite ? layout.TLB_BYTES : 0);
  }
  faultIfZero(): void {
    this.code.op(op.i32Eqz).if(null, false);
    this.leaveToInterpreter();
    this.code.end();
  }

  /** Leaves the code with this instruction to be done by the interpreter. */
  leaveToInterpreter(): void {
    const undone = this.blockLength - this.done;
    if (undone !== 0) this.code.get(this.budget).i32(undone).op(op.i32Add).set(this.budget);
    this.pc();
    this.code.set(this.pcLocal).br(this.wayOut);
  }

  /** Where the ways of `leaveToInterpreter` meet: all is written back. */
  returnToInterpreter(): void {
    const { code } = this;
    code.i32(0).get(this.pcLocal).memory(op.i64Store, this.state(layout.H_PC));
    code.i32(0).i32(1).memory(op.i32Store, this.state(layout.H_STEP));
    code.get(this.budget).op(op.return);
  }

  /** Stores registers from their locals; which ones are dirty stays as it is. */
  writeBack({ x, f }: RegisterSet): void {
    for (const r of members(x)) {
      this.code
        .i32(0)
        .get(this.#localX(r))
        .memory(op.i64Store, this.state(layout.H_X + r * 8));
    }
    for (const r of members(f)) {
      this.code
        .i32(0)
        .get(this.#localF(r))
        .memory(op.f64Store, this.state(layout.H_F + r * 8));
    }
  }

  /** Loads registers into their locals. */
  loadRegisters({ x, f }: RegisterSet): void {
    for (const r of members(x)) {
      this.code
        .i32(0)
        .memory(op.i64Load, this.state(layout.H_X + r * 8))
        .set(this.#localX(r));
    }
    for (const r of members(f)) {
      this.code
        .i32(0)
        .memory(op.f64Load, this.state(layout.H_F + r * 8))
        .set(this.#localF(r));
    }
  }

  /** Brings a register that was written in memory into its local. */
  reloadX(r: number): void {
    if (r === 0) return;
    this.loadRegisters({ x: 1 << r, f: 0 });
    this.heldX |= 1 << r;
  }

  /** Brings the source registers of the present instruction into locals, where all that follows finds them. */
  prepareSources({ x, f }: RegisterSet): void {
    this.loadRegisters({ x: x & ~this.heldX, f: f & ~this.heldF });
    this.heldX |= x;
    this.heldF |= f;
  }

  #instruction(): PlacedInstruction {
    if (this.it === null) throw new Error('no instruction is being translated');
    return this.it;
  }
  #getX(r: number): void {
    if (r === 0) this.code.i64(0);
    else this.code.get(this.#localX(r));
  }
  #getWord(r: number): void {
    if (r === 0) this.code.i32(0);
    else this.code.get(this.#localX(r)).op(op.i32WrapI64);
  }
  #getF(r: number): void {
    this.code.get(this.#localF(r));
  }
  #localX(r: number): number {
    return (this.#x[r] ??= this.code.local(i64));
  }
  #localF(r: number): number {
    return (this.#f[r] ??= this.code.local(f64));
  }
}
