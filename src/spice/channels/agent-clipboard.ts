/**
 * Whose clipboard it is, when several viewers share one guest. For each selection there is one owner: the guest, a viewer, or
 * nobody. Who takes it makes the last one let go; requests go to the owner, and its data only to whoever asked first.
 */
import type { AgentSeat } from './agent-seat.ts';

/** Selections there are (clipboard, primary, secondary). */
const SELECTIONS = 3;
/** Requests of viewers the guest may owe an answer; more are dropped. */
const MAX_REQUESTS = 32;

/** Who has a selection. */
export type ClipboardOwner = AgentSeat | 'guest' | null;

interface Selection {
  owner: ClipboardOwner;
  /** The forms in which the owner can give it (`VD_AGENT_CLIPBOARD_*`). */
  types: readonly number[];
  readonly asked: AgentSeat[];
}

/** The clipboards of one guest. */
export class AgentClipboards {
  readonly #selections: readonly Selection[] = Array.from({ length: SELECTIONS }, () => ({
    owner: null,
    types: [],
    asked: [],
  }));

  /** Who has it now. */
  ownerOf(selection: number): ClipboardOwner {
    return this.#selections[selection]?.owner ?? null;
  }

  /** Somebody takes it, or gives it up; returns whose it was. Selections that do not exist have no owner. */
  setOwner(selection: number, owner: ClipboardOwner, types: readonly number[] = []): ClipboardOwner {
    const known = this.#selections[selection];
    if (known === undefined) return null;
    const before = known.owner;
    known.owner = owner;
    known.types = types;
    known.asked.length = 0;
    return before;
  }

  /** What was taken and not given up, by the guest or by viewers: for whoever comes later. */
  *grabs(): Generator<{ readonly id: number; readonly owner: AgentSeat | 'guest'; readonly types: readonly number[] }> {
    for (const [id, { owner, types }] of this.#selections.entries()) if (owner !== null) yield { id, owner, types };
  }

  /** A viewer asks the guest; false drops the question. */
  ask(selection: number, seat: AgentSeat): boolean {
    const known = this.#selections[selection];
    if (known === undefined || known.owner !== 'guest' || known.asked.length >= MAX_REQUESTS) return false;
    known.asked.push(seat);
    return true;
  }

  /** The guest answers: who asked. */
  answer(selection: number): AgentSeat | null {
    return this.#selections[selection]?.asked.shift() ?? null;
  }

  /** A viewer is gone; returns the selections it had. */
  leave(seat: AgentSeat): number[] {
    const had: number[] = [];
    for (const [index, selection] of this.#selections.entries()) {
      if (selection.owner === seat) {
        this.setOwner(index, null);
        had.push(index);
      }
    }
    return had;
  }

  /** The guest's agent is gone; returns the selections it had. Viewers keep theirs for the next. */
  reset(): number[] {
    const had = [...this.#selections.keys()].filter((id) => this.ownerOf(id) === 'guest');
    for (const id of had) this.setOwner(id, null);
    return had;
  }
}
