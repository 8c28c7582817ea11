/** What the threads that have a guest's devices tell the main thread, whichever machine the guest runs on. */
import type { Logger } from '../../base/log.ts';
import type { PointerShape } from '../../display/contract.ts';

/** A guest makes mistakes at any rate it likes: one report in this time. */
const TROUBLE_INTERVAL_MS = 1000;

/** News that every such thread has. */
export type ThreadNews =
  /** `renderer` is the name of what renders 3D; null: nothing does, for the `reason` given if it should. */
  | { readonly kind: 'ready'; readonly renderer: string | null; readonly reason: string | null }
  /** Who renders 3D has failed, and another has taken over. */
  | { readonly kind: 'restart'; readonly reason: string; readonly milliseconds: number }
  /** The guest asked for more of who renders than it may have and was refused, so often so far. */
  | { readonly kind: 'quota'; readonly reason: string; readonly refusals: number }
  | { readonly kind: 'shape'; readonly shape: PointerShape | null }
  | { readonly kind: 'move'; readonly head: number; readonly x: number; readonly y: number }
  | { readonly kind: 'scanout'; readonly head: number; readonly width: number; readonly height: number }
  | Spoken;

/** What a log is to say. */
type Spoken =
  | {
      readonly kind: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    }
  /** The guest did something wrong, or the host could not do what it wanted; `unsaid` like it were kept back. */
  | { readonly kind: 'trouble'; readonly message: string; readonly unsaid: number };

/** A log for such a thread: the main thread writes what it says. */
export function threadLog(say: (news: Spoken) => void): Logger {
  const log: Logger = {
    debug: (message, fields = {}) => say({ kind: 'log', level: 'debug', message, fields }),
    info: (message, fields = {}) => say({ kind: 'log', level: 'info', message, fields }),
    warn: (message, fields = {}) => say({ kind: 'log', level: 'warn', message, fields }),
    error: (message, fields = {}) => say({ kind: 'log', level: 'error', message, fields }),
    child: () => log,
  };
  return log;
}

/** Reports what a guest did wrong, not as often as it likes. */
export function troubleReport(say: (news: Spoken) => void): (message: string) => void {
  let lastMs = -Infinity;
  let unsaid = 0;
  return (message) => {
    const now = performance.now();
    if (now - lastMs < TROUBLE_INTERVAL_MS) {
      unsaid++;
      return;
    }
    say({ kind: 'trouble', message, unsaid });
    lastMs = now;
    unsaid = 0;
  };
}
