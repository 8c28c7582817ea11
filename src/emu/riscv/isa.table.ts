/**
 * The instructions of RV64GC with Zicsr, Zifencei, Zba, Zbb and Zbs, once. Decoder, disassembler, assembler, interpreter,
 * translator and tests are made from these rows; what an instruction does is in semantics.ts under the same name.
 *
 * An instruction is the row if `word & mask === match`. Formats name the operands, in the order of the assembler:
 *
 *     R rd rs1 rs2     R1 rd rs1       I rd rs1 imm     SH6/SH5 rd rs1 shamt   L rd imm(rs1)   S rs2 imm(rs1)
 *     B rs1 rs2 off    U rd imm        J rd off         JR rd imm(rs1)         A rd rs2 (rs1)  LR rd (rs1)
 *     C rd csr rs1     CI rd csr uimm  N none           SF rs1 rs2             FE fence sets
 *     F1 fd fs1        F2 fd fs1 fs2   F3 fd fs1 fs2 fs3 (the same with a rounding mode: G1 G2 G3)
 *     FX rd fs1        FC rd fs1 fs2   XF fd rs1        GX rd fs1 rm           XG fd rs1 rm    FL fd imm(rs1)  FS fs2 imm(rs1)
 */

/** How the operands lie in the word. */
export type Format =
  | 'R' | 'R1' | 'I' | 'SH6' | 'SH5' | 'L' | 'S' | 'B' | 'U' | 'J' | 'JR' | 'A' | 'LR' | 'C' | 'CI' | 'N' | 'SF' | 'FE'
  | 'F2' | 'G1' | 'G2' | 'G3' | 'FX' | 'FC' | 'XF' | 'GX' | 'XG' | 'FL' | 'FS'; // prettier-ignore

/** One instruction. */
export interface Instruction {
  readonly name: string;
  readonly format: Format;
  readonly match: number;
  readonly mask: number;
}

const MAJOR = 0x7f;
const F3 = 0x707f;
const F7 = 0xfe00707f;
const F7_ANY = 0xfe00007f;
const RS2 = 0x01f00000;

function rows(format: Format, mask: number, list: Readonly<Record<string, number>>): Instruction[] {
  return Object.entries(list).map(([name, match]) => ({ name, format, match, mask: mask >>> 0 }));
}

/** Word of opcode, funct3 and funct7. */
function f(opcode: number, funct3 = 0, funct7 = 0, rs2 = 0): number {
  return ((funct7 << 25) | (rs2 << 20) | (funct3 << 12) | opcode) >>> 0;
}

function amoRows(suffix: string, funct3: number): Instruction[] {
  const amo = (funct5: number): number => f(0x2f, funct3, funct5 << 2);
  return [
    ...rows('LR', 0xf9f0707f, { [`lr${suffix}`]: amo(2) }),
    ...rows('A', 0xf800707f, {
      [`sc${suffix}`]: amo(3),
      [`amoswap${suffix}`]: amo(1),
      [`amoadd${suffix}`]: amo(0),
      [`amoxor${suffix}`]: amo(4),
      [`amoand${suffix}`]: amo(12),
      [`amoor${suffix}`]: amo(8),
      [`amomin${suffix}`]: amo(16),
      [`amomax${suffix}`]: amo(20),
      [`amominu${suffix}`]: amo(24),
      [`amomaxu${suffix}`]: amo(28),
    }),
  ];
}

/** Rows of one floating-point format: 0 single, 1 double. */
function floatRows(suffix: string, fmt: number): Instruction[] {
  const fp = (funct5: number, rs2 = 0, rm = 0): number => f(0x53, rm, (funct5 << 2) | fmt, rs2);
  const other = fmt === 0 ? '.d' : '.s';
  return [
    ...rows('G3', 0x0600007f, {
      [`fmadd${suffix}`]: f(0x43, 0, fmt),
      [`fmsub${suffix}`]: f(0x47, 0, fmt),
      [`fnmsub${suffix}`]: f(0x4b, 0, fmt),
      [`fnmadd${suffix}`]: f(0x4f, 0, fmt),
    }),
    ...rows('G2', F7_ANY, {
      [`fadd${suffix}`]: fp(0),
      [`fsub${suffix}`]: fp(1),
      [`fmul${suffix}`]: fp(2),
      [`fdiv${suffix}`]: fp(3),
    }),
    ...rows('G1', F7_ANY | RS2, {
      [`fsqrt${suffix}`]: fp(11),
      [`fcvt${suffix}${other}`]: fp(8, 1 - fmt),
    }),
    ...rows('F2', F7, {
      [`fsgnj${suffix}`]: fp(4, 0, 0),
      [`fsgnjn${suffix}`]: fp(4, 0, 1),
      [`fsgnjx${suffix}`]: fp(4, 0, 2),
      [`fmin${suffix}`]: fp(5, 0, 0),
      [`fmax${suffix}`]: fp(5, 0, 1),
    }),
    ...rows('FC', F7, {
      [`fle${suffix}`]: fp(20, 0, 0),
      [`flt${suffix}`]: fp(20, 0, 1),
      [`feq${suffix}`]: fp(20, 0, 2),
    }),
    ...rows('FX', F7 | RS2, {
      [`fclass${suffix}`]: fp(28, 0, 1),
      [fmt === 0 ? 'fmv.x.w' : 'fmv.x.d']: fp(28, 0, 0),
    }),
    ...rows('XF', F7 | RS2, { [fmt === 0 ? 'fmv.w.x' : 'fmv.d.x']: fp(30, 0, 0) }),
    ...rows('GX', F7_ANY | RS2, {
      [`fcvt.w${suffix}`]: fp(24, 0),
      [`fcvt.wu${suffix}`]: fp(24, 1),
      [`fcvt.l${suffix}`]: fp(24, 2),
      [`fcvt.lu${suffix}`]: fp(24, 3),
    }),
    ...rows('XG', F7_ANY | RS2, {
      [`fcvt${suffix}.w`]: fp(26, 0),
      [`fcvt${suffix}.wu`]: fp(26, 1),
      [`fcvt${suffix}.l`]: fp(26, 2),
      [`fcvt${suffix}.lu`]: fp(26, 3),
    }),
  ];
}

/** All instructions of 32 bits. */
export const INSTRUCTIONS: readonly Instruction[] = [
  ...rows('U', MAJOR, { lui: 0x37, auipc: 0x17 }),
  ...rows('J', MAJOR, { jal: 0x6f }),
  ...rows('JR', F3, { jalr: f(0x67) }),
  ...rows('B', F3, {
    beq: f(0x63, 0),
    bne: f(0x63, 1),
    blt: f(0x63, 4),
    bge: f(0x63, 5),
    bltu: f(0x63, 6),
    bgeu: f(0x63, 7),
  }),
  ...rows('L', F3, {
    lb: f(0x03, 0),
    lh: f(0x03, 1),
    lw: f(0x03, 2),
    ld: f(0x03, 3),
    lbu: f(0x03, 4),
    lhu: f(0x03, 5),
    lwu: f(0x03, 6),
  }),
  ...rows('S', F3, { sb: f(0x23, 0), sh: f(0x23, 1), sw: f(0x23, 2), sd: f(0x23, 3) }),
  ...rows('I', F3, {
    addi: f(0x13, 0),
    slti: f(0x13, 2),
    sltiu: f(0x13, 3),
    xori: f(0x13, 4),
    ori: f(0x13, 6),
    andi: f(0x13, 7),
    addiw: f(0x1b, 0),
  }),
  ...rows('SH6', 0xfc00707f, {
    slli: f(0x13, 1),
    srli: f(0x13, 5),
    srai: f(0x13, 5, 0x20),
    'slli.uw': f(0x1b, 1, 0x04),
    rori: f(0x13, 5, 0x30),
    bclri: f(0x13, 1, 0x24),
    bexti: f(0x13, 5, 0x24),
    binvi: f(0x13, 1, 0x34),
    bseti: f(0x13, 1, 0x14),
  }),
  ...rows('SH5', F7, {
    slliw: f(0x1b, 1),
    srliw: f(0x1b, 5),
    sraiw: f(0x1b, 5, 0x20),
    roriw: f(0x1b, 5, 0x30),
  }),
  ...rows('R', F7, {
    add: f(0x33, 0),
    sub: f(0x33, 0, 0x20),
    sll: f(0x33, 1),
    slt: f(0x33, 2),
    sltu: f(0x33, 3),
    xor: f(0x33, 4),
    srl: f(0x33, 5),
    sra: f(0x33, 5, 0x20),
    or: f(0x33, 6),
    and: f(0x33, 7),
    addw: f(0x3b, 0),
    subw: f(0x3b, 0, 0x20),
    sllw: f(0x3b, 1),
    srlw: f(0x3b, 5),
    sraw: f(0x3b, 5, 0x20),
    mul: f(0x33, 0, 1),
    mulh: f(0x33, 1, 1),
    mulhsu: f(0x33, 2, 1),
    mulhu: f(0x33, 3, 1),
    div: f(0x33, 4, 1),
    divu: f(0x33, 5, 1),
    rem: f(0x33, 6, 1),
    remu: f(0x33, 7, 1),
    mulw: f(0x3b, 0, 1),
    divw: f(0x3b, 4, 1),
    divuw: f(0x3b, 5, 1),
    remw: f(0x3b, 6, 1),
    remuw: f(0x3b, 7, 1),
    'add.uw': f(0x3b, 0, 0x04),
    sh1add: f(0x33, 2, 0x10),
    sh2add: f(0x33, 4, 0x10),
    sh3add: f(0x33, 6, 0x10),
    'sh1add.uw': f(0x3b, 2, 0x10),
    'sh2add.uw': f(0x3b, 4, 0x10),
    'sh3add.uw': f(0x3b, 6, 0x10),
    andn: f(0x33, 7, 0x20),
    orn: f(0x33, 6, 0x20),
    xnor: f(0x33, 4, 0x20),
    min: f(0x33, 4, 0x05),
    minu: f(0x33, 5, 0x05),
    max: f(0x33, 6, 0x05),
    maxu: f(0x33, 7, 0x05),
    rol: f(0x33, 1, 0x30),
    ror: f(0x33, 5, 0x30),
    rolw: f(0x3b, 1, 0x30),
    rorw: f(0x3b, 5, 0x30),
    bclr: f(0x33, 1, 0x24),
    bext: f(0x33, 5, 0x24),
    binv: f(0x33, 1, 0x34),
    bset: f(0x33, 1, 0x14),
  }),
  ...rows('R1', F7 | RS2, {
    clz: f(0x13, 1, 0x30, 0),
    ctz: f(0x13, 1, 0x30, 1),
    cpop: f(0x13, 1, 0x30, 2),
    'sext.b': f(0x13, 1, 0x30, 4),
    'sext.h': f(0x13, 1, 0x30, 5),
    clzw: f(0x1b, 1, 0x30, 0),
    ctzw: f(0x1b, 1, 0x30, 1),
    cpopw: f(0x1b, 1, 0x30, 2),
    'zext.h': f(0x3b, 4, 0x04, 0),
    'orc.b': f(0x13, 5, 0x14, 7),
    rev8: f(0x13, 5, 0x35, 24),
  }),
  ...amoRows('.w', 2),
  ...amoRows('.d', 3),
  ...rows('FE', F3, { fence: f(0x0f, 0), 'fence.i': f(0x0f, 1) }),
  ...rows('N', 0xffffffff, {
    ecall: 0x73,
    ebreak: 0x00100073,
    sret: 0x10200073,
    mret: 0x30200073,
    wfi: 0x10500073,
  }),
  ...rows('SF', 0xfe007fff, { 'sfence.vma': 0x12000073 }),
  ...rows('C', F3, { csrrw: f(0x73, 1), csrrs: f(0x73, 2), csrrc: f(0x73, 3) }),
  ...rows('CI', F3, { csrrwi: f(0x73, 5), csrrsi: f(0x73, 6), csrrci: f(0x73, 7) }),
  ...rows('FL', F3, { flw: f(0x07, 2), fld: f(0x07, 3) }),
  ...rows('FS', F3, { fsw: f(0x27, 2), fsd: f(0x27, 3) }),
  ...floatRows('.s', 0),
  ...floatRows('.d', 1),
];

/** A register of a compressed instruction: a fixed one, a field of five bits, or one of three bits (x8 to x15). */
export type CompressedRegister = number | 'rd' | 'rs2' | "rd'" | "rs1'" | "rs2'";

/** An instruction of 16 bits (extension C), and what it stands for. The first row that fits is the one. */
export interface CompressedInstruction {
  readonly name: string;
  readonly match: number;
  readonly mask: number;
  /** Name in INSTRUCTIONS; null: reserved. */
  readonly to: string | null;
  readonly rd?: CompressedRegister;
  readonly rs1?: CompressedRegister;
  readonly rs2?: CompressedRegister;
  /** Bits of the immediate, as the manual draws them: from instruction bit `[0]` downwards these bits of the immediate. */
  readonly imm?: readonly (readonly [number, string])[];
  readonly isSigned?: boolean;
}

const CI: CompressedInstruction['imm'] = [[12, '5'], [6, '4:0']]; // prettier-ignore
const CL_W: CompressedInstruction['imm'] = [[12, '5:3'], [6, '2|6']]; // prettier-ignore
const CL_D: CompressedInstruction['imm'] = [[12, '5:3'], [6, '7:6']]; // prettier-ignore
const LDSP: CompressedInstruction['imm'] = [[12, '5'], [6, '4:3|8:6']]; // prettier-ignore
const SDSP: CompressedInstruction['imm'] = [[12, '5:3|8:6']];
const CB: CompressedInstruction['imm'] = [[12, '8|4:3'], [6, '7:6|2:1|5']]; // prettier-ignore

/** All instructions of 16 bits of RV64GC. */
export const COMPRESSED: readonly CompressedInstruction[] = [
  { name: 'c.illegal', match: 0x0000, mask: 0xffe3, to: null },
  { name: 'c.addi4spn', match: 0x0000, mask: 0xe003, to: 'addi', rd: "rd'", rs1: 2, imm: [[12, '5:4|9:6|2|3']] },
  { name: 'c.fld', match: 0x2000, mask: 0xe003, to: 'fld', rd: "rd'", rs1: "rs1'", imm: CL_D },
  { name: 'c.lw', match: 0x4000, mask: 0xe003, to: 'lw', rd: "rd'", rs1: "rs1'", imm: CL_W },
  { name: 'c.ld', match: 0x6000, mask: 0xe003, to: 'ld', rd: "rd'", rs1: "rs1'", imm: CL_D },
  { name: 'c.fsd', match: 0xa000, mask: 0xe003, to: 'fsd', rs2: "rs2'", rs1: "rs1'", imm: CL_D },
  { name: 'c.sw', match: 0xc000, mask: 0xe003, to: 'sw', rs2: "rs2'", rs1: "rs1'", imm: CL_W },
  { name: 'c.sd', match: 0xe000, mask: 0xe003, to: 'sd', rs2: "rs2'", rs1: "rs1'", imm: CL_D },
  { name: 'c.addi', match: 0x0001, mask: 0xe003, to: 'addi', rd: 'rd', rs1: 'rd', imm: CI, isSigned: true },
  { name: 'c.illegal', match: 0x2001, mask: 0xef83, to: null },
  { name: 'c.addiw', match: 0x2001, mask: 0xe003, to: 'addiw', rd: 'rd', rs1: 'rd', imm: CI, isSigned: true },
  { name: 'c.li', match: 0x4001, mask: 0xe003, to: 'addi', rd: 'rd', rs1: 0, imm: CI, isSigned: true },
  { name: 'c.illegal', match: 0x6001, mask: 0xf07f, to: null },
  { name: 'c.addi16sp', match: 0x6101, mask: 0xef83, to: 'addi', rd: 2, rs1: 2, imm: [[12, '9'], [6, '4|6|8:7|5']], isSigned: true }, // prettier-ignore
  { name: 'c.lui', match: 0x6001, mask: 0xe003, to: 'lui', rd: 'rd', imm: [[12, '17'], [6, '16:12']], isSigned: true }, // prettier-ignore
  { name: 'c.srli', match: 0x8001, mask: 0xec03, to: 'srli', rd: "rs1'", rs1: "rs1'", imm: CI },
  { name: 'c.srai', match: 0x8401, mask: 0xec03, to: 'srai', rd: "rs1'", rs1: "rs1'", imm: CI },
  { name: 'c.andi', match: 0x8801, mask: 0xec03, to: 'andi', rd: "rs1'", rs1: "rs1'", imm: CI, isSigned: true },
  { name: 'c.sub', match: 0x8c01, mask: 0xfc63, to: 'sub', rd: "rs1'", rs1: "rs1'", rs2: "rs2'" },
  { name: 'c.xor', match: 0x8c21, mask: 0xfc63, to: 'xor', rd: "rs1'", rs1: "rs1'", rs2: "rs2'" },
  { name: 'c.or', match: 0x8c41, mask: 0xfc63, to: 'or', rd: "rs1'", rs1: "rs1'", rs2: "rs2'" },
  { name: 'c.and', match: 0x8c61, mask: 0xfc63, to: 'and', rd: "rs1'", rs1: "rs1'", rs2: "rs2'" },
  { name: 'c.subw', match: 0x9c01, mask: 0xfc63, to: 'subw', rd: "rs1'", rs1: "rs1'", rs2: "rs2'" },
  { name: 'c.addw', match: 0x9c21, mask: 0xfc63, to: 'addw', rd: "rs1'", rs1: "rs1'", rs2: "rs2'" },
  { name: 'c.j', match: 0xa001, mask: 0xe003, to: 'jal', rd: 0, imm: [[12, '11|4|9:8|10|6|7|3:1|5']], isSigned: true },
  { name: 'c.beqz', match: 0xc001, mask: 0xe003, to: 'beq', rs1: "rs1'", rs2: 0, imm: CB, isSigned: true },
  { name: 'c.bnez', match: 0xe001, mask: 0xe003, to: 'bne', rs1: "rs1'", rs2: 0, imm: CB, isSigned: true },
  { name: 'c.slli', match: 0x0002, mask: 0xe003, to: 'slli', rd: 'rd', rs1: 'rd', imm: CI },
  { name: 'c.fldsp', match: 0x2002, mask: 0xe003, to: 'fld', rd: 'rd', rs1: 2, imm: LDSP },
  { name: 'c.illegal', match: 0x4002, mask: 0xef83, to: null },
  { name: 'c.lwsp', match: 0x4002, mask: 0xe003, to: 'lw', rd: 'rd', rs1: 2, imm: [[12, '5'], [6, '4:2|7:6']] }, // prettier-ignore
  { name: 'c.illegal', match: 0x6002, mask: 0xef83, to: null },
  { name: 'c.ldsp', match: 0x6002, mask: 0xe003, to: 'ld', rd: 'rd', rs1: 2, imm: LDSP },
  { name: 'c.illegal', match: 0x8002, mask: 0xffff, to: null },
  { name: 'c.jr', match: 0x8002, mask: 0xf07f, to: 'jalr', rd: 0, rs1: 'rd' },
  { name: 'c.mv', match: 0x8002, mask: 0xf003, to: 'add', rd: 'rd', rs1: 0, rs2: 'rs2' },
  { name: 'c.ebreak', match: 0x9002, mask: 0xffff, to: 'ebreak' },
  { name: 'c.jalr', match: 0x9002, mask: 0xf07f, to: 'jalr', rd: 1, rs1: 'rd' },
  { name: 'c.add', match: 0x9002, mask: 0xf003, to: 'add', rd: 'rd', rs1: 'rd', rs2: 'rs2' },
  { name: 'c.fsdsp', match: 0xa002, mask: 0xe003, to: 'fsd', rs2: 'rs2', rs1: 2, imm: SDSP },
  { name: 'c.swsp', match: 0xc002, mask: 0xe003, to: 'sw', rs2: 'rs2', rs1: 2, imm: [[12, '5:2|7:6']] },
  { name: 'c.sdsp', match: 0xe002, mask: 0xe003, to: 'sd', rs2: 'rs2', rs1: 2, imm: SDSP },
];
