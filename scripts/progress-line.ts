import process from 'node:process';

/** Progress of one step on stderr: a line that is drawn over on a terminal; elsewhere a line every quarter. */
export class ProgressLine {
  readonly #step: string;
  #shown = '';

  constructor(step: string) {
    this.#step = step;
    if (!process.stderr.isTTY) process.stderr.write(`${step}\n`);
  }

  /** `percent` of a phase of the step. */
  show(phase: string, percent: number): void {
    const isTerminal = process.stderr.isTTY;
    const line = `${phase} ${isTerminal ? Math.floor(percent) : Math.floor(percent / 25) * 25} %`;
    if (line === this.#shown) return;
    this.#shown = line;
    const width = Math.max(20, (process.stderr.columns || 80) - line.length - 3);
    process.stderr.write(isTerminal ? `\r\x1b[K${this.#step.slice(0, width)}: ${line}` : `  ${line}\n`);
  }

  /** Clears the line. */
  end(): void {
    if (process.stderr.isTTY && this.#shown !== '') process.stderr.write('\r\x1b[K');
  }
}
