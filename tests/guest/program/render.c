/* render: frames that the graphics card draws, from raw commands of the virgl protocol: a guest's 3D without Mesa. Two
 * textures are flipped. Frame n has the background and the rectangle of tests/guest/rendered.ts, and its number at the top
 * left and the bottom right. Numbers of commands, objects and formats are the protocol's. */
#include "drm.h"
#include "programs.h"
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { CREATE_OBJECT = 1, BIND_OBJECT, SET_VIEWPORT = 4, SET_FRAMEBUFFER, SET_VERTEX_BUFFERS, CLEAR, DRAW_VBO };
enum { SET_CONSTANTS = 12, BIND_SHADER = 31, CLEAR_TEXTURE = 47 };
enum { BLEND = 1, RASTERIZER, DEPTH_STENCIL_ALPHA, SHADER, VERTEX_ELEMENTS, SURFACE = 8 };
enum { VERTEX_STAGE, FRAGMENT_STAGE };
enum { BUFFER, TEXTURE_2D = 2 };
enum { BIND_RENDER_TARGET = 1 << 1, BIND_SAMPLER_VIEW = 1 << 3, BIND_VERTEX_BUFFER = 1 << 4, BIND_SCANOUT = 1 << 18 };
enum { B8G8R8X8 = 2, R32G32_FLOAT = 29, R8 = 64 };
enum { TRIANGLE_STRIP = 5, CLEAR_COLOR = 4 };

struct resource {
  uint32_t handle, id;
};

static struct screen s;
static struct resource targets[2], corners;
static uint32_t words[4096];
static uint32_t count;

static void put(uint32_t word) {
  if (count == sizeof words / sizeof *words) die("too many commands");
  words[count++] = word;
}

static void put_float(float value) {
  uint32_t word;
  memcpy(&word, &value, sizeof word);
  put(word);
}

static void begin(int command, int object, int length) { put((uint32_t)(command | object << 8 | length << 16)); }

static void call(unsigned long request, void *argument, const char *what) {
  while (ioctl(s.fd, request, argument) < 0)
    if (errno != EINTR && errno != EAGAIN) die("%s: %s", what, strerror(errno));
}

static void submit(void) {
  uint32_t used[] = {targets[0].handle, targets[1].handle, corners.handle};
  struct drm_virtgpu_execbuffer exec = {.size = count * 4,
                                        .command = (uintptr_t)words,
                                        .bo_handles = (uintptr_t)used,
                                        .num_bo_handles = 3,
                                        .fence_fd = -1};
  call(DRM_VIRTGPU_EXECBUFFER, &exec, "the card does not draw");
  count = 0;
}

static struct resource create(struct drm_virtgpu_resource_create args) {
  args.depth = args.array_size = 1;
  call(DRM_VIRTGPU_RESOURCE_CREATE, &args, "no resource");
  return (struct resource){.handle = args.bo_handle, .id = args.res_handle};
}

/* The rectangle's corners go the way of all vertices: through the guest's memory and a transfer. */
static void create_corners(void) {
  float left = LAYOUT_RENDER_X * 2.f / s.width - 1, right = (LAYOUT_RENDER_X + LAYOUT_RENDER_WIDTH) * 2.f / s.width - 1;
  float top = LAYOUT_RENDER_Y * 2.f / s.height - 1, bottom = (LAYOUT_RENDER_Y + LAYOUT_RENDER_HEIGHT) * 2.f / s.height - 1;
  float places[] = {left, top, right, top, left, bottom, right, bottom};
  corners = create((struct drm_virtgpu_resource_create){
      .target = BUFFER, .format = R8, .bind = BIND_VERTEX_BUFFER, .width = sizeof places, .height = 1, .size = 4096});
  struct drm_virtgpu_map map = {.handle = corners.handle};
  call(DRM_VIRTGPU_MAP, &map, "cannot map a buffer");
  void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, s.fd, (off_t)map.offset);
  if (memory == MAP_FAILED) die("cannot map a buffer: %s", strerror(errno));
  memcpy(memory, places, sizeof places);
  struct drm_virtgpu_transfer transfer = {.bo_handle = corners.handle, .width = sizeof places, .height = 1, .depth = 1};
  call(DRM_VIRTGPU_TRANSFER_TO_HOST, &transfer, "cannot transfer");
}

static void create_target(int i) {
  targets[i] = create((struct drm_virtgpu_resource_create){.target = TEXTURE_2D,
                                                           .format = B8G8R8X8,
                                                           .bind = BIND_RENDER_TARGET | BIND_SAMPLER_VIEW | BIND_SCANOUT,
                                                           .width = s.width,
                                                           .height = s.height,
                                                           .size = s.width * s.height * 4});
  struct drm_framebuffer fb = {.width = s.width,
                               .height = s.height,
                               .pitch = s.width * 4,
                               .bpp = 32,
                               .depth = 24,
                               .handle = targets[i].handle};
  call(DRM_ADD_FB, &fb, "no framebuffer");
  s.buffers[i].fb_id = fb.fb_id;
}

static void put_shader(uint32_t handle, uint32_t stage, const char *text) {
  uint32_t bytes = strlen(text) + 1, length = (bytes + 3) / 4;
  begin(CREATE_OBJECT, SHADER, 5 + length);
  put(handle), put(stage), put(bytes), put(300), put(0);
  uint32_t at = count;
  for (uint32_t i = 0; i < length; i++) put(0);
  memcpy(words + at, text, bytes);
  begin(BIND_SHADER, 0, 2);
  put(handle), put(stage);
}

static void put_state(void) {
  for (uint32_t i = 0; i < 2; i++) {
    begin(CREATE_OBJECT, SURFACE, 5);
    put(1 + i), put(targets[i].id), put(B8G8R8X8), put(0), put(0);
  }
  begin(CREATE_OBJECT, BLEND, 11);
  put(3), put(0), put(0), put(0xfu << 27);
  for (int i = 0; i < 7; i++) put(0);
  begin(BIND_OBJECT, BLEND, 1), put(3);
  begin(CREATE_OBJECT, RASTERIZER, 9);
  put(4), put(1u << 1 | 1u << 29), put_float(1), put(0), put(0), put_float(1), put(0), put(0), put(0);
  begin(BIND_OBJECT, RASTERIZER, 1), put(4);
  begin(CREATE_OBJECT, DEPTH_STENCIL_ALPHA, 5);
  put(5), put(0), put(0), put(0), put(0);
  begin(BIND_OBJECT, DEPTH_STENCIL_ALPHA, 1), put(5);
  begin(CREATE_OBJECT, VERTEX_ELEMENTS, 5);
  put(6), put(0), put(0), put(0), put(R32G32_FLOAT);
  begin(BIND_OBJECT, VERTEX_ELEMENTS, 1), put(6);
  begin(SET_VERTEX_BUFFERS, 0, 3);
  put(8), put(0), put(corners.id);
  begin(SET_VIEWPORT, 0, 7);
  put(0), put_float(s.width / 2.f), put_float(s.height / 2.f), put_float(.5f);
  put_float(s.width / 2.f), put_float(s.height / 2.f), put_float(.5f);
  put_shader(7, VERTEX_STAGE, "VERT\nDCL IN[0]\nDCL OUT[0], POSITION\n  0: MOV OUT[0], IN[0]\n  1: END\n");
  put_shader(8, FRAGMENT_STAGE,
             "FRAG\nPROPERTY FS_COLOR0_WRITES_ALL_CBUFS 1\nDCL OUT[0], COLOR\nDCL CONST[0][0]\n"
             "  0: MOV OUT[0], CONST[0][0]\n  1: END\n");
}

static void put_color(uint32_t color) {
  for (int shift = 16; shift >= 0; shift -= 8) put_float((color >> shift & 255) / 255.f);
  put_float(1);
}

static void put_number(uint32_t target, int x, int y, uint32_t value) {
  for (int i = 0; i < 16; i++) {
    begin(CLEAR_TEXTURE, 0, 12);
    put(target), put(0), put(x + i % 4 * LAYOUT_CELL_SIDE), put(y + i / 4 * LAYOUT_CELL_SIDE), put(0);
    put(LAYOUT_CELL_SIDE), put(LAYOUT_CELL_SIDE), put(1);
    put(value >> (15 - i) & 1 ? 0xffffffff : 0xff000000), put(0), put(0), put(0);
  }
}

static void put_frame(int i, uint32_t frame) {
  begin(SET_FRAMEBUFFER, 0, 3);
  put(1), put(0), put(1 + i);
  begin(CLEAR, 0, 8);
  put(CLEAR_COLOR), put_color((frame * LAYOUT_RENDER_BACKGROUND_STEP) & 0xffffff), put(0), put(0), put(0);
  begin(SET_CONSTANTS, 0, 6);
  put(FRAGMENT_STAGE), put(0), put_color((frame * LAYOUT_RENDER_COLOR_STEP) & 0xffffff);
  begin(DRAW_VBO, 0, 12);
  put(0), put(4), put(TRIANGLE_STRIP), put(0), put(1), put(0), put(0), put(0), put(0), put(0), put(3), put(0);
  put_number(targets[i].id, 0, 0, frame);
  put_number(targets[i].id, s.width - LAYOUT_BLOCK_SIDE, s.height - LAYOUT_BLOCK_SIDE, frame);
}

void run_render(const struct options *o) {
  screen_open(&s, o->width, o->height);
  create_target(0);
  create_target(1);
  create_corners();
  put_state();
  struct timespec pause = {.tv_sec = o->fps > 1 ? 0 : 1, .tv_nsec = o->fps > 1 ? 1000000000L / o->fps : 0};
  for (uint32_t frame = 1;; frame++) {
    put_frame(!s.shown, frame);
    submit();
    screen_flip(&s);
    if (frame == 1) say("drawn %dx%d", s.width, s.height);
    nanosleep(&pause, NULL);
  }
}
