/** What each instruction of isa.table.ts does, for interpreter and translator alike. */
import { atomicOp, op } from '../../wasm/opcodes.table.ts';
import { INSTRUCTIONS, type Instruction } from './isa.table.ts';
import { kernelName } from './kernel.ts';
import type { Site } from './site.ts';
import { emitAtomicPlace, emitLoad, emitStore } from './memory-access.ts';

/**
 * The class of an instruction with what it emits:
 *
 * - `value`: pushes what the destination register gets; no other effect (but floating-point flags)
 * - `memory`: may fault; does all itself
 * - `branch`: pushes the condition, i32
 * - `jump`: JAL, JALR: pushes the target's address
 * - `fence`: pushes nothing
 * - `system`: for the interpreter: pushes 0 to go on, 1 to go on at H_PC, 2 to come back
 */
export interface Semantics {
  readonly kind: 'value' | 'memory' | 'branch' | 'jump' | 'fence' | 'system';
  readonly emit: (site: Site) => void;
  /** Whether floating point must be on. */
  readonly isFloat: boolean;
  /** Whether the destination is a floating-point register. */
  readonly isToFloat: boolean;
}

type Emit = (s: Site) => void;

const integer: Record<string, Emit> = {
  lui: (s) => s.imm(),
  auipc: (s) => {
    s.pc();
    s.imm();
    s.code.op(op.i64Add);
  },
};

function withImmediate(opcode: number): Emit {
  return (s) => {
    s.x1();
    s.imm();
    s.code.op(opcode);
  };
}
function withRegisters(opcode: number): Emit {
  return (s) => {
    s.x1();
    s.x2();
    s.code.op(opcode);
  };
}
function wordWithImmediate(opcode: number): Emit {
  return (s) => {
    s.w1();
    s.immW();
    s.code.op(opcode).op(op.i64ExtendI32S);
  };
}
function wordWithRegisters(opcode: number): Emit {
  return (s) => {
    s.w1();
    s.w2();
    s.code.op(opcode).op(op.i64ExtendI32S);
  };
}
function asFlag(emit: Emit): Emit {
  return (s) => {
    emit(s);
    s.code.op(op.i64ExtendI32U);
  };
}

const IMMEDIATE = { addi: op.i64Add, xori: op.i64Xor, ori: op.i64Or, andi: op.i64And, slli: op.i64Shl, srli: op.i64ShrU, srai: op.i64ShrS, rori: op.i64Rotr }; // prettier-ignore
const REGISTERS = { add: op.i64Add, sub: op.i64Sub, xor: op.i64Xor, or: op.i64Or, and: op.i64And, sll: op.i64Shl, srl: op.i64ShrU, sra: op.i64ShrS, mul: op.i64Mul, rol: op.i64Rotl, ror: op.i64Rotr }; // prettier-ignore
const WORD_IMMEDIATE = { addiw: op.i32Add, slliw: op.i32Shl, srliw: op.i32ShrU, sraiw: op.i32ShrS, roriw: op.i32Rotr };
const WORD_REGISTERS = { addw: op.i32Add, subw: op.i32Sub, sllw: op.i32Shl, srlw: op.i32ShrU, sraw: op.i32ShrS, mulw: op.i32Mul, rolw: op.i32Rotl, rorw: op.i32Rotr }; // prettier-ignore
const COMPARE = { slt: op.i64LtS, sltu: op.i64LtU };
const COMPARE_IMMEDIATE = { slti: op.i64LtS, sltiu: op.i64LtU };
const UNARY = {
  clz: op.i64Clz,
  ctz: op.i64Ctz,
  cpop: op.i64Popcnt,
  'sext.b': op.i64Extend8S,
  'sext.h': op.i64Extend16S,
};
const WORD_UNARY = { clzw: op.i32Clz, ctzw: op.i32Ctz, cpopw: op.i32Popcnt };

for (const [name, opcode] of Object.entries(IMMEDIATE)) integer[name] = withImmediate(opcode);
for (const [name, opcode] of Object.entries(REGISTERS)) integer[name] = withRegisters(opcode);
for (const [name, opcode] of Object.entries(WORD_IMMEDIATE)) integer[name] = wordWithImmediate(opcode);
for (const [name, opcode] of Object.entries(WORD_REGISTERS)) integer[name] = wordWithRegisters(opcode);
for (const [name, opcode] of Object.entries(COMPARE)) integer[name] = asFlag(withRegisters(opcode));
for (const [name, opcode] of Object.entries(COMPARE_IMMEDIATE)) integer[name] = asFlag(withImmediate(opcode));
for (const [name, opcode] of Object.entries(UNARY)) {
  integer[name] = (s) => {
    s.x1();
    s.code.op(opcode);
  };
}
for (const [name, opcode] of Object.entries(WORD_UNARY)) {
  integer[name] = (s) => {
    s.w1();
    s.code.op(opcode).op(op.i64ExtendI32U);
  };
}

/** Division without WebAssembly's traps: by 0 all ones (the remainder: the dividend), and -2^63 / -1 wraps. */
function divide(isSigned: boolean, isQuotient: boolean): Emit {
  return (s) => {
    const { code } = s;
    s.x1();
    code.set(s.a);
    s.x2();
    code.tee(s.b).op(op.i64Eqz).if(0x7e);
    if (isQuotient) code.i64(-1);
    else code.get(s.a);
    code.else();
    if (isSigned) {
      code.get(s.b).i64(-1).op(op.i64Eq).if(0x7e);
      if (isQuotient) code.i64(0).get(s.a).op(op.i64Sub);
      else code.i64(0);
      code.else();
    }
    code.get(s.a).get(s.b);
    code.op(isSigned ? (isQuotient ? op.i64DivS : op.i64RemS) : isQuotient ? op.i64DivU : op.i64RemU);
    if (isSigned) code.end();
    code.end();
  };
}
integer['div'] = divide(true, true);
integer['divu'] = divide(false, true);
integer['rem'] = divide(true, false);
integer['remu'] = divide(false, false);

/** The same in 32 bits, done in 64, where nothing overflows but by 0. */
function divideWord(isSigned: boolean, isQuotient: boolean): Emit {
  const extend = isSigned ? op.i64ExtendI32S : op.i64ExtendI32U;
  return (s) => {
    const { code } = s;
    s.w1();
    code.op(extend).set(s.a);
    s.w2();
    code.op(extend).tee(s.b).op(op.i64Eqz).if(0x7e);
    if (isQuotient) code.i64(-1);
    else code.get(s.a);
    code.else().get(s.a).get(s.b);
    code.op(isSigned ? (isQuotient ? op.i64DivS : op.i64RemS) : isQuotient ? op.i64DivU : op.i64RemU);
    code.end().op(op.i64Extend32S);
  };
}
integer['divw'] = divideWord(true, true);
integer['divuw'] = divideWord(false, true);
integer['remw'] = divideWord(true, false);
integer['remuw'] = divideWord(false, false);

/** High half: the unsigned one, less the other operand for every negative one. */
function multiplyHigh(isFirstSigned: boolean, isSecondSigned: boolean): Emit {
  return (s) => {
    const { code } = s;
    s.x1();
    s.x2();
    s.call('mulhu');
    if (isFirstSigned) {
      s.x1();
      code.i64(63).op(op.i64ShrS);
      s.x2();
      code.op(op.i64And).op(op.i64Sub);
    }
    if (isSecondSigned) {
      s.x2();
      code.i64(63).op(op.i64ShrS);
      s.x1();
      code.op(op.i64And).op(op.i64Sub);
    }
  };
}
integer['mulh'] = multiplyHigh(true, true);
integer['mulhsu'] = multiplyHigh(true, false);
integer['mulhu'] = multiplyHigh(false, false);

for (const shift of [1, 2, 3]) {
  for (const suffix of ['', '.uw']) {
    integer[`sh${shift}add${suffix}`] = (s) => {
      if (suffix === '') s.x1();
      else {
        s.w1();
        s.code.op(op.i64ExtendI32U);
      }
      s.code.i64(shift).op(op.i64Shl);
      s.x2();
      s.code.op(op.i64Add);
    };
  }
}
integer['add.uw'] = (s) => {
  s.w1();
  s.code.op(op.i64ExtendI32U);
  s.x2();
  s.code.op(op.i64Add);
};
integer['slli.uw'] = (s) => {
  s.w1();
  s.code.op(op.i64ExtendI32U);
  s.imm();
  s.code.op(op.i64Shl);
};
integer['zext.h'] = (s) => {
  s.x1();
  s.code.i64(0xffff).op(op.i64And);
};

const INVERTED = { andn: op.i64And, orn: op.i64Or, xnor: op.i64Xor };
for (const [name, opcode] of Object.entries(INVERTED)) {
  integer[name] = (s) => {
    s.x1();
    s.x2();
    s.code.i64(-1).op(op.i64Xor).op(opcode);
  };
}
const EXTREMES = { min: op.i64LtS, minu: op.i64LtU, max: op.i64GtS, maxu: op.i64GtU };
for (const [name, opcode] of Object.entries(EXTREMES)) {
  integer[name] = (s) => {
    s.x1();
    s.code.tee(s.a);
    s.x2();
    s.code.tee(s.b).get(s.a).get(s.b).op(opcode).op(op.select);
  };
}

/** Single bits: the mask 1 << n. */
function bit(isImmediate: boolean, finish: Emit): Emit {
  return (s) => {
    s.x1();
    s.code.i64(1);
    if (isImmediate) s.imm();
    else s.x2();
    s.code.op(op.i64Shl);
    finish(s);
  };
}
for (const isImmediate of [false, true]) {
  const i = isImmediate ? 'i' : '';
  integer[`bset${i}`] = bit(isImmediate, (s) => s.code.op(op.i64Or));
  integer[`binv${i}`] = bit(isImmediate, (s) => s.code.op(op.i64Xor));
  integer[`bclr${i}`] = bit(isImmediate, (s) => s.code.i64(-1).op(op.i64Xor).op(op.i64And));
  integer[`bext${i}`] = (s) => {
    s.x1();
    if (isImmediate) s.imm();
    else s.x2();
    s.code.op(op.i64ShrU).i64(1).op(op.i64And);
  };
}
integer['orc.b'] = (s) => {
  // Bit 7 of every byte that is not 0, times 255.
  s.x1();
  s.code.tee(s.a).i64(0x7f7f7f7f7f7f7f7fn).op(op.i64And).i64(0x7f7f7f7f7f7f7f7fn).op(op.i64Add);
  s.code.get(s.a).op(op.i64Or).i64(7).op(op.i64ShrU).i64(0x0101010101010101n).op(op.i64And).i64(255).op(op.i64Mul);
};
integer['rev8'] = (s) => {
  const { code } = s;
  s.x1();
  code.set(s.a);
  for (const [shift, mask] of [
    [8, 0x00ff00ff00ff00ffn],
    [16, 0x0000ffff0000ffffn],
  ] as const) {
    code.get(s.a).i64(shift).op(op.i64ShrU).i64(mask).op(op.i64And);
    code.get(s.a).i64(mask).op(op.i64And).i64(shift).op(op.i64Shl).op(op.i64Or).set(s.a);
  }
  code.get(s.a).i64(32).op(op.i64Rotl);
};

const BRANCHES: Readonly<Record<string, number>> = {
  beq: op.i64Eq,
  bne: op.i64Ne,
  blt: op.i64LtS,
  bge: op.i64GeS,
  bltu: op.i64LtU,
  bgeu: op.i64GeU,
};

const LOADS: Readonly<Record<string, readonly [opcode: number, sizeBytes: 1 | 2 | 4 | 8]>> = {
  lb: [op.i64Load8S, 1],
  lbu: [op.i64Load8U, 1],
  lh: [op.i64Load16S, 2],
  lhu: [op.i64Load16U, 2],
  lw: [op.i64Load32S, 4],
  lwu: [op.i64Load32U, 4],
  ld: [op.i64Load, 8],
  flw: [op.i64Load32U, 4],
  fld: [op.f64Load, 8],
};
const STORES: Readonly<Record<string, readonly [opcode: number, sizeBytes: 1 | 2 | 4 | 8]>> = {
  sb: [op.i64Store8, 1],
  sh: [op.i64Store16, 2],
  sw: [op.i64Store32, 4],
  sd: [op.i64Store, 8],
  fsw: [op.i64Store32, 4],
  fsd: [op.f64Store, 8],
};

/** Atomic operations that WebAssembly has, for words and doublewords. */
const ATOMICS: Readonly<Record<string, readonly [word: number, double: number]>> = {
  amoadd: [atomicOp.i64Add32U, atomicOp.i64Add],
  amoand: [atomicOp.i64And32U, atomicOp.i64And],
  amoor: [atomicOp.i64Or32U, atomicOp.i64Or],
  amoxor: [atomicOp.i64Xor32U, atomicOp.i64Xor],
  amoswap: [atomicOp.i64Xchg32U, atomicOp.i64Xchg],
};

function amo(name: string): Emit {
  const [base = '', suffix] = name.split('.');
  const isDouble = suffix === 'd';
  const size = isDouble ? 8 : 4;
  if (base === 'lr') {
    return (s) => {
      emitAtomicPlace(s, size, true);
      s.call(kernelName(name));
      s.setX();
    };
  }
  const native = ATOMICS[base];
  return (s) => {
    emitAtomicPlace(s, size, false);
    s.x2();
    if (native === undefined) s.call(kernelName(name));
    else if (isDouble) s.code.atomic(native[1], 3, 0);
    else s.code.atomic(native[0], 2, 0).op(op.i64Extend32S);
    s.setX();
  };
}

const BOX = -0x1_0000_0000;
const SIGN = -(1n << 63n);

/** Floating point without the kernel. */
const FLOAT_INLINE: Readonly<Record<string, Emit>> = {
  'fmv.x.w': (s) => {
    s.f1();
    s.code.op(op.i64Extend32S);
  },
  'fmv.x.d': (s) => s.f1(),
  'fmv.w.x': (s) => {
    s.x1();
    s.code.i64(BOX).op(op.i64Or);
  },
  'fmv.d.x': (s) => s.x1(),
  'fsgnj.d': (s) => {
    s.f1();
    s.code.i64(~SIGN).op(op.i64And);
    s.f2();
    s.code.i64(SIGN).op(op.i64And).op(op.i64Or);
  },
  'fsgnjn.d': (s) => {
    s.f1();
    s.code.i64(~SIGN).op(op.i64And);
    s.f2();
    s.code.i64(-1).op(op.i64Xor).i64(SIGN).op(op.i64And).op(op.i64Or);
  },
  'fsgnjx.d': (s) => {
    s.f1();
    s.f2();
    s.code.i64(SIGN).op(op.i64And).op(op.i64Xor);
  },
};

function floatValue({ name, format }: Instruction): Emit {
  const inline = FLOAT_INLINE[name];
  if (inline !== undefined) return inline;
  return (s) => {
    if (format === 'XG') s.x1();
    else s.f1();
    if (format === 'G2' || format === 'G3' || format === 'F2' || format === 'FC') s.f2();
    if (format === 'G3') s.f3();
    // From a word to a double nothing is rounded.
    if (/G/.test(format) && !/^fcvt\.d\.wu?$/.test(name)) s.rm();
    s.call(kernelName(name));
  };
}

const FENCE: Emit = (s) => s.code.atomicFence();

function semanticsOf(row: Instruction): Semantics {
  const { name, format } = row;
  const isFloat = /^[FGX]/.test(format) && format !== 'FE';
  const isToFloat = /^(?:G|F2|XF|XG|FL)/.test(format) && format !== 'GX';
  const make = (kind: Semantics['kind'], emit: Emit): Semantics => ({ kind, emit, isFloat, isToFloat });
  const value = integer[name];
  if (value !== undefined) return make('value', value);
  const load = LOADS[name];
  if (load !== undefined) {
    return make('memory', (s) => {
      emitLoad(s, load[0], load[1]);
      if (name === 'flw') s.code.i64(BOX).op(op.i64Or);
      if (name === 'fld') s.setD();
      else if (isFloat) s.setF();
      else s.setX();
    });
  }
  const store = STORES[name];
  if (store !== undefined) return make('memory', (s) => emitStore(s, store[0], store[1], isFloat));
  const branch = BRANCHES[name];
  if (branch !== undefined) return make('branch', withRegisters(branch));
  if (format === 'A' || format === 'LR') return make('memory', amo(name));
  if (isFloat) return make('value', floatValue(row));
  switch (name) {
    case 'jal':
      return make('jump', (s) => {
        s.pc();
        s.imm();
        s.code.op(op.i64Add);
      });
    case 'jalr':
      return make('jump', (s) => {
        s.x1();
        s.imm();
        s.code.op(op.i64Add).i64(-2).op(op.i64And);
      });
    case 'fence':
      return make('fence', FENCE);
    default:
      return make('system', (s) => {
        // The kernel takes operands out of the word itself.
        if (format !== 'N' && format !== 'FE') s.word();
        s.pc();
        s.call(format === 'C' || format === 'CI' ? 'csr' : kernelName(name));
      });
  }
}

/** By operation number; entry 0, the illegal instruction, is null. */
export const SEMANTICS: readonly (Semantics | null)[] = [null, ...INSTRUCTIONS.map(semanticsOf)];
