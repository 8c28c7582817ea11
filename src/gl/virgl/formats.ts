/** Formats of guests: what their numbers mean. */
import { layoutOf } from './format-layout.ts';
import type { FormatLayout } from './format-layout.ts';
import { FORMAT_COUNT, formatNames } from './formats.table.ts';

/** What shaders get from a texture, or give to a buffer, of a format. */
type NumericKind = 'float' | 'uint' | 'sint';

/** A format. */
export interface FormatInfo extends FormatLayout {
  readonly number: number;
  readonly name: string;
  /** What shaders see. Stencil is `uint`; depth with stencil `float`, its depth. */
  readonly numeric: NumericKind;
  readonly hasAlpha: boolean;
  readonly hasDepth: boolean;
  readonly hasStencil: boolean;
}

function describe(number: number, name: string): FormatInfo {
  const layout = layoutOf(name);
  const has = (...letters: string[]): boolean => layout.channels.some((channel) => letters.includes(channel.name));
  const hasDepth = has('Z');
  const hasStencil = has('S');
  return {
    ...layout,
    number,
    name,
    numeric: hasDepth ? 'float' : numericKind(layout),
    hasAlpha: has('A', 'I') || COMPRESSED_ALPHA.test(name),
    hasDepth,
    hasStencil,
  };
}

const COMPRESSED_ALPHA = /^(DXT\d_S?RGBA|LATC2|BPTC_S?RGBA|ETC2_S?RGB8A1|ETC2_S?RGBA8|ASTC|FXT1_RGBA|ATC_RGBA)/;

function numericKind(layout: FormatLayout): NumericKind {
  const type = layout.channels.find((channel) => channel.type !== 'void')?.type;
  return type === 'uint' || type === 'sint' ? type : 'float';
}

const byNumber: readonly (FormatInfo | undefined)[] = Array.from({ length: FORMAT_COUNT }, (_, number) => {
  const name = formatNames.get(number);
  return name === undefined ? undefined : describe(number, name);
});

/** All formats, in the order of their numbers. */
export const formats: readonly FormatInfo[] = byNumber.filter((info) => info !== undefined);

const byName: ReadonlyMap<string, FormatInfo> = new Map(formats.map((info) => [info.name, info]));

/** The format of a number that a guest gave; undefined when there is none. `NONE` is 0, and nothing can be stored in it. */
export function formatOf(number: number): FormatInfo | undefined {
  return byNumber[number];
}

/** The format of a name, such as `B8G8R8A8_UNORM`; undefined when there is none. */
export function formatNamed(name: string): FormatInfo | undefined {
  return byName.get(name);
}
