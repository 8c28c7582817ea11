/**
 * The OpenGL functions that a renderer of other people's commands needs: OpenGL 3.3 core and OpenGL ES 3.0 as the floor,
 * and what later versions and extensions add (Khronos, OpenGL 4.6 core profile and OpenGL ES 3.2). `gl-api.gen.ts` is
 * printed from it, and gl-loader.ts binds by it.
 *
 * A signature is `result(type name, …)` in the types of `GL_TYPES`; the C name of a function is `gl` before its name.
 */

/** Where a set of functions is found: from a version on (major × 10 + minor), or with any one of the extensions. */
export interface GlFunctionGroup {
  readonly gl?: number;
  readonly es?: number;
  /** `NAME`, or `NAME SUFFIX` when the extension spells its functions with a suffix. */
  readonly extensions?: readonly string[];
  readonly functions: Readonly<Record<string, string>>;
}

/** The types of signatures: how C passes them, and what a caller gives and gets. */
export const GL_TYPES = {
  void: { c: 'void', ts: 'void' },
  bool: { c: 'bool', ts: 'boolean' },
  ubyte: { c: 'uint8_t', ts: 'number' },
  int: { c: 'int32_t', ts: 'number' },
  sizei: { c: 'int32_t', ts: 'number' },
  uint: { c: 'uint32_t', ts: 'number' },
  enum: { c: 'uint32_t', ts: 'number' },
  bits: { c: 'uint32_t', ts: 'number' },
  float: { c: 'float', ts: 'number' },
  double: { c: 'double', ts: 'number' },
  intptr: { c: 'int64_t', ts: 'number' },
  sizeiptr: { c: 'int64_t', ts: 'number' },
  uint64: { c: 'uint64_t', ts: 'number | bigint' },
  /** A GLsync. As a number it costs no BigInt; addresses of user space fit a double. */
  sync: { c: 'uintptr_t', ts: 'number' },
  /** An EGLImage. */
  handle: { c: 'uintptr_t', ts: 'number' },
  /** Memory that is returned: its address. */
  address: { c: 'uintptr_t', ts: 'number' },
  /** A zero-terminated text. */
  string: { c: 'const char *', ts: 'string' },
  /** Memory, or an offset into the buffer object that is bound. */
  pointer: { c: 'void *', ts: 'GlPointer' },
} as const satisfies Readonly<Record<string, { readonly c: string; readonly ts: string }>>;

export const glTable = [
  {
    gl: 33,
    es: 30,
    functions: {
      activeTexture: 'void(enum texture)',
      attachShader: 'void(uint program, uint shader)',
      beginQuery: 'void(enum target, uint id)',
      beginTransformFeedback: 'void(enum primitiveMode)',
      bindAttribLocation: 'void(uint program, uint index, string name)',
      bindBuffer: 'void(enum target, uint buffer)',
      bindBufferBase: 'void(enum target, uint index, uint buffer)',
      bindBufferRange: 'void(enum target, uint index, uint buffer, intptr offset, sizeiptr size)',
      bindFramebuffer: 'void(enum target, uint framebuffer)',
      bindRenderbuffer: 'void(enum target, uint renderbuffer)',
      bindSampler: 'void(uint unit, uint sampler)',
      bindTexture: 'void(enum target, uint texture)',
      bindVertexArray: 'void(uint array)',
      blendColor: 'void(float red, float green, float blue, float alpha)',
      blendEquation: 'void(enum mode)',
      blendEquationSeparate: 'void(enum modeRGB, enum modeAlpha)',
      blendFunc: 'void(enum sfactor, enum dfactor)',
      blendFuncSeparate: 'void(enum sfactorRGB, enum dfactorRGB, enum sfactorAlpha, enum dfactorAlpha)',
      blitFramebuffer:
        'void(int srcX0, int srcY0, int srcX1, int srcY1, int dstX0, int dstY0, int dstX1, int dstY1, bits mask, enum filter)',
      bufferData: 'void(enum target, sizeiptr size, pointer data, enum usage)',
      bufferSubData: 'void(enum target, intptr offset, sizeiptr size, pointer data)',
      checkFramebufferStatus: 'enum(enum target)',
      clear: 'void(bits mask)',
      clearBufferfi: 'void(enum buffer, int drawbuffer, float depth, int stencil)',
      clearBufferfv: 'void(enum buffer, int drawbuffer, pointer value)',
      clearBufferiv: 'void(enum buffer, int drawbuffer, pointer value)',
      clearBufferuiv: 'void(enum buffer, int drawbuffer, pointer value)',
      clearColor: 'void(float red, float green, float blue, float alpha)',
      clearStencil: 'void(int s)',
      clientWaitSync: 'enum(sync sync, bits flags, uint64 timeout)',
      colorMask: 'void(bool red, bool green, bool blue, bool alpha)',
      compileShader: 'void(uint shader)',
      compressedTexImage2D:
        'void(enum target, int level, enum internalformat, sizei width, sizei height, int border, sizei imageSize, pointer data)',
      compressedTexImage3D:
        'void(enum target, int level, enum internalformat, sizei width, sizei height, sizei depth, int border, sizei imageSize, pointer data)',
      compressedTexSubImage2D:
        'void(enum target, int level, int xoffset, int yoffset, sizei width, sizei height, enum format, sizei imageSize, pointer data)',
      compressedTexSubImage3D:
        'void(enum target, int level, int xoffset, int yoffset, int zoffset, sizei width, sizei height, sizei depth, enum format, sizei imageSize, pointer data)',
      copyBufferSubData:
        'void(enum readTarget, enum writeTarget, intptr readOffset, intptr writeOffset, sizeiptr size)',
      copyTexSubImage2D:
        'void(enum target, int level, int xoffset, int yoffset, int x, int y, sizei width, sizei height)',
      copyTexSubImage3D:
        'void(enum target, int level, int xoffset, int yoffset, int zoffset, int x, int y, sizei width, sizei height)',
      createProgram: 'uint()',
      createShader: 'uint(enum type)',
      cullFace: 'void(enum mode)',
      deleteBuffers: 'void(sizei n, pointer buffers)',
      deleteFramebuffers: 'void(sizei n, pointer framebuffers)',
      deleteProgram: 'void(uint program)',
      deleteQueries: 'void(sizei n, pointer ids)',
      deleteRenderbuffers: 'void(sizei n, pointer renderbuffers)',
      deleteSamplers: 'void(sizei count, pointer samplers)',
      deleteShader: 'void(uint shader)',
      deleteSync: 'void(sync sync)',
      deleteTextures: 'void(sizei n, pointer textures)',
      deleteVertexArrays: 'void(sizei n, pointer arrays)',
      depthFunc: 'void(enum func)',
      depthMask: 'void(bool flag)',
      detachShader: 'void(uint program, uint shader)',
      disable: 'void(enum cap)',
      disableVertexAttribArray: 'void(uint index)',
      drawArrays: 'void(enum mode, int first, sizei count)',
      drawArraysInstanced: 'void(enum mode, int first, sizei count, sizei instancecount)',
      drawBuffers: 'void(sizei n, pointer bufs)',
      drawElements: 'void(enum mode, sizei count, enum type, pointer indices)',
      drawElementsInstanced: 'void(enum mode, sizei count, enum type, pointer indices, sizei instancecount)',
      drawRangeElements: 'void(enum mode, uint start, uint end, sizei count, enum type, pointer indices)',
      enable: 'void(enum cap)',
      enableVertexAttribArray: 'void(uint index)',
      endQuery: 'void(enum target)',
      endTransformFeedback: 'void()',
      fenceSync: 'sync(enum condition, bits flags)',
      finish: 'void()',
      flush: 'void()',
      flushMappedBufferRange: 'void(enum target, intptr offset, sizeiptr length)',
      framebufferRenderbuffer: 'void(enum target, enum attachment, enum renderbuffertarget, uint renderbuffer)',
      framebufferTexture2D: 'void(enum target, enum attachment, enum textarget, uint texture, int level)',
      framebufferTextureLayer: 'void(enum target, enum attachment, uint texture, int level, int layer)',
      frontFace: 'void(enum mode)',
      genBuffers: 'void(sizei n, pointer buffers)',
      genFramebuffers: 'void(sizei n, pointer framebuffers)',
      genQueries: 'void(sizei n, pointer ids)',
      genRenderbuffers: 'void(sizei n, pointer renderbuffers)',
      genSamplers: 'void(sizei count, pointer samplers)',
      genTextures: 'void(sizei n, pointer textures)',
      genVertexArrays: 'void(sizei n, pointer arrays)',
      generateMipmap: 'void(enum target)',
      getActiveAttrib:
        'void(uint program, uint index, sizei bufSize, pointer length, pointer size, pointer type, pointer name)',
      getActiveUniform:
        'void(uint program, uint index, sizei bufSize, pointer length, pointer size, pointer type, pointer name)',
      getActiveUniformBlockName:
        'void(uint program, uint uniformBlockIndex, sizei bufSize, pointer length, pointer uniformBlockName)',
      getActiveUniformBlockiv: 'void(uint program, uint uniformBlockIndex, enum pname, pointer params)',
      getActiveUniformsiv: 'void(uint program, sizei uniformCount, pointer uniformIndices, enum pname, pointer params)',
      getAttribLocation: 'int(uint program, string name)',
      getBooleanv: 'void(enum pname, pointer data)',
      getBufferParameteriv: 'void(enum target, enum pname, pointer params)',
      getError: 'enum()',
      getFloatv: 'void(enum pname, pointer data)',
      getFramebufferAttachmentParameteriv: 'void(enum target, enum attachment, enum pname, pointer params)',
      getInteger64i_v: 'void(enum target, uint index, pointer data)',
      getInteger64v: 'void(enum pname, pointer data)',
      getIntegeri_v: 'void(enum target, uint index, pointer data)',
      getIntegerv: 'void(enum pname, pointer data)',
      getProgramInfoLog: 'void(uint program, sizei bufSize, pointer length, pointer infoLog)',
      getProgramiv: 'void(uint program, enum pname, pointer params)',
      getQueryObjectuiv: 'void(uint id, enum pname, pointer params)',
      getQueryiv: 'void(enum target, enum pname, pointer params)',
      getRenderbufferParameteriv: 'void(enum target, enum pname, pointer params)',
      getSamplerParameterfv: 'void(uint sampler, enum pname, pointer params)',
      getSamplerParameteriv: 'void(uint sampler, enum pname, pointer params)',
      getShaderInfoLog: 'void(uint shader, sizei bufSize, pointer length, pointer infoLog)',
      getShaderiv: 'void(uint shader, enum pname, pointer params)',
      getString: 'string(enum name)',
      getStringi: 'string(enum name, uint index)',
      getTexParameterfv: 'void(enum target, enum pname, pointer params)',
      getTexParameteriv: 'void(enum target, enum pname, pointer params)',
      getTransformFeedbackVarying:
        'void(uint program, uint index, sizei bufSize, pointer length, pointer size, pointer type, pointer name)',
      getUniformBlockIndex: 'uint(uint program, string uniformBlockName)',
      getUniformIndices: 'void(uint program, sizei uniformCount, pointer uniformNames, pointer uniformIndices)',
      getUniformLocation: 'int(uint program, string name)',
      getUniformfv: 'void(uint program, int location, pointer params)',
      getUniformiv: 'void(uint program, int location, pointer params)',
      isEnabled: 'bool(enum cap)',
      isSync: 'bool(sync sync)',
      isTexture: 'bool(uint texture)',
      lineWidth: 'void(float width)',
      linkProgram: 'void(uint program)',
      mapBufferRange: 'address(enum target, intptr offset, sizeiptr length, bits access)',
      pixelStorei: 'void(enum pname, int param)',
      polygonOffset: 'void(float factor, float units)',
      readBuffer: 'void(enum src)',
      readPixels: 'void(int x, int y, sizei width, sizei height, enum format, enum type, pointer pixels)',
      renderbufferStorage: 'void(enum target, enum internalformat, sizei width, sizei height)',
      renderbufferStorageMultisample:
        'void(enum target, sizei samples, enum internalformat, sizei width, sizei height)',
      sampleCoverage: 'void(float value, bool invert)',
      samplerParameterf: 'void(uint sampler, enum pname, float param)',
      samplerParameterfv: 'void(uint sampler, enum pname, pointer param)',
      samplerParameteri: 'void(uint sampler, enum pname, int param)',
      samplerParameteriv: 'void(uint sampler, enum pname, pointer param)',
      scissor: 'void(int x, int y, sizei width, sizei height)',
      shaderSource: 'void(uint shader, sizei count, pointer string, pointer length)',
      stencilFunc: 'void(enum func, int ref, uint mask)',
      stencilFuncSeparate: 'void(enum face, enum func, int ref, uint mask)',
      stencilMask: 'void(uint mask)',
      stencilMaskSeparate: 'void(enum face, uint mask)',
      stencilOp: 'void(enum fail, enum zfail, enum zpass)',
      stencilOpSeparate: 'void(enum face, enum sfail, enum dpfail, enum dppass)',
      texImage2D:
        'void(enum target, int level, int internalformat, sizei width, sizei height, int border, enum format, enum type, pointer pixels)',
      texImage3D:
        'void(enum target, int level, int internalformat, sizei width, sizei height, sizei depth, int border, enum format, enum type, pointer pixels)',
      texParameterfv: 'void(enum target, enum pname, pointer params)',
      texParameteri: 'void(enum target, enum pname, int param)',
      texParameteriv: 'void(enum target, enum pname, pointer params)',
      texSubImage2D:
        'void(enum target, int level, int xoffset, int yoffset, sizei width, sizei height, enum format, enum type, pointer pixels)',
      texSubImage3D:
        'void(enum target, int level, int xoffset, int yoffset, int zoffset, sizei width, sizei height, sizei depth, enum format, enum type, pointer pixels)',
      transformFeedbackVaryings: 'void(uint program, sizei count, pointer varyings, enum bufferMode)',
      uniform1f: 'void(int location, float v0)',
      uniform1fv: 'void(int location, sizei count, pointer value)',
      uniform1i: 'void(int location, int v0)',
      uniform1iv: 'void(int location, sizei count, pointer value)',
      uniform1ui: 'void(int location, uint v0)',
      uniform1uiv: 'void(int location, sizei count, pointer value)',
      uniform2f: 'void(int location, float v0, float v1)',
      uniform2fv: 'void(int location, sizei count, pointer value)',
      uniform2iv: 'void(int location, sizei count, pointer value)',
      uniform2uiv: 'void(int location, sizei count, pointer value)',
      uniform3fv: 'void(int location, sizei count, pointer value)',
      uniform3iv: 'void(int location, sizei count, pointer value)',
      uniform3uiv: 'void(int location, sizei count, pointer value)',
      uniform4f: 'void(int location, float v0, float v1, float v2, float v3)',
      uniform4fv: 'void(int location, sizei count, pointer value)',
      uniform4iv: 'void(int location, sizei count, pointer value)',
      uniform4uiv: 'void(int location, sizei count, pointer value)',
      uniformBlockBinding: 'void(uint program, uint uniformBlockIndex, uint uniformBlockBinding)',
      unmapBuffer: 'bool(enum target)',
      useProgram: 'void(uint program)',
      vertexAttrib4f: 'void(uint index, float x, float y, float z, float w)',
      vertexAttrib4fv: 'void(uint index, pointer v)',
      vertexAttribDivisor: 'void(uint index, uint divisor)',
      vertexAttribI4i: 'void(uint index, int x, int y, int z, int w)',
      vertexAttribI4iv: 'void(uint index, pointer v)',
      vertexAttribI4ui: 'void(uint index, uint x, uint y, uint z, uint w)',
      vertexAttribI4uiv: 'void(uint index, pointer v)',
      vertexAttribIPointer: 'void(uint index, int size, enum type, sizei stride, pointer pointer)',
      vertexAttribPointer: 'void(uint index, int size, enum type, bool normalized, sizei stride, pointer pointer)',
      viewport: 'void(int x, int y, sizei width, sizei height)',
      waitSync: 'void(sync sync, bits flags, uint64 timeout)',
    },
  },
  {
    gl: 33,
    es: 31,
    functions: {
      getBooleani_v: 'void(enum target, uint index, pointer data)',
      getMultisamplefv: 'void(enum pname, uint index, pointer val)',
      getTexLevelParameterfv: 'void(enum target, int level, enum pname, pointer params)',
      getTexLevelParameteriv: 'void(enum target, int level, enum pname, pointer params)',
      sampleMaski: 'void(uint maskNumber, bits mask)',
    },
  },
  {
    gl: 33,
    es: 32,
    extensions: ['GL_EXT_draw_buffers_indexed EXT', 'GL_OES_draw_buffers_indexed OES'],
    functions: {
      colorMaski: 'void(uint index, bool r, bool g, bool b, bool a)',
      disablei: 'void(enum target, uint index)',
      enablei: 'void(enum target, uint index)',
      isEnabledi: 'bool(enum target, uint index)',
    },
  },
  {
    gl: 33,
    es: 32,
    extensions: ['GL_EXT_draw_elements_base_vertex EXT', 'GL_OES_draw_elements_base_vertex OES'],
    functions: {
      drawElementsBaseVertex: 'void(enum mode, sizei count, enum type, pointer indices, int basevertex)',
      drawElementsInstancedBaseVertex:
        'void(enum mode, sizei count, enum type, pointer indices, sizei instancecount, int basevertex)',
      drawRangeElementsBaseVertex:
        'void(enum mode, uint start, uint end, sizei count, enum type, pointer indices, int basevertex)',
    },
  },
  {
    gl: 33,
    es: 32,
    extensions: ['GL_EXT_geometry_shader EXT', 'GL_OES_geometry_shader OES'],
    functions: {
      framebufferTexture: 'void(enum target, enum attachment, uint texture, int level)',
    },
  },
  {
    gl: 33,
    es: 32,
    extensions: ['GL_EXT_texture_border_clamp EXT', 'GL_OES_texture_border_clamp OES'],
    functions: {
      getSamplerParameterIiv: 'void(uint sampler, enum pname, pointer params)',
      getSamplerParameterIuiv: 'void(uint sampler, enum pname, pointer params)',
      getTexParameterIiv: 'void(enum target, enum pname, pointer params)',
      getTexParameterIuiv: 'void(enum target, enum pname, pointer params)',
      samplerParameterIiv: 'void(uint sampler, enum pname, pointer param)',
      samplerParameterIuiv: 'void(uint sampler, enum pname, pointer param)',
      texParameterIiv: 'void(enum target, enum pname, pointer params)',
      texParameterIuiv: 'void(enum target, enum pname, pointer params)',
    },
  },
  {
    gl: 33,
    es: 32,
    extensions: ['GL_EXT_texture_buffer EXT', 'GL_OES_texture_buffer OES'],
    functions: {
      texBuffer: 'void(enum target, enum internalformat, uint buffer)',
    },
  },
  {
    gl: 33,
    functions: {
      clampColor: 'void(enum target, enum clamp)',
      clearDepth: 'void(double depth)',
      compressedTexImage1D:
        'void(enum target, int level, enum internalformat, sizei width, int border, sizei imageSize, pointer data)',
      compressedTexSubImage1D:
        'void(enum target, int level, int xoffset, sizei width, enum format, sizei imageSize, pointer data)',
      copyTexSubImage1D: 'void(enum target, int level, int xoffset, int x, int y, sizei width)',
      depthRange: 'void(double n, double f)',
      drawBuffer: 'void(enum buf)',
      framebufferTexture1D: 'void(enum target, enum attachment, enum textarget, uint texture, int level)',
      framebufferTexture3D: 'void(enum target, enum attachment, enum textarget, uint texture, int level, int zoffset)',
      getActiveUniformName: 'void(uint program, uint uniformIndex, sizei bufSize, pointer length, pointer uniformName)',
      getBufferSubData: 'void(enum target, intptr offset, sizeiptr size, pointer data)',
      getCompressedTexImage: 'void(enum target, int level, pointer img)',
      getTexImage: 'void(enum target, int level, enum format, enum type, pointer pixels)',
      logicOp: 'void(enum opcode)',
      pointParameteri: 'void(enum pname, int param)',
      pointSize: 'void(float size)',
      polygonMode: 'void(enum face, enum mode)',
      primitiveRestartIndex: 'void(uint index)',
      provokingVertex: 'void(enum mode)',
      texImage1D:
        'void(enum target, int level, int internalformat, sizei width, int border, enum format, enum type, pointer pixels)',
      texImage2DMultisample:
        'void(enum target, sizei samples, enum internalformat, sizei width, sizei height, bool fixedsamplelocations)',
      texImage3DMultisample:
        'void(enum target, sizei samples, enum internalformat, sizei width, sizei height, sizei depth, bool fixedsamplelocations)',
      texSubImage1D: 'void(enum target, int level, int xoffset, sizei width, enum format, enum type, pointer pixels)',
    },
  },
  {
    gl: 33,
    extensions: ['GL_EXT_blend_func_extended EXT'],
    functions: {
      bindFragDataLocation: 'void(uint program, uint color, string name)',
      bindFragDataLocationIndexed: 'void(uint program, uint colorNumber, uint index, string name)',
    },
  },
  {
    gl: 33,
    extensions: ['GL_EXT_disjoint_timer_query EXT'],
    functions: {
      getQueryObjecti64v: 'void(uint id, enum pname, pointer params)',
      getQueryObjectiv: 'void(uint id, enum pname, pointer params)',
      getQueryObjectui64v: 'void(uint id, enum pname, pointer params)',
      queryCounter: 'void(uint id, enum target)',
    },
  },
  {
    gl: 33,
    extensions: ['GL_EXT_draw_elements_base_vertex EXT', 'GL_OES_draw_elements_base_vertex EXT'],
    functions: {
      multiDrawElementsBaseVertex:
        'void(enum mode, pointer count, enum type, pointer indices, sizei drawcount, pointer basevertex)',
    },
  },
  {
    gl: 33,
    extensions: ['GL_EXT_multi_draw_arrays EXT'],
    functions: {
      multiDrawArrays: 'void(enum mode, pointer first, pointer count, sizei drawcount)',
      multiDrawElements: 'void(enum mode, pointer count, enum type, pointer indices, sizei drawcount)',
    },
  },
  {
    gl: 33,
    extensions: ['GL_NV_conditional_render NV'],
    functions: {
      beginConditionalRender: 'void(uint id, enum mode)',
      endConditionalRender: 'void()',
    },
  },
  {
    gl: 40,
    es: 30,
    extensions: ['GL_ARB_transform_feedback2'],
    functions: {
      bindTransformFeedback: 'void(enum target, uint id)',
      deleteTransformFeedbacks: 'void(sizei n, pointer ids)',
      genTransformFeedbacks: 'void(sizei n, pointer ids)',
      pauseTransformFeedback: 'void()',
      resumeTransformFeedback: 'void()',
    },
  },
  {
    gl: 40,
    es: 31,
    extensions: ['GL_ARB_draw_indirect'],
    functions: {
      drawArraysIndirect: 'void(enum mode, pointer indirect)',
      drawElementsIndirect: 'void(enum mode, enum type, pointer indirect)',
    },
  },
  {
    gl: 40,
    es: 32,
    extensions: ['GL_ARB_draw_buffers_blend ARB', 'GL_EXT_draw_buffers_indexed EXT', 'GL_OES_draw_buffers_indexed OES'],
    functions: {
      blendEquationSeparatei: 'void(uint buf, enum modeRGB, enum modeAlpha)',
      blendEquationi: 'void(uint buf, enum mode)',
      blendFuncSeparatei: 'void(uint buf, enum srcRGB, enum dstRGB, enum srcAlpha, enum dstAlpha)',
      blendFunci: 'void(uint buf, enum src, enum dst)',
    },
  },
  {
    gl: 40,
    es: 32,
    extensions: ['GL_ARB_sample_shading ARB', 'GL_OES_sample_shading OES'],
    functions: {
      minSampleShading: 'void(float value)',
    },
  },
  {
    gl: 40,
    es: 32,
    extensions: ['GL_ARB_tessellation_shader', 'GL_EXT_tessellation_shader EXT', 'GL_OES_tessellation_shader OES'],
    functions: {
      patchParameteri: 'void(enum pname, int value)',
    },
  },
  {
    gl: 40,
    extensions: ['GL_ARB_tessellation_shader'],
    functions: {
      patchParameterfv: 'void(enum pname, pointer values)',
    },
  },
  {
    gl: 40,
    extensions: ['GL_ARB_transform_feedback2', 'GL_EXT_draw_transform_feedback EXT'],
    functions: {
      drawTransformFeedback: 'void(enum mode, uint id)',
    },
  },
  {
    gl: 40,
    extensions: ['GL_ARB_transform_feedback3'],
    functions: {
      beginQueryIndexed: 'void(enum target, uint index, uint id)',
      drawTransformFeedbackStream: 'void(enum mode, uint id, uint stream)',
      endQueryIndexed: 'void(enum target, uint index)',
      getQueryIndexediv: 'void(enum target, uint index, enum pname, pointer params)',
    },
  },
  {
    gl: 41,
    es: 30,
    extensions: ['GL_ARB_ES2_compatibility', 'GL_OES_single_precision OES'],
    functions: {
      clearDepthf: 'void(float d)',
      depthRangef: 'void(float n, float f)',
    },
  },
  {
    gl: 41,
    es: 30,
    extensions: ['GL_ARB_get_program_binary'],
    functions: {
      getProgramBinary: 'void(uint program, sizei bufSize, pointer length, pointer binaryFormat, pointer binary)',
      programBinary: 'void(uint program, enum binaryFormat, pointer binary, sizei length)',
    },
  },
  {
    gl: 41,
    es: 30,
    extensions: ['GL_ARB_get_program_binary', 'GL_ARB_separate_shader_objects', 'GL_EXT_separate_shader_objects EXT'],
    functions: {
      programParameteri: 'void(uint program, enum pname, int value)',
    },
  },
  {
    gl: 41,
    es: 31,
    extensions: ['GL_ARB_separate_shader_objects'],
    functions: {
      activeShaderProgram: 'void(uint pipeline, uint program)',
      bindProgramPipeline: 'void(uint pipeline)',
      createShaderProgramv: 'uint(enum type, sizei count, pointer strings)',
      deleteProgramPipelines: 'void(sizei n, pointer pipelines)',
      genProgramPipelines: 'void(sizei n, pointer pipelines)',
      getProgramPipelineInfoLog: 'void(uint pipeline, sizei bufSize, pointer length, pointer infoLog)',
      getProgramPipelineiv: 'void(uint pipeline, enum pname, pointer params)',
      useProgramStages: 'void(uint pipeline, bits stages, uint program)',
    },
  },
  {
    gl: 41,
    es: 31,
    extensions: ['GL_ARB_separate_shader_objects', 'GL_EXT_separate_shader_objects EXT'],
    functions: {
      programUniform1f: 'void(uint program, int location, float v0)',
      programUniform1fv: 'void(uint program, int location, sizei count, pointer value)',
      programUniform1i: 'void(uint program, int location, int v0)',
      programUniform1iv: 'void(uint program, int location, sizei count, pointer value)',
      programUniform1ui: 'void(uint program, int location, uint v0)',
      programUniform1uiv: 'void(uint program, int location, sizei count, pointer value)',
      programUniform4f: 'void(uint program, int location, float v0, float v1, float v2, float v3)',
      programUniform4fv: 'void(uint program, int location, sizei count, pointer value)',
      programUniform4iv: 'void(uint program, int location, sizei count, pointer value)',
      programUniform4uiv: 'void(uint program, int location, sizei count, pointer value)',
    },
  },
  {
    gl: 41,
    extensions: ['GL_ARB_vertex_attrib_64bit', 'GL_EXT_vertex_attrib_64bit EXT'],
    functions: {
      vertexAttribLPointer: 'void(uint index, int size, enum type, sizei stride, pointer pointer)',
    },
  },
  {
    gl: 41,
    extensions: ['GL_ARB_viewport_array'],
    functions: {
      depthRangeArrayv: 'void(uint first, sizei count, pointer v)',
      depthRangeIndexed: 'void(uint index, double n, double f)',
    },
  },
  {
    gl: 41,
    extensions: ['GL_ARB_viewport_array', 'GL_OES_viewport_array OES'],
    functions: {
      getFloati_v: 'void(enum target, uint index, pointer data)',
      scissorArrayv: 'void(uint first, sizei count, pointer v)',
      scissorIndexed: 'void(uint index, int left, int bottom, sizei width, sizei height)',
      scissorIndexedv: 'void(uint index, pointer v)',
      viewportArrayv: 'void(uint first, sizei count, pointer v)',
      viewportIndexedf: 'void(uint index, float x, float y, float w, float h)',
      viewportIndexedfv: 'void(uint index, pointer v)',
    },
  },
  {
    gl: 42,
    es: 30,
    extensions: ['GL_ARB_internalformat_query'],
    functions: {
      getInternalformativ: 'void(enum target, enum internalformat, enum pname, sizei count, pointer params)',
    },
  },
  {
    gl: 42,
    es: 30,
    extensions: ['GL_ARB_texture_storage', 'GL_EXT_texture_storage EXT'],
    functions: {
      texStorage2D: 'void(enum target, sizei levels, enum internalformat, sizei width, sizei height)',
      texStorage3D: 'void(enum target, sizei levels, enum internalformat, sizei width, sizei height, sizei depth)',
    },
  },
  {
    gl: 42,
    es: 31,
    extensions: ['GL_ARB_shader_image_load_store'],
    functions: {
      bindImageTexture: 'void(uint unit, uint texture, int level, bool layered, int layer, enum access, enum format)',
      memoryBarrier: 'void(bits barriers)',
    },
  },
  {
    gl: 42,
    extensions: ['GL_ARB_base_instance', 'GL_EXT_base_instance EXT'],
    functions: {
      drawArraysInstancedBaseInstance:
        'void(enum mode, int first, sizei count, sizei instancecount, uint baseinstance)',
      drawElementsInstancedBaseInstance:
        'void(enum mode, sizei count, enum type, pointer indices, sizei instancecount, uint baseinstance)',
      drawElementsInstancedBaseVertexBaseInstance:
        'void(enum mode, sizei count, enum type, pointer indices, sizei instancecount, int basevertex, uint baseinstance)',
    },
  },
  {
    gl: 42,
    extensions: ['GL_ARB_shader_atomic_counters'],
    functions: {
      getActiveAtomicCounterBufferiv: 'void(uint program, uint bufferIndex, enum pname, pointer params)',
    },
  },
  {
    gl: 42,
    extensions: ['GL_ARB_texture_storage', 'GL_EXT_texture_storage EXT'],
    functions: {
      texStorage1D: 'void(enum target, sizei levels, enum internalformat, sizei width)',
    },
  },
  {
    gl: 42,
    extensions: ['GL_ARB_transform_feedback_instanced'],
    functions: {
      drawTransformFeedbackStreamInstanced: 'void(enum mode, uint id, uint stream, sizei instancecount)',
    },
  },
  {
    gl: 42,
    extensions: ['GL_ARB_transform_feedback_instanced', 'GL_EXT_draw_transform_feedback EXT'],
    functions: {
      drawTransformFeedbackInstanced: 'void(enum mode, uint id, sizei instancecount)',
    },
  },
  {
    gl: 43,
    es: 30,
    extensions: ['GL_ARB_invalidate_subdata'],
    functions: {
      invalidateFramebuffer: 'void(enum target, sizei numAttachments, pointer attachments)',
      invalidateSubFramebuffer:
        'void(enum target, sizei numAttachments, pointer attachments, int x, int y, sizei width, sizei height)',
    },
  },
  {
    gl: 43,
    es: 31,
    extensions: ['GL_ARB_compute_shader'],
    functions: {
      dispatchCompute: 'void(uint num_groups_x, uint num_groups_y, uint num_groups_z)',
      dispatchComputeIndirect: 'void(intptr indirect)',
    },
  },
  {
    gl: 43,
    es: 31,
    extensions: ['GL_ARB_framebuffer_no_attachments'],
    functions: {
      framebufferParameteri: 'void(enum target, enum pname, int param)',
      getFramebufferParameteriv: 'void(enum target, enum pname, pointer params)',
    },
  },
  {
    gl: 43,
    es: 31,
    extensions: ['GL_ARB_program_interface_query'],
    functions: {
      getProgramInterfaceiv: 'void(uint program, enum programInterface, enum pname, pointer params)',
      getProgramResourceIndex: 'uint(uint program, enum programInterface, string name)',
      getProgramResourceLocation: 'int(uint program, enum programInterface, string name)',
      getProgramResourceName:
        'void(uint program, enum programInterface, uint index, sizei bufSize, pointer length, pointer name)',
      getProgramResourceiv:
        'void(uint program, enum programInterface, uint index, sizei propCount, pointer props, sizei count, pointer length, pointer params)',
    },
  },
  {
    gl: 43,
    es: 31,
    extensions: ['GL_ARB_texture_storage_multisample'],
    functions: {
      texStorage2DMultisample:
        'void(enum target, sizei samples, enum internalformat, sizei width, sizei height, bool fixedsamplelocations)',
    },
  },
  {
    gl: 43,
    es: 31,
    extensions: ['GL_ARB_vertex_attrib_binding'],
    functions: {
      bindVertexBuffer: 'void(uint bindingindex, uint buffer, intptr offset, sizei stride)',
      vertexAttribBinding: 'void(uint attribindex, uint bindingindex)',
      vertexAttribFormat: 'void(uint attribindex, int size, enum type, bool normalized, uint relativeoffset)',
      vertexAttribIFormat: 'void(uint attribindex, int size, enum type, uint relativeoffset)',
      vertexBindingDivisor: 'void(uint bindingindex, uint divisor)',
    },
  },
  {
    gl: 43,
    es: 32,
    extensions: ['GL_ARB_copy_image', 'GL_EXT_copy_image EXT', 'GL_OES_copy_image OES'],
    functions: {
      copyImageSubData:
        'void(uint srcName, enum srcTarget, int srcLevel, int srcX, int srcY, int srcZ, uint dstName, enum dstTarget, int dstLevel, int dstX, int dstY, int dstZ, sizei srcWidth, sizei srcHeight, sizei srcDepth)',
    },
  },
  {
    gl: 43,
    es: 32,
    extensions: ['GL_ARB_texture_buffer_range', 'GL_EXT_texture_buffer EXT', 'GL_OES_texture_buffer OES'],
    functions: {
      texBufferRange: 'void(enum target, enum internalformat, uint buffer, intptr offset, sizeiptr size)',
    },
  },
  {
    gl: 43,
    es: 32,
    extensions: ['GL_ARB_texture_storage_multisample', 'GL_OES_texture_storage_multisample_2d_array OES'],
    functions: {
      texStorage3DMultisample:
        'void(enum target, sizei samples, enum internalformat, sizei width, sizei height, sizei depth, bool fixedsamplelocations)',
    },
  },
  {
    gl: 43,
    es: 32,
    extensions: ['GL_KHR_debug', 'GL_ARB_debug_output ARB', 'GL_KHR_debug KHR'],
    functions: {
      debugMessageCallback: 'void(pointer callback, pointer userParam)',
      debugMessageControl: 'void(enum source, enum type, enum severity, sizei count, pointer ids, bool enabled)',
      debugMessageInsert: 'void(enum source, enum type, uint id, enum severity, sizei length, string buf)',
      getDebugMessageLog:
        'uint(uint count, sizei bufSize, pointer sources, pointer types, pointer ids, pointer severities, pointer lengths, pointer messageLog)',
    },
  },
  {
    gl: 43,
    es: 32,
    extensions: ['GL_KHR_debug', 'GL_KHR_debug KHR'],
    functions: {
      objectLabel: 'void(enum identifier, uint name, sizei length, string label)',
      popDebugGroup: 'void()',
      pushDebugGroup: 'void(enum source, uint id, sizei length, string message)',
    },
  },
  {
    gl: 43,
    extensions: ['GL_ARB_clear_buffer_object'],
    functions: {
      clearBufferData: 'void(enum target, enum internalformat, enum format, enum type, pointer data)',
      clearBufferSubData:
        'void(enum target, enum internalformat, intptr offset, sizeiptr size, enum format, enum type, pointer data)',
    },
  },
  {
    gl: 43,
    extensions: ['GL_ARB_invalidate_subdata'],
    functions: {
      invalidateBufferData: 'void(uint buffer)',
      invalidateBufferSubData: 'void(uint buffer, intptr offset, sizeiptr length)',
      invalidateTexImage: 'void(uint texture, int level)',
      invalidateTexSubImage:
        'void(uint texture, int level, int xoffset, int yoffset, int zoffset, sizei width, sizei height, sizei depth)',
    },
  },
  {
    gl: 43,
    extensions: ['GL_ARB_multi_draw_indirect', 'GL_EXT_multi_draw_indirect EXT'],
    functions: {
      multiDrawArraysIndirect: 'void(enum mode, pointer indirect, sizei drawcount, sizei stride)',
      multiDrawElementsIndirect: 'void(enum mode, enum type, pointer indirect, sizei drawcount, sizei stride)',
    },
  },
  {
    gl: 43,
    extensions: ['GL_ARB_program_interface_query'],
    functions: {
      getProgramResourceLocationIndex: 'int(uint program, enum programInterface, string name)',
    },
  },
  {
    gl: 43,
    extensions: ['GL_ARB_shader_storage_buffer_object'],
    functions: {
      shaderStorageBlockBinding: 'void(uint program, uint storageBlockIndex, uint storageBlockBinding)',
    },
  },
  {
    gl: 43,
    extensions: ['GL_ARB_texture_view', 'GL_EXT_texture_view EXT', 'GL_OES_texture_view OES'],
    functions: {
      textureView:
        'void(uint texture, enum target, uint origtexture, enum internalformat, uint minlevel, uint numlevels, uint minlayer, uint numlayers)',
    },
  },
  {
    gl: 43,
    extensions: ['GL_ARB_vertex_attrib_binding'],
    functions: {
      vertexAttribLFormat: 'void(uint attribindex, int size, enum type, uint relativeoffset)',
    },
  },
  {
    gl: 44,
    extensions: ['GL_ARB_buffer_storage', 'GL_EXT_buffer_storage EXT'],
    functions: {
      bufferStorage: 'void(enum target, sizeiptr size, pointer data, bits flags)',
    },
  },
  {
    gl: 44,
    extensions: ['GL_ARB_clear_texture', 'GL_EXT_clear_texture EXT'],
    functions: {
      clearTexImage: 'void(uint texture, int level, enum format, enum type, pointer data)',
      clearTexSubImage:
        'void(uint texture, int level, int xoffset, int yoffset, int zoffset, sizei width, sizei height, sizei depth, enum format, enum type, pointer data)',
    },
  },
  {
    gl: 44,
    extensions: ['GL_ARB_multi_bind'],
    functions: {
      bindBuffersBase: 'void(enum target, uint first, sizei count, pointer buffers)',
      bindBuffersRange: 'void(enum target, uint first, sizei count, pointer buffers, pointer offsets, pointer sizes)',
      bindImageTextures: 'void(uint first, sizei count, pointer textures)',
      bindSamplers: 'void(uint first, sizei count, pointer samplers)',
      bindTextures: 'void(uint first, sizei count, pointer textures)',
      bindVertexBuffers: 'void(uint first, sizei count, pointer buffers, pointer offsets, pointer strides)',
    },
  },
  {
    gl: 45,
    es: 31,
    extensions: ['GL_ARB_ES3_1_compatibility'],
    functions: {
      memoryBarrierByRegion: 'void(bits barriers)',
    },
  },
  {
    gl: 45,
    es: 32,
    extensions: ['GL_KHR_robustness', 'GL_ARB_robustness ARB', 'GL_EXT_robustness EXT', 'GL_KHR_robustness KHR'],
    functions: {
      readnPixels: 'void(int x, int y, sizei width, sizei height, enum format, enum type, sizei bufSize, pointer data)',
    },
  },
  {
    gl: 45,
    es: 32,
    extensions: ['GL_KHR_robustness', 'GL_EXT_robustness EXT', 'GL_KHR_robustness KHR'],
    functions: {
      getGraphicsResetStatus: 'enum()',
    },
  },
  {
    gl: 45,
    functions: {
      getnCompressedTexImage: 'void(enum target, int lod, sizei bufSize, pointer pixels)',
      getnTexImage: 'void(enum target, int level, enum format, enum type, sizei bufSize, pointer pixels)',
    },
  },
  {
    gl: 45,
    extensions: ['GL_ARB_clip_control', 'GL_EXT_clip_control EXT'],
    functions: {
      clipControl: 'void(enum origin, enum depth)',
    },
  },
  {
    gl: 45,
    extensions: ['GL_ARB_get_texture_sub_image'],
    functions: {
      getCompressedTextureSubImage:
        'void(uint texture, int level, int xoffset, int yoffset, int zoffset, sizei width, sizei height, sizei depth, sizei bufSize, pointer pixels)',
      getTextureSubImage:
        'void(uint texture, int level, int xoffset, int yoffset, int zoffset, sizei width, sizei height, sizei depth, enum format, enum type, sizei bufSize, pointer pixels)',
    },
  },
  {
    gl: 45,
    extensions: ['GL_ARB_texture_barrier'],
    functions: {
      textureBarrier: 'void()',
    },
  },
  {
    gl: 46,
    extensions: ['GL_ARB_indirect_parameters ARB'],
    functions: {
      multiDrawArraysIndirectCount:
        'void(enum mode, pointer indirect, intptr drawcount, sizei maxdrawcount, sizei stride)',
      multiDrawElementsIndirectCount:
        'void(enum mode, enum type, pointer indirect, intptr drawcount, sizei maxdrawcount, sizei stride)',
    },
  },
  {
    gl: 46,
    extensions: ['GL_ARB_polygon_offset_clamp', 'GL_EXT_polygon_offset_clamp EXT'],
    functions: {
      polygonOffsetClamp: 'void(float factor, float units, float clamp)',
    },
  },
  {
    es: 32,
    extensions: [
      'GL_ARB_ES3_2_compatibility ARB',
      'GL_EXT_primitive_bounding_box EXT',
      'GL_OES_primitive_bounding_box OES',
    ],
    functions: {
      primitiveBoundingBox:
        'void(float minX, float minY, float minZ, float minW, float maxX, float maxY, float maxZ, float maxW)',
    },
  },
  {
    es: 32,
    extensions: ['GL_KHR_blend_equation_advanced KHR'],
    functions: {
      blendBarrier: 'void()',
    },
  },
  {
    extensions: ['GL_EXT_EGL_image_storage EXT'],
    functions: {
      eglImageTargetTexStorage: 'void(enum target, handle image, pointer attrib_list)',
    },
  },
  {
    extensions: ['GL_EXT_memory_object EXT'],
    functions: {
      bufferStorageMem: 'void(enum target, sizeiptr size, uint memory, uint64 offset)',
      createMemoryObjects: 'void(sizei n, pointer memoryObjects)',
      deleteMemoryObjects: 'void(sizei n, pointer memoryObjects)',
      isMemoryObject: 'bool(uint memoryObject)',
      memoryObjectParameteriv: 'void(uint memoryObject, enum pname, pointer params)',
      texStorageMem1D: 'void(enum target, sizei levels, enum internalFormat, sizei width, uint memory, uint64 offset)',
      texStorageMem2D:
        'void(enum target, sizei levels, enum internalFormat, sizei width, sizei height, uint memory, uint64 offset)',
      texStorageMem2DMultisample:
        'void(enum target, sizei samples, enum internalFormat, sizei width, sizei height, bool fixedSampleLocations, uint memory, uint64 offset)',
      texStorageMem3D:
        'void(enum target, sizei levels, enum internalFormat, sizei width, sizei height, sizei depth, uint memory, uint64 offset)',
      texStorageMem3DMultisample:
        'void(enum target, sizei samples, enum internalFormat, sizei width, sizei height, sizei depth, bool fixedSampleLocations, uint memory, uint64 offset)',
    },
  },
  {
    extensions: ['GL_EXT_memory_object_fd EXT'],
    functions: {
      importMemoryFd: 'void(uint memory, uint64 size, enum handleType, int fd)',
    },
  },
  {
    extensions: ['GL_EXT_multisampled_render_to_texture EXT'],
    functions: {
      framebufferTexture2DMultisample:
        'void(enum target, enum attachment, enum textarget, uint texture, int level, sizei samples)',
    },
  },
  {
    extensions: ['GL_EXT_semaphore EXT'],
    functions: {
      deleteSemaphores: 'void(sizei n, pointer semaphores)',
      genSemaphores: 'void(sizei n, pointer semaphores)',
      isSemaphore: 'bool(uint semaphore)',
      signalSemaphore:
        'void(uint semaphore, uint numBufferBarriers, pointer buffers, uint numTextureBarriers, pointer textures, pointer dstLayouts)',
      waitSemaphore:
        'void(uint semaphore, uint numBufferBarriers, pointer buffers, uint numTextureBarriers, pointer textures, pointer srcLayouts)',
    },
  },
  {
    extensions: ['GL_EXT_semaphore_fd EXT'],
    functions: {
      importSemaphoreFd: 'void(uint semaphore, enum handleType, int fd)',
    },
  },
  {
    extensions: ['GL_OES_EGL_image OES'],
    functions: {
      eglImageTargetRenderbufferStorage: 'void(enum target, handle image)',
      eglImageTargetTexture2D: 'void(enum target, handle image)',
    },
  },
] as const satisfies readonly GlFunctionGroup[];
