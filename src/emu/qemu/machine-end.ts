/** Why QEMU is gone, in one sentence. */
import type { MachineEnd } from '../contract.ts';
import type { ProcessExit } from './qemu-process.ts';

export interface EndFacts {
  readonly exit: ProcessExit;
  /** What QEMU said on its standard error; may be empty. */
  readonly lastWords: string;
  /** Reason of QEMU's SHUTDOWN event, if there was one. */
  readonly shutdown: string | null;
  /** Whether we were asked to end the machine. */
  readonly isKilled: boolean;
  /** What failed on our side, which made us end the machine. */
  readonly failure: Error | null;
}

/** The end of a machine whose process has ended. */
export function machineEnd({ exit, lastWords, shutdown, isKilled, failure }: EndFacts): MachineEnd {
  if (failure !== null) return { reason: 'error', message: failure.message };
  if (isKilled) return { reason: 'killed', message: 'The guest was switched off.' };
  switch (shutdown ?? '') {
    case 'guest-shutdown':
      return { reason: 'powerdown', message: 'The guest has shut down.' };
    case 'guest-reset':
      return { reason: 'powerdown', message: 'The guest has restarted, which its settings make its end.' };
    case 'guest-panic':
      return { reason: 'error', message: 'The guest has crashed: its kernel panicked.' };
    case 'host-signal':
    case 'host-qmp-quit':
    case 'host-ui':
      return { reason: 'killed', message: 'QEMU was told to end by somebody else.' };
    default:
      return { reason: 'error', message: `QEMU ended unexpectedly ${how(exit)}${wordsOf(lastWords)}.` };
  }
}

/** What is said when QEMU ended before the guest ran. */
export function startFailure(exit: ProcessExit, lastWords: string): string {
  return lastWords === '' ? `QEMU ended at once ${how(exit)}.` : `QEMU did not start: ${lastWords.replace(/\.$/, '')}.`;
}

function how({ code, signal }: ProcessExit): string {
  return signal === null ? `with status ${code}` : `by signal ${signal}`;
}

function wordsOf(lastWords: string): string {
  return lastWords === '' ? '' : `; its last words: ${lastWords.replace(/\.$/, '')}`;
}
