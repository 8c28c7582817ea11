// Code that is written while it runs: by itself, on two pages, and hot before it changes.
#include "program.h"

static u32 code[2048] __attribute__((aligned(4096)));
typedef u64 (*function)(u64);

static u32 addi(u32 rd, u32 rs1, int imm) { return (u32)imm << 20 | rs1 << 15 | rd << 7 | 0x13; }
#define RETURN 0x00008067u
#define A0 10

// At `at` a function that adds `imm`.
static u64 run(u32 *at, int imm, u64 value) {
  at[0] = addi(A0, A0, imm), at[1] = RETURN;
  __asm__ volatile("fence.i" ::: "memory");
  return ((function)at)(value);
}

int main(void) {
  for (int i = -500; i < 500; i++) check(1, run(code, i, 1000) == (u64)(1000 + i));
  for (int turn = 0; turn < 20; turn++) {
    run(code + 16, turn, 0);
    u64 sum = 0;
    for (int i = 0; i < 5000; i++) sum = ((function)(code + 16))(sum);
    check(2, sum == 5000ul * turn);
  }
  // The first half of an instruction on one page, the second on the next.
  u32 *across = (u32 *)((u8 *)code + 4094);
  for (int i = 0; i < 2000; i++) {
    u32 word = addi(A0, A0, i & 1023);
    *(volatile u8 *)((u8 *)across + 0) = word, *(volatile u8 *)((u8 *)across + 1) = word >> 8;
    *(volatile u8 *)((u8 *)across + 2) = word >> 16, *(volatile u8 *)((u8 *)across + 3) = word >> 24;
    __builtin_memcpy((u8 *)across + 4, &(u32){RETURN}, 4);
    __asm__ volatile("fence.i" ::: "memory");
    check(3, ((function)across)(5) == 5ul + (i & 1023));
  }
  // Compressed instructions where long ones were.
  for (int i = 0; i < 500; i++) {
    check(4, run(code, 3, 4) == 7);
    ((volatile u16 *)code)[0] = 0x0505, ((volatile u16 *)code)[1] = 0x8082; // c.addi a0, 1; c.jr ra
    __asm__ volatile("fence.i" ::: "memory");
    check(5, ((function)code)(4) == 5);
  }
  return 0;
}
