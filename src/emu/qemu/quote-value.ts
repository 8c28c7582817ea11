/** A value inside one of QEMU's comma-separated settings: its commas are doubled. */
export function quoteValue(value: string): string {
  return value.replaceAll(',', ',,');
}
