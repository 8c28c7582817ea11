/**
 * The uniform block for pipeline state that shaders read but that does not change their text. One buffer serves all programs.
 *
 *     layout(std140) uniform SystemBlock {
 *       vec4  sys_clipPlanes[8];   byte   0
 *       uvec4 sys_stipple[8];      byte 128: 32 rows of 32 bits, bit 31 is the left pixel
 *       float sys_adjustY;         byte 256: 1, or -1 to turn the picture upside down
 *       float sys_alphaReference;  byte 260
 *       int   sys_drawIdBase;      byte 264: added to gl_DrawID
 *       float sys_height;          byte 268: rows of the framebuffer, for those who count them from the top
 *     };
 */
export const SYSTEM_BLOCK = {
  name: 'SystemBlock',
  /** Uniform buffer binding point; programs' own blocks start above it. */
  binding: 0,
  sizeBytes: 272,
  clipPlanes: 0,
  stipple: 128,
  adjustY: 256,
  alphaReference: 260,
  drawIdBase: 264,
  height: 268,
} as const;
