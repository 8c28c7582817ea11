/**
 * A guest machine as the server sees it, whichever engine runs it. The engine owns processes, threads, guest memory and
 * devices; it hands out what display and spice need through the contracts of `display/contract.ts`.
 */
import type { Signal } from '../base/signal.ts';
import type { AgentPort, FrameSourceHandle, InputSink, PointerSource } from '../display/contract.ts';

/** Where a machine is in its life. `stopped` is final: a machine is started once. */
export type MachineState = 'created' | 'running' | 'paused' | 'stopped';

/** How a machine came to its end. `error` carries one sentence for the user, the engine's own last words included. */
export interface MachineEnd {
  readonly reason: 'powerdown' | 'killed' | 'error';
  readonly message: string;
  /** Told by a machine whose runs are equal, when its guest has ended by itself. */
  readonly run?: PacedRun;
}

/** What a run has come to whose time is counted in instructions: another of the same guest comes to the same. */
export interface PacedRun {
  readonly instructions: number;
  /** SHA-256 of RAM, registers and the board's state. */
  readonly digest: string;
}

/** What there is to tell of a guest's 3D. */
export type GpuNews =
  /** It is rendered here, by the device of this name. */
  | { readonly kind: 'rendering'; readonly renderer: string }
  /** The guest's screen is 2D; one sentence says why. */
  | { readonly kind: '2d'; readonly reason: string }
  /** Who rendered has failed, and another has taken over. */
  | { readonly kind: 'restarted'; readonly reason: string; readonly milliseconds: number }
  /** The guest asked for more than it may have and was refused, so often so far; told at most once a second. */
  | { readonly kind: 'quota'; readonly reason: string; readonly refusals: number };

/** One guest machine. */
export interface Machine {
  /** Shown to viewers as the title. */
  readonly name: string;
  /** RFC 9562 text form. */
  readonly uuid: string;
  /** The guest's screens, in order; the list never changes, a screen that is off has size 0 × 0. */
  readonly heads: readonly FrameSourceHandle[];
  readonly input: InputSink;
  /** The guest's pointer image and place. */
  readonly pointer: PointerSource;
  /** The guest agent's byte stream, if the machine has such a port. */
  readonly agent: AgentPort | null;
  /** Told while the machine starts, unless its screen was to be 2D, and when something happens to its 3D. */
  readonly onGpu: Signal<GpuNews>;
  readonly state: MachineState;
  readonly onState: Signal<MachineState>;
  /** Emitted once, after `state` became `stopped` and every process and file of the machine is gone. */
  readonly onEnd: Signal<MachineEnd>;

  /** Powers on; resolves when guest code runs. Rejects with HostError (nothing is left behind then). */
  start(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** The reset button: at once, without asking the guest. */
  reset(): Promise<void>;
  /** The power button: asks the guest to shut down by itself; the end comes with `onEnd`, or never. */
  powerdown(): Promise<void>;
  /** Pulls the plug; resolves when everything is gone. May be called in every state, more than once. */
  kill(): Promise<void>;
  /** Wishes for the size of a head, as a monitor that is resized would: the guest may follow. */
  suggestSize(head: number, width: number, height: number): void;
}
