/**
 * What each command of the virgl protocol means to the shadow: what of it must be told again to a process that takes over.
 * Words are counted as in command.table.ts, from 1 after the header.
 */
import { commandTable } from '../virgl/command.table.ts';
import type { CommandName } from '../virgl/command.table.ts';
import type { ObjectKind } from '../virgl/object.table.ts';
import { VIRGL } from '../virgl/virgl-limits.ts';
import type { WordCount } from '../virgl/word-table.ts';

/** Words of a payload: every `step`th from `from` on. */
interface WordPlaces {
  readonly from: number;
  readonly step: number;
}

/** State that the next such command with the same keys replaces as a whole. */
export interface WholeRow {
  readonly keeps: 'whole';
  /** The words that say which state it is, and how many values each has. */
  readonly keys: readonly { readonly word: number; readonly below: number }[];
  /** The words that are handles, and of what. */
  readonly objects: (WordPlaces & { readonly kind: ObjectKind }) | null;
  /** The words that are resources in a list, of which each may be missing on its own. */
  readonly resources: WordPlaces | null;
}

/** State in slots, of which each command replaces some. */
export interface SlotsRow {
  readonly keeps: 'slots';
  /** Whether word 1 is a stage; the first slot is the next word. */
  readonly hasStage: boolean;
  /** Words of a slot. */
  readonly words: number;
  readonly most: number;
  /** What a slot is a handle of, or null. */
  readonly object: ObjectKind | null;
}

/** What a command means. */
export type ShadowRow =
  | WholeRow
  | SlotsRow
  /** Nothing: it draws, copies, or says what needs no repetition. */
  | { readonly keeps: 'nothing' }
  | { readonly keeps: 'object' | 'binding' }
  /** Ends an object. */
  | { readonly keeps: 'noObject' }
  /** Where a query is: counting, counted, asked for. */
  | { readonly keeps: 'query'; readonly is: 'active' | 'ended' | 'asked' }
  | { readonly keeps: 'subContext'; readonly does: 'goTo' | 'create' | 'destroy' }
  /** Texels in the command, or in the backing of another resource. */
  | { readonly keeps: 'texels'; readonly from: 'command' | 'backing' | 'staging' };

const nothing: ShadowRow = { keeps: 'nothing' };

function whole(options: Partial<Omit<WholeRow, 'keeps'>> = {}): WholeRow {
  return { keeps: 'whole', keys: [], objects: null, resources: null, ...options };
}

function slots(words: number, most: number, options: Partial<Pick<SlotsRow, 'hasStage' | 'object'>> = {}): SlotsRow {
  return { keeps: 'slots', hasStage: true, object: null, words, most, ...options };
}

const stage = (word: number): { word: number; below: number } => ({ word, below: VIRGL.stages });
const index = { word: 2, below: VIRGL.constantBuffers };

export const shadowTable: Readonly<Record<CommandName, ShadowRow>> = {
  nop: nothing,
  createObject: { keeps: 'object' },
  bindObject: { keeps: 'binding' },
  destroyObject: { keeps: 'noObject' },
  setViewportState: slots(6, VIRGL.viewports, { hasStage: false }),
  setFramebufferState: whole({ objects: { kind: 'surface', from: 2, step: 1 } }),
  setVertexBuffers: whole({ resources: { from: 3, step: 3 } }),
  clear: nothing,
  drawVbo: nothing,
  resourceInlineWrite: { keeps: 'texels', from: 'command' },
  setSamplerViews: slots(1, VIRGL.samplerViews, { object: 'samplerView' }),
  setIndexBuffer: whole(),
  // Beyond the first, it unbinds what setUniformBuffer has bound.
  setConstantBuffer: whole({ keys: [stage(1), index] }),
  setStencilRef: whole(),
  setBlendColor: whole(),
  setScissorState: slots(2, VIRGL.viewports, { hasStage: false }),
  blit: nothing,
  resourceCopyRegion: nothing,
  bindSamplerStates: slots(1, VIRGL.samplers, { object: 'samplerState' }),
  beginQuery: { keeps: 'query', is: 'active' },
  endQuery: { keeps: 'query', is: 'ended' },
  getQueryResult: { keeps: 'query', is: 'asked' },
  setPolygonStipple: whole(),
  setClipState: whole(),
  setSampleMask: whole(),
  setStreamoutTargets: whole({ objects: { kind: 'streamoutTarget', from: 2, step: 1 } }),
  // The answer it depends on is lost: what it would hide is drawn.
  setRenderCondition: nothing,
  setUniformBuffer: whole({ keys: [stage(1), index] }),
  setSubCtx: { keeps: 'subContext', does: 'goTo' },
  createSubCtx: { keeps: 'subContext', does: 'create' },
  destroySubCtx: { keeps: 'subContext', does: 'destroy' },
  bindShader: whole({ keys: [stage(2)], objects: { kind: 'shader', from: 1, step: 2 } }),
  setTessState: whole(),
  setMinSamples: whole(),
  setShaderBuffers: slots(3, VIRGL.shaderBuffers),
  setShaderImages: slots(5, VIRGL.images),
  memoryBarrier: nothing,
  launchGrid: nothing,
  setFramebufferStateNoAttach: whole(),
  textureBarrier: nothing,
  setAtomicBuffers: slots(3, VIRGL.atomicBuffers, { hasStage: false }),
  setDebugFlags: nothing,
  getQueryResultQbo: nothing,
  transfer3d: { keeps: 'texels', from: 'backing' },
  endTransfers: nothing,
  copyTransfer3d: { keeps: 'texels', from: 'staging' },
  setTweaks: nothing,
  clearTexture: nothing,
  pipeResourceCreate: nothing,
  pipeResourceSetType: nothing,
  getMemoryInfo: nothing,
  sendStringMarker: nothing,
  linkShader: nothing,
  createVideoCodec: nothing,
  destroyVideoCodec: nothing,
  createVideoBuffer: nothing,
  destroyVideoBuffer: nothing,
  beginFrame: nothing,
  decodeMacroblock: nothing,
  decodeBitstream: nothing,
  encodeBitstream: nothing,
  endFrame: nothing,
  clearSurface: nothing,
  getPipeResourceLayout: nothing,
};

/** A row with what a walk over headers needs. */
export interface ShadowCommand {
  readonly op: number;
  readonly words: WordCount;
  readonly row: ShadowRow;
  /** The number of its first state, or of its first set of slots. */
  readonly base: number;
}

/** Kinds of commands by number, for a walk that looks at headers alone: unknown, to be skipped, to be looked at. */
export const HEADER = { unknown: 0, skip: 1, keep: 2 } as const;

/** One of `HEADER` for each command number. */
export const headerKinds = new Uint8Array(256);

/** Commands by number, those that are to be looked at. */
export const shadowCommands: (ShadowCommand | undefined)[] = Array.from({ length: 256 }, () => undefined);

/** Object types that BIND_OBJECT names stand before all other state. */
const BINDINGS = 256;

const counts = { whole: BINDINGS, slots: 0 };
for (const [name, row] of Object.entries(shadowTable) as [CommandName, ShadowRow][]) {
  const { op, words } = commandTable[name];
  headerKinds[op] = row.keeps === 'nothing' ? HEADER.skip : HEADER.keep;
  const base = row.keeps === 'slots' ? counts.slots : row.keeps === 'whole' ? counts.whole : 0;
  if (row.keeps === 'slots') counts.slots += row.hasStage ? VIRGL.stages : 1;
  if (row.keeps === 'whole') counts.whole += row.keys.reduce((count, { below }) => count * below, 1);
  shadowCommands[op] = { op, words, row, base };
}

/** How many sets of slots there are. */
export const SLOT_SETS = counts.slots;
