/**
 * The state of one sub-context as another process can be told of it: the words of the commands that made it, the last for
 * each place. Nothing is allocated for state that is set again.
 *
 * Guests destroy objects that are still bound, and use their handles again. Such an object goes on under a handle that the
 * guest does not use: the new process makes it, binds it and destroys it in turn.
 */
import type { Quota } from '../core/quota.ts';
import { commandTable } from '../virgl/command.table.ts';
import { objectKinds, objectTable } from '../virgl/object.table.ts';
import type { ObjectKind } from '../virgl/object.table.ts';
import { VIRGL } from '../virgl/virgl-limits.ts';
import type { OrderScratch } from './order-record.ts';
import { shadowCommands, SLOT_SETS } from './shadow.table.ts';
import type { ShadowCommand, SlotsRow, WholeRow } from './shadow.table.ts';

/** What the tables around one thing count for, in bytes. */
const OVERHEAD_BYTES = 128;
const MAX_UNUSED_GHOSTS = 256;
const CONTINUED = 0x80000000;
/** Words that are copied faster one by one than all at once. */
const LOOP_WORDS = 32;

/** State that is replaced as a whole. */
interface Cell {
  readonly command: ShadowCommand;
  readonly row: WholeRow | null;
  readonly type: number;
  words: Uint32Array;
  length: number;
  /** The most words that it ever had: constants go on beyond those of a shorter command. */
  most: number;
}

/** State in slots. */
interface SlotSet {
  readonly command: ShadowCommand;
  readonly row: SlotsRow;
  readonly stage: number;
  readonly words: Uint32Array;
  readonly isSet: Uint8Array;
  /** Slots up to the last that was ever set. */
  used: number;
}

interface ShadowObject {
  readonly type: number;
  /** Commands that make it, headers and all: several for a long shader. */
  readonly commands: Uint32Array[];
  sizeBytes: number;
  /** Of a query: whether it counts, whether it has counted, whether its answer was asked for. */
  isActive: boolean;
  isEnded: boolean;
  isAsked: boolean;
}

/** Where BIND_OBJECT has its handle. */
const HANDLE_FIRST = { from: 1, step: 1 };

/** The first state of setUniformBuffer. */
const UNIFORM_BASE = shadowCommands[commandTable.setUniformBuffer.op]?.base ?? 0;

/** Types that BIND_OBJECT binds. */
const BOUND: ReadonlySet<number> = new Set(
  (['blend', 'rasterizer', 'depthStencilAlpha', 'vertexElements'] as const).map((kind) => objectTable[kind].type),
);

/** The word of CREATE_OBJECT that names a resource, by kind. */
const RESOURCE_WORDS: Readonly<Partial<Record<ObjectKind, number>>> = {
  samplerView: 2,
  surface: 2,
  msaaSurface: 2,
  query: 4,
  streamoutTarget: 2,
};

/** One sub-context. */
export class ShadowState {
  readonly #quota: Quota;
  readonly #maxObjects: number;
  readonly #objects = new Map<number, ShadowObject>();
  /** Objects that were destroyed while they were bound. */
  readonly #ghosts = new Map<number, ShadowObject>();
  readonly #cells: (Cell | undefined)[] = [];
  readonly #slots: (SlotSet | undefined)[] = Array.from({ length: SLOT_SETS }, () => undefined);
  /** Those that hold handles. */
  readonly #objectCells: Cell[] = [];
  readonly #objectSlots: SlotSet[] = [];
  #nextGhost = 0xffffffff;
  #bytes = 0;

  /** Counts what it keeps against a quota of bytes. */
  constructor(quota: Quota, maxObjects: number) {
    this.#quota = quota;
    this.#maxObjects = maxObjects;
    this.#take(4096);
  }

  /** CREATE_OBJECT at a place of a submission. Throws GpuError `quota`. */
  createObject(words: Uint32Array, at: number, length: number): void {
    const type = (words[at]! >>> 8) & 0xff;
    const handle = words[at + 1]!;
    if (objectKinds[type] == null || handle === 0 || length === 0) return;
    const command = words.slice(at, at + 1 + length);
    // The word itself may change under our hands; the copy does not.
    const isContinuation = objectKinds[type] === 'shader' && (command[3]! & CONTINUED) !== 0;
    const object = this.#objects.get(handle);
    if (isContinuation) {
      if (object === undefined || object.type !== type) return;
      this.#take(command.byteLength);
      object.sizeBytes += command.byteLength;
      object.commands.push(command);
      return;
    }
    if (object !== undefined || this.#objects.size >= this.#maxObjects) return;
    if (this.#ghosts.has(handle)) this.#rename(handle);
    const sizeBytes = command.byteLength + OVERHEAD_BYTES;
    this.#take(sizeBytes);
    this.#objects.set(handle, {
      type,
      commands: [command],
      sizeBytes,
      isActive: false,
      isEnded: false,
      isAsked: false,
    });
  }

  /** DESTROY_OBJECT. */
  destroyObject(handle: number): void {
    const object = this.#objects.get(handle);
    if (object === undefined) return;
    this.#objects.delete(handle);
    if (!this.#isBound(handle, object.type)) {
      this.#release(object.sizeBytes);
      return;
    }
    this.#ghosts.set(handle, object);
    this.#rename(handle);
    if (this.#ghosts.size > MAX_UNUSED_GHOSTS) this.#dropGhosts();
  }

  /** BIND_OBJECT. Throws GpuError `quota`. */
  bindObject(command: ShadowCommand, type: number, words: Uint32Array, at: number): void {
    const handle = words[at + 1]!;
    if (!BOUND.has(type) || (handle !== 0 && this.#objects.get(handle)?.type !== type)) return;
    this.#keep(type, command, null, type, words, at + 1, 1);
  }

  /** Notes where a query is. */
  noteQuery(handle: number, is: 'active' | 'ended' | 'asked'): void {
    const query = this.#objects.get(handle);
    if (query === undefined) return;
    if (is === 'asked') query.isAsked = true;
    else {
      query.isActive = is === 'active';
      query.isEnded = is === 'ended';
      query.isAsked = false;
    }
  }

  /** State that is replaced as a whole; the command's payload begins at `at + 1`. Throws GpuError `quota`. */
  keepWhole(command: ShadowCommand, row: WholeRow, words: Uint32Array, at: number, length: number): void {
    let { base } = command;
    let place = 0;
    for (const { word, below } of row.keys) {
      const key = words[at + word]!;
      if (key >= below) return;
      place = place * below + key;
    }
    if (row.objects !== null) {
      const { kind, from, step } = row.objects;
      for (let n = from; n <= length; n += step) if (!this.#is(kind, words[at + n]!)) return;
    }
    // Constants in a command are in the first place alone; elsewhere the command unbinds a buffer.
    if (command.op === commandTable.setConstantBuffer.op && words[at + 2]! !== 0) base = UNIFORM_BASE;
    this.#keep(base + place, command, row, 0, words, at + 1, length);
  }

  /** State in slots; the command's payload begins at `at + 1`. Throws GpuError `quota`. */
  keepSlots(command: ShadowCommand, row: SlotsRow, words: Uint32Array, at: number, length: number): void {
    const stage = row.hasStage ? words[at + 1]! : 0;
    const first = words[at + (row.hasStage ? 2 : 1)]!;
    const from = at + (row.hasStage ? 3 : 2);
    const count = (length - (row.hasStage ? 2 : 1)) / row.words;
    if (stage >= VIRGL.stages || first + count > row.most) return;
    if (row.object !== null) {
      for (let i = 0; i < count; i++) if (!this.#is(row.object, words[from + i]!)) return;
    }
    const number = command.base + stage;
    let set = this.#slots[number];
    if (set === undefined) {
      this.#take(4 * row.words * row.most + row.most + OVERHEAD_BYTES);
      const isSet = new Uint8Array(row.most);
      set = { command, row, stage, words: new Uint32Array(row.words * row.most), isSet, used: 0 };
      this.#slots[number] = set;
      if (row.object !== null) this.#objectSlots.push(set);
    }
    for (let i = 0; i < count * row.words; i++) set.words[first * row.words + i] = words[from + i]!;
    for (let i = first; i < first + count; i++) set.isSet[i] = 1;
    if (set.used < first + count) set.used = first + count;
  }

  /** Commands that make all of this, one after another in the scratch: objects first, then what they are bound to. */
  *replay(scratch: OrderScratch, hasResource: (id: number) => boolean): Generator<void> {
    this.#dropGhosts();
    for (const objects of [this.#objects, this.#ghosts]) {
      for (const [handle, object] of objects) {
        for (const command of object.commands) {
          command[1] = handle;
          scratch.addWords(command);
          yield;
        }
      }
    }
    const isAlive = (handle: number): boolean => {
      const object = this.#objects.get(handle) ?? this.#ghosts.get(handle);
      const kind = objectKinds[object?.type ?? 0] ?? null;
      if (object === undefined || kind === null) return false;
      const word = RESOURCE_WORDS[kind];
      return word === undefined || hasResource(object.commands[0]![word]!);
    };
    for (const cell of this.#cells) {
      if (cell === undefined) continue;
      replayCell(cell, scratch, isAlive, hasResource);
      yield;
    }
    for (const set of this.#slots) {
      if (set === undefined) continue;
      for (let slot = 0; slot < set.used; slot++) if (set.isSet[slot] === 1) replaySlot(set, slot, scratch, isAlive);
      yield;
    }
    // Of those that count one thing only one may be under way: the others come first.
    for (const [handle, { isEnded, isAsked }] of this.#objects) {
      if (!isEnded) continue;
      addCommand(scratch, commandTable.beginQuery.op, 0, [handle]);
      addCommand(scratch, commandTable.endQuery.op, 0, [handle]);
      // Whoever waits for the answer gets one, though not the right one.
      if (isAsked) addCommand(scratch, commandTable.getQueryResult.op, 0, [handle, 1]);
      yield;
    }
    for (const [handle, { isActive }] of this.#objects) {
      if (isActive) addCommand(scratch, commandTable.beginQuery.op, 0, [handle]);
    }
    for (const [handle, { type }] of this.#ghosts) {
      addCommand(scratch, commandTable.destroyObject.op, type, [handle]);
      yield;
    }
  }

  /** Gives back what it counted. */
  close(): void {
    this.#quota.release(this.#bytes);
    this.#bytes = 0;
  }

  #take(bytes: number): void {
    this.#quota.take(bytes);
    this.#bytes += bytes;
  }

  #release(bytes: number): void {
    this.#quota.release(bytes);
    this.#bytes -= bytes;
  }

  #keep(
    number: number,
    command: ShadowCommand,
    row: WholeRow | null,
    type: number,
    words: Uint32Array,
    from: number,
    length: number,
  ): void {
    let cell = this.#cells[number];
    // A place that two commands write to is the last one's.
    if (cell === undefined || cell.command !== command) {
      if (cell === undefined) this.#take(OVERHEAD_BYTES);
      else this.#release(cell.words.byteLength);
      cell = { command, row, type, words: new Uint32Array(0), length: 0, most: 0 };
      this.#cells[number] = cell;
      if (row === null || row.objects !== null) this.#objectCells.push(cell);
    }
    if (cell.words.length < length) {
      const size = Math.max(4, 2 ** Math.ceil(Math.log2(length)));
      this.#take(4 * size - cell.words.byteLength);
      const larger = new Uint32Array(size);
      larger.set(cell.words);
      cell.words = larger;
    }
    cell.length = length;
    if (cell.most < length) cell.most = length;
    const into = cell.words;
    if (length > LOOP_WORDS) into.set(words.subarray(from, from + length));
    else for (let i = 0; i < length; i++) into[i] = words[from + i]!;
  }

  /** Whether a handle is 0 or an object of the kind. */
  #is(kind: ObjectKind, handle: number): boolean {
    if (handle === 0) return true;
    const object = this.#objects.get(handle);
    if (object === undefined) return false;
    const is = objectKinds[object.type];
    return is === kind || (kind === 'surface' && is === 'msaaSurface');
  }

  #isBound(handle: number, type: number): boolean {
    return this.#patch(handle, type, handle);
  }

  /** Gives a ghost another handle, wherever it is bound. */
  #rename(handle: number): void {
    const ghost = this.#ghosts.get(handle);
    if (ghost === undefined) return;
    while (this.#objects.has(this.#nextGhost) || this.#ghosts.has(this.#nextGhost) || this.#nextGhost === handle) {
      this.#nextGhost--;
    }
    this.#ghosts.delete(handle);
    this.#ghosts.set(this.#nextGhost, ghost);
    this.#patch(handle, ghost.type, this.#nextGhost);
    this.#nextGhost--;
  }

  /** Puts another handle wherever one is bound; whether it is. */
  #patch(handle: number, type: number, other: number): boolean {
    let isBound = false;
    for (const { row, type: bound, words, length } of this.#objectCells) {
      if (row === null && bound !== type) continue;
      const { from, step } = row?.objects ?? HANDLE_FIRST;
      for (let i = from - 1; i < length; i += step) {
        if (words[i] !== handle) continue;
        words[i] = other;
        isBound = true;
      }
    }
    for (const { row, words, used } of this.#objectSlots) {
      if (row.object !== objectKinds[type]) continue;
      for (let i = 0; i < used; i++) {
        if (words[i] !== handle) continue;
        words[i] = other;
        isBound = true;
      }
    }
    return isBound;
  }

  #dropGhosts(): void {
    for (const [handle, { type, sizeBytes }] of this.#ghosts) {
      if (this.#isBound(handle, type)) continue;
      this.#ghosts.delete(handle);
      this.#release(sizeBytes);
    }
  }
}

function addCommand(scratch: OrderScratch, op: number, type: number, payload: ArrayLike<number>): void {
  scratch.add((op | (type << 8) | (payload.length << 16)) >>> 0);
  for (let i = 0; i < payload.length; i++) scratch.add(payload[i]!);
}

function replayCell(
  { command, row, type, words, length, most }: Cell,
  scratch: OrderScratch,
  isAlive: (handle: number) => boolean,
  hasResource: (id: number) => boolean,
): void {
  const payload = words.slice(0, length);
  const clear = (places: { from: number; step: number } | null, isThere: (word: number) => boolean): void => {
    if (places === null) return;
    for (let i = places.from - 1; i < length; i += places.step) if (!isThere(payload[i]!)) payload[i] = 0;
  };
  clear(row === null ? HANDLE_FIRST : row.objects, isAlive);
  clear(row?.resources ?? null, hasResource);
  if (command.op === commandTable.setConstantBuffer.op && most > length) {
    addCommand(scratch, command.op, 0, words.subarray(0, most));
  }
  addCommand(scratch, command.op, type, payload);
}

function replaySlot(
  { command, row, stage, words }: SlotSet,
  slot: number,
  scratch: OrderScratch,
  isAlive: (handle: number) => boolean,
): void {
  const payload = words.subarray(slot * row.words, (slot + 1) * row.words);
  if (row.object !== null && !isAlive(payload[0]!)) return;
  addCommand(scratch, command.op, 0, row.hasStage ? [stage, slot, ...payload] : [slot, ...payload]);
}
