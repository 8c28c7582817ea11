/**
 * The commands of the virgl protocol (VIRGL_CCMD_*): number, words after the header, what each word is.
 *
 *     header   31              16 15      8 7       0
 *              +-----------------+---------+---------+
 *              |  words to come  | object  | command |
 *              +-----------------+---------+---------+
 *
 * Video commands are listed so that they are refused by name.
 */
import { fixed, kinded, MAX_WORDS, repeating, small, word } from './word-table.ts';
import type { WordRow } from './word-table.ts';

/** A command: its number, and its payload. */
export interface CommandRow extends WordRow {
  readonly op: number;
}

const row = (op: number, words: WordRow): CommandRow => ({ op, ...words });

const stage = word('stage', 6);
const resource = kinded('resource', 'resource');
const transfer = [
  ...resource,
  word('level', 16),
  word('usage', 4),
  ...small('stride', 'layerStride', 'x', 'y', 'z', 'width', 'height', 'depth'),
];
const region = (name: string): ReturnType<typeof small> => [
  ...kinded('resource', `${name}Resource`),
  word(`${name}Level`, 16),
  ...small(`${name}X`, `${name}Y`, `${name}Z`),
];
const blitSide = (name: string): ReturnType<typeof small> => [
  ...kinded('resource', `${name}Resource`),
  word(`${name}Level`, 16),
  ...kinded('format', `${name}Format`),
  ...kinded('i32', `${name}X`, `${name}Y`, `${name}Z`, `${name}Width`, `${name}Height`, `${name}Depth`),
];
const range = [...small('offset', 'length'), ...resource];
const anything = (spec: string, doc: string, least: number): WordRow => ({
  spec,
  doc,
  words: { min: least, max: MAX_WORDS, step: 1 },
  fields: [],
  repeated: kinded('bits', 'word'),
});

export const commandTable = {
  nop: row(0, anything('VIRGL_CCMD_NOP', 'Nothing.', 0)),
  createObject: row(1, anything('VIRGL_CCMD_CREATE_OBJECT', 'Makes an object of the kind in the header.', 1)),
  bindObject: row(2, fixed('VIRGL_CCMD_BIND_OBJECT', 'Makes an object current.', ...kinded('object', 'handle'))),
  destroyObject: row(3, fixed('VIRGL_CCMD_DESTROY_OBJECT', 'Destroys an object.', ...kinded('object', 'handle'))),
  setViewportState: row(
    4,
    repeating(
      'VIRGL_CCMD_SET_VIEWPORT_STATE',
      'Viewports as scale and translation.',
      [word('first', 16)],
      kinded('f32', 'scaleX', 'scaleY', 'scaleZ', 'translateX', 'translateY', 'translateZ'),
      16,
    ),
  ),
  setFramebufferState: row(
    5,
    repeating(
      'VIRGL_CCMD_SET_FRAMEBUFFER_STATE',
      'Surfaces to draw to.',
      [word('count', 9), ...kinded('object', 'depthSurface')],
      kinded('object', 'colorSurface'),
      8,
    ),
  ),
  setVertexBuffers: row(
    6,
    repeating(
      'VIRGL_CCMD_SET_VERTEX_BUFFERS',
      'Where vertices lie.',
      [],
      [...small('stride', 'offset'), ...resource],
      32,
    ),
  ),
  clear: row(
    7,
    fixed(
      'VIRGL_CCMD_CLEAR',
      'Fills the framebuffer.',
      word('buffers', 1024),
      ...kinded('f32', 'red', 'green', 'blue', 'alpha'),
      ...kinded('f64', 'depth'),
      word('stencil', 256),
    ),
  ),
  drawVbo: row(8, {
    ...fixed(
      'VIRGL_CCMD_DRAW_VBO',
      'Draws.',
      ...small('start', 'count'),
      word('mode', 15),
      word('indexed', 2),
      ...small('instances'),
      ...kinded('i32', 'indexBias'),
      word('startInstance', 8),
      word('restart', 2),
      ...kinded('bits', 'restartIndex', 'minIndex', 'maxIndex'),
      ...small('capturedBytes'),
      word('verticesPerPatch', 33),
      word('drawId', 8),
      ...kinded('resource', 'indirect'),
      ...small('indirectOffset', 'indirectStride', 'indirectCount', 'countOffset'),
      ...kinded('resource', 'countResource'),
    ),
    words: { min: 12, max: 20, step: 2 },
  }),
  resourceInlineWrite: row(
    9,
    repeating(
      'VIRGL_CCMD_RESOURCE_INLINE_WRITE',
      'Writes bytes of the command into a resource.',
      transfer,
      kinded('bits', 'data'),
      MAX_WORDS,
    ),
  ),
  setSamplerViews: row(
    10,
    repeating(
      'VIRGL_CCMD_SET_SAMPLER_VIEWS',
      'Textures of a stage.',
      [stage, word('first', 128)],
      kinded('object', 'view'),
      128,
    ),
  ),
  setIndexBuffer: row(11, {
    ...fixed(
      'VIRGL_CCMD_SET_INDEX_BUFFER',
      'Where indices lie.',
      ...resource,
      word('indexSize', 5),
      ...small('offset'),
    ),
    words: { min: 1, max: 3, step: 2 },
  }),
  setConstantBuffer: row(
    12,
    repeating(
      'VIRGL_CCMD_SET_CONSTANT_BUFFER',
      'Constants in the command.',
      [stage, word('index', 1)],
      kinded('f32', 'value'),
      MAX_WORDS,
    ),
  ),
  setStencilRef: row(
    13,
    fixed('VIRGL_CCMD_SET_STENCIL_REF', 'Stencil references of both faces.', word('references', 65536)),
  ),
  setBlendColor: row(
    14,
    fixed('VIRGL_CCMD_SET_BLEND_COLOR', 'The constant of blending.', ...kinded('f32', 'red', 'green', 'blue', 'alpha')),
  ),
  setScissorState: row(
    15,
    repeating(
      'VIRGL_CCMD_SET_SCISSOR_STATE',
      'Scissor rectangles.',
      [word('first', 16)],
      kinded('bits', 'minimum', 'maximum'),
      16,
    ),
  ),
  blit: row(
    16,
    fixed(
      'VIRGL_CCMD_BLIT',
      'Copies with scaling, resolving and conversion.',
      ...kinded('bits', 'flags', 'scissorMin', 'scissorMax'),
      ...blitSide('dst'),
      ...blitSide('src'),
    ),
  ),
  resourceCopyRegion: row(
    17,
    fixed(
      'VIRGL_CCMD_RESOURCE_COPY_REGION',
      'Copies texels or bytes as they are.',
      ...region('dst'),
      ...region('src'),
      ...small('width', 'height', 'depth'),
    ),
  ),
  bindSamplerStates: row(
    18,
    repeating(
      'VIRGL_CCMD_BIND_SAMPLER_STATES',
      'Samplers of a stage.',
      [stage, word('first', 32)],
      kinded('object', 'sampler'),
      32,
    ),
  ),
  beginQuery: row(19, fixed('VIRGL_CCMD_BEGIN_QUERY', 'Starts to count.', ...kinded('object', 'query'))),
  endQuery: row(20, fixed('VIRGL_CCMD_END_QUERY', 'Stops to count, or takes the time.', ...kinded('object', 'query'))),
  getQueryResult: row(
    21,
    fixed(
      'VIRGL_CCMD_GET_QUERY_RESULT',
      "Writes the answer into the query's resource.",
      ...kinded('object', 'query'),
      word('wait', 2),
    ),
  ),
  setPolygonStipple: row(
    22,
    fixed('VIRGL_CCMD_SET_POLYGON_STIPPLE', 'The pattern of polygons.', ...kinded('bits', ...numbered('row', 32))),
  ),
  setClipState: row(
    23,
    fixed('VIRGL_CCMD_SET_CLIP_STATE', 'User clip planes.', ...kinded('f32', ...numbered('plane', 32))),
  ),
  setSampleMask: row(24, fixed('VIRGL_CCMD_SET_SAMPLE_MASK', 'Samples that are written.', ...kinded('bits', 'mask'))),
  setStreamoutTargets: row(
    25,
    repeating(
      'VIRGL_CCMD_SET_STREAMOUT_TARGETS',
      'Buffers that capture vertices.',
      kinded('bits', 'append'),
      kinded('object', 'target'),
      16,
    ),
  ),
  setRenderCondition: row(
    26,
    fixed(
      'VIRGL_CCMD_SET_RENDER_CONDITION',
      'Draws only if a query says so.',
      ...kinded('object', 'query'),
      word('inverted', 2),
      word('mode', 4),
    ),
  ),
  setUniformBuffer: row(
    27,
    fixed('VIRGL_CCMD_SET_UNIFORM_BUFFER', 'Constants in a buffer.', stage, word('index', 32), ...range),
  ),
  setSubCtx: row(28, fixed('VIRGL_CCMD_SET_SUB_CTX', 'Goes to a sub-context.', word('id', 4))),
  createSubCtx: row(29, fixed('VIRGL_CCMD_CREATE_SUB_CTX', 'Makes a sub-context.', word('id', 4))),
  destroySubCtx: row(30, fixed('VIRGL_CCMD_DESTROY_SUB_CTX', 'Destroys a sub-context.', word('id', 4))),
  bindShader: row(31, fixed('VIRGL_CCMD_BIND_SHADER', 'Makes a shader current.', ...kinded('object', 'shader'), stage)),
  setTessState: row(
    32,
    fixed(
      'VIRGL_CCMD_SET_TESS_STATE',
      'Tessellation levels without a control shader.',
      ...kinded('f32', ...numbered('outer', 4), ...numbered('inner', 2)),
    ),
  ),
  setMinSamples: row(33, fixed('VIRGL_CCMD_SET_MIN_SAMPLES', 'Samples that are shaded at least.', word('count', 17))),
  setShaderBuffers: row(
    34,
    repeating('VIRGL_CCMD_SET_SHADER_BUFFERS', 'Storage buffers of a stage.', [stage, word('first', 32)], range, 32),
  ),
  setShaderImages: row(
    35,
    repeating(
      'VIRGL_CCMD_SET_SHADER_IMAGES',
      'Images of a stage.',
      [stage, word('first', 32)],
      [...kinded('format', 'format'), word('access', 4), ...small('layerOrOffset', 'levelOrSize'), ...resource],
      32,
    ),
  ),
  memoryBarrier: row(36, fixed('VIRGL_CCMD_MEMORY_BARRIER', 'Orders what shaders wrote.', ...kinded('bits', 'flags'))),
  launchGrid: row(
    37,
    fixed(
      'VIRGL_CCMD_LAUNCH_GRID',
      'Runs a compute shader.',
      ...small('blockX', 'blockY', 'blockZ', 'gridX', 'gridY', 'gridZ'),
      ...kinded('resource', 'indirect'),
      ...small('indirectOffset'),
    ),
  ),
  setFramebufferStateNoAttach: row(
    38,
    fixed(
      'VIRGL_CCMD_SET_FRAMEBUFFER_STATE_NO_ATTACH',
      'Size of a framebuffer without surfaces.',
      ...kinded('bits', 'size', 'layersAndSamples'),
    ),
  ),
  textureBarrier: row(
    39,
    fixed('VIRGL_CCMD_TEXTURE_BARRIER', 'Makes what was drawn readable as texture.', ...kinded('bits', 'flags')),
  ),
  setAtomicBuffers: row(
    40,
    repeating('VIRGL_CCMD_SET_ATOMIC_BUFFERS', 'Buffers of atomic counters.', [word('first', 32)], range, 32),
  ),
  setDebugFlags: row(41, anything('VIRGL_CCMD_SET_DEBUG_FLAGS', 'What a host should log; we log by our own rules.', 1)),
  getQueryResultQbo: row(
    42,
    fixed(
      'VIRGL_CCMD_GET_QUERY_RESULT_QBO',
      'Writes an answer into a buffer.',
      ...kinded('object', 'query'),
      ...resource,
      word('wait', 2),
      word('resultType', 4),
      ...small('offset'),
      word('index', 11),
    ),
  ),
  transfer3d: row(
    43,
    fixed(
      'VIRGL_CCMD_TRANSFER3D',
      'Copies between a resource and its backing.',
      ...transfer,
      ...small('offset'),
      word('direction', 3),
    ),
  ),
  endTransfers: row(44, anything('VIRGL_CCMD_END_TRANSFERS', 'Ends the transfers at the head of a submission.', 0)),
  copyTransfer3d: row(
    45,
    fixed(
      'VIRGL_CCMD_COPY_TRANSFER3D',
      'Copies between a resource and the backing of another.',
      ...transfer,
      ...kinded('resource', 'staging'),
      ...small('stagingOffset'),
      word('flags', 4),
    ),
  ),
  setTweaks: row(
    46,
    fixed('VIRGL_CCMD_SET_TWEAKS', 'Habits of OpenGL ES hosts.', word('id', 4), ...kinded('bits', 'value')),
  ),
  clearTexture: row(
    47,
    fixed(
      'VIRGL_CCMD_CLEAR_TEXTURE',
      'Fills a box of a texture with one texel.',
      ...resource,
      word('level', 16),
      ...small('x', 'y', 'z', 'width', 'height', 'depth'),
      ...kinded('bits', 'word0', 'word1', 'word2', 'word3'),
    ),
  ),
  pipeResourceCreate: row(
    48,
    fixed(
      'VIRGL_CCMD_PIPE_RESOURCE_CREATE',
      'Makes storage that a blob resource takes up.',
      word('target', 9),
      ...kinded('format', 'format'),
      ...kinded('bits', 'bind'),
      ...small('width', 'height', 'depth', 'arraySize', 'lastLevel', 'samples'),
      ...kinded('bits', 'flags'),
      word('blobId'),
    ),
  ),
  pipeResourceSetType: row(
    49,
    repeating(
      'VIRGL_CCMD_PIPE_RESOURCE_SET_TYPE',
      'Says what a blob resource holds.',
      [
        ...resource,
        ...kinded('format', 'format'),
        ...kinded('bits', 'bind'),
        ...small('width', 'height'),
        ...kinded('bits', 'usage', 'modifierLow', 'modifierHigh'),
      ],
      small('stride', 'offset'),
      4,
    ),
  ),
  getMemoryInfo: row(50, fixed('VIRGL_CCMD_GET_MEMORY_INFO', 'Writes how much memory the GPU has.', ...resource)),
  sendStringMarker: row(51, anything('VIRGL_CCMD_SEND_STRING_MARKER', 'A remark for whoever debugs.', 1)),
  linkShader: row(
    52,
    fixed(
      'VIRGL_CCMD_LINK_SHADER',
      'Shaders that will be drawn with together.',
      ...kinded('object', 'vertex', 'fragment', 'geometry', 'tessControl', 'tessEval', 'compute'),
    ),
  ),
  createVideoCodec: row(53, anything('VIRGL_CCMD_CREATE_VIDEO_CODEC', 'Video; not offered.', 0)),
  destroyVideoCodec: row(54, anything('VIRGL_CCMD_DESTROY_VIDEO_CODEC', 'Video; not offered.', 0)),
  createVideoBuffer: row(55, anything('VIRGL_CCMD_CREATE_VIDEO_BUFFER', 'Video; not offered.', 0)),
  destroyVideoBuffer: row(56, anything('VIRGL_CCMD_DESTROY_VIDEO_BUFFER', 'Video; not offered.', 0)),
  beginFrame: row(57, anything('VIRGL_CCMD_BEGIN_FRAME', 'Video; not offered.', 0)),
  decodeMacroblock: row(58, anything('VIRGL_CCMD_DECODE_MACROBLOCK', 'Video; not offered.', 0)),
  decodeBitstream: row(59, anything('VIRGL_CCMD_DECODE_BITSTREAM', 'Video; not offered.', 0)),
  encodeBitstream: row(60, anything('VIRGL_CCMD_ENCODE_BITSTREAM', 'Video; not offered.', 0)),
  endFrame: row(61, anything('VIRGL_CCMD_END_FRAME', 'Video; not offered.', 0)),
  clearSurface: row(
    62,
    fixed(
      'VIRGL_CCMD_CLEAR_SURFACE',
      'Fills a rectangle of a surface.',
      ...kinded('bits', 'flags'),
      ...kinded('object', 'surface'),
      ...kinded('bits', 'word0', 'word1', 'word2', 'word3'),
      ...small('x', 'y', 'width', 'height'),
    ),
  ),
  getPipeResourceLayout: row(
    63,
    fixed(
      'VIRGL_CCMD_GET_PIPE_RESOURCE_LAYOUT',
      'Writes how a resource lies in memory.',
      ...kinded('resource', 'into', 'resource'),
    ),
  ),
} as const satisfies Readonly<Record<string, CommandRow>>;

/** The name of a command. */
export type CommandName = keyof typeof commandTable;

/** Names by number; null where there is none. */
export const commandNames: readonly (CommandName | null)[] = (() => {
  const names: (CommandName | null)[] = Array.from({ length: 256 }, () => null);
  for (const [name, { op }] of Object.entries(commandTable)) names[op] = name as CommandName;
  return names;
})();

function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${name}${i}`);
}
