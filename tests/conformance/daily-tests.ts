/**
 * Tests of piglit that reach every group of commands, quick ones, and those that once failed here: `npm test` runs them. All
 * of them pass on virgl_test_server.
 */
export const DAILY_TESTS: readonly string[] = [
  // Files of shader_runner.
  'shaders@ssa@fs-swap-problem',
  'spec@arb_compute_shader@execution@basic-uniform-access',
  'spec@arb_compute_shader@execution@shared-atomics',
  'spec@glsl-1.30@execution@clipping@max-clip-distances',
  'spec@arb_gpu_shader5@execution@instanced-inputs',
  'spec@arb_gpu_shader_fp64@execution@built-in-functions@fs-op-div-dvec3-double',
  'spec@arb_shader_atomic_counter_ops@execution@all_touch_test',
  'spec@arb_shader_image_load_store@execution@basic-imagestore-from-uniform',
  'spec@arb_shader_storage_buffer_object@execution@indirect',
  'spec@arb_tessellation_shader@execution@double-array-vs-tcs-tes',
  'spec@arb_tessellation_shader@execution@quads',
  'spec@glsl-1.10@execution@clipping@clip-plane-transformation pos_clipvert',
  'spec@glsl-1.50@execution@geometry@clip-distance-out-values',
  'spec@glsl-1.50@execution@geometry@primitive-id-restart gl_triangles ffs',
  'spec@glsl-1.40@uniform_buffer@vs-two-members',
  'spec@glsl-es-3.10@execution@cs-image-load-if-else',
  // Programs.
  'spec@!opengl 2.1@polygon-stipple-fs',
  'spec@arb_clear_texture@arb_clear_texture-simple',
  'spec@arb_clip_control@arb_clip_control-viewport',
  'spec@arb_copy_image@arb_copy_image-simple --tex-to-tex',
  'spec@arb_depth_buffer_float@fbo-clear-formats stencil',
  'spec@arb_depth_clamp@depth_clamp',
  'spec@arb_draw_indirect@arb_draw_indirect-draw-arrays-instances',
  'spec@arb_framebuffer_object@fbo-scissor-blit fbo',
  'spec@arb_gpu_shader_fp64@shader_storage@layout-std140-fp64-shader',
  'spec@arb_occlusion_query@occlusion_query',
  'spec@arb_stencil_texturing@draw',
  'spec@arb_texture_multisample@arb_texture_multisample-sample-mask',
  'spec@arb_texture_view@rendering-target',
  'spec@arb_transform_feedback2@change objects while paused',
  'spec@arb_transform_feedback_instanced@draw-auto instanced',
  'spec@arb_viewport_array@scissor-indices',
  'spec@glsl-1.10@execution@varying-packing@simple int array',
  'spec@nv_conditional_render@clear',
  'spec@nv_primitive_restart@primitive-restart-draw-mode-quads',
  'spec@nv_texture_barrier@blending-in-shader',
];
