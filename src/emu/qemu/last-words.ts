/** The end of what a program says on its standard error, bounded, in a form that can be shown to people. */

const MAX_LINE_CHARS = 400;
const MAX_LINES = 20;

export class LastWords {
  readonly #decoder = new TextDecoder('utf-8');
  readonly #lines: string[] = [];
  #rest = '';

  /** Takes bytes as they come; returns the lines that they complete. */
  push(bytes: Uint8Array): string[] {
    const parts = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n');
    this.#rest = (parts.pop() ?? '').slice(-MAX_LINE_CHARS);
    const lines = parts.map(printable).filter((line) => line !== '');
    this.#lines.push(...lines);
    if (this.#lines.length > MAX_LINES) this.#lines.splice(0, this.#lines.length - MAX_LINES);
    return lines;
  }

  /**
   * The lines that tell why, in one line of text; empty when nothing was said. Warnings are left out if there is
   * anything else, and so is the program's name in front.
   */
  toString(): string {
    const lines = [...this.#lines, printable(this.#rest)]
      .filter((line) => line !== '')
      .map((line) => line.replace(/^\S*qemu-system-\S+: /, ''));
    const grave = lines.filter((line) => !/^warning: /i.test(line));
    return (grave.length > 0 ? grave : lines).slice(-3).join(' / ');
  }
}

function printable(line: string): string {
  return line
    .slice(0, MAX_LINE_CHARS)
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim();
}
