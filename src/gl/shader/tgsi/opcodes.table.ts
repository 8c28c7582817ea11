/**
 * Every TGSI opcode: operands and how their bits are read. The parser takes the number of operands from here, the checker the
 * stages, the lowering the types. Registers have no type of their own; an opcode reads their bits as
 *
 *     f  float32   i  int32   u  uint32   x  bits (moved, not read)
 *     d  float64   l  int64   q  uint64: two components a value, xy and zw, low word first
 */
import type { Stage } from './vocabulary.ts';

/** How an opcode reads or writes register components. */
export type OperandType = 'f' | 'i' | 'u' | 'x' | 'd' | 'l' | 'q';

/** One opcode. */
export interface Opcode {
  readonly dsts: number;
  readonly srcs: number;
  /** A texture target follows the operands. */
  readonly texture: boolean;
  /** Qualifiers, a target and a format may follow the operands. */
  readonly memory: boolean;
  /** An instruction number after a colon may follow. */
  readonly label: boolean;
  readonly dstType: OperandType;
  readonly srcType: OperandType;
  /** Sources that are read otherwise than `srcType`, by position. */
  readonly srcTypes: Readonly<Record<number, OperandType>>;
  /** Stages that have it; null is all. */
  readonly stages: readonly Stage[] | null;
  /** Why it is refused, where it is known but not served. */
  readonly refused: string | null;
}

const PLAIN: Opcode = {
  dsts: 1,
  srcs: 1,
  texture: false,
  memory: false,
  label: false,
  dstType: 'f',
  srcType: 'f',
  srcTypes: {},
  stages: null,
  refused: null,
};

const alu = (srcs: number, dstType: OperandType, srcType: OperandType = dstType): Opcode => ({
  ...PLAIN,
  srcs,
  dstType,
  srcType,
});
const texture = (srcs: number, srcType: OperandType = 'f', dstType: OperandType = 'x'): Opcode => ({
  ...PLAIN,
  srcs,
  texture: true,
  srcType,
  dstType,
});
const memory = (srcs: number, dstType: OperandType = 'u'): Opcode => ({
  ...PLAIN,
  srcs,
  memory: true,
  dstType,
  srcType: 'u',
});
const flow = (srcs = 0, srcType: OperandType = 'u', label = false): Opcode => ({
  ...PLAIN,
  dsts: 0,
  srcs,
  srcType,
  label,
});
const only = (opcode: Opcode, ...stages: Stage[]): Opcode => ({ ...opcode, stages });
const refused = (opcode: Opcode, why: string): Opcode => ({ ...opcode, refused: why });

const SAMPLE_WHY = 'the split sampler and view opcodes belong to another guest driver';
const PACK_WHY = 'OpenGL guests send the shifts and conversions instead';

/** All opcodes by mnemonic. */
export const OPCODES = {
  ARL: alu(1, 'i', 'f'),
  MOV: alu(1, 'x'),
  LIT: alu(1, 'f'),
  RCP: alu(1, 'f'),
  RSQ: alu(1, 'f'),
  EXP: alu(1, 'f'),
  LOG: alu(1, 'f'),
  MUL: alu(2, 'f'),
  ADD: alu(2, 'f'),
  DP3: alu(2, 'f'),
  DP4: alu(2, 'f'),
  DST: alu(2, 'f'),
  MIN: alu(2, 'f'),
  MAX: alu(2, 'f'),
  SLT: alu(2, 'f'),
  SGE: alu(2, 'f'),
  MAD: alu(3, 'f'),
  SUB: alu(2, 'f'),
  LRP: alu(3, 'f'),
  FMA: alu(3, 'f'),
  SQRT: alu(1, 'f'),
  FRC: alu(1, 'f'),
  FLR: alu(1, 'f'),
  ROUND: alu(1, 'f'),
  EX2: alu(1, 'f'),
  LG2: alu(1, 'f'),
  POW: alu(2, 'f'),
  XPD: alu(2, 'f'),
  ABS: alu(1, 'f'),
  DPH: alu(2, 'f'),
  COS: alu(1, 'f'),
  DDX: only(alu(1, 'f'), 'FRAG'),
  DDY: only(alu(1, 'f'), 'FRAG'),
  KILL: only(flow(), 'FRAG'),
  PK2H: alu(1, 'u', 'f'),
  PK2US: refused(alu(1, 'u', 'f'), PACK_WHY),
  PK4B: refused(alu(1, 'u', 'f'), PACK_WHY),
  PK4UB: refused(alu(1, 'u', 'f'), PACK_WHY),
  SEQ: alu(2, 'f'),
  SGT: alu(2, 'f'),
  SIN: alu(1, 'f'),
  SLE: alu(2, 'f'),
  SNE: alu(2, 'f'),
  TEX: texture(2),
  TXD: texture(4),
  TXP: texture(2),
  UP2H: alu(1, 'f', 'u'),
  UP2US: refused(alu(1, 'f', 'u'), PACK_WHY),
  UP4B: refused(alu(1, 'f', 'u'), PACK_WHY),
  UP4UB: refused(alu(1, 'f', 'u'), PACK_WHY),
  ARR: alu(1, 'i', 'f'),
  CAL: flow(0, 'u', true),
  RET: flow(),
  SSG: alu(1, 'f'),
  CMP: alu(3, 'f'),
  SCS: alu(1, 'f'),
  TXB: texture(2),
  FBFETCH: only(alu(1, 'x'), 'FRAG'),
  DIV: alu(2, 'f'),
  DP2: alu(2, 'f'),
  TXL: texture(2),
  BRK: flow(),
  IF: flow(1, 'f', true),
  UIF: flow(1, 'u', true),
  ELSE: flow(0, 'u', true),
  ENDIF: flow(),
  DDX_FINE: only(alu(1, 'f'), 'FRAG'),
  DDY_FINE: only(alu(1, 'f'), 'FRAG'),
  CEIL: alu(1, 'f'),
  I2F: alu(1, 'f', 'i'),
  NOT: alu(1, 'u'),
  TRUNC: alu(1, 'f'),
  SHL: alu(2, 'u'),
  AND: alu(2, 'u'),
  OR: alu(2, 'u'),
  MOD: alu(2, 'i'),
  XOR: alu(2, 'u'),
  TXF: texture(2, 'i'),
  TXQ: texture(2, 'i', 'i'),
  CONT: flow(),
  EMIT: only(flow(1), 'GEOM'),
  ENDPRIM: only(flow(1), 'GEOM'),
  BGNLOOP: flow(0, 'u', true),
  BGNSUB: flow(0, 'u', true),
  ENDLOOP: flow(0, 'u', true),
  ENDSUB: flow(0, 'u', true),
  TXQS: texture(1, 'x', 'i'),
  RESQ: { ...memory(1, 'i'), srcType: 'x' },
  NOP: flow(),
  FSEQ: alu(2, 'i', 'f'),
  FSGE: alu(2, 'i', 'f'),
  FSLT: alu(2, 'i', 'f'),
  FSNE: alu(2, 'i', 'f'),
  MEMBAR: flow(1),
  VOTE_ANY: alu(1, 'u'),
  VOTE_ALL: alu(1, 'u'),
  VOTE_EQ: alu(1, 'u'),
  KILL_IF: only(flow(1, 'f'), 'FRAG'),
  END: flow(),
  DFMA: alu(3, 'd'),
  F2I: alu(1, 'i', 'f'),
  IDIV: alu(2, 'i'),
  IMAX: alu(2, 'i'),
  IMIN: alu(2, 'i'),
  INEG: alu(1, 'i'),
  ISGE: alu(2, 'i'),
  ISHR: alu(2, 'i'),
  ISLT: alu(2, 'i'),
  F2U: alu(1, 'u', 'f'),
  U2F: alu(1, 'f', 'u'),
  UADD: alu(2, 'u'),
  UDIV: alu(2, 'u'),
  UMAD: alu(3, 'u'),
  UMAX: alu(2, 'u'),
  UMIN: alu(2, 'u'),
  UMOD: alu(2, 'u'),
  UMUL: alu(2, 'u'),
  USEQ: alu(2, 'i', 'u'),
  USGE: alu(2, 'i', 'u'),
  USHR: alu(2, 'u'),
  USLT: alu(2, 'i', 'u'),
  USNE: alu(2, 'i', 'u'),
  SWITCH: flow(1),
  CASE: flow(1),
  DEFAULT: flow(),
  ENDSWITCH: flow(),
  SAMPLE: refused({ ...PLAIN, srcs: 3 }, SAMPLE_WHY),
  SAMPLE_I: refused({ ...PLAIN, srcs: 2 }, SAMPLE_WHY),
  SAMPLE_I_MS: refused({ ...PLAIN, srcs: 3 }, SAMPLE_WHY),
  SAMPLE_B: refused({ ...PLAIN, srcs: 4 }, SAMPLE_WHY),
  SAMPLE_C: refused({ ...PLAIN, srcs: 4 }, SAMPLE_WHY),
  SAMPLE_C_LZ: refused({ ...PLAIN, srcs: 4 }, SAMPLE_WHY),
  SAMPLE_D: refused({ ...PLAIN, srcs: 5 }, SAMPLE_WHY),
  SAMPLE_L: refused({ ...PLAIN, srcs: 4 }, SAMPLE_WHY),
  GATHER4: refused({ ...PLAIN, srcs: 3 }, SAMPLE_WHY),
  SVIEWINFO: refused({ ...PLAIN, srcs: 2 }, SAMPLE_WHY),
  SAMPLE_POS: refused({ ...PLAIN, srcs: 2 }, SAMPLE_WHY),
  SAMPLE_INFO: refused({ ...PLAIN, srcs: 2 }, SAMPLE_WHY),
  UARL: alu(1, 'i'),
  UCMP: { ...alu(3, 'x'), srcTypes: { 0: 'u' } },
  IABS: alu(1, 'i'),
  ISSG: alu(1, 'i'),
  LOAD: memory(2, 'x'),
  STORE: memory(2, 'x'),
  BARRIER: only(flow(), 'TESS_CTRL', 'COMP'),
  ATOMUADD: memory(3),
  ATOMXCHG: memory(3),
  ATOMCAS: memory(4),
  ATOMAND: memory(3),
  ATOMOR: memory(3),
  ATOMXOR: memory(3),
  ATOMUMIN: memory(3),
  ATOMUMAX: memory(3),
  ATOMIMIN: memory(3, 'i'),
  ATOMIMAX: memory(3, 'i'),
  ATOMFADD: refused(memory(3, 'f'), 'float atomics are not among the features offered'),
  TEX2: texture(3),
  TXB2: texture(3),
  TXL2: texture(3),
  IMUL_HI: alu(2, 'i'),
  UMUL_HI: alu(2, 'u'),
  TG4: { ...texture(3), srcTypes: { 1: 'i' } },
  LODQ: texture(2, 'f', 'f'),
  IBFE: { ...alu(3, 'i'), srcTypes: { 1: 'i', 2: 'i' } },
  UBFE: { ...alu(3, 'u'), srcTypes: { 1: 'i', 2: 'i' } },
  BFI: { ...alu(4, 'u'), srcTypes: { 2: 'i', 3: 'i' } },
  BREV: alu(1, 'u'),
  POPC: alu(1, 'i', 'u'),
  LSB: alu(1, 'i', 'u'),
  IMSB: alu(1, 'i'),
  UMSB: alu(1, 'i', 'u'),
  INTERP_CENTROID: only(alu(1, 'f'), 'FRAG'),
  INTERP_SAMPLE: only({ ...alu(2, 'f'), srcTypes: { 1: 'i' } }, 'FRAG'),
  INTERP_OFFSET: only(alu(2, 'f'), 'FRAG'),
  F2D: alu(1, 'd', 'f'),
  D2F: alu(1, 'f', 'd'),
  DABS: alu(1, 'd'),
  DNEG: alu(1, 'd'),
  DADD: alu(2, 'd'),
  DMUL: alu(2, 'd'),
  DMAX: alu(2, 'd'),
  DMIN: alu(2, 'd'),
  DSLT: alu(2, 'i', 'd'),
  DSGE: alu(2, 'i', 'd'),
  DSEQ: alu(2, 'i', 'd'),
  DSNE: alu(2, 'i', 'd'),
  DRCP: alu(1, 'd'),
  DSQRT: alu(1, 'd'),
  DMAD: alu(3, 'd'),
  DFRAC: alu(1, 'd'),
  DLDEXP: { ...alu(2, 'd'), srcTypes: { 1: 'i' } },
  DFRACEXP: { ...alu(1, 'd'), dsts: 2 },
  D2I: alu(1, 'i', 'd'),
  I2D: alu(1, 'd', 'i'),
  D2U: alu(1, 'u', 'd'),
  U2D: alu(1, 'd', 'u'),
  DRSQ: alu(1, 'd'),
  DTRUNC: alu(1, 'd'),
  DCEIL: alu(1, 'd'),
  DFLR: alu(1, 'd'),
  DROUND: alu(1, 'd'),
  DSSG: alu(1, 'd'),
  DDIV: alu(2, 'd'),
  CLOCK: alu(0, 'u'),
  I64ABS: alu(1, 'l'),
  I64NEG: alu(1, 'l'),
  I64SSG: alu(1, 'l'),
  I64SLT: alu(2, 'i', 'l'),
  I64SGE: alu(2, 'i', 'l'),
  I64MIN: alu(2, 'l'),
  I64MAX: alu(2, 'l'),
  I64SHR: { ...alu(2, 'l'), srcTypes: { 1: 'u' } },
  I64DIV: alu(2, 'l'),
  I64MOD: alu(2, 'l'),
  F2I64: alu(1, 'l', 'f'),
  U2I64: alu(1, 'l', 'u'),
  I2I64: alu(1, 'l', 'i'),
  D2I64: alu(1, 'l', 'd'),
  I642F: alu(1, 'f', 'l'),
  I642D: alu(1, 'd', 'l'),
  U64ADD: alu(2, 'q'),
  U64MUL: alu(2, 'q'),
  U64SEQ: alu(2, 'i', 'q'),
  U64SNE: alu(2, 'i', 'q'),
  U64SLT: alu(2, 'i', 'q'),
  U64SGE: alu(2, 'i', 'q'),
  U64MIN: alu(2, 'q'),
  U64MAX: alu(2, 'q'),
  U64SHL: { ...alu(2, 'q'), srcTypes: { 1: 'u' } },
  U64SHR: { ...alu(2, 'q'), srcTypes: { 1: 'u' } },
  U64DIV: alu(2, 'q'),
  U64MOD: alu(2, 'q'),
  F2U64: alu(1, 'q', 'f'),
  D2U64: alu(1, 'q', 'd'),
  U642F: alu(1, 'f', 'q'),
  U642D: alu(1, 'd', 'q'),
} as const satisfies Readonly<Record<string, Opcode>>;

/** Mnemonic of an opcode. */
export type OpcodeName = keyof typeof OPCODES;

const BY_NAME: ReadonlyMap<string, Opcode> = new Map(Object.entries(OPCODES));

/** The row of a mnemonic in capitals, or undefined. */
export function findOpcode(name: string): Opcode | undefined {
  return BY_NAME.get(name);
}

/** The row of a known opcode. */
export function opcodeOf(name: OpcodeName): Opcode {
  return OPCODES[name];
}

/** How source `index` of an opcode is read. */
export function srcTypeOf(opcode: Opcode, index: number): OperandType {
  return opcode.srcTypes[index] ?? opcode.srcType;
}
