import type { AgentPort, InputSink, PointerSource, Screen } from '../display/contract.ts';

/** A guest as viewers see it. */
export interface GuestView {
  /** The title of viewers' windows. */
  readonly name: string;
  /** RFC 9562 text form. */
  readonly uuid: string;
  readonly screens: readonly Screen[];
  readonly input: InputSink;
  readonly pointer: PointerSource;
  readonly agent: AgentPort | null;
  /** A viewer would like the head in this size. */
  suggestSize(head: number, width: number, height: number): void;
}
