// Printed from gl.table.ts by scripts/gen-gl.ts. Do not edit.

/**
 * Memory that OpenGL reads or writes during the call: a view of it, its address, or null. Where a buffer object is bound
 * for it, the offset into that. A number costs least.
 */
export type GlPointer = ArrayBufferView | number | bigint | null;

/** The functions of OpenGL. One that the device lacks throws when it is called. */
export interface GlFunctions {
  // OpenGL 3.3, OpenGL ES 3
  readonly activeTexture: (texture: number) => void;
  readonly attachShader: (program: number, shader: number) => void;
  readonly beginQuery: (target: number, id: number) => void;
  readonly beginTransformFeedback: (primitiveMode: number) => void;
  readonly bindAttribLocation: (program: number, index: number, name: string) => void;
  readonly bindBuffer: (target: number, buffer: number) => void;
  readonly bindBufferBase: (target: number, index: number, buffer: number) => void;
  readonly bindBufferRange: (target: number, index: number, buffer: number, offset: number, size: number) => void;
  readonly bindFramebuffer: (target: number, framebuffer: number) => void;
  readonly bindRenderbuffer: (target: number, renderbuffer: number) => void;
  readonly bindSampler: (unit: number, sampler: number) => void;
  readonly bindTexture: (target: number, texture: number) => void;
  readonly bindVertexArray: (array: number) => void;
  readonly blendColor: (red: number, green: number, blue: number, alpha: number) => void;
  readonly blendEquation: (mode: number) => void;
  readonly blendEquationSeparate: (modeRGB: number, modeAlpha: number) => void;
  readonly blendFunc: (sfactor: number, dfactor: number) => void;
  readonly blendFuncSeparate: (sfactorRGB: number, dfactorRGB: number, sfactorAlpha: number, dfactorAlpha: number) => void;
  readonly blitFramebuffer: (srcX0: number, srcY0: number, srcX1: number, srcY1: number, dstX0: number, dstY0: number, dstX1: number, dstY1: number, mask: number, filter: number) => void;
  readonly bufferData: (target: number, size: number, data: GlPointer, usage: number) => void;
  readonly bufferSubData: (target: number, offset: number, size: number, data: GlPointer) => void;
  readonly checkFramebufferStatus: (target: number) => number;
  readonly clear: (mask: number) => void;
  readonly clearBufferfi: (buffer: number, drawbuffer: number, depth: number, stencil: number) => void;
  readonly clearBufferfv: (buffer: number, drawbuffer: number, value: GlPointer) => void;
  readonly clearBufferiv: (buffer: number, drawbuffer: number, value: GlPointer) => void;
  readonly clearBufferuiv: (buffer: number, drawbuffer: number, value: GlPointer) => void;
  readonly clearColor: (red: number, green: number, blue: number, alpha: number) => void;
  readonly clearStencil: (s: number) => void;
  readonly clientWaitSync: (sync: number, flags: number, timeout: number | bigint) => number;
  readonly colorMask: (red: boolean, green: boolean, blue: boolean, alpha: boolean) => void;
  readonly compileShader: (shader: number) => void;
  readonly compressedTexImage2D: (target: number, level: number, internalformat: number, width: number, height: number, border: number, imageSize: number, data: GlPointer) => void;
  readonly compressedTexImage3D: (target: number, level: number, internalformat: number, width: number, height: number, depth: number, border: number, imageSize: number, data: GlPointer) => void;
  readonly compressedTexSubImage2D: (target: number, level: number, xoffset: number, yoffset: number, width: number, height: number, format: number, imageSize: number, data: GlPointer) => void;
  readonly compressedTexSubImage3D: (target: number, level: number, xoffset: number, yoffset: number, zoffset: number, width: number, height: number, depth: number, format: number, imageSize: number, data: GlPointer) => void;
  readonly copyBufferSubData: (readTarget: number, writeTarget: number, readOffset: number, writeOffset: number, size: number) => void;
  readonly copyTexSubImage2D: (target: number, level: number, xoffset: number, yoffset: number, x: number, y: number, width: number, height: number) => void;
  readonly copyTexSubImage3D: (target: number, level: number, xoffset: number, yoffset: number, zoffset: number, x: number, y: number, width: number, height: number) => void;
  readonly createProgram: () => number;
  readonly createShader: (type: number) => number;
  readonly cullFace: (mode: number) => void;
  readonly deleteBuffers: (n: number, buffers: GlPointer) => void;
  readonly deleteFramebuffers: (n: number, framebuffers: GlPointer) => void;
  readonly deleteProgram: (program: number) => void;
  readonly deleteQueries: (n: number, ids: GlPointer) => void;
  readonly deleteRenderbuffers: (n: number, renderbuffers: GlPointer) => void;
  readonly deleteSamplers: (count: number, samplers: GlPointer) => void;
  readonly deleteShader: (shader: number) => void;
  readonly deleteSync: (sync: number) => void;
  readonly deleteTextures: (n: number, textures: GlPointer) => void;
  readonly deleteVertexArrays: (n: number, arrays: GlPointer) => void;
  readonly depthFunc: (func: number) => void;
  readonly depthMask: (flag: boolean) => void;
  readonly detachShader: (program: number, shader: number) => void;
  readonly disable: (cap: number) => void;
  readonly disableVertexAttribArray: (index: number) => void;
  readonly drawArrays: (mode: number, first: number, count: number) => void;
  readonly drawArraysInstanced: (mode: number, first: number, count: number, instancecount: number) => void;
  readonly drawBuffers: (n: number, bufs: GlPointer) => void;
  readonly drawElements: (mode: number, count: number, type: number, indices: GlPointer) => void;
  readonly drawElementsInstanced: (mode: number, count: number, type: number, indices: GlPointer, instancecount: number) => void;
  readonly drawRangeElements: (mode: number, start: number, end: number, count: number, type: number, indices: GlPointer) => void;
  readonly enable: (cap: number) => void;
  readonly enableVertexAttribArray: (index: number) => void;
  readonly endQuery: (target: number) => void;
  readonly endTransformFeedback: () => void;
  readonly fenceSync: (condition: number, flags: number) => number;
  readonly finish: () => void;
  readonly flush: () => void;
  readonly flushMappedBufferRange: (target: number, offset: number, length: number) => void;
  readonly framebufferRenderbuffer: (target: number, attachment: number, renderbuffertarget: number, renderbuffer: number) => void;
  readonly framebufferTexture2D: (target: number, attachment: number, textarget: number, texture: number, level: number) => void;
  readonly framebufferTextureLayer: (target: number, attachment: number, texture: number, level: number, layer: number) => void;
  readonly frontFace: (mode: number) => void;
  readonly genBuffers: (n: number, buffers: GlPointer) => void;
  readonly genFramebuffers: (n: number, framebuffers: GlPointer) => void;
  readonly genQueries: (n: number, ids: GlPointer) => void;
  readonly genRenderbuffers: (n: number, renderbuffers: GlPointer) => void;
  readonly genSamplers: (count: number, samplers: GlPointer) => void;
  readonly genTextures: (n: number, textures: GlPointer) => void;
  readonly genVertexArrays: (n: number, arrays: GlPointer) => void;
  readonly generateMipmap: (target: number) => void;
  readonly getActiveAttrib: (program: number, index: number, bufSize: number, length: GlPointer, size: GlPointer, type: GlPointer, name: GlPointer) => void;
  readonly getActiveUniform: (program: number, index: number, bufSize: number, length: GlPointer, size: GlPointer, type: GlPointer, name: GlPointer) => void;
  readonly getActiveUniformBlockName: (program: number, uniformBlockIndex: number, bufSize: number, length: GlPointer, uniformBlockName: GlPointer) => void;
  readonly getActiveUniformBlockiv: (program: number, uniformBlockIndex: number, pname: number, params: GlPointer) => void;
  readonly getActiveUniformsiv: (program: number, uniformCount: number, uniformIndices: GlPointer, pname: number, params: GlPointer) => void;
  readonly getAttribLocation: (program: number, name: string) => number;
  readonly getBooleanv: (pname: number, data: GlPointer) => void;
  readonly getBufferParameteriv: (target: number, pname: number, params: GlPointer) => void;
  readonly getError: () => number;
  readonly getFloatv: (pname: number, data: GlPointer) => void;
  readonly getFramebufferAttachmentParameteriv: (target: number, attachment: number, pname: number, params: GlPointer) => void;
  readonly getInteger64i_v: (target: number, index: number, data: GlPointer) => void;
  readonly getInteger64v: (pname: number, data: GlPointer) => void;
  readonly getIntegeri_v: (target: number, index: number, data: GlPointer) => void;
  readonly getIntegerv: (pname: number, data: GlPointer) => void;
  readonly getProgramInfoLog: (program: number, bufSize: number, length: GlPointer, infoLog: GlPointer) => void;
  readonly getProgramiv: (program: number, pname: number, params: GlPointer) => void;
  readonly getQueryObjectuiv: (id: number, pname: number, params: GlPointer) => void;
  readonly getQueryiv: (target: number, pname: number, params: GlPointer) => void;
  readonly getRenderbufferParameteriv: (target: number, pname: number, params: GlPointer) => void;
  readonly getSamplerParameterfv: (sampler: number, pname: number, params: GlPointer) => void;
  readonly getSamplerParameteriv: (sampler: number, pname: number, params: GlPointer) => void;
  readonly getShaderInfoLog: (shader: number, bufSize: number, length: GlPointer, infoLog: GlPointer) => void;
  readonly getShaderiv: (shader: number, pname: number, params: GlPointer) => void;
  readonly getString: (name: number) => string | null;
  readonly getStringi: (name: number, index: number) => string | null;
  readonly getTexParameterfv: (target: number, pname: number, params: GlPointer) => void;
  readonly getTexParameteriv: (target: number, pname: number, params: GlPointer) => void;
  readonly getTransformFeedbackVarying: (program: number, index: number, bufSize: number, length: GlPointer, size: GlPointer, type: GlPointer, name: GlPointer) => void;
  readonly getUniformBlockIndex: (program: number, uniformBlockName: string) => number;
  readonly getUniformIndices: (program: number, uniformCount: number, uniformNames: GlPointer, uniformIndices: GlPointer) => void;
  readonly getUniformLocation: (program: number, name: string) => number;
  readonly getUniformfv: (program: number, location: number, params: GlPointer) => void;
  readonly getUniformiv: (program: number, location: number, params: GlPointer) => void;
  readonly isEnabled: (cap: number) => boolean;
  readonly isSync: (sync: number) => boolean;
  readonly isTexture: (texture: number) => boolean;
  readonly lineWidth: (width: number) => void;
  readonly linkProgram: (program: number) => void;
  readonly mapBufferRange: (target: number, offset: number, length: number, access: number) => number;
  readonly pixelStorei: (pname: number, param: number) => void;
  readonly polygonOffset: (factor: number, units: number) => void;
  readonly readBuffer: (src: number) => void;
  readonly readPixels: (x: number, y: number, width: number, height: number, format: number, type: number, pixels: GlPointer) => void;
  readonly renderbufferStorage: (target: number, internalformat: number, width: number, height: number) => void;
  readonly renderbufferStorageMultisample: (target: number, samples: number, internalformat: number, width: number, height: number) => void;
  readonly sampleCoverage: (value: number, invert: boolean) => void;
  readonly samplerParameterf: (sampler: number, pname: number, param: number) => void;
  readonly samplerParameterfv: (sampler: number, pname: number, param: GlPointer) => void;
  readonly samplerParameteri: (sampler: number, pname: number, param: number) => void;
  readonly samplerParameteriv: (sampler: number, pname: number, param: GlPointer) => void;
  readonly scissor: (x: number, y: number, width: number, height: number) => void;
  readonly shaderSource: (shader: number, count: number, string: GlPointer, length: GlPointer) => void;
  readonly stencilFunc: (func: number, ref: number, mask: number) => void;
  readonly stencilFuncSeparate: (face: number, func: number, ref: number, mask: number) => void;
  readonly stencilMask: (mask: number) => void;
  readonly stencilMaskSeparate: (face: number, mask: number) => void;
  readonly stencilOp: (fail: number, zfail: number, zpass: number) => void;
  readonly stencilOpSeparate: (face: number, sfail: number, dpfail: number, dppass: number) => void;
  readonly texImage2D: (target: number, level: number, internalformat: number, width: number, height: number, border: number, format: number, type: number, pixels: GlPointer) => void;
  readonly texImage3D: (target: number, level: number, internalformat: number, width: number, height: number, depth: number, border: number, format: number, type: number, pixels: GlPointer) => void;
  readonly texParameterfv: (target: number, pname: number, params: GlPointer) => void;
  readonly texParameteri: (target: number, pname: number, param: number) => void;
  readonly texParameteriv: (target: number, pname: number, params: GlPointer) => void;
  readonly texSubImage2D: (target: number, level: number, xoffset: number, yoffset: number, width: number, height: number, format: number, type: number, pixels: GlPointer) => void;
  readonly texSubImage3D: (target: number, level: number, xoffset: number, yoffset: number, zoffset: number, width: number, height: number, depth: number, format: number, type: number, pixels: GlPointer) => void;
  readonly transformFeedbackVaryings: (program: number, count: number, varyings: GlPointer, bufferMode: number) => void;
  readonly uniform1f: (location: number, v0: number) => void;
  readonly uniform1fv: (location: number, count: number, value: GlPointer) => void;
  readonly uniform1i: (location: number, v0: number) => void;
  readonly uniform1iv: (location: number, count: number, value: GlPointer) => void;
  readonly uniform1ui: (location: number, v0: number) => void;
  readonly uniform1uiv: (location: number, count: number, value: GlPointer) => void;
  readonly uniform2f: (location: number, v0: number, v1: number) => void;
  readonly uniform2fv: (location: number, count: number, value: GlPointer) => void;
  readonly uniform2iv: (location: number, count: number, value: GlPointer) => void;
  readonly uniform2uiv: (location: number, count: number, value: GlPointer) => void;
  readonly uniform3fv: (location: number, count: number, value: GlPointer) => void;
  readonly uniform3iv: (location: number, count: number, value: GlPointer) => void;
  readonly uniform3uiv: (location: number, count: number, value: GlPointer) => void;
  readonly uniform4f: (location: number, v0: number, v1: number, v2: number, v3: number) => void;
  readonly uniform4fv: (location: number, count: number, value: GlPointer) => void;
  readonly uniform4iv: (location: number, count: number, value: GlPointer) => void;
  readonly uniform4uiv: (location: number, count: number, value: GlPointer) => void;
  readonly uniformBlockBinding: (program: number, uniformBlockIndex: number, uniformBlockBinding: number) => void;
  readonly unmapBuffer: (target: number) => boolean;
  readonly useProgram: (program: number) => void;
  readonly vertexAttrib4f: (index: number, x: number, y: number, z: number, w: number) => void;
  readonly vertexAttrib4fv: (index: number, v: GlPointer) => void;
  readonly vertexAttribDivisor: (index: number, divisor: number) => void;
  readonly vertexAttribI4i: (index: number, x: number, y: number, z: number, w: number) => void;
  readonly vertexAttribI4iv: (index: number, v: GlPointer) => void;
  readonly vertexAttribI4ui: (index: number, x: number, y: number, z: number, w: number) => void;
  readonly vertexAttribI4uiv: (index: number, v: GlPointer) => void;
  readonly vertexAttribIPointer: (index: number, size: number, type: number, stride: number, pointer: GlPointer) => void;
  readonly vertexAttribPointer: (index: number, size: number, type: number, normalized: boolean, stride: number, pointer: GlPointer) => void;
  readonly viewport: (x: number, y: number, width: number, height: number) => void;
  readonly waitSync: (sync: number, flags: number, timeout: number | bigint) => void;
  // OpenGL 3.3, OpenGL ES 3.1
  readonly getBooleani_v: (target: number, index: number, data: GlPointer) => void;
  readonly getMultisamplefv: (pname: number, index: number, val: GlPointer) => void;
  readonly getTexLevelParameterfv: (target: number, level: number, pname: number, params: GlPointer) => void;
  readonly getTexLevelParameteriv: (target: number, level: number, pname: number, params: GlPointer) => void;
  readonly sampleMaski: (maskNumber: number, mask: number) => void;
  // OpenGL 3.3, OpenGL ES 3.2, GL_EXT_draw_buffers_indexed, GL_OES_draw_buffers_indexed
  readonly colorMaski: (index: number, r: boolean, g: boolean, b: boolean, a: boolean) => void;
  readonly disablei: (target: number, index: number) => void;
  readonly enablei: (target: number, index: number) => void;
  readonly isEnabledi: (target: number, index: number) => boolean;
  // OpenGL 3.3, OpenGL ES 3.2, GL_EXT_draw_elements_base_vertex, GL_OES_draw_elements_base_vertex
  readonly drawElementsBaseVertex: (mode: number, count: number, type: number, indices: GlPointer, basevertex: number) => void;
  readonly drawElementsInstancedBaseVertex: (mode: number, count: number, type: number, indices: GlPointer, instancecount: number, basevertex: number) => void;
  readonly drawRangeElementsBaseVertex: (mode: number, start: number, end: number, count: number, type: number, indices: GlPointer, basevertex: number) => void;
  // OpenGL 3.3, OpenGL ES 3.2, GL_EXT_geometry_shader, GL_OES_geometry_shader
  readonly framebufferTexture: (target: number, attachment: number, texture: number, level: number) => void;
  // OpenGL 3.3, OpenGL ES 3.2, GL_EXT_texture_border_clamp, GL_OES_texture_border_clamp
  readonly getSamplerParameterIiv: (sampler: number, pname: number, params: GlPointer) => void;
  readonly getSamplerParameterIuiv: (sampler: number, pname: number, params: GlPointer) => void;
  readonly getTexParameterIiv: (target: number, pname: number, params: GlPointer) => void;
  readonly getTexParameterIuiv: (target: number, pname: number, params: GlPointer) => void;
  readonly samplerParameterIiv: (sampler: number, pname: number, param: GlPointer) => void;
  readonly samplerParameterIuiv: (sampler: number, pname: number, param: GlPointer) => void;
  readonly texParameterIiv: (target: number, pname: number, params: GlPointer) => void;
  readonly texParameterIuiv: (target: number, pname: number, params: GlPointer) => void;
  // OpenGL 3.3, OpenGL ES 3.2, GL_EXT_texture_buffer, GL_OES_texture_buffer
  readonly texBuffer: (target: number, internalformat: number, buffer: number) => void;
  // OpenGL 3.3
  readonly clampColor: (target: number, clamp: number) => void;
  readonly clearDepth: (depth: number) => void;
  readonly compressedTexImage1D: (target: number, level: number, internalformat: number, width: number, border: number, imageSize: number, data: GlPointer) => void;
  readonly compressedTexSubImage1D: (target: number, level: number, xoffset: number, width: number, format: number, imageSize: number, data: GlPointer) => void;
  readonly copyTexSubImage1D: (target: number, level: number, xoffset: number, x: number, y: number, width: number) => void;
  readonly depthRange: (n: number, f: number) => void;
  readonly drawBuffer: (buf: number) => void;
  readonly framebufferTexture1D: (target: number, attachment: number, textarget: number, texture: number, level: number) => void;
  readonly framebufferTexture3D: (target: number, attachment: number, textarget: number, texture: number, level: number, zoffset: number) => void;
  readonly getActiveUniformName: (program: number, uniformIndex: number, bufSize: number, length: GlPointer, uniformName: GlPointer) => void;
  readonly getBufferSubData: (target: number, offset: number, size: number, data: GlPointer) => void;
  readonly getCompressedTexImage: (target: number, level: number, img: GlPointer) => void;
  readonly getTexImage: (target: number, level: number, format: number, type: number, pixels: GlPointer) => void;
  readonly logicOp: (opcode: number) => void;
  readonly pointParameteri: (pname: number, param: number) => void;
  readonly pointSize: (size: number) => void;
  readonly polygonMode: (face: number, mode: number) => void;
  readonly primitiveRestartIndex: (index: number) => void;
  readonly provokingVertex: (mode: number) => void;
  readonly texImage1D: (target: number, level: number, internalformat: number, width: number, border: number, format: number, type: number, pixels: GlPointer) => void;
  readonly texImage2DMultisample: (target: number, samples: number, internalformat: number, width: number, height: number, fixedsamplelocations: boolean) => void;
  readonly texImage3DMultisample: (target: number, samples: number, internalformat: number, width: number, height: number, depth: number, fixedsamplelocations: boolean) => void;
  readonly texSubImage1D: (target: number, level: number, xoffset: number, width: number, format: number, type: number, pixels: GlPointer) => void;
  // OpenGL 3.3, GL_EXT_blend_func_extended
  readonly bindFragDataLocation: (program: number, color: number, name: string) => void;
  readonly bindFragDataLocationIndexed: (program: number, colorNumber: number, index: number, name: string) => void;
  // OpenGL 3.3, GL_EXT_disjoint_timer_query
  readonly getQueryObjecti64v: (id: number, pname: number, params: GlPointer) => void;
  readonly getQueryObjectiv: (id: number, pname: number, params: GlPointer) => void;
  readonly getQueryObjectui64v: (id: number, pname: number, params: GlPointer) => void;
  readonly queryCounter: (id: number, target: number) => void;
  // OpenGL 3.3, GL_EXT_draw_elements_base_vertex, GL_OES_draw_elements_base_vertex
  readonly multiDrawElementsBaseVertex: (mode: number, count: GlPointer, type: number, indices: GlPointer, drawcount: number, basevertex: GlPointer) => void;
  // OpenGL 3.3, GL_EXT_multi_draw_arrays
  readonly multiDrawArrays: (mode: number, first: GlPointer, count: GlPointer, drawcount: number) => void;
  readonly multiDrawElements: (mode: number, count: GlPointer, type: number, indices: GlPointer, drawcount: number) => void;
  // OpenGL 3.3, GL_NV_conditional_render
  readonly beginConditionalRender: (id: number, mode: number) => void;
  readonly endConditionalRender: () => void;
  // OpenGL 4, OpenGL ES 3, GL_ARB_transform_feedback2
  readonly bindTransformFeedback: (target: number, id: number) => void;
  readonly deleteTransformFeedbacks: (n: number, ids: GlPointer) => void;
  readonly genTransformFeedbacks: (n: number, ids: GlPointer) => void;
  readonly pauseTransformFeedback: () => void;
  readonly resumeTransformFeedback: () => void;
  // OpenGL 4, OpenGL ES 3.1, GL_ARB_draw_indirect
  readonly drawArraysIndirect: (mode: number, indirect: GlPointer) => void;
  readonly drawElementsIndirect: (mode: number, type: number, indirect: GlPointer) => void;
  // OpenGL 4, OpenGL ES 3.2, GL_ARB_draw_buffers_blend, GL_EXT_draw_buffers_indexed, GL_OES_draw_buffers_indexed
  readonly blendEquationSeparatei: (buf: number, modeRGB: number, modeAlpha: number) => void;
  readonly blendEquationi: (buf: number, mode: number) => void;
  readonly blendFuncSeparatei: (buf: number, srcRGB: number, dstRGB: number, srcAlpha: number, dstAlpha: number) => void;
  readonly blendFunci: (buf: number, src: number, dst: number) => void;
  // OpenGL 4, OpenGL ES 3.2, GL_ARB_sample_shading, GL_OES_sample_shading
  readonly minSampleShading: (value: number) => void;
  // OpenGL 4, OpenGL ES 3.2, GL_ARB_tessellation_shader, GL_EXT_tessellation_shader, GL_OES_tessellation_shader
  readonly patchParameteri: (pname: number, value: number) => void;
  // OpenGL 4, GL_ARB_tessellation_shader
  readonly patchParameterfv: (pname: number, values: GlPointer) => void;
  // OpenGL 4, GL_ARB_transform_feedback2, GL_EXT_draw_transform_feedback
  readonly drawTransformFeedback: (mode: number, id: number) => void;
  // OpenGL 4, GL_ARB_transform_feedback3
  readonly beginQueryIndexed: (target: number, index: number, id: number) => void;
  readonly drawTransformFeedbackStream: (mode: number, id: number, stream: number) => void;
  readonly endQueryIndexed: (target: number, index: number) => void;
  readonly getQueryIndexediv: (target: number, index: number, pname: number, params: GlPointer) => void;
  // OpenGL 4.1, OpenGL ES 3, GL_ARB_ES2_compatibility, GL_OES_single_precision
  readonly clearDepthf: (d: number) => void;
  readonly depthRangef: (n: number, f: number) => void;
  // OpenGL 4.1, OpenGL ES 3, GL_ARB_get_program_binary
  readonly getProgramBinary: (program: number, bufSize: number, length: GlPointer, binaryFormat: GlPointer, binary: GlPointer) => void;
  readonly programBinary: (program: number, binaryFormat: number, binary: GlPointer, length: number) => void;
  // OpenGL 4.1, OpenGL ES 3, GL_ARB_get_program_binary, GL_ARB_separate_shader_objects, GL_EXT_separate_shader_objects
  readonly programParameteri: (program: number, pname: number, value: number) => void;
  // OpenGL 4.1, OpenGL ES 3.1, GL_ARB_separate_shader_objects
  readonly activeShaderProgram: (pipeline: number, program: number) => void;
  readonly bindProgramPipeline: (pipeline: number) => void;
  readonly createShaderProgramv: (type: number, count: number, strings: GlPointer) => number;
  readonly deleteProgramPipelines: (n: number, pipelines: GlPointer) => void;
  readonly genProgramPipelines: (n: number, pipelines: GlPointer) => void;
  readonly getProgramPipelineInfoLog: (pipeline: number, bufSize: number, length: GlPointer, infoLog: GlPointer) => void;
  readonly getProgramPipelineiv: (pipeline: number, pname: number, params: GlPointer) => void;
  readonly useProgramStages: (pipeline: number, stages: number, program: number) => void;
  // OpenGL 4.1, OpenGL ES 3.1, GL_ARB_separate_shader_objects, GL_EXT_separate_shader_objects
  readonly programUniform1f: (program: number, location: number, v0: number) => void;
  readonly programUniform1fv: (program: number, location: number, count: number, value: GlPointer) => void;
  readonly programUniform1i: (program: number, location: number, v0: number) => void;
  readonly programUniform1iv: (program: number, location: number, count: number, value: GlPointer) => void;
  readonly programUniform1ui: (program: number, location: number, v0: number) => void;
  readonly programUniform1uiv: (program: number, location: number, count: number, value: GlPointer) => void;
  readonly programUniform4f: (program: number, location: number, v0: number, v1: number, v2: number, v3: number) => void;
  readonly programUniform4fv: (program: number, location: number, count: number, value: GlPointer) => void;
  readonly programUniform4iv: (program: number, location: number, count: number, value: GlPointer) => void;
  readonly programUniform4uiv: (program: number, location: number, count: number, value: GlPointer) => void;
  // OpenGL 4.1, GL_ARB_vertex_attrib_64bit, GL_EXT_vertex_attrib_64bit
  readonly vertexAttribLPointer: (index: number, size: number, type: number, stride: number, pointer: GlPointer) => void;
  // OpenGL 4.1, GL_ARB_viewport_array
  readonly depthRangeArrayv: (first: number, count: number, v: GlPointer) => void;
  readonly depthRangeIndexed: (index: number, n: number, f: number) => void;
  // OpenGL 4.1, GL_ARB_viewport_array, GL_OES_viewport_array
  readonly getFloati_v: (target: number, index: number, data: GlPointer) => void;
  readonly scissorArrayv: (first: number, count: number, v: GlPointer) => void;
  readonly scissorIndexed: (index: number, left: number, bottom: number, width: number, height: number) => void;
  readonly scissorIndexedv: (index: number, v: GlPointer) => void;
  readonly viewportArrayv: (first: number, count: number, v: GlPointer) => void;
  readonly viewportIndexedf: (index: number, x: number, y: number, w: number, h: number) => void;
  readonly viewportIndexedfv: (index: number, v: GlPointer) => void;
  // OpenGL 4.2, OpenGL ES 3, GL_ARB_internalformat_query
  readonly getInternalformativ: (target: number, internalformat: number, pname: number, count: number, params: GlPointer) => void;
  // OpenGL 4.2, OpenGL ES 3, GL_ARB_texture_storage, GL_EXT_texture_storage
  readonly texStorage2D: (target: number, levels: number, internalformat: number, width: number, height: number) => void;
  readonly texStorage3D: (target: number, levels: number, internalformat: number, width: number, height: number, depth: number) => void;
  // OpenGL 4.2, OpenGL ES 3.1, GL_ARB_shader_image_load_store
  readonly bindImageTexture: (unit: number, texture: number, level: number, layered: boolean, layer: number, access: number, format: number) => void;
  readonly memoryBarrier: (barriers: number) => void;
  // OpenGL 4.2, GL_ARB_base_instance, GL_EXT_base_instance
  readonly drawArraysInstancedBaseInstance: (mode: number, first: number, count: number, instancecount: number, baseinstance: number) => void;
  readonly drawElementsInstancedBaseInstance: (mode: number, count: number, type: number, indices: GlPointer, instancecount: number, baseinstance: number) => void;
  readonly drawElementsInstancedBaseVertexBaseInstance: (mode: number, count: number, type: number, indices: GlPointer, instancecount: number, basevertex: number, baseinstance: number) => void;
  // OpenGL 4.2, GL_ARB_shader_atomic_counters
  readonly getActiveAtomicCounterBufferiv: (program: number, bufferIndex: number, pname: number, params: GlPointer) => void;
  // OpenGL 4.2, GL_ARB_texture_storage, GL_EXT_texture_storage
  readonly texStorage1D: (target: number, levels: number, internalformat: number, width: number) => void;
  // OpenGL 4.2, GL_ARB_transform_feedback_instanced
  readonly drawTransformFeedbackStreamInstanced: (mode: number, id: number, stream: number, instancecount: number) => void;
  // OpenGL 4.2, GL_ARB_transform_feedback_instanced, GL_EXT_draw_transform_feedback
  readonly drawTransformFeedbackInstanced: (mode: number, id: number, instancecount: number) => void;
  // OpenGL 4.3, OpenGL ES 3, GL_ARB_invalidate_subdata
  readonly invalidateFramebuffer: (target: number, numAttachments: number, attachments: GlPointer) => void;
  readonly invalidateSubFramebuffer: (target: number, numAttachments: number, attachments: GlPointer, x: number, y: number, width: number, height: number) => void;
  // OpenGL 4.3, OpenGL ES 3.1, GL_ARB_compute_shader
  readonly dispatchCompute: (num_groups_x: number, num_groups_y: number, num_groups_z: number) => void;
  readonly dispatchComputeIndirect: (indirect: number) => void;
  // OpenGL 4.3, OpenGL ES 3.1, GL_ARB_framebuffer_no_attachments
  readonly framebufferParameteri: (target: number, pname: number, param: number) => void;
  readonly getFramebufferParameteriv: (target: number, pname: number, params: GlPointer) => void;
  // OpenGL 4.3, OpenGL ES 3.1, GL_ARB_program_interface_query
  readonly getProgramInterfaceiv: (program: number, programInterface: number, pname: number, params: GlPointer) => void;
  readonly getProgramResourceIndex: (program: number, programInterface: number, name: string) => number;
  readonly getProgramResourceLocation: (program: number, programInterface: number, name: string) => number;
  readonly getProgramResourceName: (program: number, programInterface: number, index: number, bufSize: number, length: GlPointer, name: GlPointer) => void;
  readonly getProgramResourceiv: (program: number, programInterface: number, index: number, propCount: number, props: GlPointer, count: number, length: GlPointer, params: GlPointer) => void;
  // OpenGL 4.3, OpenGL ES 3.1, GL_ARB_texture_storage_multisample
  readonly texStorage2DMultisample: (target: number, samples: number, internalformat: number, width: number, height: number, fixedsamplelocations: boolean) => void;
  // OpenGL 4.3, OpenGL ES 3.1, GL_ARB_vertex_attrib_binding
  readonly bindVertexBuffer: (bindingindex: number, buffer: number, offset: number, stride: number) => void;
  readonly vertexAttribBinding: (attribindex: number, bindingindex: number) => void;
  readonly vertexAttribFormat: (attribindex: number, size: number, type: number, normalized: boolean, relativeoffset: number) => void;
  readonly vertexAttribIFormat: (attribindex: number, size: number, type: number, relativeoffset: number) => void;
  readonly vertexBindingDivisor: (bindingindex: number, divisor: number) => void;
  // OpenGL 4.3, OpenGL ES 3.2, GL_ARB_copy_image, GL_EXT_copy_image, GL_OES_copy_image
  readonly copyImageSubData: (srcName: number, srcTarget: number, srcLevel: number, srcX: number, srcY: number, srcZ: number, dstName: number, dstTarget: number, dstLevel: number, dstX: number, dstY: number, dstZ: number, srcWidth: number, srcHeight: number, srcDepth: number) => void;
  // OpenGL 4.3, OpenGL ES 3.2, GL_ARB_texture_buffer_range, GL_EXT_texture_buffer, GL_OES_texture_buffer
  readonly texBufferRange: (target: number, internalformat: number, buffer: number, offset: number, size: number) => void;
  // OpenGL 4.3, OpenGL ES 3.2, GL_ARB_texture_storage_multisample, GL_OES_texture_storage_multisample_2d_array
  readonly texStorage3DMultisample: (target: number, samples: number, internalformat: number, width: number, height: number, depth: number, fixedsamplelocations: boolean) => void;
  // OpenGL 4.3, OpenGL ES 3.2, GL_KHR_debug, GL_ARB_debug_output, GL_KHR_debug
  readonly debugMessageCallback: (callback: GlPointer, userParam: GlPointer) => void;
  readonly debugMessageControl: (source: number, type: number, severity: number, count: number, ids: GlPointer, enabled: boolean) => void;
  readonly debugMessageInsert: (source: number, type: number, id: number, severity: number, length: number, buf: string) => void;
  readonly getDebugMessageLog: (count: number, bufSize: number, sources: GlPointer, types: GlPointer, ids: GlPointer, severities: GlPointer, lengths: GlPointer, messageLog: GlPointer) => number;
  // OpenGL 4.3, OpenGL ES 3.2, GL_KHR_debug, GL_KHR_debug
  readonly objectLabel: (identifier: number, name: number, length: number, label: string) => void;
  readonly popDebugGroup: () => void;
  readonly pushDebugGroup: (source: number, id: number, length: number, message: string) => void;
  // OpenGL 4.3, GL_ARB_clear_buffer_object
  readonly clearBufferData: (target: number, internalformat: number, format: number, type: number, data: GlPointer) => void;
  readonly clearBufferSubData: (target: number, internalformat: number, offset: number, size: number, format: number, type: number, data: GlPointer) => void;
  // OpenGL 4.3, GL_ARB_invalidate_subdata
  readonly invalidateBufferData: (buffer: number) => void;
  readonly invalidateBufferSubData: (buffer: number, offset: number, length: number) => void;
  readonly invalidateTexImage: (texture: number, level: number) => void;
  readonly invalidateTexSubImage: (texture: number, level: number, xoffset: number, yoffset: number, zoffset: number, width: number, height: number, depth: number) => void;
  // OpenGL 4.3, GL_ARB_multi_draw_indirect, GL_EXT_multi_draw_indirect
  readonly multiDrawArraysIndirect: (mode: number, indirect: GlPointer, drawcount: number, stride: number) => void;
  readonly multiDrawElementsIndirect: (mode: number, type: number, indirect: GlPointer, drawcount: number, stride: number) => void;
  // OpenGL 4.3, GL_ARB_program_interface_query
  readonly getProgramResourceLocationIndex: (program: number, programInterface: number, name: string) => number;
  // OpenGL 4.3, GL_ARB_shader_storage_buffer_object
  readonly shaderStorageBlockBinding: (program: number, storageBlockIndex: number, storageBlockBinding: number) => void;
  // OpenGL 4.3, GL_ARB_texture_view, GL_EXT_texture_view, GL_OES_texture_view
  readonly textureView: (texture: number, target: number, origtexture: number, internalformat: number, minlevel: number, numlevels: number, minlayer: number, numlayers: number) => void;
  // OpenGL 4.3, GL_ARB_vertex_attrib_binding
  readonly vertexAttribLFormat: (attribindex: number, size: number, type: number, relativeoffset: number) => void;
  // OpenGL 4.4, GL_ARB_buffer_storage, GL_EXT_buffer_storage
  readonly bufferStorage: (target: number, size: number, data: GlPointer, flags: number) => void;
  // OpenGL 4.4, GL_ARB_clear_texture, GL_EXT_clear_texture
  readonly clearTexImage: (texture: number, level: number, format: number, type: number, data: GlPointer) => void;
  readonly clearTexSubImage: (texture: number, level: number, xoffset: number, yoffset: number, zoffset: number, width: number, height: number, depth: number, format: number, type: number, data: GlPointer) => void;
  // OpenGL 4.4, GL_ARB_multi_bind
  readonly bindBuffersBase: (target: number, first: number, count: number, buffers: GlPointer) => void;
  readonly bindBuffersRange: (target: number, first: number, count: number, buffers: GlPointer, offsets: GlPointer, sizes: GlPointer) => void;
  readonly bindImageTextures: (first: number, count: number, textures: GlPointer) => void;
  readonly bindSamplers: (first: number, count: number, samplers: GlPointer) => void;
  readonly bindTextures: (first: number, count: number, textures: GlPointer) => void;
  readonly bindVertexBuffers: (first: number, count: number, buffers: GlPointer, offsets: GlPointer, strides: GlPointer) => void;
  // OpenGL 4.5, OpenGL ES 3.1, GL_ARB_ES3_1_compatibility
  readonly memoryBarrierByRegion: (barriers: number) => void;
  // OpenGL 4.5, OpenGL ES 3.2, GL_KHR_robustness, GL_ARB_robustness, GL_EXT_robustness, GL_KHR_robustness
  readonly readnPixels: (x: number, y: number, width: number, height: number, format: number, type: number, bufSize: number, data: GlPointer) => void;
  // OpenGL 4.5, OpenGL ES 3.2, GL_KHR_robustness, GL_EXT_robustness, GL_KHR_robustness
  readonly getGraphicsResetStatus: () => number;
  // OpenGL 4.5
  readonly getnCompressedTexImage: (target: number, lod: number, bufSize: number, pixels: GlPointer) => void;
  readonly getnTexImage: (target: number, level: number, format: number, type: number, bufSize: number, pixels: GlPointer) => void;
  // OpenGL 4.5, GL_ARB_clip_control, GL_EXT_clip_control
  readonly clipControl: (origin: number, depth: number) => void;
  // OpenGL 4.5, GL_ARB_get_texture_sub_image
  readonly getCompressedTextureSubImage: (texture: number, level: number, xoffset: number, yoffset: number, zoffset: number, width: number, height: number, depth: number, bufSize: number, pixels: GlPointer) => void;
  readonly getTextureSubImage: (texture: number, level: number, xoffset: number, yoffset: number, zoffset: number, width: number, height: number, depth: number, format: number, type: number, bufSize: number, pixels: GlPointer) => void;
  // OpenGL 4.5, GL_ARB_texture_barrier
  readonly textureBarrier: () => void;
  // OpenGL 4.6, GL_ARB_indirect_parameters
  readonly multiDrawArraysIndirectCount: (mode: number, indirect: GlPointer, drawcount: number, maxdrawcount: number, stride: number) => void;
  readonly multiDrawElementsIndirectCount: (mode: number, type: number, indirect: GlPointer, drawcount: number, maxdrawcount: number, stride: number) => void;
  // OpenGL 4.6, GL_ARB_polygon_offset_clamp, GL_EXT_polygon_offset_clamp
  readonly polygonOffsetClamp: (factor: number, units: number, clamp: number) => void;
  // OpenGL ES 3.2, GL_ARB_ES3_2_compatibility, GL_EXT_primitive_bounding_box, GL_OES_primitive_bounding_box
  readonly primitiveBoundingBox: (minX: number, minY: number, minZ: number, minW: number, maxX: number, maxY: number, maxZ: number, maxW: number) => void;
  // OpenGL ES 3.2, GL_KHR_blend_equation_advanced
  readonly blendBarrier: () => void;
  // GL_EXT_EGL_image_storage
  readonly eglImageTargetTexStorage: (target: number, image: number, attrib_list: GlPointer) => void;
  // GL_EXT_memory_object
  readonly bufferStorageMem: (target: number, size: number, memory: number, offset: number | bigint) => void;
  readonly createMemoryObjects: (n: number, memoryObjects: GlPointer) => void;
  readonly deleteMemoryObjects: (n: number, memoryObjects: GlPointer) => void;
  readonly isMemoryObject: (memoryObject: number) => boolean;
  readonly memoryObjectParameteriv: (memoryObject: number, pname: number, params: GlPointer) => void;
  readonly texStorageMem1D: (target: number, levels: number, internalFormat: number, width: number, memory: number, offset: number | bigint) => void;
  readonly texStorageMem2D: (target: number, levels: number, internalFormat: number, width: number, height: number, memory: number, offset: number | bigint) => void;
  readonly texStorageMem2DMultisample: (target: number, samples: number, internalFormat: number, width: number, height: number, fixedSampleLocations: boolean, memory: number, offset: number | bigint) => void;
  readonly texStorageMem3D: (target: number, levels: number, internalFormat: number, width: number, height: number, depth: number, memory: number, offset: number | bigint) => void;
  readonly texStorageMem3DMultisample: (target: number, samples: number, internalFormat: number, width: number, height: number, depth: number, fixedSampleLocations: boolean, memory: number, offset: number | bigint) => void;
  // GL_EXT_memory_object_fd
  readonly importMemoryFd: (memory: number, size: number | bigint, handleType: number, fd: number) => void;
  // GL_EXT_multisampled_render_to_texture
  readonly framebufferTexture2DMultisample: (target: number, attachment: number, textarget: number, texture: number, level: number, samples: number) => void;
  // GL_EXT_semaphore
  readonly deleteSemaphores: (n: number, semaphores: GlPointer) => void;
  readonly genSemaphores: (n: number, semaphores: GlPointer) => void;
  readonly isSemaphore: (semaphore: number) => boolean;
  readonly signalSemaphore: (semaphore: number, numBufferBarriers: number, buffers: GlPointer, numTextureBarriers: number, textures: GlPointer, dstLayouts: GlPointer) => void;
  readonly waitSemaphore: (semaphore: number, numBufferBarriers: number, buffers: GlPointer, numTextureBarriers: number, textures: GlPointer, srcLayouts: GlPointer) => void;
  // GL_EXT_semaphore_fd
  readonly importSemaphoreFd: (semaphore: number, handleType: number, fd: number) => void;
  // GL_OES_EGL_image
  readonly eglImageTargetRenderbufferStorage: (target: number, image: number) => void;
  readonly eglImageTargetTexture2D: (target: number, image: number) => void;
}
