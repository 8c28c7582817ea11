/**
 * The guest's agent, shared by all viewers. To the guest the hub is the one client: whole messages only, one after another,
 * and what it announces is what its viewers can do together. To each viewer it is the agent, even while none runs in the
 * guest: wishes for a screen size then reach the machine itself, and what they copy is there for the agent that starts.
 * Clipboard data and transfer reports go to whom they concern.
 */
import { messageOf, StateError } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { Signal } from '../../base/signal.ts';
import type { AgentPort, PointerButton } from '../../display/contract.ts';
import type { Codec } from '../../wire/codec.ts';
import { Reader } from '../../wire/reader.ts';
import { WireError } from '../../wire/wire-error.ts';
import { Writer } from '../../wire/writer.ts';
import type { SpiceLimits } from '../limits.ts';
import {
  AgentButtons,
  AgentCap,
  agentFromGuest,
  agentFromGuestById,
  agentToGuest,
  agentToGuestById,
  dispatchAgentFromGuest,
  dispatchAgentToGuest,
  FileXferResult,
  type AgentMonitorsConfig,
} from '../wire/agent.gen.ts';
import { AgentClipboards } from './agent-clipboard.ts';
import type { AgentMouse } from './agent-mouse.ts';
import { AgentPortReader } from './agent-port-reader.ts';
import { AgentPortWriter } from './agent-port-writer.ts';
import { AgentSeat, type AgentSeatEvents } from './agent-seat.ts';
import { AgentTransfers } from './agent-transfers.ts';

function bit(cap: number): number {
  return 1 << cap;
}

/** What the server itself does for viewers, whether an agent runs or not. */
const OWN_CAPS =
  bit(AgentCap.monitorsConfig) |
  bit(AgentCap.sparseMonitorsConfig) |
  bit(AgentCap.clipboardByDemand) |
  bit(AgentCap.clipboardSelection);
/** What the server itself can do for the guest. */
const SERVER_CAPS = bit(AgentCap.mouseState) | bit(AgentCap.monitorsConfig) | bit(AgentCap.reply);
/** Not passed on: serial numbers of grabs order two sides, not many. */
const HIDDEN_CAPS = bit(AgentCap.clipboardGrabSerial);
/** The one selection of viewers and guests that know no others. */
const CLIPBOARD = 0;
/** Forms of a clipboard that are remembered for who comes later; there are five. */
const MAX_CLIPBOARD_TYPES = 16;

const BUTTON_FLAGS: Readonly<Record<PointerButton, number>> = {
  left: AgentButtons.left,
  middle: AgentButtons.middle,
  right: AgentButtons.right,
  side: AgentButtons.side,
  extra: AgentButtons.extra,
};

/** What a hub needs. */
export interface AgentHubOptions {
  /** `null`: the machine has no such port. */
  readonly port: AgentPort | null;
  readonly limits: SpiceLimits;
  readonly log: Logger;
  suggestSize(head: number, width: number, height: number): void;
}

/** The agent of one guest. */
export class AgentHub implements AgentMouse {
  /** `canPoint` changed. */
  readonly onCanPoint = new Signal<void>();
  readonly #options: AgentHubOptions;
  readonly #writer: AgentPortWriter | null;
  readonly #portReader: AgentPortReader;
  readonly #seats = new Set<AgentSeat>();
  readonly #clipboards = new AgentClipboards();
  readonly #transfers = new AgentTransfers();
  readonly #subscriptions: readonly Disposable[];
  readonly #scratch = new Writer();
  readonly #reader = new Reader();
  /** What the guest's agent announced, a bit mask; 0 while none runs. */
  #guestCaps = 0;
  #announced = 0;
  #isBroken = false;
  #couldPoint = false;
  #head = 0;
  #x = 0;
  #y = 0;
  #buttons = 0;

  constructor(options: AgentHubOptions) {
    this.#options = options;
    const { port } = options;
    this.#writer = port === null ? null : new AgentPortWriter(port);
    this.#portReader = new AgentPortReader(options.limits.maxAgentMessageBytes, (type, body) =>
      this.#handleGuest(type, body),
    );
    this.#subscriptions =
      port === null
        ? []
        : [
            port.onOpen.subscribe((isOpen) => this.#handleOpen(isOpen)),
            port.onData.subscribe((bytes) => this.#receive(bytes)),
          ];
    if (port?.isOpen === true) this.#handleOpen(true);
  }

  /** A place for one more viewer. */
  take(events: AgentSeatEvents): AgentSeat {
    const host = {
      onMessage: (from: AgentSeat, type: number, body: Uint8Array): void => this.#handleViewer(from, type, body),
      onSkip: (_from: AgentSeat, type: number, size: number): void =>
        this.#options.log.warn('agent message of a viewer is too long', { type, size }),
      onLeave: (from: AgentSeat): void => this.#leave(from),
    };
    const seat = new AgentSeat(events, host, this.#options.limits);
    this.#seats.add(seat);
    return seat;
  }

  get canPoint(): boolean {
    return this.#isOpen && (this.#guestCaps & bit(AgentCap.mouseState)) !== 0;
  }

  #tellCanPoint(): void {
    if (this.canPoint === this.#couldPoint) return;
    this.#couldPoint = this.canPoint;
    this.onCanPoint.emit();
  }

  place(head: number, x: number, y: number): void {
    [this.#head, this.#x, this.#y] = [head, x, y];
    this.#point();
  }

  button(button: PointerButton, isDown: boolean): void {
    if (isDown) this.#buttons |= BUTTON_FLAGS[button];
    else this.#buttons &= ~BUTTON_FLAGS[button];
    this.#sendPointer(this.#buttons);
  }

  wheel(notches: number): void {
    // The agent sees a notch as a press and a release of a button; neither may replace the other unsent.
    this.#sendPointer(this.#buttons | (notches > 0 ? AgentButtons.up : AgentButtons.down));
    this.#sendPointer(this.#buttons);
  }

  /** Lets the port go. */
  close(): void {
    for (const subscription of this.#subscriptions) subscription[Symbol.dispose]();
    this.#writer?.close();
  }

  get #isOpen(): boolean {
    return this.#options.port?.isOpen === true && !this.#isBroken;
  }

  // ---- towards the guest

  #point(): void {
    if (!this.canPoint) return;
    this.#writer?.writeLatest(
      agentToGuest.mouseState.id,
      this.#print(agentToGuest.mouseState, this.#state(this.#buttons)),
    );
  }

  #sendPointer(buttons: number): void {
    if (!this.canPoint || this.#writer === null || this.#writer.isCrowded) return;
    const body = this.#print(agentToGuest.mouseState, this.#state(buttons));
    this.#writer.write('server', agentToGuest.mouseState.id, body);
  }

  #state(buttons: number): { x: number; y: number; buttons: number; displayId: number } {
    return { x: this.#x, y: this.#y, buttons, displayId: this.#head };
  }

  #toGuest<T>(codec: Codec<T>, message: T, from: AgentSeat | null = null): void {
    if (!this.#isOpen || this.#writer === null) return;
    const body = this.#print(codec, message, this.#guestFeatures);
    let size = 0;
    for (const part of body) size += part.byteLength;
    this.#writer.write('viewer', codec.id, body, from === null ? null : from.hold(size));
  }

  #toViewer<T>(seat: AgentSeat, codec: Codec<T>, message: T): void {
    seat.send(codec.id, this.#print(codec, message, this.#featuresOf(seat)));
  }

  #print<T>(codec: Codec<T>, message: T, features = 0): Uint8Array[] {
    this.#scratch.features = features;
    codec.write(this.#scratch, message);
    return this.#scratch.finish();
  }

  /** Announces to the guest what all viewers can do together, when that is news or was asked for. */
  #announce(isAsked: boolean): void {
    let caps = SERVER_CAPS;
    for (const seat of this.#seats) caps |= seat.caps ?? 0;
    caps &= ~HIDDEN_CAPS;
    if (!isAsked && caps === this.#announced) return;
    this.#announced = caps;
    this.#toGuest(agentToGuest.announceCapabilities, { request: this.#guestCaps === 0, caps: [caps >>> 0] });
  }

  get #guestFeatures(): number {
    return this.#guestCaps & this.#announced & ~HIDDEN_CAPS;
  }

  #featuresOf(seat: AgentSeat): number {
    return (seat.caps ?? 0) & (this.#guestCaps | OWN_CAPS) & ~HIDDEN_CAPS;
  }

  /** The field that names a selection, where the guest knows others than the clipboard. */
  #guestSelection(id: number): { readonly id: number } | null {
    return (this.#guestFeatures & bit(AgentCap.clipboardSelection)) === 0 ? null : { id };
  }

  #selectionOf(seat: AgentSeat, id: number): { readonly id: number } | null {
    return (this.#featuresOf(seat) & bit(AgentCap.clipboardSelection)) === 0 ? null : { id };
  }

  // ---- from viewers

  #handleViewer(seat: AgentSeat, type: number, body: Uint8Array): void {
    // Newer viewers may know messages that are unknown here: they are dropped, the viewer stays.
    if (!agentToGuestById.has(type)) return;
    this.#reader.features = this.#featuresOf(seat);
    dispatchAgentToGuest(type, this.#reader.reset(body), {
      announceCapabilities: ({ request, caps }) => {
        const isNew = seat.caps === null;
        seat.caps = caps[0] ?? 0;
        this.#announce(false);
        if (request) this.#tellCaps(seat);
        if (isNew) this.#tellGuestGrabs(seat);
      },
      monitorsConfig: (config) => this.#handleMonitors(seat, config),
      clipboardGrab: ({ selection, types }) => {
        const id = selection?.id ?? CLIPBOARD;
        const before = this.#clipboards.setOwner(id, seat, types.slice(0, MAX_CLIPBOARD_TYPES));
        if (before === 'guest') this.#releaseAtViewers(id, seat);
        if (this.#canSelect(id)) {
          this.#toGuest(agentToGuest.clipboardGrab, { selection: this.#guestSelection(id), serial: null, types }, seat);
        }
      },
      clipboardRequest: ({ selection, type: form }) => {
        const id = selection?.id ?? CLIPBOARD;
        if (this.#clipboards.ask(id, seat)) {
          this.#toGuest(agentToGuest.clipboardRequest, { selection: this.#guestSelection(id), type: form }, seat);
        }
      },
      clipboard: ({ selection, type: form, data }) => {
        const id = selection?.id ?? CLIPBOARD;
        if (this.#clipboards.ownerOf(id) !== seat || !this.#canSelect(id)) return;
        this.#toGuest(agentToGuest.clipboard, { selection: this.#guestSelection(id), type: form, data }, seat);
      },
      clipboardRelease: ({ selection }) => {
        const id = selection?.id ?? CLIPBOARD;
        if (this.#clipboards.ownerOf(id) !== seat) return;
        this.#clipboards.setOwner(id, null);
        if (this.#canSelect(id))
          this.#toGuest(agentToGuest.clipboardRelease, { selection: this.#guestSelection(id) }, seat);
      },
      fileXferStart: ({ id, data }) => {
        const guestId = this.#isOpen ? this.#transfers.start(seat, id) : null;
        if (guestId === null) this.#endTransfer(seat, id, FileXferResult.vdagentNotConnected);
        else this.#toGuest(agentToGuest.fileXferStart, { id: guestId, data }, seat);
      },
      fileXferStatus: ({ id, result, data }) => {
        const guestId = this.#transfers.guestId(seat, id);
        if (guestId === null) return;
        this.#toGuest(agentToGuest.fileXferStatus, { id: guestId, result, data }, seat);
        this.#transfers.finish(guestId);
      },
      fileXferData: ({ id, data }) => {
        const guestId = this.#transfers.guestId(seat, id);
        if (guestId !== null) this.#toGuest(agentToGuest.fileXferData, { id: guestId, data }, seat);
      },
      displayConfig: (message) => this.#toGuest(agentToGuest.displayConfig, message, seat),
      maxClipboard: (message) => this.#toGuest(agentToGuest.maxClipboard, message, seat),
      audioVolumeSync: (message) => this.#toGuest(agentToGuest.audioVolumeSync, message, seat),
      // The server's own business.
      mouseState: () => {},
      clientDisconnected: () => {},
      graphicsDeviceInfo: () => {},
    });
  }

  #handleMonitors(seat: AgentSeat, config: AgentMonitorsConfig): void {
    for (const [head, monitor] of config.monitors.entries()) {
      if (monitor.width > 0 && monitor.height > 0) this.#options.suggestSize(head, monitor.width, monitor.height);
    }
    if ((this.#guestCaps & bit(AgentCap.monitorsConfig)) !== 0)
      this.#toGuest(agentToGuest.monitorsConfig, config, seat);
  }

  /** Whether the guest can be told about that selection. */
  #canSelect(id: number): boolean {
    return id === CLIPBOARD || (this.#guestFeatures & bit(AgentCap.clipboardSelection)) !== 0;
  }

  #leave(seat: AgentSeat): void {
    if (!this.#seats.delete(seat)) return;
    for (const id of this.#clipboards.leave(seat)) {
      if (this.#canSelect(id)) this.#toGuest(agentToGuest.clipboardRelease, { selection: this.#guestSelection(id) });
    }
    for (const id of this.#transfers.leave(seat)) {
      this.#toGuest(agentToGuest.fileXferStatus, { id, result: FileXferResult.cancelled, data: new Uint8Array(0) });
    }
    if (this.#seats.size > 0) {
      this.#announce(false);
      return;
    }
    this.#announced = 0;
    if (this.#isOpen) this.#writer?.write('server', agentToGuest.clientDisconnected.id, []);
  }

  // ---- from the guest

  #handleOpen(isOpen: boolean): void {
    const hadCaps = this.#guestCaps;
    this.#isBroken = false;
    this.#portReader.reset();
    this.#writer?.reset();
    this.#guestCaps = 0;
    this.#announced = 0;
    this.#buttons = 0;
    for (const id of this.#clipboards.reset()) this.#releaseAtViewers(id, null);
    for (const { seat, id } of this.#transfers.reset()) {
      this.#endTransfer(seat, id, FileXferResult.vdagentNotConnected);
    }
    if (hadCaps !== 0) this.#tellAllCaps();
    this.#tellCanPoint();
    if (isOpen) this.#announce(true);
  }

  #receive(bytes: Uint8Array): void {
    if (this.#isBroken) return;
    try {
      this.#portReader.push(bytes);
    } catch (error) {
      if (!(error instanceof WireError) && !(error instanceof StateError)) throw error;
      // Without sound headers the stream cannot be followed: the agent is as good as gone until it opens its port anew.
      this.#options.log.warn('the guest agent is not understood and ignored', { reason: messageOf(error) });
      this.#handleOpen(false);
      this.#isBroken = true;
    }
  }

  #handleGuest(type: number, body: Uint8Array): void {
    if (!agentFromGuestById.has(type)) return;
    this.#reader.features = this.#guestFeatures;
    dispatchAgentFromGuest(type, this.#reader.reset(body), {
      announceCapabilities: ({ request, caps }) => {
        const isNew = this.#guestCaps === 0;
        this.#guestCaps = caps[0] ?? 0;
        if (request) this.#announce(true);
        this.#tellAllCaps();
        this.#tellCanPoint();
        if (isNew) this.#tellViewerGrabs();
      },
      reply: (message) => {
        for (const seat of this.#seats) if (seat.caps !== null) this.#toViewer(seat, agentFromGuest.reply, message);
      },
      clipboardGrab: ({ selection, types }) => {
        const id = selection?.id ?? CLIPBOARD;
        this.#clipboards.setOwner(id, 'guest', types.slice(0, MAX_CLIPBOARD_TYPES));
        for (const seat of this.#seats) this.#tellGrab(seat, id, types);
      },
      clipboardRequest: ({ selection, type: form }) => {
        const id = selection?.id ?? CLIPBOARD;
        const owner = this.#clipboards.ownerOf(id);
        if (owner === null || owner === 'guest') return;
        this.#toViewer(owner, agentFromGuest.clipboardRequest, { selection: this.#selectionOf(owner, id), type: form });
      },
      clipboard: ({ selection, type: form, data }) => {
        const id = selection?.id ?? CLIPBOARD;
        const seat = this.#clipboards.answer(id);
        if (seat !== null && this.#seats.has(seat)) {
          this.#toViewer(seat, agentFromGuest.clipboard, { selection: this.#selectionOf(seat, id), type: form, data });
        }
      },
      clipboardRelease: ({ selection }) => {
        const id = selection?.id ?? CLIPBOARD;
        if (this.#clipboards.ownerOf(id) !== 'guest') return;
        this.#clipboards.setOwner(id, null);
        this.#releaseAtViewers(id, null);
      },
      fileXferStatus: ({ id, result, data }) => {
        const owner = this.#transfers.owner(id);
        if (owner === null) return;
        this.#toViewer(owner.seat, agentFromGuest.fileXferStatus, { id: owner.id, result, data });
        if (result !== FileXferResult.canSendData) this.#transfers.finish(id);
      },
    });
  }

  #tellCaps(seat: AgentSeat): void {
    const caps = OWN_CAPS | (this.#guestCaps & ~HIDDEN_CAPS);
    this.#toViewer(seat, agentFromGuest.announceCapabilities, { request: false, caps: [caps >>> 0] });
  }

  #tellAllCaps(): void {
    for (const seat of this.#seats) if (seat.caps !== null) this.#tellCaps(seat);
  }

  /** Whether a viewer takes part in that selection. */
  #sharesClipboard(seat: AgentSeat, id: number): boolean {
    const wanted = bit(AgentCap.clipboardByDemand) | (id === CLIPBOARD ? 0 : bit(AgentCap.clipboardSelection));
    return ((seat.caps ?? 0) & wanted) === wanted;
  }

  #tellGrab(seat: AgentSeat, id: number, types: readonly number[]): void {
    if (!this.#sharesClipboard(seat, id)) return;
    this.#toViewer(seat, agentFromGuest.clipboardGrab, { selection: this.#selectionOf(seat, id), serial: null, types });
  }

  /** A viewer that comes hears what was copied in the guest before. */
  #tellGuestGrabs(seat: AgentSeat): void {
    for (const { id, owner, types } of this.#clipboards.grabs()) if (owner === 'guest') this.#tellGrab(seat, id, types);
  }

  /** An agent that comes hears what viewers copied before. */
  #tellViewerGrabs(): void {
    for (const { id, owner, types } of this.#clipboards.grabs()) {
      if (owner === 'guest' || !this.#canSelect(id)) continue;
      this.#toGuest(agentToGuest.clipboardGrab, { selection: this.#guestSelection(id), serial: null, types }, owner);
    }
  }

  #releaseAtViewers(id: number, except: AgentSeat | null): void {
    for (const seat of this.#seats) {
      if (seat !== except && this.#sharesClipboard(seat, id))
        this.#toViewer(seat, agentFromGuest.clipboardRelease, { selection: this.#selectionOf(seat, id) });
    }
  }

  #endTransfer(seat: AgentSeat, id: number, result: number): void {
    this.#toViewer(seat, agentFromGuest.fileXferStatus, { id, result, data: new Uint8Array(0) });
  }
}
