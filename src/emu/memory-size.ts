import { UsageError } from '../base/errors.ts';

/** The bytes of a guest's memory as users write it: a number with K, M, G or T, mebibytes without. Throws UsageError. */
export function parseMemory(memory: string): number {
  const match = /^(\d{1,12})([KMGT]?)i?B?$/i.exec(memory.trim());
  const unit = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 }[(match?.[2] || 'M').toUpperCase()] ?? 0;
  const bytes = Number(match?.[1] ?? 0) * unit;
  if (bytes < 2 ** 20 || !Number.isSafeInteger(bytes)) {
    throw new UsageError(`The memory size "${memory}" does not do: it wants a number with M or G, such as 512M or 4G.`);
  }
  return bytes;
}
