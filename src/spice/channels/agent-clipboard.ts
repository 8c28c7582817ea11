/**
 * Whose clipboard it is, when several viewers share one guest. For each selection there is one owner: the guest, a viewer, or
 * nobody. Who takes it makes the last one let go; requests go to the owner, and its data only to whoever asked first.
 */
import type { AgentSeat } from './agent-seat.ts';

/** Selections there are (clipboard, primary, secondary). */
const SELECTIONS = 3;
/** Requests of viewers the guest may owe an answer; more are dropped. */
const MAX_REQUESTS = 32;

interface Selection {
  owner: AgentSeat | 'guest' | null;
  readonly asked: AgentSeat[];
}

/** The clipboards of one guest. */
export class AgentClipboards {
  readonly #selections: readonly Selection[] = Array.from({ length: SELECTIONS }, () => ({ owner: null, asked: [] }));

  /** Who has it now. */
  ownerOf(selection: number): AgentSeat | 'guest' | null {
    return this.#selections[selection]?.owner ?? null;
  }

  /** Somebody takes or gives it up; returns whose it was. Selections that do not exist have no owner. */
  setOwner(selection: number, owner: AgentSeat | 'guest' | null): AgentSeat | 'guest' | null {
    const known = this.#selections[selection];
    if (known === undefined) return null;
    const before = known.owner;
    known.owner = owner;
    known.asked.length = 0;
    return before;
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

  /** The guest's agent is gone; returns the selections it had. */
  reset(): number[] {
    const had = [...this.#selections.keys()].filter((index) => this.ownerOf(index) === 'guest');
    for (const index of this.#selections.keys()) this.setOwner(index, null);
    return had;
  }
}
