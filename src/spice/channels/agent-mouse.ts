import type { PointerButton } from '../../display/contract.ts';

/** The pointer of a guest that has no absolute device, moved by its agent. Calls do nothing while it cannot. */
export interface AgentMouse {
  /** Whether the agent runs and takes pointer states. */
  readonly canPoint: boolean;
  place(head: number, x: number, y: number): void;
  button(button: PointerButton, isDown: boolean): void;
  /** Turns the wheel by notches; positive is away from the user. */
  wheel(notches: number): void;
}
