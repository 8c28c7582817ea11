/* scroll and video: pictures that change N times a second, each with its number at its top and its bottom. */
#include "draw.h"
#include "programs.h"
#include <stdlib.h>
#include <time.h>

struct pace {
  struct timespec due;
  long period_ns;
};

static struct pace start_pace(int fps) {
  struct pace pace = {.period_ns = 1000000000L / fps};
  clock_gettime(CLOCK_MONOTONIC, &pace.due);
  return pace;
}

/* Sleeps until the next frame is due; a guest that has fallen behind by more than a frame starts counting anew, so
 * that it never runs faster than asked. */
static void keep_pace(struct pace *pace) {
  pace->due.tv_nsec += pace->period_ns;
  while (pace->due.tv_nsec >= 1000000000L) {
    pace->due.tv_nsec -= 1000000000L;
    pace->due.tv_sec++;
  }
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  long late = (now.tv_sec - pace->due.tv_sec) * 1000000000L + now.tv_nsec - pace->due.tv_nsec;
  if (late > pace->period_ns) pace->due = now;
  else if (late < 0) clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &pace->due, NULL);
}

static struct buffer *begin(struct screen *s, const struct options *o) {
  return o->in_place ? screen_front(s) : screen_back(s);
}

static void end(struct screen *s, const struct options *o, struct rect changed) {
  if (o->in_place) screen_dirty(s, &changed, 1);
  else screen_flip(s);
}

static struct buffer plain_buffer(int width, int height) {
  struct buffer b = {.stride = width, .width = width, .height = height, .bytes = (size_t)width * height * 4};
  b.pixels = calloc(1, b.bytes);
  if (!b.pixels) die("no memory for %dx%d", width, height);
  return b;
}

void run_scroll(const struct options *o) {
  static struct screen s;
  screen_open(&s, o->width, o->height);
  int lines = (s.height - 2 * LAYOUT_BLOCK_SIDE) / LAYOUT_LINE_HEIGHT;
  int text_height = lines * LAYOUT_LINE_HEIGHT;
  /* Lines are drawn once, into a page of twice the height, so that a frame is one straight copy out of it. */
  struct buffer page = plain_buffer(s.width, text_height * 2);
  for (int i = 0; i < lines; i++) {
    draw_line(&page, i * LAYOUT_LINE_HEIGHT, i);
    draw_line(&page, i * LAYOUT_LINE_HEIGHT + text_height, i);
  }
  struct rect all = {0, 0, s.width, s.height};
  struct pace pace = start_pace(o->fps);
  for (uint32_t frame = 1;; frame++) {
    uint32_t newest = frame + lines - 1;
    int slot = newest % lines * LAYOUT_LINE_HEIGHT;
    draw_line(&page, slot, newest);
    draw_line(&page, slot + text_height, newest);
    struct buffer *b = begin(&s, o);
    copy_rows(b, LAYOUT_BLOCK_SIDE, &page, frame % lines * LAYOUT_LINE_HEIGHT, text_height);
    draw_number(b, 0, 0, frame);
    draw_number(b, s.width - LAYOUT_BLOCK_SIDE, s.height - LAYOUT_BLOCK_SIDE, frame);
    end(&s, o, all);
    keep_pace(&pace);
  }
}

/* A slanting gradient that drifts, over it noise of five bits a channel: as hard for an encoder as a grainy film. */
static void draw_film(struct buffer *b, struct rect r, const uint32_t *noise, uint32_t frame) {
  uint32_t state = frame * 2654435761u;
  for (int y = 0; y < r.height; y++) {
    state = state * 1664525u + 1013904223u;
    const uint32_t *grain = noise + (state >> 16 & 0x3fff);
    uint32_t *row = b->pixels + (r.y + y) * b->stride + r.x;
    uint32_t green = (y + frame) * 7 / 16 % 224 << 8;
    for (int x = 0; x < r.width; x++) row[x] = (((x + frame * 2) & 0xff) >> 1 << 16 | green | (x >> 2 & 0x7f)) + grain[x];
  }
}

void run_video(const struct options *o) {
  static struct screen s;
  static uint32_t noise[0x4000 + LAYOUT_VIDEO_WIDTH];
  screen_open(&s, o->width, o->height);
  uint32_t state = 1;
  for (size_t i = 0; i < sizeof noise / sizeof *noise; i++) {
    state = state * 1664525u + 1013904223u;
    noise[i] = state >> 8 & 0x1f1f1f;
  }
  struct rect r = {LAYOUT_VIDEO_X, LAYOUT_VIDEO_Y, LAYOUT_VIDEO_WIDTH, LAYOUT_VIDEO_HEIGHT};
  if (r.x + r.width > s.width || r.y + r.height > s.height) die("the screen is too small for the video");
  for (int i = 0; i < 2; i++)
    for (int y = 0; y + LAYOUT_LINE_HEIGHT <= s.height; y += LAYOUT_LINE_HEIGHT)
      draw_line(&s.buffers[i], y, y / LAYOUT_LINE_HEIGHT);
  screen_dirty(&s, &(struct rect){0, 0, s.width, s.height}, 1);
  struct pace pace = start_pace(o->fps);
  for (uint32_t frame = 1;; frame++) {
    struct buffer *b = begin(&s, o);
    draw_film(b, r, noise, frame);
    draw_number(b, r.x, r.y, frame);
    draw_number(b, r.x + r.width - LAYOUT_BLOCK_SIDE, r.y + r.height - LAYOUT_BLOCK_SIDE, frame);
    end(&s, o, r);
    keep_pace(&pace);
  }
}
