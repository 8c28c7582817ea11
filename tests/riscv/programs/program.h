// What the programs here share: a start in machine mode, a trap handler that writes down what happened and goes on behind the
// instruction, and the end as riscv-tests say it: 1 in `tohost` when all is right, else a check's number × 2 + 1.
typedef unsigned long u64;
typedef unsigned int u32;
typedef unsigned short u16;
typedef unsigned char u8;

volatile u64 tohost __attribute__((aligned(64)));
u8 stack[8192] __attribute__((aligned(16)));

// The last trap. The handler keeps a register in `kept`.
struct trap {
  u64 count, cause, value, pc, kept;
} volatile trap;

#define read_csr(name) ({ u64 value_; __asm__ volatile("csrr %0, " #name : "=r"(value_)); value_; })
#define write_csr(name, value) __asm__ volatile("csrw " #name ", %0" ::"r"((u64)(value)) : "memory")

__asm__(".section .text.start, \"ax\"\n"
        ".globl _start\n_start:\n"
        "  lla sp, stack + 8192\n"
        "  lla t0, onTrap\n"
        "  csrw mtvec, t0\n"
        "  li t0, 0x6000\n" // Floating point is on.
        "  csrs mstatus, t0\n"
        "  call main\n"
        "  li a0, 1\n"
        "  call end\n"
        ".balign 4\nonTrap:\n"
        "  csrw mscratch, t0\n"
        "  lla t0, trap\n"
        "  sd t1, 32(t0)\n"
        "  ld t1, 0(t0)\n  addi t1, t1, 1\n  sd t1, 0(t0)\n"
        "  csrr t1, mcause\n  sd t1, 8(t0)\n"
        "  csrr t1, mtval\n  sd t1, 16(t0)\n"
        "  csrr t1, mepc\n  sd t1, 24(t0)\n"
        // Programs trap at instructions of four bytes only.
        "  addi t1, t1, 4\n  csrw mepc, t1\n"
        // A call of the environment is how a program gets back to machine mode.
        "  csrr t1, mcause\n  addi t1, t1, -8\n  beqz t1, 1f\n  addi t1, t1, -1\n  bnez t1, 2f\n"
        "1:li t1, 0x1800\n  csrs mstatus, t1\n"
        "2:ld t1, 32(t0)\n  csrr t0, mscratch\n  mret\n"
        ".text\n");

__attribute__((noreturn)) void end(u64 code) {
  for (;;) tohost = code;
}

static inline void check(u64 number, int isRight) {
  if (!isRight) end(number * 2 + 1);
}
