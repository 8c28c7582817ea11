/**
 * The body of one function, written instruction by instruction in the order of WebAssembly's stack machine. Nothing is
 * checked here (WebAssembly.Module does that): an emitter on a hot path must cost little.
 *
 * A label is the nesting depth at which its block was opened; `br` turns it into the relative one of the binary format.
 */
import { ByteSink } from './byte-sink.ts';
import type { ValueType } from './opcodes.table.ts';

/** A block that can be branched to, while it is open. */
export type Label = number;

/** The block type of a block without result. */
const EMPTY = 0x40;

/** The code of a function; its parameters are the first locals. */
export class Code {
  readonly #sink = new ByteSink(1024);
  readonly #params: number;
  #locals: ValueType[] = [];
  #depth = 0;
  readonly #hints: [position: number, isLikely: boolean][] = [];

  constructor(params: number) {
    this.#params = params;
  }

  /** Bytes of instructions so far. */
  get length(): number {
    return this.#sink.length;
  }

  /** Adds a local, 0 at first. */
  local(type: ValueType): number {
    return this.#params + this.#locals.push(type) - 1;
  }

  /** An instruction without immediates: one of `op`. */
  op(opcode: number): this {
    const sink = this.#sink;
    if (opcode <= 0xff) sink.byte(opcode);
    else {
      const isLong = opcode > 0xffff;
      sink.byte(isLong ? opcode >> 12 : opcode >> 8);
      sink.unsigned(isLong ? opcode & 0xfff : opcode & 0xff);
    }
    return this;
  }

  i32(value: number): this {
    this.#sink.byte(0x41);
    this.#sink.signed(value);
    return this;
  }

  /** A constant; a number must be a safe integer. */
  i64(value: number | bigint): this {
    this.#sink.byte(0x42);
    if (typeof value === 'number' && (value | 0) === value) this.#sink.signed(value);
    else this.#sink.signed64(BigInt(value));
    return this;
  }

  get(local: number): this {
    this.#sink.byte(0x20);
    this.#sink.unsigned(local);
    return this;
  }

  set(local: number): this {
    this.#sink.byte(0x21);
    this.#sink.unsigned(local);
    return this;
  }

  tee(local: number): this {
    this.#sink.byte(0x22);
    this.#sink.unsigned(local);
    return this;
  }

  /** A load or store: opcode, offset in bytes added to the address; no promise of alignment is made. */
  memory(opcode: number, offset: number): this {
    const sink = this.#sink;
    sink.byte(opcode);
    sink.byte(0);
    sink.unsigned(offset);
    return this;
  }

  /** One of `atomicOp`; alignment must be the access's own, as its power of two. */
  atomic(code: number, alignLog2: number, offset: number): this {
    const sink = this.#sink;
    sink.byte(0xfe);
    sink.unsigned(code);
    sink.byte(alignLog2);
    sink.unsigned(offset);
    return this;
  }

  atomicFence(): this {
    return this.#raw(0xfe, 0x03, 0x00);
  }

  /** memory.fill: takes address, byte, count. */
  memoryFill(): this {
    return this.#raw(0xfc, 0x0b, 0x00);
  }

  /** f64x2.extract_lane or f32x4.extract_lane of lane 0. */
  extractLane0(type: 'f32' | 'f64'): this {
    return this.#raw(0xfd, type === 'f64' ? 0x21 : 0x1f, 0x00);
  }

  block(result: ValueType | null = null): Label {
    return this.#open(0x02, result);
  }

  loop(result: ValueType | null = null): Label {
    return this.#open(0x03, result);
  }

  /** `isLikely` tells how the condition mostly is: the compiler keeps registers free of what the rare way wants. */
  if(result: ValueType | null = null, isLikely?: boolean): Label {
    if (isLikely !== undefined) this.#hints.push([this.#sink.length, isLikely]);
    return this.#open(0x04, result);
  }

  else(): this {
    this.#sink.byte(0x05);
    return this;
  }

  end(): this {
    this.#depth--;
    this.#sink.byte(0x0b);
    return this;
  }

  br(label: Label): this {
    this.#sink.byte(0x0c);
    this.#sink.unsigned(this.#depth - label);
    return this;
  }

  /** See `if` about `isLikely`. */
  brIf(label: Label, isLikely?: boolean): this {
    if (isLikely !== undefined) this.#hints.push([this.#sink.length, isLikely]);
    this.#sink.byte(0x0d);
    this.#sink.unsigned(this.#depth - label);
    return this;
  }

  brTable(labels: readonly Label[], otherwise: Label): this {
    const sink = this.#sink;
    sink.byte(0x0e);
    sink.unsigned(labels.length);
    for (const label of labels) sink.unsigned(this.#depth - label);
    sink.unsigned(this.#depth - otherwise);
    return this;
  }

  call(functionIndex: number): this {
    this.#sink.byte(0x10);
    this.#sink.unsigned(functionIndex);
    return this;
  }

  /** Calls entry [top of stack] of table 0. */
  callIndirect(type: number): this {
    return this.#indirect(0x11, type);
  }

  /** The same as the last thing this function does. */
  returnCallIndirect(type: number): this {
    return this.#indirect(0x13, type);
  }

  /**
   * Appends the function as the code section holds it: size, locals, instructions, end. Returns what is told of its branches,
   * with offsets from the locals on, as the section of branch hints counts.
   */
  writeTo(sink: ByteSink): readonly (readonly [offset: number, isLikely: boolean])[] {
    const head = new ByteSink(16);
    const runs: [ValueType, number][] = [];
    for (const type of this.#locals) {
      const last = runs.at(-1);
      if (last?.[0] === type) last[1]++;
      else runs.push([type, 1]);
    }
    head.unsigned(runs.length);
    for (const [type, count] of runs) {
      head.unsigned(count);
      head.byte(type);
    }
    sink.unsigned(head.length + this.#sink.length + 1);
    sink.bytes(head.view());
    sink.bytes(this.#sink.view());
    sink.byte(0x0b);
    return this.#hints.map(([position, isLikely]) => [head.length + position, isLikely]);
  }

  #open(opcode: number, result: ValueType | null): Label {
    this.#sink.byte(opcode);
    this.#sink.byte(result ?? EMPTY);
    return ++this.#depth;
  }

  #indirect(opcode: number, type: number): this {
    this.#sink.byte(opcode);
    this.#sink.unsigned(type);
    this.#sink.byte(0);
    return this;
  }

  #raw(a: number, b: number, c: number): this {
    this.#sink.byte(a);
    this.#sink.byte(b);
    this.#sink.byte(c);
    return this;
  }
}
