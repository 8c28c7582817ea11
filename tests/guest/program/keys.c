/* keys: shows input as numbers, at once. See tests/guest/layout.ts for what stands where. */
#include "draw.h"
#include "programs.h"
#include <linux/input.h>

static struct screen s;
static uint32_t presses, events_logged, buttons, wheel;
static int pointer_x, pointer_y, drawn_x = -1, drawn_y = -1;
static struct rect damage[16];
static int damaged;

static void number(int x, int y, uint32_t value) {
  struct rect r = {x, y, LAYOUT_BLOCK_SIDE, LAYOUT_BLOCK_SIDE};
  draw_number(screen_front(&s), x, y, value);
  /* Repeats of the same place are one rectangle; a batch too long for the list becomes the whole screen. */
  for (int i = 0; i < damaged; i++)
    if (damage[i].x == r.x && damage[i].y == r.y) return;
  if (damaged == 12) damage[0] = (struct rect){0, 0, s.width, s.height};
  else damage[damaged++] = r;
}

static void log_key(int code, int value) {
  int slot = events_logged++ % LAYOUT_LOG_SLOTS;
  int x = LAYOUT_LOG_X + slot % LAYOUT_LOG_COLUMNS * LAYOUT_BLOCK_SIDE;
  number(x, slot / LAYOUT_LOG_COLUMNS * LAYOUT_BLOCK_SIDE, (uint32_t)(value << 15 | code));
  number(0, LAYOUT_KEYS_LOGGED_Y, events_logged);
}

static void on_button(int code, int value) {
  uint32_t bit = 1u << (code - BTN_LEFT);
  buttons = value ? buttons | bit : buttons & ~bit;
  number(0, LAYOUT_KEYS_BUTTONS_Y, buttons);
}

static void on_key(int code, int value) {
  if (value > 1 || code == KEY_POWER) return;
  if (code >= BTN_LEFT && code <= BTN_TASK) return on_button(code, value);
  if (code >= BTN_MISC && code < KEY_OK) return;
  if (value) {
    number(0, LAYOUT_KEYS_COUNT_Y, ++presses);
    number(0, LAYOUT_KEYS_LAST_Y, (uint32_t)code);
  }
  log_key(code, value);
}

static int clamp(int value, int high) { return value < 0 ? 0 : value > high ? high : value; }

static int place(int value, int range, int side) {
  return clamp((int)(((int64_t)value * side + range / 2) / range), side - 1);
}

static void on_event(int type, int code, int value, int range) {
  if (type == EV_KEY) on_key(code, value);
  if (type == EV_ABS && range > 0 && code == ABS_X) pointer_x = place(value, range, s.width);
  if (type == EV_ABS && range > 0 && code == ABS_Y) pointer_y = place(value, range, s.height);
  if (type == EV_REL && code == REL_X) pointer_x = clamp(pointer_x + value, s.width - 1);
  if (type == EV_REL && code == REL_Y) pointer_y = clamp(pointer_y + value, s.height - 1);
  if (type == EV_REL && code == REL_WHEEL) number(0, LAYOUT_KEYS_WHEEL_Y, wheel += (uint32_t)value);
}

/* The cross stays below the numbers, so that it never covers one. */
static void draw_cross(uint32_t color) {
  int top = LAYOUT_CROSS_TOP;
  int y1 = drawn_y - 8 < top ? top : drawn_y - 8;
  struct rect across = {drawn_x - 8, drawn_y, 17, 1};
  struct rect down = {drawn_x, y1, 1, drawn_y + 9 - y1};
  if (drawn_y < top) return;
  fill(screen_front(&s), across, color);
  fill(screen_front(&s), down, color);
  struct rect box = {clamp(drawn_x - 8, s.width - 1), y1, 17, drawn_y + 9 - y1};
  if (box.x + box.width > s.width) box.width = s.width - box.x;
  if (box.y + box.height > s.height) box.height = s.height - box.y;
  damage[damaged++] = box;
}

/* Said when the devices are open and not before: what is typed then arrives. */
static void show_ready(void) {
  static int is_shown;
  if (!is_shown++) number(0, LAYOUT_KEYS_READY_Y, LAYOUT_KEYS_READY_VALUE);
}

static void on_batch(void) {
  show_ready();
  if (pointer_x != drawn_x || pointer_y != drawn_y) {
    draw_cross(0);
    if (pointer_x != drawn_x) number(0, LAYOUT_KEYS_X_Y, (uint32_t)pointer_x);
    if (pointer_y != drawn_y) number(0, LAYOUT_KEYS_Y_Y, (uint32_t)pointer_y);
    drawn_x = pointer_x;
    drawn_y = pointer_y;
    draw_cross(0xffc000);
  }
  if (damaged) screen_dirty(&s, damage, damaged);
  damaged = 0;
}

void run_keys(const struct options *o) {
  screen_open(&s, o->width, o->height);
  screen_dirty(&s, &(struct rect){0, 0, s.width, s.height}, 1);
  say("drawn %dx%d", s.width, s.height);
  read_input(on_event, on_batch);
}
