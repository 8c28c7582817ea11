/** Progress of long work on stderr: one line that is drawn over on a terminal, a line a step elsewhere. */
import process from 'node:process';

/** Shows steps until disposed of. Says nothing when no step comes. */
export interface Progress extends Disposable {
  /** `fraction` from 0 to 1, or null when it is not known. */
  show(step: string, fraction: number | null): void;
}

/** Progress under a headline. */
export function progressPrinter(headline: string, out: NodeJS.WriteStream = process.stderr): Progress {
  const startedMs = Date.now();
  let shown = '';
  return {
    show: (step, fraction) => {
      const isFirst = shown === '';
      const seconds = Math.round((Date.now() - startedMs) / 1000);
      const share = fraction === null ? '' : ` ${Math.floor(fraction * 100)} %`;
      if (out.isTTY) out.write(`\r\x1b[K${headline}: ${step}${share} (${seconds} s)`);
      else if (step !== shown) out.write(`${isFirst ? `${headline}\n` : ''}  ${step} (${seconds} s)\n`);
      shown = step;
    },
    [Symbol.dispose]: () => {
      if (shown !== '' && out.isTTY) out.write('\r\x1b[K');
    },
  };
}
