/**
 * Several viewers at one keyboard and mouse. What a viewer holds down is remembered: a key goes up for the guest when the last
 * viewer that holds it lets go, and a viewer that leaves lets go of everything.
 */
import type { InputSink, PointerButton } from '../../display/contract.ts';
import type { AgentMouse } from './agent-mouse.ts';

/** Keys one viewer can hold; more is not a hand. Further presses are dropped. */
const MAX_HELD = 64;

/** One viewer's hands. */
export interface InputSeat {
  key(scancode: number, isDown: boolean): void;
  /** `viaAgent`: the press goes to the guest's agent; its release follows it there. */
  button(button: PointerButton, isDown: boolean, viaAgent: boolean): void;
  /** Lets go of everything. */
  release(): void;
}

/** The seats at one guest's input. */
export class InputSeats {
  readonly #keys: Held<number>;
  readonly #buttons: Held<PointerButton>;
  readonly #agentButtons: Held<PointerButton>;

  constructor(sink: InputSink, agent: Pick<AgentMouse, 'button'>) {
    this.#keys = new Held((scancode, isDown) => sink.key(scancode, isDown));
    this.#buttons = new Held((button, isDown) => sink.button(button, isDown));
    this.#agentButtons = new Held((button, isDown) => agent.button(button, isDown));
  }

  /** A place for one more viewer. */
  take(): InputSeat {
    const keys = new Set<number>();
    const buttons = new Set<PointerButton>();
    const agentButtons = new Set<PointerButton>();
    return {
      // A key that is pressed again while it is down repeats: the guest sees that too.
      key: (scancode, isDown) => this.#keys.set(keys, scancode, isDown, true),
      button: (button, isDown, viaAgent) => {
        const isAgents = isDown ? viaAgent : agentButtons.has(button);
        if (isAgents) this.#agentButtons.set(agentButtons, button, isDown, false);
        else this.#buttons.set(buttons, button, isDown, false);
      },
      release: () => {
        for (const scancode of keys) this.#keys.set(keys, scancode, false, false);
        for (const button of buttons) this.#buttons.set(buttons, button, false, false);
        for (const button of agentButtons) this.#agentButtons.set(agentButtons, button, false, false);
      },
    };
  }
}

class Held<T> {
  readonly #counts = new Map<T, number>();
  readonly #send: (thing: T, isDown: boolean) => void;

  constructor(send: (thing: T, isDown: boolean) => void) {
    this.#send = send;
  }

  set(mine: Set<T>, thing: T, isDown: boolean, repeats: boolean): void {
    const count = this.#counts.get(thing) ?? 0;
    if (isDown) {
      if (mine.has(thing)) {
        if (repeats) this.#send(thing, true);
        return;
      }
      if (mine.size >= MAX_HELD) return;
      mine.add(thing);
      this.#counts.set(thing, count + 1);
      this.#send(thing, true);
      return;
    }
    // A release without a press goes through unless somebody else holds the thing: viewers send such after a focus change.
    if (!mine.delete(thing)) {
      if (count === 0) this.#send(thing, false);
      return;
    }
    if (count > 1) {
      this.#counts.set(thing, count - 1);
      return;
    }
    this.#counts.delete(thing);
    this.#send(thing, false);
  }
}
