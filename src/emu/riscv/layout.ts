/**
 * Where things lie in the machine's shared memory, in bytes. This file is read by TypeScript and by AssemblyScript alike,
 * so it holds constants only.
 *
 *     0x0000_1000   tables that never change: CSR rows, expansion of compressed instructions, decoding
 *     0x0010_0000   one area of HART_BYTES a hart: state, translation caches, jump cache, records of translated pages
 *     ramOffset     guest RAM, guest-physical 0x8000_0000
 *
 * A hart's state is plain data, little-endian, and all there is of it outside RAM: what a snapshot has to keep. All behind
 * H_STATE_BYTES is a cache and may be cleared at any time when the hart does not run.
 */

/** Guest-physical address of RAM. */
export const RAM_BASE = 0x80000000;

// Tables of all harts.
/** A byte for each CSR number: the number of its row, 0 when there is none. */
export const CSR_INDEX = 0x4000;
/** Rows of CSR_ROW_BYTES: i32 offset in the hart's area, i32 kind, i64 read mask, i64 write mask. */
export const CSR_ROWS = 0x5000;
export const CSR_ROW_BYTES = 24;
/** u32 for each compressed instruction: the instruction it stands for, all ones when it is illegal. */
export const EXPANSIONS = 0x10000;
/** u16 for each funct7 << 8 | funct3 << 5 | opcode >> 2: number of the operation, or DECODE_BY_RS2 | table. */
export const DECODE = 0x50000;
/** Tables of 32 u16, by the field rs2. */
export const DECODE_RS2 = 0x60000;
export const DECODE_BY_RS2 = 0x8000;

/** The first hart's area. */
export const HARTS = 0x100000;
export const HART_BYTES = 0x4000000;

// Offsets in a hart's area.
/** x0 to x31. */
export const H_X = 0x000;
/** f0 to f31; narrower values are NaN-boxed. */
export const H_F = 0x100;
export const H_PC = 0x200;
/** 0 user, 1 supervisor, 3 machine. */
export const H_MODE = 0x208;
/** Set by translated code: the instruction at the program counter is one for the interpreter. */
export const H_STEP = 0x20c;
/** Instructions left of the slice, kept here around calls. */
export const H_BUDGET = 0x210;
/** Why `run` came back: an EXIT_ value. */
export const H_EXIT = 0x214;
/** Instructions retired when the slice will be over. */
export const H_SLICE_END = 0x218;
/** What a program counter is XORed with to be a tag of the jump cache: mode and generation. */
export const H_JUMP_KEY = 0x220;
export const H_JUMP_GENERATION = 0x228;
/** FP_READY when floating point is on and dirty and frm is valid. */
export const H_FP_STATE = 0x22c;
/** 1 when frm is RNE and NX is set: then a native operation with a normal result has nothing to add. */
export const H_FP_FAST = 0x230;
/** frm << 5 | fflags. */
export const H_FCSR = 0x234;
/** Counts FENCE.I. */
export const H_CODE_EPOCH = 0x238;
/** 1: an ECALL from supervisor mode is a call of the SBI, answered by TypeScript. */
export const H_HAS_SBI = 0x23c;
/** Address in memory of the reservation of LR, 0 when there is none; and what was read there. */
export const H_RESERVED = 0x240;
export const H_RESERVED_VALUE = 0x248;
/** 16 bytes where loads from elsewhere than RAM put what they read. */
export const H_SCRATCH = 0x250;
export const H_FAULT_CAUSE = 0x260;
export const H_FAULT_VALUE = 0x268;
/** Addresses of the translation caches for data in the present mode. */
export const H_READ_TLB = 0x270;
export const H_WRITE_TLB = 0x274;
/** Instructions for a tick of the timer; 0: the timer is the host's clock. */
export const H_TICK_INSTRUCTIONS = 0x278;
/** How many entries of the supervisor's caches are for user pages, with their addresses; 17: not all are listed. */
export const H_USER_COUNT = 0x27c;
export const H_USER_ENTRIES = 0x280;
/** Where RAM begins in memory, and its size. */
export const H_RAM_START = 0x2cc;
export const H_RAM_BYTES = 0x2d0;
/** Ticks added to the clock, for the counter `time`. */
export const H_TIME_BASE = 0x2d8;
export const H_MISA = 0x2e0;
export const H_ID = 0x2e8;

// CSRs with a place of their own.
export const H_MSTATUS = 0x300;
export const H_MIE = 0x308;
/** Bits of mip that software set; the others are in H_INTERRUPTS or follow from the time. */
export const H_MIP = 0x310;
export const H_MIDELEG = 0x318;
export const H_MEDELEG = 0x320;
export const H_MTVEC = 0x328;
export const H_MEPC = 0x330;
export const H_MCAUSE = 0x338;
export const H_MTVAL = 0x340;
export const H_MSCRATCH = 0x348;
export const H_MCOUNTEREN = 0x350;
export const H_MENVCFG = 0x358;
export const H_STVEC = 0x360;
export const H_SEPC = 0x368;
export const H_SCAUSE = 0x370;
export const H_STVAL = 0x378;
export const H_SSCRATCH = 0x380;
export const H_SCOUNTEREN = 0x388;
export const H_SENVCFG = 0x390;
export const H_SATP = 0x398;
export const H_STIMECMP = 0x3a0;
export const H_MCOUNTINHIBIT = 0x3a8;
/** Added to the instructions retired to give minstret and mcycle. */
export const H_INSTRET_BASE = 0x3b0;
export const H_CYCLE_BASE = 0x3b8;
/** Physical memory protection: pmpcfg0 and pmpcfg2, a byte an entry, and PMP_ENTRIES i64, as written. */
export const H_PMP_CONFIG = 0x3c0;
export const H_PMP_ADDRESS = 0x400;
export const PMP_ENTRIES = 16;
/** 1 when an entry is locked, so that machine mode is bound too. */
export const H_PMP_LOCKED = 0x3d0;
/** i32: whether the page that was fetched from last is permitted in part only. */
export const H_FETCH_MIXED = 0x3d4;
/** i32: whether an interrupt was pending and enabled, but mstatus masked it, when interrupts were last looked at. */
export const H_MASKED = 0x3d8;

/** Int32, shared: bits as in mip that others set, and from bit 16 on what others ask of the hart. Its notifications end WFI. */
export const H_INTERRUPTS = 0x800;
/** Int32, shared: REQUEST_ bits, what other harts want done before the next instruction; cleared and notified when done. */
export const H_REQUESTS = 0x804;
/** Int32, shared: a COMMAND_ value of the machine. */
export const H_COMMAND = 0x808;
/** Int32, shared: 1 while the hart may execute, 0 when it has stopped to; notified then. */
export const H_IS_ACTIVE = 0x80c;
/** Int32, shared: state of the SBI's hart state management: HSM_ values. */
export const H_HSM = 0x810;
/** Four i64 that the hart is started with: pc, a0, a1, a2. */
export const H_START = 0x818;
/** i64, shared: when the timer of machine mode (mtimecmp) goes off. */
export const H_MTIMECMP = 0x838;

/** All above is a hart's state. */
export const H_STATE_BYTES = 0x840;

/** i32: the present generation of translated code, which grows as code is added. */
export const H_CODE_GENERATION = 0x848;

/** Translation caches: for each of user, supervisor, machine: TLB_ENTRIES for reading, as many for writing. */
export const H_TLB = 0x24000;
export const TLB_ENTRIES = 1024;
/** Tag i64 (address of the page; an odd one fits nothing), i32 to add to an address to get the place in memory, i32 0. */
export const TLB_ENTRY_BYTES = 16;
export const TLB_BYTES = 16384;

/** Translation cache for fetching; entries as above, tags with the mode in bits 0 and 1 and bit 2 set. */
export const H_FETCH_TLB = 0x3c000;

/** One bit for each of 4096 pages, by the low bits of the page's number: whether the jump cache has entries of it. */
export const H_JUMP_PAGES = 0xc000;

/** u16 for each of PAGE_HASH_ENTRIES: 1 + the number of the record of a page, 0 for none. */
export const H_PAGE_HASH = 0x20000;
export const PAGE_HASH_ENTRIES = 8192;
/** Records of translated pages: head, copy of the page, u32 for each half-word: function << 10 | entry, 0 for none. */
export const H_PAGES = 0x40000;
export const PAGE_RECORDS = 4096;
export const PAGE_RECORD_BYTES = 0x3100;
/** Translated functions that a hart can have. */
export const FUNCTIONS = 16384;
/** i64: page's address in memory | mode | 4; 0 when the record is free. */
export const P_KEY = 0;
/** i32: the epoch in which the copy was last compared. */
export const P_EPOCH = 8;
/** First and last+1 byte of the page that are translated. */
export const P_FROM = 12;
export const P_TO = 16;
/** Number of the next record with the same hash plus 1, 0 for none. */
export const P_NEXT = 20;
/** i32: the generation in which code of the page was last looked for. */
export const P_USED = 24;
export const P_COPY = 0x100;
export const P_ENTRIES = 0x1100;

/**
 * u16 counters of jumps to places that are not translated. There are many, so that few places share one: what is hot only
 * together is not worth a translation, and what nobody jumps to is left out of one.
 */
export const H_HEAT = 0x3200000;
export const HEAT_ENTRIES = 65536;

/**
 * Two u32 for each of MET_ENTRIES, by the number of a page and its mode: fingerprint of the page that was met there last, and
 * a hash of its place and of the epoch in which it was looked at.
 */
export const H_MET = 0x3240000;
export const MET_ENTRIES = 65536;

/**
 * Jump cache: tag i64, i32 index in the function table (0: not translated), i32 number of the entry. A guest's kernel and one
 * program have some thousand targets in use.
 */
export const H_JUMPS = 0x3300000;
export const JUMP_ENTRIES = 16384;

export const FP_READY = 3;

/** The slice is over. */
export const EXIT_SLICE = 0;
export const EXIT_SBI = 1;
export const EXIT_WFI = 2;

export const REQUEST_FENCE_I = 1;
export const REQUEST_SFENCE = 2;

export const COMMAND_STOP = 0;
export const COMMAND_RUN = 1;
export const COMMAND_PAUSE = 2;

export const HSM_STARTED = 0;
export const HSM_STOPPED = 1;
export const HSM_START_PENDING = 2;
export const HSM_SUSPENDED = 4;
/** Beside HSM_SUSPENDED: the hart forgets all and begins as H_START says when it is woken. */
export const HSM_FORGETS = 0x10;
/** Beside the others: the hart's state was put there from elsewhere, and its caches are of no use. */
export const HSM_RESTORED = 0x20;

/** Bit of H_INTERRUPTS: look at H_REQUESTS and H_COMMAND. */
export const ATTENTION = 0x10000;
