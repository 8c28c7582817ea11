/** A context of a guest as another process can be told of it: its sub-contexts, and the resources it may name. */
import type { RenderLimits } from '../core/limits.ts';
import type { Quota } from '../core/quota.ts';
import { commandTable } from '../virgl/command.table.ts';
import { fits } from '../virgl/word-table.ts';
import type { OrderScratch } from './order-record.ts';
import { orderTable } from './order.table.ts';
import { ShadowState } from './shadow-state.ts';
import { HEADER, headerKinds, shadowCommands } from './shadow.table.ts';
import type { ShadowCommand } from './shadow.table.ts';

/** A submission of a replay ends with the command that makes it longer than this. */
const REPLAY_WORDS = 16 << 10;

/** Texels that commands bring, for whoever keeps them. */
export type NoteTexels = (
  context: ShadowContext,
  from: 'command' | 'backing' | 'staging',
  words: Uint32Array,
  at: number,
  length: number,
) => void;

/** One context. */
export class ShadowContext {
  readonly id: number;
  /** Payload of `createContext`. */
  readonly args: Uint32Array;
  /** Numbers of the resources it may name. */
  readonly resources = new Set<number>();
  readonly #limits: RenderLimits;
  readonly #quota: Quota;
  readonly #states = new Map<number, ShadowState>();
  #currentId = 0;
  #current: ShadowState;
  #isLost = false;

  /** Counts what it keeps against a quota of bytes. Throws GpuError `quota`. */
  constructor(id: number, args: Uint32Array, limits: RenderLimits, quota: Quota) {
    this.id = id;
    this.args = args;
    this.#limits = limits;
    this.#quota = quota;
    this.#current = new ShadowState(quota, limits.maxObjects);
    this.#states.set(0, this.#current);
  }

  /** Whether nothing it submits is done any more. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /**
   * Walks through a submission of `count` words from `at` on, which others may change meanwhile. A broken one loses the
   * context, as it does in the process. Throws GpuError `quota`.
   */
  note(words: Uint32Array, at: number, count: number, noteTexels: NoteTexels): void {
    const end = at + count;
    while (at < end) {
      const header = words[at]!;
      const length = header >>> 16;
      const kind = headerKinds[header & 0xff]!;
      if (kind === HEADER.unknown || length >= end - at) {
        this.lose();
        return;
      }
      if (kind === HEADER.keep)
        this.#noteCommand(shadowCommands[header & 0xff]!, header, words, at, length, noteTexels);
      at += 1 + length;
    }
  }

  /** Forgets what it has, and does nothing more. */
  lose(): void {
    this.#isLost = true;
    this.close();
  }

  /** Orders that make all of this, but for the context itself. Each is BORROWED until the next. */
  *replay(scratch: OrderScratch): Generator<OrderScratch> {
    for (const resource of this.resources) {
      yield scratch.begin(orderTable.attachResource.id).add(this.id).add(resource);
    }
    const begin = (): OrderScratch => scratch.begin(orderTable.restore.id).add(this.id);
    const hasResource = (id: number): boolean => this.resources.has(id);
    begin();
    const empty = scratch.length;
    for (const [id, state] of this.#states) {
      if (id !== 0) scratch.add(commandTable.createSubCtx.op | (1 << 16)).add(id);
      if (this.#states.size > 1) scratch.add(commandTable.setSubCtx.op | (1 << 16)).add(id);
      for (const _ of state.replay(scratch, hasResource)) {
        if (scratch.length < REPLAY_WORDS) continue;
        yield scratch;
        begin();
      }
    }
    if (this.#states.size > 1) scratch.add(commandTable.setSubCtx.op | (1 << 16)).add(this.#currentId);
    if (scratch.length > empty) yield scratch;
  }

  /** Gives back what it counted. */
  close(): void {
    for (const state of this.#states.values()) state.close();
    this.#states.clear();
    this.resources.clear();
  }

  #noteCommand(
    command: ShadowCommand,
    header: number,
    words: Uint32Array,
    at: number,
    length: number,
    noteTexels: NoteTexels,
  ): void {
    const { row } = command;
    if (!fits(command.words, length)) return;
    switch (row.keeps) {
      case 'whole':
        this.#current.keepWhole(command, row, words, at, length);
        return;
      case 'slots':
        this.#current.keepSlots(command, row, words, at, length);
        return;
      case 'object':
        this.#current.createObject(words, at, length);
        return;
      case 'noObject':
        this.#current.destroyObject(words[at + 1]!);
        return;
      case 'binding':
        this.#current.bindObject(command, (header >>> 8) & 0xff, words, at);
        return;
      case 'query':
        this.#current.noteQuery(words[at + 1]!, row.is);
        return;
      case 'subContext':
        this.#noteSubContext(row.does, words[at + 1]!);
        return;
      case 'texels':
        noteTexels(this, row.from, words, at, length);
        return;
      case 'nothing':
    }
  }

  #noteSubContext(does: 'goTo' | 'create' | 'destroy', id: number): void {
    const state = this.#states.get(id);
    if (does === 'create') {
      if (state === undefined && this.#states.size < this.#limits.maxSubContexts) {
        this.#states.set(id, new ShadowState(this.#quota, this.#limits.maxObjects));
      }
      return;
    }
    if (state === undefined) return;
    if (does === 'goTo') {
      this.#current = state;
      this.#currentId = id;
    } else if (id !== 0) {
      state.close();
      this.#states.delete(id);
      if (this.#current === state) this.#noteSubContext('goTo', 0);
    }
  }
}
