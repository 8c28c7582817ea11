// Code that is written while it runs: functions in pages that can be written, over their borders and on top of each other.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGES = 64, PAGE = 4096 };

static uint64_t state = 0x9e3779b97f4a7c15u;

static uint32_t next(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint32_t)state;
}

static uint8_t *put(uint8_t *at, uint32_t word, int bytes) {
  memcpy(at, &word, bytes);
  return at + bytes;
}

// A function of a0: so many additions and exclusive ors, some of two bytes, and what it gives.
static uint8_t *write(uint8_t *at, int steps, uint64_t *result) {
  for (int i = 0; i < steps; i++) {
    uint32_t value = next() % 2047;
    switch (next() % 3) {
      case 0: // addi a0, a0, value
        at = put(at, value << 20 | 10 << 15 | 10 << 7 | 0x13, 4);
        *result += value;
        break;
      case 1: // xori a0, a0, value
        at = put(at, value << 20 | 10 << 15 | 4 << 12 | 10 << 7 | 0x13, 4);
        *result ^= value;
        break;
      default: // c.addi a0, 1 to 31
        value = value % 31 + 1;
        at = put(at, 1 | 10 << 7 | (value & 31) << 2, 2);
        *result += value;
    }
  }
  return put(at, 0x8082, 2); // c.jr ra
}

int main(int count, char **words) {
  int rounds = count > 1 ? atoi(words[1]) : 20000;
  uint8_t *code = mmap(0, PAGES * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (code == MAP_FAILED) return 1;
  uint64_t sum = 0;
  for (int i = 0; i < rounds; i++) {
    // Many begin shortly before the end of a page.
    uint32_t at = next() % 2 ? next() % ((PAGES - 1) * PAGE) : (next() % (PAGES - 1) + 1) * PAGE - 2 * (next() % 40);
    at &= ~1u;
    uint64_t start = next(), wanted = start;
    uint8_t *end = write(code + at, next() % 60, &wanted);
    __builtin___clear_cache((char *)code + at, (char *)end);
    uint64_t (*function)(uint64_t) = (uint64_t (*)(uint64_t))(void *)(code + at);
    // Often enough, now and then, to be translated.
    int times = i % 64 == 0 ? 30000 : 1 + next() % 3;
    for (int k = 0; k < times; k++) {
      uint64_t got = function(start);
      if (got != wanted) {
        printf("round %d, call %d: %lx instead of %lx\n", i, k, got, wanted);
        return 1;
      }
      sum += got;
    }
  }
  printf("%016lx\n", sum);
  return 0;
}
