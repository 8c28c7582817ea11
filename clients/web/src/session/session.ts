/**
 * A SPICE session as a viewer has it: main first, then display, inputs and cursor under the session's id. It knows neither
 * page nor canvas; the display channel is opened by whoever decodes it, which may be another thread.
 */
import { ChannelType } from '../../../../src/spice/wire/link.gen.ts';
import type { Channel, Connect } from './channel.ts';
import { openCursorChannel, type CursorListener } from './cursor-channel.ts';
import { openInputsChannel, type InputsChannel, type InputsListener } from './inputs-channel.ts';
import { openMainChannel, type MainChannel, type MainListener } from './main-channel.ts';
import { toSessionError, type SessionError } from './session-error.ts';

/** What a further channel of a session needs to be linked. */
export interface ChannelLink {
  readonly connectionId: number;
  readonly channelId: number;
  readonly password: string;
}

/** A display channel that runs somewhere. */
export interface DisplayHandle {
  close(): void;
}

/** Told what happens in a session; `end` comes once, and not after `close`. */
export type SessionListener = MainListener & InputsListener & CursorListener;

/** What a session needs. */
export interface SessionOptions {
  /** Opens a fresh connection: called once for each channel. */
  readonly connect: Connect;
  /** Empty when none is wanted. */
  readonly password: string;
  /** Which of the guest's screens is shown, from 0; the first where there is no such. */
  readonly head?: number;
  /** Without input: keys and pointer stay with the viewer. */
  readonly isViewOnly: boolean;
  /**
   * Opens the display channel where it is decoded. Resolves when it is linked, rejects with SessionError; calls `onEnd`
   * when it ends by itself later.
   */
  readonly openDisplay: (link: ChannelLink, onEnd: (error: SessionError) => void) => Promise<DisplayHandle>;
  readonly listener: SessionListener;
}

/** Opens a session. Rejects with SessionError, with nothing left open. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { connect, password, listener } = options;
  const opened: { close(): void }[] = [];
  let isOver = false;
  const closeAll = (): void => {
    isOver = true;
    for (const part of opened) part.close();
  };
  let openingFailed: ((error: SessionError) => void) | null = null;
  const end = (error: SessionError): void => {
    if (isOver) return;
    closeAll();
    if (openingFailed !== null) openingFailed(error);
    else listener.end(error);
  };
  const keep = <T extends { close(): void }>(part: T): T => {
    if (isOver) part.close();
    else opened.push(part);
    return part;
  };

  try {
    const main = await openMainChannel(connect, password, {
      guestName: (name) => listener.guestName(name),
      pointerMode: (isAbsolute) => listener.pointerMode(isAbsolute),
      agent: (isConnected) => listener.agent(isConnected),
      copied: (text) => listener.copied(text),
      end,
    });
    keep(main.channel);
    const heads = main.channels.filter(({ type }) => type === ChannelType.display).map(({ id }) => id);
    const head = heads.find((id) => id === options.head) ?? heads[0] ?? 0;
    const linkOf = (type: number, channelId: number): ChannelLink | null =>
      main.channels.some((channel) => channel.type === type && channel.id === channelId)
        ? { connectionId: main.connectionId, channelId, password }
        : null;
    const failed = new Promise<never>((_, reject) => (openingFailed = reject));
    const display = linkOf(ChannelType.display, head);
    const inputs = options.isViewOnly ? null : linkOf(ChannelType.inputs, 0);
    const cursor = linkOf(ChannelType.cursor, head);
    const [, inputsChannel, cursorChannel] = await Promise.race([
      failed,
      Promise.all([
        display === null ? null : options.openDisplay(display, end).then(keep),
        inputs === null ? null : openInputsChannel(connect, inputs, head, { ...pick(listener), end }).then(keep),
        cursor === null
          ? null
          : openCursorChannel(connect, cursor, {
              cursorShape: (shape) => listener.cursorShape(shape),
              cursorMove: (x, y) => listener.cursorMove(x, y),
              end,
            }).then(keep),
      ]),
    ]);
    openingFailed = null;
    return new Session(main, { heads, head }, inputsChannel, cursorChannel, closeAll);
  } catch (error) {
    closeAll();
    throw toSessionError(error);
  }
}

function pick(listener: SessionListener): Pick<InputsListener, 'lights' | 'latency'> {
  return { lights: (lights) => listener.lights(lights), latency: (ms) => listener.latency(ms) };
}

export class Session {
  /** Null for a viewer without input. */
  readonly inputs: InputsChannel | null;
  /** The guest's screens by number. */
  readonly heads: readonly number[];
  /** The one that is shown. */
  readonly head: number;
  readonly #main: MainChannel;
  readonly #cursor: Channel | null;
  readonly #closeAll: () => void;

  constructor(
    main: MainChannel,
    shown: { readonly heads: readonly number[]; readonly head: number },
    inputs: InputsChannel | null,
    cursor: Channel | null,
    closeAll: () => void,
  ) {
    this.inputs = inputs;
    this.heads = shown.heads;
    this.head = shown.head;
    this.#main = main;
    this.#cursor = cursor;
    this.#closeAll = closeAll;
  }

  /** Bytes that came on all channels but the display's. */
  get bytesReceived(): number {
    const { bytesReceived } = this.#main.channel;
    return bytesReceived + (this.inputs?.bytesReceived ?? 0) + (this.#cursor?.bytesReceived ?? 0);
  }

  /** Whether the guest can be asked for another size of its screen: of the first, as agents hear of all up to it at once. */
  get canResize(): boolean {
    return this.head === 0 && this.#main.agent.isConnected;
  }

  /** Asks the guest for a size of its screen in pixels, now or once its agent is there. It may decide otherwise. */
  wishSize(width: number, height: number): void {
    if (this.head === 0) this.#main.agent.wishSize(width, height);
  }

  /** Ends the session; the listener is called no more. */
  close(): void {
    this.#closeAll();
  }
}
