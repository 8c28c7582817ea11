/** File transfers of several viewers under one agent: every viewer counts from its own start, the guest sees one count. */
import type { AgentSeat } from './agent-seat.ts';

/** Transfers one viewer may have under way. */
const MAX_TRANSFERS = 256;

/** The transfers of one guest. */
export class AgentTransfers {
  readonly #byGuestId = new Map<number, { readonly seat: AgentSeat; readonly id: number }>();
  readonly #bySeat = new Map<AgentSeat, Map<number, number>>();
  #next = 1;

  /** A viewer starts a transfer; returns the guest's number for it, or null when it has too many. */
  start(seat: AgentSeat, id: number): number | null {
    const mine = this.#bySeat.get(seat) ?? new Map<number, number>();
    if (mine.size >= MAX_TRANSFERS) return null;
    this.finish(mine.get(id) ?? 0);
    const guestId = this.#next;
    this.#next = this.#next === 0xffff_ffff ? 1 : this.#next + 1;
    this.#byGuestId.set(guestId, { seat, id });
    mine.set(id, guestId);
    this.#bySeat.set(seat, mine);
    return guestId;
  }

  /** The guest's number of a viewer's transfer, or null. */
  guestId(seat: AgentSeat, id: number): number | null {
    return this.#bySeat.get(seat)?.get(id) ?? null;
  }

  /** Whose transfer a number of the guest is, and the viewer's number for it, or null. */
  owner(guestId: number): { readonly seat: AgentSeat; readonly id: number } | null {
    return this.#byGuestId.get(guestId) ?? null;
  }

  /** A transfer is over. */
  finish(guestId: number): void {
    const known = this.#byGuestId.get(guestId);
    if (known === undefined) return;
    this.#byGuestId.delete(guestId);
    const mine = this.#bySeat.get(known.seat);
    mine?.delete(known.id);
    if (mine?.size === 0) this.#bySeat.delete(known.seat);
  }

  /** A viewer is gone; returns the guest's numbers of what it had under way. */
  leave(seat: AgentSeat): number[] {
    const guestIds = [...(this.#bySeat.get(seat)?.values() ?? [])];
    for (const guestId of guestIds) this.finish(guestId);
    return guestIds;
  }

  /** The guest's agent is gone, and all transfers with it; returns whose they were. */
  reset(): { readonly seat: AgentSeat; readonly id: number }[] {
    const all = [...this.#byGuestId.values()];
    this.#byGuestId.clear();
    this.#bySeat.clear();
    return all;
  }
}
