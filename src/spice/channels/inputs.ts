/**
 * The inputs channel: keys, buttons and pointer of one viewer, lock lights of the guest. Of a viewer that may only look
 * everything is read and dropped. Acknowledging motions keeps a viewer from sending more than the guest takes.
 */
import type { InputSink, LockLights, PointerButton } from '../../display/contract.ts';
import type { Clock } from '../clock.ts';
import type { Session, SessionChannel } from '../session.ts';
import {
  dispatchInputsClient,
  inputsLimits,
  inputsServer,
  KeyModifiers,
  type inputsClient,
} from '../wire/inputs.gen.ts';
import { MouseMode } from '../wire/main.gen.ts';
import type { AgentMouse } from './agent-mouse.ts';
import type { ChannelPipe } from './channel-pipe.ts';
import { ScancodeReader } from './scancodes.ts';

/** Buttons by number (spice-protocol: SpiceMouseButton); 4 and 5 are the wheel. */
const BUTTONS: ReadonlyMap<number, PointerButton> = new Map([
  [1, 'left'],
  [2, 'middle'],
  [3, 'right'],
  [6, 'side'],
  [7, 'extra'],
]);
const WHEEL_UP = 4;
const WHEEL_DOWN = 5;

/** Lock keys and their flags. */
const LOCKS = [
  { flag: KeyModifiers.scrollLock, scancode: 0x46, light: 'scroll' },
  { flag: KeyModifiers.numLock, scancode: 0x45, light: 'num' },
  { flag: KeyModifiers.capsLock, scancode: 0x3a, light: 'caps' },
] as const satisfies readonly { flag: number; scancode: number; light: keyof LockLights }[];

/** Time the guest has to switch a light before its lock key is pressed for the viewer again. */
const LOCK_SETTLE_MS = 500;

/** One viewer's inputs channel. */
export class InputsChannel implements SessionChannel {
  readonly #pipe: ChannelPipe;
  readonly #session: Session;
  readonly #input: InputSink;
  readonly #agentMouse: AgentMouse;
  readonly #clock: Clock;
  readonly #lockPressedAt = new Map<number, number>();
  #motions = 0;

  constructor(pipe: ChannelPipe, session: Session, input: InputSink, agentMouse: AgentMouse, clock: Clock) {
    this.#pipe = pipe;
    this.#session = session;
    this.#input = input;
    this.#agentMouse = agentMouse;
    this.#clock = clock;
    const scancodes = new ScancodeReader((scancode, isDown) => session.seat.key(scancode, isDown));
    const lights = input.onLockLights.subscribe((value) =>
      pipe.send(inputsServer.keyModifiers, { modifiers: flagsOf(value) }),
    );
    pipe.onClose = () => {
      lights[Symbol.dispose]();
      session.seat.release();
    };
    const mayAct = !session.isViewOnly;
    pipe.start<typeof inputsClient>(dispatchInputsClient, {
      keyDown: ({ code }) => {
        if (mayAct) scancodes.pushPacked(code);
      },
      keyUp: ({ code }) => {
        if (mayAct) scancodes.pushPacked(code);
      },
      keyScancode: ({ data }) => {
        if (mayAct) for (const byte of data) scancodes.push(byte);
      },
      keyModifiers: ({ modifiers }) => {
        if (mayAct) this.#wishLocks(modifiers);
      },
      mouseMotion: ({ dx, dy }) => {
        if (mayAct) this.#input.motion(dx, dy);
        this.#acknowledge();
      },
      mousePosition: ({ x, y, displayId }) => {
        if (mayAct) this.#place(displayId, x, y);
        this.#acknowledge();
      },
      mousePress: ({ button }) => {
        if (mayAct) this.#press(button, true);
      },
      mouseRelease: ({ button }) => {
        if (mayAct) this.#press(button, false);
      },
    });
    pipe.send(inputsServer.init, { modifiers: flagsOf(input.lockLights) });
  }

  close(reason: string): void {
    this.#pipe.close(reason);
  }

  /** The agent's pointer is used when the viewer sends positions that no device of the guest could take. */
  get #usesAgent(): boolean {
    return this.#session.mouseMode === MouseMode.client && !this.#input.hasAbsolutePointer && this.#agentMouse.canPoint;
  }

  #place(head: number, x: number, y: number): void {
    if (this.#usesAgent) this.#agentMouse.place(head, x, y);
    else this.#input.position(head, x, y);
  }

  #press(number: number, isDown: boolean): void {
    if (number === WHEEL_UP || number === WHEEL_DOWN) {
      // A notch is a press and a release of the viewer; it turns with the press.
      if (!isDown) return;
      const notches = number === WHEEL_UP ? 1 : -1;
      if (this.#usesAgent) this.#agentMouse.wheel(notches);
      else this.#input.wheel(0, notches);
      return;
    }
    const button = BUTTONS.get(number);
    if (button === undefined) return;
    this.#session.seat.button(button, isDown, this.#usesAgent);
  }

  #acknowledge(): void {
    this.#motions += 1;
    if (this.#motions < inputsLimits.motionAckBunch) return;
    this.#motions = 0;
    this.#pipe.send(inputsServer.mouseMotionAck, {});
  }

  /** The viewer's own keyboard has these locks on: the guest's lock keys are pressed where its lights differ. */
  #wishLocks(wished: number): void {
    const now = this.#clock.now();
    for (const { flag, scancode, light } of LOCKS) {
      if (((wished & flag) !== 0) === this.#input.lockLights[light]) continue;
      const pressedAt = this.#lockPressedAt.get(flag);
      if (pressedAt !== undefined && now - pressedAt < LOCK_SETTLE_MS) continue;
      this.#lockPressedAt.set(flag, now);
      this.#session.seat.key(scancode, true);
      this.#session.seat.key(scancode, false);
    }
  }
}

function flagsOf(lights: LockLights): number {
  let flags = 0;
  for (const { flag, light } of LOCKS) if (lights[light]) flags |= flag;
  return flags;
}
