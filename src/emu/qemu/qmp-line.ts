/**
 * What QEMU says on its machine protocol (QMP specification): one JSON object a line. The parser keeps to bounds and
 * hands out checked shapes; everything else is a WireError.
 */
import { WireError } from '../../wire/wire-error.ts';

/** A JSON object whose members are not checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

export type QmpMessage =
  | { readonly kind: 'greeting' }
  | { readonly kind: 'event'; readonly event: string; readonly data: JsonObject }
  | { readonly kind: 'return'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number | null; readonly description: string };

/** Cuts a byte stream into lines of at most `maxBytes`. */
export class LineSplitter {
  readonly #maxBytes: number;
  readonly #decoder = new TextDecoder('utf-8');
  #rest = '';

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that `bytes` completes, without their ends. Throws WireError when a line gets too long. */
  push(bytes: Uint8Array): string[] {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of [this.#rest, ...lines]) {
      if (line.length > this.#maxBytes) throw new WireError('limit', 'QMP line', line.length);
    }
    return lines.map((line) => line.trim()).filter((line) => line !== '');
  }
}

/** Reads one line. Throws WireError. */
export function parseQmpLine(line: string): QmpMessage {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new WireError('value', 'QMP line', 0);
  }
  if (!isObject(value)) throw new WireError('value', 'QMP line', 0);
  const { event, id, error } = value as { readonly event?: unknown; readonly id?: unknown; readonly error?: unknown };
  if (isObject(value['QMP'])) return { kind: 'greeting' };
  if (typeof event === 'string') {
    const data = value['data'];
    return { kind: 'event', event, data: isObject(data) ? data : {} };
  }
  if (isObject(error)) {
    const description = error['desc'];
    return {
      kind: 'error',
      id: typeof id === 'number' ? id : null,
      description: typeof description === 'string' ? description : 'unknown error',
    };
  }
  if (typeof id !== 'number' || !('return' in value)) throw new WireError('value', 'QMP answer', 0);
  return { kind: 'return', id, value: value['return'] };
}

/** Whether a JSON value is an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
