/** Capabilities as they stand in link messages: bit n of word n / 32 is capability n. */

/** Whether capability `cap` is in the words. */
export function hasCap(words: readonly number[], cap: number): boolean {
  return (((words[cap >>> 5] ?? 0) >>> (cap & 31)) & 1) === 1;
}

/** The words for a set of capabilities; as few as hold them. */
export function capWords(caps: Iterable<number>): number[] {
  const words: number[] = [];
  for (const cap of caps) {
    while (words.length <= cap >>> 5) words.push(0);
    words[cap >>> 5] = ((words[cap >>> 5] ?? 0) | (1 << (cap & 31))) >>> 0;
  }
  return words;
}
