/**
 * The inputs channel: keys, pointer and wheel to the guest, lock lights back. The server acknowledges every fourth motion;
 * with eight of them on the way, further ones wait and merge, so that a slow line never falls behind the hand.
 */
import {
  dispatchInputsServer,
  inputsClient,
  inputsLimits,
  KeyModifiers,
  MouseButton,
  MouseButtonMask,
  type inputsServer,
} from '../../../../src/spice/wire/inputs.gen.ts';
import { ChannelType } from '../../../../src/spice/wire/link.gen.ts';
import type { Handlers } from '../../../../src/wire/codec.ts';
import { openChannel, type Channel, type Connect } from './channel.ts';
import type { SessionError } from './session-error.ts';

const MAX_UNACKNOWLEDGED = 2 * inputsLimits.motionAckBunch;
const MAX_BODY_BYTES = 1 << 20;

/** The buttons of a mouse. The wheel is not among them. */
export type PointerButton = 'left' | 'middle' | 'right' | 'side' | 'extra';

/** Lights of the keyboard, as the guest sets them. */
export interface LockLights {
  readonly scroll: boolean;
  readonly num: boolean;
  readonly caps: boolean;
}

/** Told what the server says on inputs. */
export interface InputsListener {
  lights(lights: LockLights): void;
  /** Milliseconds from sending a motion to hearing that the server took it. */
  latency(ms: number): void;
  end(error: SessionError): void;
}

/** Opens the inputs channel of a session whose pointer is on a screen of this number. Rejects with SessionError. */
export async function openInputsChannel(
  connect: Connect,
  link: { readonly connectionId: number; readonly channelId: number; readonly password: string },
  head: number,
  listener: InputsListener,
): Promise<InputsChannel> {
  const channel = await openChannel(
    connect,
    { ...link, channelType: ChannelType.inputs, channelCaps: [] },
    { maxBodyBytes: MAX_BODY_BYTES, takesAtOnce: true },
  );
  return new InputsChannel(channel, head, listener);
}

export class InputsChannel {
  readonly #channel: Channel;
  readonly #head: number;
  #buttons = 0;
  #unacknowledged = 0;
  #motionsSent = 0;
  /** When the motions were sent whose acknowledgement is still to come: every fourth. */
  readonly #sentAtMs: number[] = [];
  #waitingPosition: { readonly x: number; readonly y: number } | null = null;
  #waitingDx = 0;
  #waitingDy = 0;

  constructor(channel: Channel, head: number, listener: InputsListener) {
    this.#channel = channel;
    this.#head = head;
    const lights = ({ modifiers }: { readonly modifiers: number }): void =>
      listener.lights({
        scroll: (modifiers & KeyModifiers.scrollLock) !== 0,
        num: (modifiers & KeyModifiers.numLock) !== 0,
        caps: (modifiers & KeyModifiers.capsLock) !== 0,
      });
    const handlers: Handlers<typeof inputsServer> = {
      ...channel.commonHandlers,
      init: lights,
      keyModifiers: lights,
      mouseMotionAck: () => {
        this.#unacknowledged = Math.max(0, this.#unacknowledged - inputsLimits.motionAckBunch);
        const sentAtMs = this.#sentAtMs.shift();
        if (sentAtMs !== undefined) listener.latency(performance.now() - sentAtMs);
        this.#sendWaiting();
      },
    };
    channel.start({
      dispatch: (type, reader) => dispatchInputsServer(type, reader, handlers),
      end: (error) => listener.end(error),
    });
  }

  /** Bytes that came on this channel. */
  get bytesReceived(): number {
    return this.#channel.bytesReceived;
  }

  /** A key: scancode of set 1, 0xe000 added for those with the e0 prefix. */
  key(scancode: number, isDown: boolean): void {
    const key = (scancode & 0x7f) | (isDown ? 0 : 0x80);
    const code = scancode > 0xff ? 0xe0 | (key << 8) : key;
    this.#channel.send(isDown ? inputsClient.keyDown : inputsClient.keyUp, { code });
  }

  /** The pointer's place in pixels of the screen. */
  position(x: number, y: number): void {
    this.#waitingPosition = { x, y };
    if (this.#unacknowledged < MAX_UNACKNOWLEDGED) this.#sendWaiting();
  }

  /** Relative motion in whole pixels. */
  motion(dx: number, dy: number): void {
    this.#waitingDx += dx;
    this.#waitingDy += dy;
    if (this.#unacknowledged < MAX_UNACKNOWLEDGED) this.#sendWaiting();
  }

  /** A button of the mouse. */
  button(button: PointerButton, isDown: boolean): void {
    // A click belongs where the pointer is now, however many motions are on the way.
    this.#sendWaiting();
    if (isDown) this.#buttons |= MouseButtonMask[button];
    else this.#buttons &= ~MouseButtonMask[button];
    const change = { button: MouseButton[button], buttonsState: this.#buttons };
    this.#channel.send(isDown ? inputsClient.mousePress : inputsClient.mouseRelease, change);
  }

  /** Whole notches of the wheel; positive scrolls down. */
  wheel(notches: number): void {
    this.#sendWaiting();
    const name = notches > 0 ? 'down' : 'up';
    const button = MouseButton[name];
    for (let i = 0; i < Math.abs(notches); i++) {
      this.#channel.send(inputsClient.mousePress, { button, buttonsState: this.#buttons | MouseButtonMask[name] });
      this.#channel.send(inputsClient.mouseRelease, { button, buttonsState: this.#buttons });
    }
  }

  close(): void {
    this.#channel.close();
  }

  #sendWaiting(): void {
    const position = this.#waitingPosition;
    if (position !== null) {
      this.#waitingPosition = null;
      this.#countMotion();
      this.#channel.send(inputsClient.mousePosition, {
        ...position,
        buttonsState: this.#buttons,
        displayId: this.#head,
      });
    }
    if (this.#waitingDx !== 0 || this.#waitingDy !== 0) {
      const motion = { dx: this.#waitingDx, dy: this.#waitingDy, buttonsState: this.#buttons };
      this.#waitingDx = this.#waitingDy = 0;
      this.#countMotion();
      this.#channel.send(inputsClient.mouseMotion, motion);
    }
  }

  #countMotion(): void {
    this.#unacknowledged++;
    if (++this.#motionsSent % inputsLimits.motionAckBunch === 0) this.#sentAtMs.push(performance.now());
  }
}
