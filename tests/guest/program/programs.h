/* The guest's programs. Each draws on a screen of its own and never returns. */
#pragma once
#include "screen.h"

struct options {
  int fps;           /* frames a second that scroll, video and render aim for */
  int width, height; /* 0 x 0: the screen's own choice */
  int in_place;      /* draw into the buffer on screen and mark damage, instead of flipping pages */
};

void run_scroll(const struct options *options) __attribute__((noreturn));
void run_video(const struct options *options) __attribute__((noreturn));
void run_keys(const struct options *options) __attribute__((noreturn));
void run_pattern(const struct options *options) __attribute__((noreturn));
void run_idle(const struct options *options) __attribute__((noreturn));
void run_render(const struct options *options) __attribute__((noreturn));
void run_resize(const struct options *options) __attribute__((noreturn));

/* Reads input devices as they come; calls `on_event` for each event (type, code, value as in linux/input.h, and the
 * axis range of absolute events) and `on_batch` when all that had arrived was handed on, and once
 * before, when the devices are open. Never returns. */
void read_input(void (*on_event)(int type, int code, int value, int range), void (*on_batch)(void))
    __attribute__((noreturn));
