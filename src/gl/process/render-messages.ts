/** What a process that renders and the one above it tell each other in words; pixels and commands go other ways. */
import type { RenderLimits } from '../core/limits.ts';

/** What every process that renders is started with, as JSON in its arguments. */
export interface RenderSettings {
  /** `auto`, `software` or the path of a render node. */
  readonly renderNode: string;
  readonly limits: Partial<RenderLimits>;
  readonly logLevel: string;
}

/** What it is started with besides. */
export interface StartSettings extends RenderSettings {
  /** Where it may keep compiled shaders (shader-memory.ts), by number; null: nowhere. */
  readonly shaderFds: readonly [data: number, index: number] | null;
}

/** The next argument, when the process was started without the right to change files (launch.ts). */
export const FILES_KEPT = 'files-kept';

/** Levels of log lines. */
export type LogLevelName = 'debug' | 'info' | 'warn' | 'error';

/** The device is open. */
export interface ReadyMessage {
  readonly kind: 'ready';
  readonly renderer: string;
  readonly version: string;
  /** Capability sets by number, in base64. */
  readonly capsets: Readonly<Record<string, string>>;
}

/** What a process that renders says. */
export type RenderMessage =
  | ReadyMessage
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'client'; readonly name: string; readonly protocol: number }
  | { readonly kind: 'quota'; readonly reason: string; readonly refusals: number }
  | { readonly kind: 'end'; readonly reason: string }
  | {
      readonly kind: 'log';
      readonly level: LogLevelName;
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    };
