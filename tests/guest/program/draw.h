/* What the programs draw with: rectangles, numbers as black and white cells, and text of a made-up log. */
#pragma once
#include "screen.h"

/* LAYOUT_* come from tests/guest/layout.ts by way of the compiler's command line. */
void fill(struct buffer *b, struct rect r, uint32_t color);
/* Draws the low 16 bits of `value`, highest bit first, 1 white and 0 black, as a block of 4 x 4 cells from (x, y). */
void draw_number(struct buffer *b, int x, int y, uint32_t value);

/* One line of text of the made-up log, LAYOUT_LINE_HEIGHT rows high: its number as cells, then words. The same number
 * always gives the same line. */
void draw_line(struct buffer *b, int y, uint32_t number);
/* Copies rows; written out because the C library's copy is slow under emulation on some processors. */
void copy_rows(struct buffer *to, int to_y, const struct buffer *from, int from_y, int rows);

/* The test pattern of tests/guest/pattern.ts over the whole buffer. */
void draw_pattern(struct buffer *b);
