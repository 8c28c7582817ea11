/**
 * Control and status registers (privileged specification, chapter "CSRs"), once. The processor's kernel reads these rows from
 * memory; see layout.ts. A register that is not here is an illegal instruction.
 */
import * as layout from './layout.ts';

/** What is special about a register; the kernel (assembly/system.ts) knows the same numbers. */
export const CSR_KIND = {
  plain: 0,
  fflags: 1,
  frm: 2,
  fcsr: 3,
  cycle: 4,
  time: 5,
  instret: 6,
  mstatus: 7,
  sstatus: 8,
  mip: 9,
  sip: 10,
  sie: 11,
  satp: 12,
  stimecmp: 13,
  mcycle: 14,
  minstret: 15,
  /** A write may change how addresses are translated. */
  flushes: 16,
  pmpcfg: 17,
  pmpaddr: 18,
} as const;

/** A register. */
export interface CsrRow {
  readonly name: string;
  readonly number: number;
  /** Its place in the hart's area; 0: it has none and, if nothing else is said by its kind, reads as 0. */
  readonly place: number;
  readonly kind: number;
  readonly readMask: bigint;
  readonly writeMask: bigint;
}

const ALL = (1n << 64n) - 1n;

function row(name: string, number: number, place = 0, writeMask = 0n, kind: number = CSR_KIND.plain): CsrRow {
  return { name, number, place, kind, readMask: ALL, writeMask };
}

/** misa: RV64 with I, M, A, F, D, C, S, U. It cannot be changed. */
export const MISA = (2n << 62n) | 0x14112dn;

function numbered(name: string, first: number, count: number, from: number): CsrRow[] {
  return Array.from({ length: count }, (_, i) => row(`${name}${from + i}`, first + i));
}

/** pmpcfg0 to pmpcfg14 (those of odd numbers are of RV32) and pmpaddr0 to pmpaddr63; the first PMP_ENTRIES work. */
function protection(): CsrRow[] {
  const configs = Array.from({ length: 8 }, (_, i) => {
    const place = 8 * i < layout.PMP_ENTRIES ? layout.H_PMP_CONFIG + 8 * i : 0;
    return row(`pmpcfg${2 * i}`, 0x3a0 + 2 * i, place, ALL, CSR_KIND.pmpcfg);
  });
  const addresses = Array.from({ length: 64 }, (_, i) => {
    const place = i < layout.PMP_ENTRIES ? layout.H_PMP_ADDRESS + 8 * i : 0;
    return row(`pmpaddr${i}`, 0x3b0 + i, place, (1n << 54n) - 1n, CSR_KIND.pmpaddr);
  });
  return [...configs, ...addresses];
}

/** All registers. */
export const CSRS: readonly CsrRow[] = [
  row('fflags', 0x001, 0, ALL, CSR_KIND.fflags),
  row('frm', 0x002, 0, ALL, CSR_KIND.frm),
  row('fcsr', 0x003, 0, ALL, CSR_KIND.fcsr),
  { ...row('cycle', 0xc00, layout.H_CYCLE_BASE), kind: CSR_KIND.cycle },
  { ...row('time', 0xc01), kind: CSR_KIND.time },
  { ...row('instret', 0xc02, layout.H_INSTRET_BASE), kind: CSR_KIND.instret },
  ...Array.from({ length: 29 }, (_, i) => row(`hpmcounter${i + 3}`, 0xc03 + i, 0, 0n, CSR_KIND.cycle)),

  row('sstatus', 0x100, layout.H_MSTATUS, ALL, CSR_KIND.sstatus),
  row('sie', 0x104, layout.H_MIE, ALL, CSR_KIND.sie),
  row('stvec', 0x105, layout.H_STVEC, ALL & ~2n),
  row('scounteren', 0x106, layout.H_SCOUNTEREN, 7n),
  row('senvcfg', 0x10a, layout.H_SENVCFG, 1n),
  row('sscratch', 0x140, layout.H_SSCRATCH, ALL),
  row('sepc', 0x141, layout.H_SEPC, ALL & ~1n),
  row('scause', 0x142, layout.H_SCAUSE, ALL),
  row('stval', 0x143, layout.H_STVAL, ALL),
  row('sip', 0x144, layout.H_MIP, ALL, CSR_KIND.sip),
  row('stimecmp', 0x14d, layout.H_STIMECMP, ALL, CSR_KIND.stimecmp),
  // No address space identifiers: ASID is 0.
  row('satp', 0x180, layout.H_SATP, 0xf0000fffffffffffn, CSR_KIND.satp),

  row('mstatus', 0x300, layout.H_MSTATUS, 0x7e79aan, CSR_KIND.mstatus),
  row('misa', 0x301, layout.H_MISA),
  row('medeleg', 0x302, layout.H_MEDELEG, 0xb3ffn),
  row('mideleg', 0x303, layout.H_MIDELEG, 0x222n),
  row('mie', 0x304, layout.H_MIE, 0xaaan),
  row('mtvec', 0x305, layout.H_MTVEC, ALL & ~2n),
  row('mcounteren', 0x306, layout.H_MCOUNTEREN, 7n),
  row('menvcfg', 0x30a, layout.H_MENVCFG, (1n << 63n) | (1n << 61n) | 1n, CSR_KIND.flushes),
  row('mcountinhibit', 0x320, layout.H_MCOUNTINHIBIT, 0n),
  ...numbered('mhpmevent', 0x323, 29, 3),
  row('mscratch', 0x340, layout.H_MSCRATCH, ALL),
  row('mepc', 0x341, layout.H_MEPC, ALL & ~1n),
  row('mcause', 0x342, layout.H_MCAUSE, ALL),
  row('mtval', 0x343, layout.H_MTVAL, ALL),
  row('mip', 0x344, layout.H_MIP, ALL, CSR_KIND.mip),
  ...protection(),
  row('mcycle', 0xb00, layout.H_CYCLE_BASE, ALL, CSR_KIND.mcycle),
  row('minstret', 0xb02, layout.H_INSTRET_BASE, ALL, CSR_KIND.minstret),
  ...numbered('mhpmcounter', 0xb03, 29, 3),
  row('tselect', 0x7a0),
  row('tdata1', 0x7a1),
  row('tdata2', 0x7a2),
  row('tdata3', 0x7a3),
  row('mvendorid', 0xf11),
  row('marchid', 0xf12),
  row('mimpid', 0xf13),
  row('mhartid', 0xf14, layout.H_ID),
  row('mconfigptr', 0xf15),
];
