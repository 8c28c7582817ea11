// Traps tell cause, place and value, and leave every register as it was.
#include "program.h"

u64 place;

// Runs one instruction of four bytes, which has a0 and may write t0, and notes where it is.
#define AT(instruction, argument)                                                                                         \
  ({                                                                                                                      \
    register u64 a0_ __asm__("a0") = (u64)(argument);                                                                     \
    __asm__ volatile(".option push\n.option norvc\nlla t0, 1f\nsd t0, %0\n1:" instruction "\n.option pop"               \
                     : "=m"(place) : "r"(a0_) : "t0", "memory");                                                          \
  })
#define TRAPS(number, cause_, instruction, argument)                                                                      \
  ({                                                                                                                      \
    u64 count_ = trap.count;                                                                                              \
    AT(instruction, argument);                                                                                            \
    check(number, trap.count == count_ + 1 && trap.cause == (cause_) && trap.pc == place);                              \
  })

u64 words[2];

__attribute__((noinline)) static u64 survives(u64 seed) {
  register u64 a __asm__("s2") = seed * 3, b __asm__("s3") = seed * 5, c __asm__("t0") = seed * 7, d __asm__("t1") = seed * 11;
  __asm__ volatile(".word 0" : "+r"(a), "+r"(b), "+r"(c), "+r"(d));
  return a + b + c + d;
}

static void toUserMode(void) {
  // All of memory is open to it.
  write_csr(pmpaddr0, ~0ul >> 10);
  write_csr(pmpcfg0, 0x1f);
  __asm__ volatile("li t0, 0x1800\ncsrc mstatus, t0\nlla t0, 1f\ncsrw mepc, t0\nmret\n1:" ::: "t0", "memory");
}

int main(void) {
  TRAPS(1, 2, ".word 0", 0);
  TRAPS(2, 2, "csrw mhartid, zero", 0);
  TRAPS(3, 2, "csrr t0, 0x5c0", 0);
  TRAPS(4, 3, ".word 0x00100073", 0);
  TRAPS(5, 11, "ecall", 0);
  TRAPS(6, 5, "ld t0, 16(a0)", 0x1000);
  check(7, trap.value == 0x1010);
  TRAPS(8, 7, "sw zero, -4(a0)", 0x2000);
  check(9, trap.value == 0x1ffc);
  TRAPS(10, 6, "amoadd.w t0, t0, (a0)", (u64)words + 2);
  check(11, trap.value == (u64)words + 2);

  // Plain accesses may be misaligned.
  words[0] = 0x1122334455667788, words[1] = 0x99aabbccddeeff00;
  check(12, *(volatile u64 *)((u8 *)words + 3) == 0xeeff001122334455);

  // Hot places trap like cold ones.
  u64 count = trap.count;
  for (u64 i = 1; i <= 3000; i++) check(13, survives(i) == i * 26);
  check(14, trap.count == count + 3000);

  toUserMode();
  TRAPS(15, 2, "mret", 0);
  TRAPS(16, 2, "csrr t0, mstatus", 0);
  TRAPS(17, 8, "ecall", 0);
  return 0;
}
