#include "draw.h"
#include <string.h>

static int clamp(int value, int high) { return value < 0 ? 0 : value > high ? high : value; }

void fill(struct buffer *b, struct rect r, uint32_t color) {
  int x1 = clamp(r.x, b->width), x2 = clamp(r.x + r.width, b->width);
  int y1 = clamp(r.y, b->height), y2 = clamp(r.y + r.height, b->height);
  for (int y = y1; y < y2; y++)
    for (int x = x1; x < x2; x++) b->pixels[y * b->stride + x] = color;
}

static void draw_cells(struct buffer *b, struct rect cell, int columns, uint32_t value) {
  for (int i = 0; i < 16; i++) {
    struct rect r = {cell.x + i % columns * cell.width, cell.y + i / columns * cell.height, cell.width, cell.height};
    fill(b, r, value >> (15 - i) & 1 ? 0xffffff : 0);
  }
}

void draw_number(struct buffer *b, int x, int y, uint32_t value) {
  draw_cells(b, (struct rect){x, y, LAYOUT_CELL_SIDE, LAYOUT_CELL_SIDE}, 4, value);
}

void copy_rows(struct buffer *to, int to_y, const struct buffer *from, int from_y, int rows) {
  for (int y = 0; y < rows; y++) {
    uint64_t *out = (uint64_t *)(to->pixels + (to_y + y) * to->stride);
    const uint64_t *in = (const uint64_t *)(from->pixels + (from_y + y) * from->stride);
    for (int i = 0; i < to->width / 2; i++) out[i] = in[i];
  }
}

/* Letters of five columns, seven rows, lowest bit on top: enough of an alphabet to look like text to an encoder. */
static const uint8_t letters[][5] = {
    ['a' - 'a'] = {0x20, 0x54, 0x54, 0x54, 0x78}, ['b' - 'a'] = {0x7f, 0x48, 0x44, 0x44, 0x38},
    ['c' - 'a'] = {0x38, 0x44, 0x44, 0x44, 0x28}, ['d' - 'a'] = {0x38, 0x44, 0x44, 0x48, 0x7f},
    ['e' - 'a'] = {0x38, 0x54, 0x54, 0x54, 0x18}, ['f' - 'a'] = {0x08, 0x7e, 0x09, 0x01, 0x02},
    ['g' - 'a'] = {0x0c, 0x52, 0x52, 0x52, 0x3e}, ['h' - 'a'] = {0x7f, 0x08, 0x04, 0x04, 0x78},
    ['i' - 'a'] = {0x00, 0x44, 0x7d, 0x40, 0x00}, ['j' - 'a'] = {0x20, 0x40, 0x44, 0x3d, 0x00},
    ['k' - 'a'] = {0x7f, 0x10, 0x28, 0x44, 0x00}, ['l' - 'a'] = {0x00, 0x41, 0x7f, 0x40, 0x00},
    ['m' - 'a'] = {0x7c, 0x04, 0x18, 0x04, 0x78}, ['n' - 'a'] = {0x7c, 0x08, 0x04, 0x04, 0x78},
    ['o' - 'a'] = {0x38, 0x44, 0x44, 0x44, 0x38}, ['p' - 'a'] = {0x7c, 0x14, 0x14, 0x14, 0x08},
    ['q' - 'a'] = {0x08, 0x14, 0x14, 0x18, 0x7c}, ['r' - 'a'] = {0x7c, 0x08, 0x04, 0x04, 0x08},
    ['s' - 'a'] = {0x48, 0x54, 0x54, 0x54, 0x20}, ['t' - 'a'] = {0x04, 0x3f, 0x44, 0x40, 0x20},
    ['u' - 'a'] = {0x3c, 0x40, 0x40, 0x20, 0x7c}, ['v' - 'a'] = {0x1c, 0x20, 0x40, 0x20, 0x1c},
    ['w' - 'a'] = {0x3c, 0x40, 0x30, 0x40, 0x3c}, ['x' - 'a'] = {0x44, 0x28, 0x10, 0x28, 0x44},
    ['y' - 'a'] = {0x0c, 0x50, 0x50, 0x50, 0x3c}, ['z' - 'a'] = {0x44, 0x64, 0x54, 0x4c, 0x44},
};
static const char *const words[] = {
    "saffron", "petal",  "kernel", "device", "queue",   "ready",  "frame",  "colour", "of",    "the",   "and",    "bridge",
    "started", "memory", "window", "line",   "request", "answer", "socket", "page",   "light", "warm",  "yellow", "field",
    "morning", "vector", "signal", "thread", "mounted", "volume", "is",     "to",     "from",  "quiet", "journey", "index",
};
static const uint32_t inks[] = {0xd0d0d0, 0xd0d0d0, 0xd0d0d0, 0xd0d0d0, 0xe8b040, 0x70c070, 0x70a0e0, 0xd06060};

/* Each dot is two rows high, so that a five by seven letter fills a sixteen row line as a console font does; the second
 * row is dimmed where nothing follows below, as smoothed text is, so that no two rows of a line are alike. */
static void draw_letter(struct buffer *b, int x, int y, char letter, uint32_t ink) {
  const uint8_t *columns = letters[letter - 'a'];
  for (int column = 0; column < 5; column++)
    for (int row = 0; row < 7; row++)
      if (columns[column] >> row & 1) {
        int goes_on = columns[column] >> (row + 1) & 1;
        b->pixels[(y + 1 + row * 2) * b->stride + x + column] = ink;
        b->pixels[(y + 2 + row * 2) * b->stride + x + column] = goes_on ? ink : ink >> 1 & 0x7f7f7f;
      }
}

void draw_line(struct buffer *b, int y, uint32_t number) {
  fill(b, (struct rect){0, y, b->width, LAYOUT_LINE_HEIGHT}, 0x101418);
  draw_cells(b, (struct rect){0, y, LAYOUT_LINE_CELL_WIDTH, LAYOUT_LINE_HEIGHT}, 16, number);
  uint32_t state = number * 2654435761u + 1;
  int x = 16 * LAYOUT_LINE_CELL_WIDTH + 16;
  for (;;) {
    state = state * 1664525u + 1013904223u;
    const char *word = words[(state >> 16) % (sizeof words / sizeof *words)];
    uint32_t ink = inks[(state >> 8) % (sizeof inks / sizeof *inks)];
    if (x + ((int)strlen(word) + 1) * 8 > b->width - 8 * (int)(state >> 24 & 31)) return;
    for (; *word; word++, x += 8) draw_letter(b, x, y, *word, ink);
    x += 8;
  }
}

static uint32_t pattern_pixel(int x, int y, int band, int width, uint32_t *state) {
  switch (band) {
    case 0: return (uint32_t)(x * 255 / (width - 1)) << 16;
    case 1: return (uint32_t)(x * 255 / (width - 1)) << 8;
    case 2: return (uint32_t)(x * 255 / (width - 1));
    case 3: return (uint32_t)((x + y) & 255) * 0x010101;
    case 4: return x & 1 ? 0xffffff : 0;
    case 5: return y & 1 ? 0x00ffff : 0xff0000;
    case 6: *state = *state * 1664525u + 1013904223u; return *state >> 8;
    default: return ((uint32_t)(x >> 6) * 2654435761u >> 8) & 0xffffff;
  }
}

void draw_pattern(struct buffer *b) {
  int w = b->width, h = b->height;
  for (int y = 0; y < h; y++) {
    int band = y * 8 / h;
    uint32_t state = (uint32_t)y * 2654435761u;
    uint32_t *row = b->pixels + y * b->stride;
    for (int x = 0; x < w; x++) row[x] = pattern_pixel(x, y, band, w, &state);
    row[0] = row[w - 1] = 0xff00ff;
    if (y == 0 || y == h - 1)
      for (int x = 0; x < w; x++) row[x] = 0xff00ff;
  }
}
