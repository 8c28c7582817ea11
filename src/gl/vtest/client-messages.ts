/** What a GPU process and the server above it tell each other, beside the descriptor of the client. */
import type { RenderLimits } from '../core/limits.ts';

/** What a GPU process is started with, as JSON in its arguments. */
export interface ClientProcessOptions {
  readonly renderNode: string;
  readonly limits: Partial<RenderLimits>;
  readonly logLevel: string;
  /** Descriptors: the control socket that brings the client's, and the progress page. */
  readonly controlFd: number;
  readonly progressFd: number;
}

/** Levels of log lines. */
export type LogLevelName = 'debug' | 'info' | 'warn' | 'error';

/** What a GPU process says. */
export type ClientProcessMessage =
  | { readonly kind: 'ready'; readonly renderer: string; readonly version: string }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'client'; readonly name: string; readonly protocol: number }
  | { readonly kind: 'end'; readonly reason: string }
  | {
      readonly kind: 'log';
      readonly level: LogLevelName;
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    };
