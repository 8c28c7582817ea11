/**
 * Streams of virgl commands at random, drawn from the tables: what each word is decides what is put there. Most commands are
 * right or nearly so, as only those get deep; handles and resources are mostly ones that exist.
 */
import { commandTable } from '../../src/gl/virgl/command.table.ts';
import type { CommandName } from '../../src/gl/virgl/command.table.ts';
import { formatOf, formats } from '../../src/gl/virgl/formats.ts';
import { objectTable } from '../../src/gl/virgl/object.table.ts';
import type { ObjectKind } from '../../src/gl/virgl/object.table.ts';
import { bindObject, command, createObject, createShader, drawVbo, f32, pair } from '../../src/gl/virgl/test-guest.ts';
import { BIND, STAGE, TARGET, VIRGL } from '../../src/gl/virgl/virgl-limits.ts';
import type { WordField, WordRow } from '../../src/gl/virgl/word-table.ts';
import { vtestTable } from '../../src/gl/vtest/vtest.table.ts';
import type { VtestMessage } from '../../src/gl/vtest/vtest.table.ts';
import type { Random } from './random.ts';
import { SHADERS } from './shaders.ts';
import type { StageName } from './shaders.ts';
import { shaderText } from './tgsi-text.ts';

/** One thing that a guest does. All of it is plain data, so that it can be kept in a file. */
export type VirglStep =
  /** Target, format, bind, width, height, depth, layers, last level, samples, flags. */
  | { readonly do: 'create'; readonly id: number; readonly args: readonly number[] }
  | { readonly do: 'destroy' | 'attach' | 'detach'; readonly id: number }
  /** Sizes of the pieces of memory; none takes it away. */
  | { readonly do: 'backing'; readonly id: number; readonly pieces: readonly number[] }
  /** Words at random from a seed, into all of a buffer or a box of the first level. */
  | { readonly do: 'fill'; readonly id: number; readonly seed: number }
  /** Level, stride, layer stride, x, y, z, width, height, depth, offset. */
  | { readonly do: 'toHost' | 'fromHost'; readonly id: number; readonly words: readonly number[] }
  | { readonly do: 'submit'; readonly words: readonly number[] }
  | { readonly do: 'shader'; readonly handle: number; readonly stage: StageName; readonly text: string }
  | { readonly do: 'poll' | 'finish' };

interface KnownResource {
  readonly id: number;
  readonly args: readonly number[];
}

const STAGE_NAMES = Object.keys(STAGE) as StageName[];
const OBJECT_KINDS = Object.keys(objectTable) as ObjectKind[];
const FORMAT_NUMBERS = formats.map(({ number }) => number);
/** Formats that tests of drawing reach most. */
const USUAL_FORMATS = [1, 2, 16, 19, 23, 28, 31, 64, 67, 104, 121, 126, 180, 193, 194, 196, 200, 105, 111, 124, 125];

/** Which kind of object a word of that name stands for. */
const KIND_OF_FIELD: Readonly<Record<string, ObjectKind>> = {
  depthSurface: 'surface',
  colorSurface: 'surface',
  surface: 'surface',
  view: 'samplerView',
  sampler: 'samplerState',
  query: 'query',
  target: 'streamoutTarget',
  shader: 'shader',
  vertex: 'shader',
  fragment: 'shader',
  geometry: 'shader',
  tessControl: 'shader',
  tessEval: 'shader',
  compute: 'shader',
};

/** How often each command comes; 1 where nothing is said. */
const WEIGHTS: Partial<Readonly<Record<CommandName, number>>> = {
  createObject: 20,
  bindObject: 10,
  destroyObject: 3,
  bindShader: 6,
  drawVbo: 50,
  clear: 8,
  blit: 14,
  resourceCopyRegion: 12,
  resourceInlineWrite: 4,
  setFramebufferState: 10,
  setVertexBuffers: 5,
  setIndexBuffer: 4,
  setSamplerViews: 6,
  bindSamplerStates: 4,
  setUniformBuffer: 4,
  setShaderBuffers: 4,
  setShaderImages: 4,
  setAtomicBuffers: 2,
  setStreamoutTargets: 4,
  setConstantBuffer: 3,
  setViewportState: 3,
  setScissorState: 2,
  beginQuery: 3,
  endQuery: 3,
  getQueryResult: 3,
  getQueryResultQbo: 2,
  launchGrid: 10,
  transfer3d: 5,
  copyTransfer3d: 3,
  clearTexture: 6,
  clearSurface: 6,
  setRenderCondition: 2,
  linkShader: 2,
};
const MESSAGE_NAMES = (Object.keys(vtestTable) as VtestMessage[]).flatMap((name) =>
  Array.from(
    { length: name === 'submitCmd' ? 12 : name.startsWith('transfer') || name.startsWith('resource') ? 4 : 1 },
    () => name,
  ),
);
const COMMAND_NAMES = (Object.keys(commandTable) as CommandName[]).flatMap((name) =>
  Array.from({ length: WEIGHTS[name] ?? 1 }, () => name),
);

/** Commands whose resources are buffers, and those whose are textures. */
const OF_BUFFERS: ReadonlySet<string> = new Set([
  'setVertexBuffers',
  'setIndexBuffer',
  'setUniformBuffer',
  'setShaderBuffers',
  'setAtomicBuffers',
  'getQueryResultQbo',
  'drawVbo',
  'launchGrid',
  'query',
  'streamoutTarget',
]);
const OF_TEXTURES: ReadonlySet<string> = new Set(['blit', 'clearTexture', 'surface', 'msaaSurface']);
/** Formats that a device without special hardware stores. */
const STORED_FORMATS = FORMAT_NUMBERS.filter((number) => {
  const info = formatOf(number);
  return number > 0 && info !== undefined && (info.kind === 'plain' || number < 120) && info.blockBytes <= 16;
});

/** Makes streams, and keeps in mind what should exist by now. */
export class VirglStream {
  readonly #random: Random;
  readonly #resources: KnownResource[] = [];
  readonly #objects = new Map<ObjectKind, number[]>();
  readonly #shaders = new Map<StageName, number[]>();
  /** A buffer of small numbers, for what is drawn by numbers in a buffer. */
  #counts = 0;
  #next = 1;
  /** Resources that the server has numbered. */
  #numbered = 0;
  readonly #vtestVersion: number;

  /** Messages are those of a version of the vtest protocol. */
  constructor(random: Random, vtestVersion = 2) {
    this.#random = random;
    this.#vtestVersion = vtestVersion;
  }

  /** A guest from its first command to its last. */
  steps(): VirglStep[] {
    const steps = this.#begin();
    const count = this.#random.between(10, 60);
    for (let i = 0; i < count; i++) steps.push(...this.#step());
    return steps;
  }

  /** A guest whose shaders are wrong, or nearly right, and that draws with them. */
  shaderSteps(): VirglStep[] {
    const random = this.#random;
    const steps = this.#begin();
    for (let i = random.between(1, 4); i > 0; i--) {
      const stage = random.percent(70)
        ? random.pick(['vertex', 'fragment', 'compute'] as const)
        : random.pick(STAGE_NAMES);
      const handle = this.#handle('shader');
      steps.push(
        { do: 'shader', handle, stage, text: shaderText(random, stage) },
        submit(command('bindShader', handle, STAGE[stage])),
        submit(
          stage === 'compute'
            ? command('launchGrid', 4, 1, 1, 1, 1, 1, 0, 0)
            : drawVbo(stage === 'tessEval' || stage === 'tessControl' ? 14 : 4, 3),
        ),
      );
    }
    return steps;
  }

  /** The words of one message of the vtest protocol, header first; bytes that follow it are whole words as well. */
  messageWords(): number[] {
    const random = this.#random;
    const name = random.pick(MESSAGE_NAMES);
    // What a version does not have ends a session at once.
    if (vtestTable[name].since > this.#vtestVersion && random.percent(98)) return this.messageWords();
    if (name === 'submitCmd') {
      const words = Array.from({ length: random.between(1, 4) }, () => this.commandWords()).flat();
      return [random.percent(98) ? words.length : random.absurd(), vtestTable.submitCmd.id, ...words];
    }
    if (name === 'submitCmd2' && random.percent(95)) return this.#submission();
    // Both end most sessions that have begun.
    if ((name === 'createRenderer' || name === 'protocolVersion') && random.percent(90)) return this.messageWords();
    if (name === 'createRenderer') return [8, vtestTable.createRenderer.id, 0x7a7a7566, 0];
    const words = this.#payload(vtestTable[name], name === 'resourceCreate' ? '' : name);
    if (name === 'resourceCreate' || name === 'resourceCreate2') {
      const step = (random.percent(40) ? this.#buffer() : this.#texture()).find((each) => each.do === 'create');
      if (step !== undefined) words.splice(0, 10, step.id, ...step.args.slice(0, 9));
      if (name === 'resourceCreate2') words[10] = random.pick([0, 8, 64, 4096, 65536, random.absurd()]);
      if (this.#vtestVersion >= 3) words[0] = this.#letNumber();
    } else if (name === 'resourceCreateBlob') {
      if (random.percent(90)) words.splice(0, 4, 1, random.below(8), random.pick([1, 64, 4096, 65536]), 0);
      this.#resources.push({ id: 0, args: [TARGET.buffer, 64, BIND.staging, words[2] ?? 0, 1, 1, 1, 0, 0, 0] });
      this.#letNumber();
    } else if (name.startsWith('transfer')) {
      const at = (part: string): number => {
        const fields: readonly WordField[] = vtestTable[name].fields;
        return fields.findIndex((field) => field.name === part);
      };
      if (random.percent(80)) this.#fitBox(words, at);
      if (at('stride') >= 0 && random.percent(80)) words.fill(0, 2, 4);
      const bytes = 4 * random.below(64);
      if (random.percent(95)) words[at('bytes')] = random.percent(50) ? 256 : bytes;
      if (name === 'transferPut') {
        const count = Math.min(4096, Math.ceil((words[at('bytes')] ?? 0) / 4));
        for (let i = 0; i < count; i++) words.push(random.u32());
      }
    }
    const length = random.percent(99) ? words.length : random.absurd();
    return [length, random.percent(99) ? vtestTable[name].id : random.below(40), ...words];
  }

  /** The newest resource gets the number that the server gives it; what the client says of that. */
  #letNumber(): number {
    const newest = this.#resources.pop();
    if (newest !== undefined) this.#resources.push({ ...newest, id: ++this.#numbered });
    return this.#random.percent(99) ? 0 : this.#random.absurd();
  }

  /** submitCmd2 with a few batches, whose parts are usually where they say. */
  #submission(): number[] {
    const random = this.#random;
    const batches = random.between(1, 3);
    const body: number[] = [];
    const heads: number[] = [];
    const start = 1 + 8 * batches;
    const place = (words: readonly number[]): number => {
      body.push(...words);
      return random.percent(98) ? start + body.length - words.length : random.absurd();
    };
    for (let i = 0; i < batches; i++) {
      const commands = Array.from({ length: random.below(3) }, () => this.commandWords()).flat();
      const points = Array.from({ length: random.below(3) }, () => [random.below(8), random.below(64), 0]);
      const [commandsAt, pointsAt] = [place(commands), place(points.flat())];
      const count = random.percent(98) ? points.length : random.absurd();
      heads.push(random.below(2), commandsAt, commands.length, pointsAt, count, Number(random.percent(2)), 0, 0);
    }
    const words = [random.percent(98) ? batches : random.absurd(), ...heads, ...body];
    return [words.length, vtestTable.submitCmd2.id, ...words];
  }

  /** The words of one command, usually a good one. */
  commandWords(): number[] {
    return this.#damage(this.#command(this.#random.pick(COMMAND_NAMES)));
  }

  /** Things to use: without them every command would be refused at its first word. */
  #begin(): VirglStep[] {
    const random = this.#random;
    const steps: VirglStep[] = [];
    this.#counts = this.#next++;
    steps.push(
      { do: 'create', id: this.#counts, args: [TARGET.buffer, 64, BIND.commandArgs, 256, 1, 1, 1, 0, 0, 0] },
      { do: 'fill', id: this.#counts, seed: (random.u32() | 1) >>> 0 },
    );
    for (let i = random.between(2, 5); i > 0; i--) steps.push(...this.#buffer());
    for (let i = random.between(2, 6); i > 0; i--) steps.push(...this.#texture());
    steps.push(...this.createTarget());
    for (const kind of OBJECT_KINDS) if (kind !== 'shader') steps.push(submit(this.#object(kind)));
    for (let i = random.between(0, 8); i > 0; i--) steps.push(submit(this.#object(random.pick(OBJECT_KINDS))));
    for (const stage of ['vertex', 'fragment'] as const) steps.push(...this.#shader(stage));
    if (random.percent(25)) steps.push(...this.#shader('geometry'));
    if (random.percent(15)) steps.push(...this.#shader('tessControl'), ...this.#shader('tessEval'));
    if (random.percent(40)) steps.push(...this.#shader('compute'));
    for (const name of ['setSamplerViews', 'setIndexBuffer', 'setUniformBuffer'] as const)
      steps.push(submit(this.#command(name)));
    return steps;
  }

  /** A texture to draw to, vertices and all that a draw needs. */
  createTarget(): VirglStep[] {
    const id = this.#next++;
    const args = [TARGET.texture2d, 67, BIND.renderTarget | BIND.samplerView, 8, 8, 1, 1, 0, 0, 0];
    this.#resources.push({ id, args });
    const surface = this.#handle('surface');
    const elements = this.#handle('vertexElements');
    const buffers = this.#resources.filter(isBuffer);
    const vertices = buffers.length === 0 ? 0 : this.#random.pick(buffers).id;
    return [
      { do: 'create', id, args },
      submit(createObject('surface', surface, id, 67, 0, 0)),
      submit(command('setFramebufferState', 1, 0, surface)),
      submit(createObject('vertexElements', elements, 0, 0, 0, 31, 0, 0, 0, 31)),
      submit(bindObject('vertexElements', elements)),
      submit(command('setVertexBuffers', 16, 0, vertices)),
      submit(command('setViewportState', 0, ...f32(4, 4, 0.5, 4, 4, 0.5))),
    ];
  }

  #step(): VirglStep[] {
    const random = this.#random;
    const chance = random.below(100);
    if (chance < 3) return this.#buffer();
    if (chance < 6) return this.#texture();
    if (chance < 8) return [{ do: 'destroy', id: this.#resource() }];
    if (chance < 9) return [{ do: random.percent(50) ? 'attach' : 'detach', id: this.#resource() }];
    if (chance < 12) return [this.#fill(this.#resource())];
    if (chance < 14) return [this.#backing(this.#resource())];
    if (chance < 18) {
      const [, id = 0, level = 0, , ...rest] = this.#command('transfer3d');
      return [{ do: random.percent(50) ? 'toHost' : 'fromHost', id, words: [level, ...rest] }];
    }
    if (chance < 19) return [{ do: random.percent(50) ? 'poll' : 'finish' }];
    if (chance < 23) return this.#shader(random.pick(STAGE_NAMES));
    return [submit(this.commandWords())];
  }

  #buffer(): VirglStep[] {
    const random = this.#random;
    const id = this.#next++;
    const size = random.percent(5) ? random.absurd() : random.pick([1, 12, 16, 64, 100, 256, 1000, 1024, 4096, 65536]);
    const kind = random.percent(15)
      ? random.pick([BIND.custom, BIND.staging])
      : random.pick([BIND.vertexBuffer, BIND.indexBuffer, BIND.constantBuffer, BIND.shaderBuffer, BIND.streamOutput]);
    const args = [TARGET.buffer, 64, kind, size, 1, 1, 1, 0, 0, 0];
    this.#resources.push({ id, args });
    const steps: VirglStep[] = [{ do: 'create', id, args }];
    if (random.percent(70)) steps.push(this.#fill(id));
    if (random.percent(50)) steps.push(this.#backing(id));
    return steps;
  }

  #texture(): VirglStep[] {
    const random = this.#random;
    const id = this.#next++;
    const target = random.percent(3) ? random.absurd() : random.between(1, 8);
    const side = (): number => random.pick([1, 2, 3, 4, 7, 8, 16, 33, 64]);
    const isFlat = target === TARGET.texture1d || target === TARGET.texture1dArray;
    const isCube = target === TARGET.textureCube || target === TARGET.textureCubeArray;
    const width = random.percent(3) ? random.pick([2048, 16384, 16385]) : side();
    const height = isFlat ? 1 : isCube ? width : side();
    const depth = target === TARGET.texture3d ? side() : 1;
    const layers = isCube
      ? target === TARGET.textureCube
        ? 6
        : 6 * random.between(1, 2)
      : target === TARGET.texture1dArray || target === TARGET.texture2dArray
        ? random.between(1, 5)
        : 1;
    const most = Math.floor(Math.log2(Math.max(width, height, depth)));
    const isSampled = (target === TARGET.texture2d || target === TARGET.texture2dArray) && random.percent(20);
    const lastLevel = isSampled || target === TARGET.textureRect || random.percent(50) ? 0 : random.between(0, most);
    const format = random.percent(70) ? random.pick(USUAL_FORMATS) : this.#format();
    const args = [target, format, BIND.renderTarget | BIND.samplerView, width, height, depth, layers, lastLevel];
    args.push(isSampled ? random.pick([2, 4]) : random.pick([0, 0, 1]), 0);
    if (random.percent(8)) args[random.between(3, 9)] = random.absurd();
    this.#resources.push({ id, args });
    const steps: VirglStep[] = [{ do: 'create', id, args }];
    if (random.percent(50)) steps.push(this.#fill(id));
    if (random.percent(40)) steps.push(this.#backing(id));
    return steps;
  }

  #fill(id: number): VirglStep {
    const seed = this.#random.u32();
    return { do: 'fill', id, seed: (id === this.#counts ? seed | 1 : seed) >>> 0 };
  }

  #backing(id: number): VirglStep {
    const random = this.#random;
    const pieces = Array.from({ length: random.percent(90) ? random.between(1, 3) : 0 }, () =>
      random.pick([0, 4, 60, 4096, 65536, 65536]),
    );
    return { do: 'backing', id, pieces };
  }

  #shader(stage: StageName): VirglStep[] {
    const random = this.#random;
    const handle = this.#handle('shader');
    const own = this.#shaders.get(stage) ?? [];
    own.push(handle);
    this.#shaders.set(stage, own);
    const outputs = stage !== 'fragment' && stage !== 'compute' && random.percent(40) ? this.#outputs() : [0];
    const text = random.pick(SHADERS[stage]);
    const words = createShader(handle, stage, text, stage === 'compute' ? [random.pick([0, 64, 4096])] : outputs);
    if (random.percent(4)) {
      // In two parts, as long texts come.
      const first = words.slice(0, 6 + outputs.length + 4);
      first[0] = ((first[0] ?? 0) & 0xffff) | ((first.length - 1) << 16);
      const rest = words.slice(6 + outputs.length + 4);
      const done = 4 * (first.length - 6 - (outputs.length > 1 ? outputs.length - 1 : 0));
      return [
        submit(first),
        submit(createObject('shader', handle, STAGE[stage], (done | 0x80000000) >>> 0, 0, 0, ...rest)),
        submit(command('bindShader', handle, STAGE[stage])),
      ];
    }
    return [submit(words), submit(command('bindShader', handle, STAGE[stage]))];
  }

  /** Stream outputs: their number, four strides, two words each. */
  #outputs(): number[] {
    const random = this.#random;
    const count = random.between(1, 3);
    const words = [count, ...Array.from({ length: 4 }, () => random.pick([0, 4, 8, 16]))];
    for (let i = 0; i < count; i++) {
      const register = random.below(4);
      const buffer = random.below(random.percent(80) ? 1 : 8);
      const components = random.between(1, random.percent(90) ? 4 : 7);
      words.push(
        register | (random.below(2) << 8) | (components << 10) | (buffer << 13) | (random.pick([0, 1, 4, 200]) << 16),
        random.percent(90) ? 0 : random.below(5),
      );
    }
    return words;
  }

  #handle(kind: ObjectKind): number {
    const handle = this.#next++;
    const own = this.#objects.get(kind) ?? [];
    own.push(handle);
    this.#objects.set(kind, own);
    return handle;
  }

  #resource(user = ''): number {
    const random = this.#random;
    const wanted = OF_BUFFERS.has(user) ? true : OF_TEXTURES.has(user) ? false : null;
    const fitting = random.percent(95) && wanted !== null ? this.#resources.filter((r) => isBuffer(r) === wanted) : [];
    const list = fitting.length === 0 ? this.#resources : fitting;
    if (list.length === 0 || random.percent(3)) return random.percent(50) ? 0 : random.absurd();
    return random.pick(list).id;
  }

  #format(): number {
    const random = this.#random;
    if (random.percent(2)) return random.absurd();
    return random.pick(random.percent(85) ? STORED_FORMATS : FORMAT_NUMBERS);
  }

  /** A handle of an object that should exist. */
  #existing(kind: ObjectKind | undefined): number {
    const random = this.#random;
    if (random.percent(5)) return random.percent(50) ? 0 : random.absurd();
    const wanted = kind ?? random.pick(OBJECT_KINDS);
    const own = this.#objects.get(wanted) ?? [];
    return own.length === 0 ? 0 : random.pick(own);
  }

  #object(kind: ObjectKind): number[] {
    const random = this.#random;
    const row: WordRow = objectTable[kind];
    if (kind === 'shader') {
      const stage = random.pick(STAGE_NAMES);
      const handle = this.#handle('shader');
      const own = this.#shaders.get(stage) ?? [];
      own.push(handle);
      this.#shaders.set(stage, own);
      return createShader(handle, stage, random.pick(SHADERS[stage]));
    }
    const words = this.#payload(row, kind);
    words[0] = random.percent(95) ? this.#handle(kind) : this.#existing(kind);
    const known = this.#resources.find(({ id }) => id === words[1]);
    if (kind === 'blend' && random.percent(70)) {
      words.fill(BLEND_TARGET, 3, 11);
    } else if (kind === 'surface' || kind === 'msaaSurface') {
      if (known !== undefined && random.percent(70)) words[2] = known.args[1] ?? 0;
      words[3] = random.percent(80) ? 0 : random.below(4);
      words[4] = random.percent(85) ? this.#layers(known) : random.absurd();
    } else if (kind === 'samplerView') {
      if (known !== undefined && random.percent(80)) words[2] = known.args[1] ?? 0;
      if (random.percent(10)) words[2] = ((words[2] ?? 0) | (random.below(10) << 24)) >>> 0;
      const isOfBuffer = known !== undefined && isBuffer(known);
      if (random.percent(85)) words[3] = isOfBuffer ? random.below(4) : this.#layers(known);
      if (random.percent(85))
        words[4] = isOfBuffer ? random.pick([3, 15, 63, 1000]) : pair(0, 0) | (random.below(3) << 8);
      if (random.percent(80)) words[5] = 0 | (1 << 3) | (2 << 6) | (3 << 9);
    } else if (kind === 'vertexElements' && random.percent(80)) {
      for (let i = 1; i + 3 < words.length; i += 4) {
        words[i + 2] = random.below(3);
        words[i + 3] = random.pick([28, 29, 30, 31, 64, 67, 180, 196, 200, 8]);
      }
    } else if (kind === 'query') {
      words[1] = random.percent(90) ? pair(random.below(13), random.percent(70) ? 0 : random.below(12)) : random.u32();
      words[2] = random.percent(80) ? random.pick([0, 16, 48]) : random.near(this.#sizeOf(known));
    } else if (kind === 'streamoutTarget') {
      words[2] = random.percent(80) ? 4 * random.below(8) : random.near(this.#sizeOf(known));
      words[3] = random.percent(80) ? 4 * random.between(1, 16) : random.near(this.#sizeOf(known));
    }
    return createObject(kind, ...words);
  }

  #layers(known: KnownResource | undefined): number {
    const layers = known === undefined ? 1 : Math.max(known.args[6] ?? 1, known.args[5] ?? 1);
    const first = this.#random.percent(70) ? 0 : this.#random.below(layers + 1);
    return pair(first, this.#random.percent(50) ? first : layers - 1);
  }

  #sizeOf(known: KnownResource | undefined): number {
    return known?.args[3] ?? 0;
  }

  #command(name: CommandName): number[] {
    const random = this.#random;
    if (name === 'createObject') return this.#object(random.pick(OBJECT_KINDS));
    if (name === 'bindObject' || name === 'destroyObject') {
      const kind = random.pick(OBJECT_KINDS);
      const [header = 0, handle = 0] = bindObject(kind, this.#existing(kind));
      return name === 'bindObject' ? [header, handle] : command(name, handle);
    }
    const words = this.#payload(commandTable[name], name);
    this.#improve(name, words);
    return command(name, ...words);
  }

  /** Words at random make few good commands: boxes are mostly put into their levels, counts kept small. */
  #improve(name: CommandName, words: number[]): void {
    const random = this.#random;
    const row: WordRow = commandTable[name];
    const at = (field: string): number => {
      let n = 0;
      for (const { name: own, kind } of row.fields) {
        if (own === field) return n;
        n += kind === 'f64' ? 2 : 1;
      }
      return -1;
    };
    switch (name) {
      case 'drawVbo': {
        // Each kind of stage takes its own primitives alone: other draws are refused.
        const isPatches = random.percent(this.#shaders.has('tessEval') ? 70 : 4);
        const isTriangles = this.#shaders.has('geometry') && random.percent(70);
        words.length = random.percent(85) ? 12 : random.percent(60) ? 14 : 20;
        words[0] = random.below(8);
        words[1] = random.percent(97) ? random.between(0, 36) : random.below(70000);
        words[2] = random.percent(97) ? (isPatches ? 14 : isTriangles ? 4 : random.below(7)) : random.absurd();
        words[3] = random.percent(30) ? 1 : 0;
        words[4] = random.percent(95) ? random.below(3) : random.below(200);
        if (random.percent(80)) words[5] = 0;
        if (random.percent(80)) words[6] = 0;
        if (random.percent(90)) words[11] = 0;
        if (words.length > 12) words[12] = random.percent(90) ? 3 : random.below(40);
        if (words.length > 14) {
          words[14] = random.percent(95) ? this.#counts : 0;
          if (random.percent(80))
            words.splice(15, 5, 4 * random.below(32), random.pick([0, 16, 20, 32]), random.between(1, 3), 0, 0);
          words[19] = random.percent(20) ? this.#counts : 0;
        }
        break;
      }
      case 'launchGrid':
        words[6] = random.percent(80) ? 0 : this.#counts;
        for (let i = 0; i < 6; i++)
          words[i] = random.percent(98) ? random.between(0, 4) : random.pick([65536, 2 ** 31]);
        break;
      case 'setFramebufferState': {
        const count = Math.max(0, words.length - 2);
        if (random.percent(95)) words[0] = count;
        break;
      }
      case 'setVertexBuffers':
        for (let i = 0; i + 2 < words.length; i += 3) {
          words[i] = random.percent(90)
            ? random.pick([0, 4, 12, 16, 32])
            : random.pick([2047, 2048, 2049, random.u32()]);
          words[i + 1] = random.percent(80)
            ? 4 * random.below(8)
            : random.near(this.#sizeOf(this.#known(words[i + 2])));
        }
        break;
      case 'setIndexBuffer':
        words.length = random.percent(90) ? 3 : 1;
        if (words.length === 3) {
          words[1] = random.percent(95) ? random.pick([1, 2, 4]) : random.absurd();
          words[2] = random.percent(80) ? 4 * random.below(6) : random.near(this.#sizeOf(this.#known(words[0])));
        }
        break;
      case 'setUniformBuffer':
        words[2] = random.percent(80) ? 256 * random.below(2) : random.near(this.#sizeOf(this.#known(words[4])));
        words[3] = random.percent(80) ? random.pick([16, 64, 4096]) : random.absurd();
        break;
      case 'setShaderBuffers':
      case 'setAtomicBuffers':
        for (let i = name === 'setShaderBuffers' ? 2 : 1; i + 2 < words.length; i += 3) {
          words[i] = random.percent(80) ? 256 * random.below(2) : random.near(this.#sizeOf(this.#known(words[i + 2])));
          words[i + 1] = random.percent(80) ? random.pick([4, 64, 4096]) : random.absurd();
        }
        break;
      case 'setConstantBuffer':
        if (random.percent(95)) words[1] = 0;
        break;
      case 'bindShader': {
        const stage = random.pick(STAGE_NAMES);
        const own = this.#shaders.get(stage) ?? [];
        if (own.length > 0 && random.percent(90)) words.splice(0, 2, random.pick(own), STAGE[stage]);
        break;
      }
      case 'setSubCtx':
      case 'createSubCtx':
      case 'destroySubCtx':
        if (random.percent(80)) words[0] = random.below(2);
        break;
      case 'getQueryResultQbo':
        words[4] = random.percent(80) ? 8 * random.below(4) : random.near(this.#sizeOf(this.#known(words[1])));
        words[5] = random.percent(80) ? 0 : random.pick([0xffffffff, 1, 10, 11]);
        break;
      case 'transfer3d':
      case 'copyTransfer3d':
        if (random.percent(80)) words[name === 'transfer3d' ? 11 : 12] = random.pick([0, 0, 4, 1000]);
        if (random.percent(80)) words.fill(0, 3, 5);
        break;
      case 'resourceInlineWrite':
        if (random.percent(80)) words.fill(0, 3, 5);
        break;
      case 'blit':
        words[0] = random.pick([0xf, 0xf, 0x30, 0x10, 0x20, 0x7]) | (random.percent(50) ? 0x100 : 0);
        if (random.percent(10)) words[0] |= random.below(8) << 10;
        break;
      default:
    }
    for (const prefix of ['', 'dst', 'src']) {
      const field = (part: string): number =>
        at(prefix === '' ? part : prefix + part[0]!.toUpperCase() + part.slice(1));
      if (field('x') >= 0 && field('resource') >= 0 && random.percent(75)) this.#fitBox(words, field);
    }
    if (name === 'resourceCopyRegion' && random.percent(80)) {
      const [, format, , , , , , , samples] = this.#known(words[0])?.args ?? [];
      const alike = this.#resources.filter(({ args }) => args[1] === format && args[8] === samples);
      if (alike.length > 0) words[5] = random.pick(alike).id;
      const box = (part: string): number =>
        at(
          part === 'resource'
            ? 'srcResource'
            : part.length === 1
              ? `src${part.toUpperCase()}`
              : part === 'level'
                ? 'srcLevel'
                : part,
        );
      this.#fitBox(words, box);
      if (random.percent(70)) words.fill(0, 2, 5);
    }
    if (name === 'clearSurface') {
      words[0] = random.percent(90) ? 8 | random.below(2) : random.u32();
      if (random.percent(90)) words.splice(6, 4, 0, 0, random.between(1, 2), random.between(1, 2));
    }
    if (name === 'blit' && random.percent(85)) {
      const known = this.#known(words[3]);
      if (known !== undefined) words[5] = known.args[1] ?? 0;
      const from = this.#known(words[12]);
      if (from !== undefined) words[14] = from.args[1] ?? 0;
    }
    if (name === 'resourceInlineWrite' && random.percent(60)) {
      // As many bytes as the box has.
      const known = this.#known(words[0]);
      const count = known === undefined ? 4 : Math.min(4096, (words[8] ?? 1) * (words[9] ?? 1) * (words[10] ?? 1) * 4);
      words.length = 11;
      const bytes = known !== undefined && isBuffer(known) ? (words[8] ?? 4) : count;
      for (let i = 0; i < Math.min(2000, Math.ceil(bytes / 4)); i++) words.push(random.u32());
    }
  }

  #known(id: number | undefined): KnownResource | undefined {
    return this.#resources.find((each) => each.id === id);
  }

  /** Makes a box lie in its level. */
  #fitBox(words: number[], field: (part: string) => number): void {
    const random = this.#random;
    const known = this.#known(words[field('resource')]);
    if (known === undefined) return;
    const [target = 0, , , width = 1, height = 1, depth = 1, layers = 1, lastLevel = 0] = known.args;
    const level = random.percent(70) ? 0 : Math.min(random.below(lastLevel + 1), VIRGL.mipLevels);
    if (field('level') >= 0) words[field('level')] = level;
    const put = (at: string, size: string, most: number): void => {
      const length = random.percent(50) ? most : random.between(1, most);
      if (field(at) >= 0) words[field(at)] = random.below(most - length + 1);
      if (field(size) >= 0) words[field(size)] = length;
    };
    const side = (size: number): number => Math.min(1 << 16, Math.max(1, size >>> level));
    put('x', 'width', target === TARGET.buffer ? Math.min(1 << 16, width) : side(width));
    put('y', 'height', side(height));
    put('z', 'depth', target === TARGET.texture3d ? side(depth) : Math.min(64, Math.max(1, layers)));
  }

  #payload(row: WordRow, user: string): number[] {
    const random = this.#random;
    const words = row.fields.flatMap((field) => this.#word(field, user));
    if (row.repeated.length > 0) {
      const room = Math.floor((row.words.max - words.length) / row.repeated.length);
      const count = Math.min(room, random.percent(85) ? random.below(4) : random.below(40));
      for (let i = 0; i < count; i++) words.push(...row.repeated.flatMap((field) => this.#word(field, user)));
    }
    return words;
  }

  #word({ name, kind, below }: WordField, user: string): number[] {
    const random = this.#random;
    switch (kind) {
      case 'resource':
        return [random.percent(4) ? 0 : this.#resource(user)];
      case 'object':
        return [this.#existing(KIND_OF_FIELD[name])];
      case 'format':
        return [random.percent(70) ? random.pick(USUAL_FORMATS) : this.#format()];
      case 'f32':
        return [random.percent(80) ? random.pick(USUAL_FLOATS) : random.pick(ODD_FLOATS)];
      case 'f64':
        return random.percent(80) ? [0, random.pick([0, 0x3ff00000, 0x3fe00000])] : [random.u32(), random.u32()];
      case 'i32':
        return [(random.percent(80) ? random.between(-8, 64) : random.absurd()) >>> 0];
      case 'bits':
        return [random.percent(50) ? random.below(16) : random.u32()];
      case 'u32':
        break;
    }
    if (random.percent(2)) return [random.absurd()];
    if (random.percent(2)) return [random.near(Math.min(below, 0xffffffff))];
    if (name === 'stage') return [random.percent(60) ? STAGE.fragment : random.below(below)];
    if (name === 'first') return [random.percent(90) ? random.below(2) : random.below(below)];
    if (name === 'direction') return [random.between(1, 2)];
    return [random.percent(30) ? random.below(Math.min(2, below)) : random.below(Math.min(below, 4096))];
  }

  /** Cuts, lengthens, and turns bits over. */
  #damage(words: number[]): number[] {
    const random = this.#random;
    if (!random.percent(5)) return words;
    const [header = 0, ...payload] = words;
    switch (random.below(30)) {
      case 0:
        return [random.percent(50) ? random.u32() : ((header & 0xffffff00) | random.below(64)) >>> 0, ...payload];
      case 1:
        return [header, ...payload.slice(0, random.below(payload.length + 1))];
      case 2:
      case 3:
      case 4:
      case 7:
      case 8:
      case 9:
        payload.length = random.below(payload.length + 1);
        break;
      case 5:
      case 6:
        if (isWork(header)) return words;
        for (let i = random.between(1, 8); i > 0; i--) payload.push(random.absurd());
        break;
      default:
        // Large numbers of vertices or groups are no mistake, but take for ever.
        if (isWork(header)) return words;
        for (let i = random.between(1, 3); i > 0 && payload.length > 0; i--)
          payload[random.below(payload.length)] = random.absurd();
    }
    return [((header & 0xffff) | (payload.length << 16)) >>> 0, ...payload];
  }
}

/** Blends source over destination, writes all components. */
const BLEND_TARGET = 1 | (3 << 4) | (0x13 << 9) | (3 << 17) | (0x13 << 22) | (0xf << 27);
const USUAL_FLOATS = f32(0, 1, 0.5, -1, 2, 4, 8);
const ODD_FLOATS = [...f32(Infinity, -Infinity, NaN, 1e30, -1e30, 1e-40, 65536, -0), 0x7fc00001, 0xffffffff];

function isBuffer({ args }: KnownResource): boolean {
  return args[0] === TARGET.buffer;
}

function isWork(header: number): boolean {
  const op = header & 0xff;
  return op === commandTable.drawVbo.op || op === commandTable.launchGrid.op;
}

function submit(words: readonly number[]): VirglStep {
  return { do: 'submit', words };
}
