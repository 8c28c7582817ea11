import { WireError } from '../../../wire/wire-error.ts';
import type { WireErrorCode } from '../../../wire/wire-error.ts';

/** What is wrong with bytes that came over D-Bus: the part of the message and the byte in it. */
export function dbusError(code: WireErrorCode, part: string, at: number): WireError {
  return new WireError(code, `D-Bus ${part}`, at);
}
