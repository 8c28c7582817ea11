/**
 * Writes the interpreter of one hart as a WebAssembly module: a loop that fetches from RAM, decodes through the tables of
 * encoding.ts and does what semantics.ts says. It reads instructions where they are each time, so it never runs stale ones.
 *
 *     run     $reload: program counter and caches anew
 *     main    at every target of a jump: over? translated? hot?
 *     next    one instruction after another
 */
import { Code, type Label } from '../../wasm/code.ts';
import { ModuleBuilder } from '../../wasm/module-builder.ts';
import { op, valueType } from '../../wasm/opcodes.table.ts';
import { instructionOf } from './encoding.ts';
import type { Format } from './isa.table.ts';
import { KERNEL_SIGNATURES } from './kernel.ts';
import * as layout from './layout.ts';
import { SEMANTICS, type Semantics } from './semantics.ts';
import type { Site } from './site.ts';

const { i32, i64 } = valueType;

/** Parameters and result of translated code: (budget, entry, pc) → budget. */
export const TRANSLATION_TYPE = { params: [i32, i32, i64], results: [i32] } as const;

/** What the interpreter's module imports beside memory, table and kernel: `hot(pc)` → whether it was translated. */
export interface InterpreterOptions {
  /** Where the hart's area begins. */
  readonly hart: number;
  readonly memoryPages: number;
  readonly tableLength: number;
  /** Jumps to a place before it is asked to be translated; 0: never. */
  readonly hotAfter: number;
}

class InterpreterSite implements Site {
  readonly code = new Code(1);
  readonly a: number;
  readonly b: number;
  readonly place: number;
  readonly word32: number;
  readonly pcLocal: number;
  readonly length: number;
  readonly budget = 0;
  readonly readCache: number;
  readonly writeCache: number;
  fault: Label = 0;
  format: Format = 'N';
  readonly #hart: number;
  readonly #imports: ReadonlyMap<string, number>;

  constructor(hart: number, imports: ReadonlyMap<string, number>) {
    this.#hart = hart;
    this.#imports = imports;
    this.a = this.code.local(i64);
    this.b = this.code.local(i64);
    this.pcLocal = this.code.local(i64);
    this.place = this.code.local(i32);
    this.word32 = this.code.local(i32);
    this.length = this.code.local(i32);
    this.readCache = this.code.local(i32);
    this.writeCache = this.code.local(i32);
  }

  /** Offset of a word of the hart's state, for an address of 0. */
  state(offset: number): number {
    return this.#hart + offset;
  }
  load64(offset: number): void {
    this.code.i32(0).memory(op.i64Load, this.state(offset));
  }
  load32(offset: number): void {
    this.code.i32(0).memory(op.i32Load, this.state(offset));
  }
  word(): void {
    this.code.get(this.word32);
  }
  x1(): void {
    this.#register(12, op.i64Load, layout.H_X);
  }
  x2(): void {
    this.#register(17, op.i64Load, layout.H_X);
  }
  w1(): void {
    this.#register(12, op.i32Load, layout.H_X);
  }
  w2(): void {
    this.#register(17, op.i32Load, layout.H_X);
  }
  f1(): void {
    this.#register(12, op.i64Load, layout.H_F);
  }
  f2(): void {
    this.#register(17, op.i64Load, layout.H_F);
  }
  f3(): void {
    this.#register(24, op.i64Load, layout.H_F);
  }
  d2(): void {
    this.#register(17, op.f64Load, layout.H_F);
  }
  imm(): void {
    this.immW();
    this.code.op(op.i64ExtendI32S);
  }
  immW(): void {
    const { code } = this;
    const field = (shift: number, mask: number, to: number): void => {
      code.get(this.word32).i32(Math.abs(shift));
      code.op(shift < 0 ? op.i32Shl : op.i32ShrU);
      code.i32(mask << to).op(op.i32And);
    };
    const signed = (shift: number, to: number): void => {
      code.get(this.word32).i32(shift).op(op.i32ShrS).i32(to).op(op.i32Shl);
    };
    switch (this.format) {
      case 'SH6':
        field(20, 63, 0);
        break;
      case 'SH5':
        field(20, 31, 0);
        break;
      case 'S':
      case 'FS':
        signed(25, 5);
        field(7, 31, 0);
        code.op(op.i32Or);
        break;
      case 'B':
        signed(31, 12);
        field(-4, 1, 11);
        code.op(op.i32Or);
        field(20, 0x3f, 5);
        code.op(op.i32Or);
        field(7, 0xf, 1);
        code.op(op.i32Or);
        break;
      case 'U':
        code.get(this.word32).i32(~0xfff).op(op.i32And);
        break;
      case 'J':
        signed(31, 20);
        code.get(this.word32).i32(0xff000).op(op.i32And).op(op.i32Or);
        field(9, 1, 11);
        code.op(op.i32Or);
        field(20, 0x3ff, 1);
        code.op(op.i32Or);
        break;
      default:
        code.get(this.word32).i32(20).op(op.i32ShrS);
    }
  }
  rm(): void {
    this.code.get(this.word32).i32(12).op(op.i32ShrU).i32(7).op(op.i32And);
  }
  pc(): void {
    this.code.get(this.pcLocal);
  }
  nextPc(): void {
    this.code.get(this.pcLocal).get(this.length).op(op.i64ExtendI32U).op(op.i64Add);
  }
  setX(): void {
    this.code.set(this.b);
    this.#address(4);
    this.code.get(this.b).memory(op.i64Store, this.state(layout.H_X));
  }
  setF(): void {
    this.code.set(this.b);
    this.#address(4);
    this.code.get(this.b).memory(op.i64Store, this.state(layout.H_F));
  }
  setD(): void {
    this.code.op(op.i64ReinterpretF64);
    this.setF();
  }
  call(name: string): void {
    const index = this.#imports.get(name);
    if (index === undefined) throw new Error(`the kernel has no ${name}`);
    this.code.call(index);
  }
  cacheEntry(isWrite: boolean): number {
    this.code.get(this.a).op(op.i32WrapI64).i32(8).op(op.i32ShrU);
    this.code.i32((layout.TLB_ENTRIES - 1) << 4).op(op.i32And);
    this.code.get(isWrite ? this.writeCache : this.readCache).op(op.i32Add);
    return 0;
  }
  faultIfZero(): void {
    this.code.op(op.i32Eqz).brIf(this.fault, false);
  }

  /** Pushes the byte offset of the register in the field that begins at bit `shift + 3`. */
  #address(shift: number): void {
    this.code.get(this.word32).i32(shift).op(op.i32ShrU).i32(0xf8).op(op.i32And);
  }
  #register(shift: number, opcode: number, base: number): void {
    this.#address(shift);
    this.code.memory(opcode, this.state(base));
  }
}

/** The module: exports `run(budget)`; imports `env.memory`, `env.table`, `env.hot` and the kernel's functions as `kernel.*`. */
export function writeInterpreter(options: InterpreterOptions): Uint8Array {
  const builder = new ModuleBuilder();
  const imports = new Map<string, number>();
  for (const [name, { params, results }] of Object.entries(KERNEL_SIGNATURES)) {
    imports.set(name, builder.importFunction('kernel', name, builder.type(params, results)));
  }
  const hot = builder.importFunction('env', 'hot', builder.type([i64], [i32]));
  builder.importSharedMemory('env', 'memory', options.memoryPages, options.memoryPages);
  builder.importTable('env', 'table', options.tableLength);
  const translation = builder.type(TRANSLATION_TYPE.params, TRANSLATION_TYPE.results);
  const site = new InterpreterSite(options.hart, imports);
  writeRun(site, options, hot, translation);
  builder.exportFunction('run', builder.function(builder.type([i32], []), site.code));
  return builder.toBytes();
}

function writeRun(s: InterpreterSite, options: InterpreterOptions, hot: number, translation: number): void {
  const { code, budget, pcLocal: pc } = s;
  const pageTag = code.local(i64);
  const pageOffset = code.local(i32);
  const isStep = code.local(i32);
  const count = code.local(i32);

  const keepBudget = (): void => {
    code.i32(0).get(budget).memory(op.i32Store, s.state(layout.H_BUDGET));
  };
  const reload = code.loop();
  s.load64(layout.H_PC);
  code.set(pc);
  s.load32(layout.H_READ_TLB);
  code.set(s.readCache);
  s.load32(layout.H_WRITE_TLB);
  code.set(s.writeCache);
  code.i64(1).set(pageTag);

  const main = code.loop();
  code.i32(0).set(isStep);
  code.get(budget).i32(0).op(op.i32LeS).if(null, false);
  code.i32(0).get(pc).memory(op.i64Store, s.state(layout.H_PC));
  keepBudget();
  code.op(op.return).end();

  // The jump cache's entry: (pc >> 1 & JUMP_ENTRIES - 1) × 16.
  code.get(pc).op(op.i32WrapI64).i32(3).op(op.i32Shl);
  code
    .i32((layout.JUMP_ENTRIES - 1) << 4)
    .op(op.i32And)
    .tee(s.place);
  code.memory(op.i64Load, s.state(layout.H_JUMPS)).get(pc);
  s.load64(layout.H_JUMP_KEY);
  code.op(op.i64Xor).op(op.i64Eq).if(i32, true);
  code
    .get(s.place)
    .memory(op.i32Load, s.state(layout.H_JUMPS + 8))
    .else();
  code.get(pc);
  s.call('lookUp');
  code.end().tee(count).if();
  code
    .get(budget)
    .get(s.place)
    .memory(op.i32Load, s.state(layout.H_JUMPS + 12))
    .get(pc);
  code.get(count).callIndirect(translation).set(budget);
  s.load64(layout.H_PC);
  code.set(pc);
  s.load32(layout.H_STEP);
  code.tee(isStep).op(op.i32Eqz).brIf(main);
  code.i32(0).i32(0).memory(op.i32Store, s.state(layout.H_STEP));
  code.else();
  if (options.hotAfter > 0) {
    code.get(pc).get(pc).i64(12).op(op.i64ShrU).op(op.i64Xor).op(op.i32WrapI64);
    code
      .i32((layout.HEAT_ENTRIES - 1) << 1)
      .op(op.i32And)
      .tee(s.place);
    code.get(s.place).memory(op.i32Load16U, s.state(layout.H_HEAT)).i32(1).op(op.i32Add).tee(count);
    code.memory(op.i32Store16, s.state(layout.H_HEAT));
    code.get(count).i32(options.hotAfter).op(op.i32GeU).if(null, false);
    // It stays warm.
    code.get(s.place).i32(1).memory(op.i32Store16, s.state(layout.H_HEAT));
    code.get(pc).call(hot).brIf(main).end();
  }
  code.end();

  const next = code.loop();
  // Writes to x0 went to its place.
  code.i32(0).i64(0).memory(op.i64Store, s.state(layout.H_X));
  const fault = code.block();
  s.fault = fault;
  const isIllegal = code.block();
  writeFetch(s, { pageTag, pageOffset, main, fault, keepBudget });
  code.get(budget).i32(1).op(op.i32Sub).set(budget);

  const advance = code.block();
  const labels: Label[] = [];
  const operations = SEMANTICS.map((semantics, operation) => ({ semantics, operation })).slice(1);
  for (const _ of operations) labels.unshift(code.block());
  writeDecode(s);
  code.brTable([isIllegal, ...labels], isIllegal);
  for (const { semantics, operation } of operations) {
    code.end();
    if (semantics === null) continue;
    s.format = instructionOf(operation).format;
    writeOperation(s, semantics, { main, advance, reload, keepBudget });
  }
  code.end();
  // advance
  code.get(pc).get(s.length).op(op.i64ExtendI32U).op(op.i64Add).set(pc);
  code.get(isStep).op(op.i32Eqz).brIf(next, true);
  code.i32(0).set(isStep).br(main);
  code.end();
  // isIllegal
  keepBudget();
  code.get(pc);
  s.call('illegal');
  code.op(op.drop).br(reload).end();
  // fault
  keepBudget();
  s.load64(layout.H_FAULT_CAUSE);
  s.load64(layout.H_FAULT_VALUE);
  code.get(pc);
  s.call('trap');
  code.br(reload);
  code.end().end().end();
}

interface FetchContext {
  readonly pageTag: number;
  readonly pageOffset: number;
  readonly main: Label;
  readonly fault: Label;
  readonly keepBudget: () => void;
}

/** Puts the instruction, expanded, into `word32` and its length into `length`. */
function writeFetch(s: InterpreterSite, { pageTag, pageOffset, main }: FetchContext): void {
  const { code, budget, pcLocal: pc } = s;
  // Counted as an instruction, for a handler that cannot be fetched traps for ever.
  const faultIfZero = (): void => {
    code.op(op.i32Eqz).if(null, false);
    code.get(budget).i32(1).op(op.i32Sub).set(budget);
    code.br(s.fault).end();
  };
  code.get(pc).i64(~0xfff).op(op.i64And).tee(s.a).get(pageTag).op(op.i64Ne).if(null, false);
  code.get(s.budget).i32(0).op(op.i32LeS).brIf(main, false);
  code.get(pc);
  s.call('fetchPlace');
  code.tee(s.place);
  faultIfZero();
  code.get(s.place).get(pc).op(op.i32WrapI64).op(op.i32Sub).set(pageOffset);
  code.get(s.a).set(pageTag);
  s.load32(layout.H_FETCH_MIXED);
  code.if();
  code.i64(1).set(pageTag).end();
  code.end();
  code.get(pc).op(op.i32WrapI64).get(pageOffset).op(op.i32Add).tee(s.place);
  code.memory(op.i32Load16U, 0).tee(s.word32).i32(3).op(op.i32And).i32(3).op(op.i32Eq).if();
  code.i32(4).set(s.length);
  code.get(pc).op(op.i32WrapI64).i32(0xfff).op(op.i32And).i32(0xffe).op(op.i32Eq).if(null, false);
  // The second half is in another page.
  code.get(pc).i64(2).op(op.i64Add);
  s.call('fetchPlace');
  code.tee(s.place);
  faultIfZero();
  code.get(s.place).memory(op.i32Load16U, 0).i32(16).op(op.i32Shl).get(s.word32).op(op.i32Or).set(s.word32);
  code.else();
  code.get(s.place).memory(op.i32Load, 0).set(s.word32);
  code.end().else();
  code.i32(2).set(s.length);
  code.get(s.word32).i32(2).op(op.i32Shl).memory(op.i32Load, layout.EXPANSIONS).set(s.word32);
  code.end();
}

/** Pushes the number of the operation. */
function writeDecode(s: InterpreterSite): void {
  const { code, word32 } = s;
  // funct7 << 8 | funct3 << 5 | opcode >> 2, times two.
  code.get(word32).i32(25).op(op.i32ShrU).i32(9).op(op.i32Shl);
  code.get(word32).i32(6).op(op.i32ShrU).i32(0x1c0).op(op.i32And).op(op.i32Or);
  code.get(word32).i32(1).op(op.i32ShrU).i32(0x3e).op(op.i32And).op(op.i32Or);
  code.memory(op.i32Load16U, layout.DECODE).tee(s.place);
  code.i32(layout.DECODE_BY_RS2).op(op.i32And).if(i32);
  code
    .get(s.place)
    .i32(~layout.DECODE_BY_RS2 & 0xffff)
    .op(op.i32And)
    .i32(6)
    .op(op.i32Shl);
  code.get(word32).i32(19).op(op.i32ShrU).i32(0x3e).op(op.i32And).op(op.i32Or);
  code.memory(op.i32Load16U, layout.DECODE_RS2).else().get(s.place).end();
}

interface OperationContext {
  readonly main: Label;
  readonly advance: Label;
  readonly reload: Label;
  readonly keepBudget: () => void;
}

function writeOperation(s: InterpreterSite, semantics: Semantics, labels: OperationContext): void {
  const { code, pcLocal: pc } = s;
  const { main, advance, reload, keepBudget } = labels;
  if (semantics.isFloat) {
    s.load32(layout.H_FP_STATE);
    code.i32(layout.FP_READY).op(op.i32Ne).if(null, false);
    keepBudget();
    s.word();
    s.pc();
    s.call('prepareFloat');
    code.op(op.i32Eqz).brIf(reload).end();
  }
  switch (semantics.kind) {
    case 'value':
      semantics.emit(s);
      if (semantics.isToFloat) s.setF();
      else s.setX();
      break;
    case 'branch':
      semantics.emit(s);
      code.op(op.i32Eqz).brIf(advance);
      code.get(pc);
      s.imm();
      code.op(op.i64Add).set(pc).br(main);
      return;
    case 'jump':
      semantics.emit(s);
      code.set(s.a);
      s.nextPc();
      s.setX();
      code.get(s.a).set(pc).br(main);
      return;
    case 'system':
      keepBudget();
      semantics.emit(s);
      code.tee(s.place).op(op.i32Eqz).brIf(advance);
      code.get(s.place).i32(1).op(op.i32Eq).brIf(reload);
      code.op(op.return);
      return;
    default:
      semantics.emit(s);
  }
  code.br(advance);
}
