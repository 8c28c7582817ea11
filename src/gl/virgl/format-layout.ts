/** What the name of a format says about its bits. */

/** What the bits of a component mean. `void`: nothing. */
export type ChannelType = 'unorm' | 'snorm' | 'uint' | 'sint' | 'float' | 'uscaled' | 'sscaled' | 'fixed' | 'void';

/** A component: colour, luminance, intensity, depth (`Z`), stencil (`S`) or nothing (`X`). */
export type ChannelName = 'R' | 'G' | 'B' | 'A' | 'L' | 'I' | 'Z' | 'S' | 'E' | 'X';

/** A component of a plain format. */
export interface Channel {
  readonly name: ChannelName;
  readonly type: ChannelType;
  readonly bits: number;
  /** Of its least significant bit, in the little-endian number that a pixel is. */
  readonly shift: number;
}

/**
 * How pixels lie in memory. `plain`: each on its own; `compressed`: blocks; `video`: several planes, or luma and chroma
 * at different places; `opaque`: neither sampled nor drawn by anyone.
 */
type LayoutKind = 'plain' | 'compressed' | 'video' | 'opaque';

/** The layout of a format. */
export interface FormatLayout {
  readonly kind: LayoutKind;
  /** Pixels of a block; 1 × 1 × 1 unless compressed or `video`. */
  readonly blockWidth: number;
  readonly blockHeight: number;
  readonly blockDepth: number;
  /** 0 for formats of several planes, whose planes are of other formats. */
  readonly blockBytes: number;
  /** From the least significant bit on; empty unless plain. */
  readonly channels: readonly Channel[];
  readonly isSrgb: boolean;
}

const TYPES: Readonly<Record<string, ChannelType>> = {
  UNORM: 'unorm',
  SNORM: 'snorm',
  UINT: 'uint',
  SINT: 'sint',
  FLOAT: 'float',
  USCALED: 'uscaled',
  SSCALED: 'sscaled',
  FIXED: 'fixed',
  SRGB: 'unorm',
};

/** Plain formats whose names name more than one type, or not all components. */
const MIXED: Readonly<Record<string, string>> = {
  Z24_UNORM_S8_UINT: 'Z24:unorm S8:uint',
  S8_UINT_Z24_UNORM: 'S8:uint Z24:unorm',
  Z16_UNORM_S8_UINT: 'Z16:unorm S8:uint X8:void',
  Z32_FLOAT_S8X24_UINT: 'Z32:float S8:uint X24:void',
  R9G9B9E5_FLOAT: 'R9:float G9:float B9:float E5:uint',
  R8SG8SB8UX8U_NORM: 'R8:snorm G8:snorm B8:unorm X8:void',
  R10SG10SB10SA2U_NORM: 'R10:snorm G10:snorm B10:snorm A2:unorm',
  R5SG5SB6U_NORM: 'R5:snorm G5:snorm B6:unorm',
};

/** Families of formats that lie in blocks: a pattern, pixels of a block, and its bytes. */
const BLOCKS: readonly (readonly [RegExp, LayoutKind, number, number, number])[] = [
  [/^DXT1_/, 'compressed', 4, 4, 8],
  [/^DXT[35]_/, 'compressed', 4, 4, 16],
  [/^(RGTC|LATC)1_/, 'compressed', 4, 4, 8],
  [/^(RGTC|LATC)2_/, 'compressed', 4, 4, 16],
  [/^BPTC_/, 'compressed', 4, 4, 16],
  [/^ETC1_|^ETC2_(S?RGB8|S?RGB8A1|R11_[US]NORM)$/, 'compressed', 4, 4, 8],
  [/^ETC2_/, 'compressed', 4, 4, 16],
  [/^ATC_RGB$/, 'compressed', 4, 4, 8],
  [/^ATC_/, 'compressed', 4, 4, 16],
  [/^FXT1_/, 'compressed', 8, 4, 16],
  [/^R8G8Bx_SNORM$/, 'opaque', 1, 1, 2],
  [/_AS_R8G8B8A8$/, 'opaque', 1, 1, 4],
  [/^(Y8_UNORM|Y8_400_UNORM)$/, 'video', 1, 1, 1],
  [/^[AX]8Y8U8V8_444_|^U10Y10V10A2_444_/, 'video', 1, 1, 4],
  [/^X4U12X4Y12|^U16Y16V16A16_444_/, 'video', 1, 1, 8],
  [/^[RGB]8[RGB]8_[RGB]8[RGB]8_422_/, 'video', 2, 1, 4],
  // Several planes, or tiles: the name has a part a plane, or ends in _PACKED.
  [/_PACKED$|_.*_(420|422|440|444)_|_(420)_/, 'video', 1, 1, 0],
  [/^X\d+Y|^Y16U16|^Y16_/, 'video', 2, 1, 8],
  [/_422_/, 'video', 2, 1, 4],
];

/** The layout of a format, by name. Every name of the table is known. */
export function layoutOf(name: string): FormatLayout {
  const astc = /^ASTC_(\d+)x(\d+)(?:x(\d+))?(_SRGB|_FLOAT)?$/.exec(name);
  if (astc !== null) {
    const [, width, height, depth = '1', suffix] = astc;
    return block('compressed', Number(width), Number(height), Number(depth), 16, suffix === '_SRGB');
  }
  if (name === 'R1_UNORM') return block('opaque', 8, 1, 1, 1, false);
  const mixed = MIXED[name];
  if (mixed !== undefined) return plain(mixed.split(' ').map(readMixed), false);
  const match = /^((?:[RGBALIXSZ]\d+)+)_([A-Z]+)$/.exec(name) ?? /^((?:X\d+)?S8(?:X\d+)?|X32_S8X24)_(UINT)$/.exec(name);
  const type = match === null ? undefined : TYPES[match[2] ?? ''];
  if (match !== null && type !== undefined) {
    const components = [...(match[1] ?? '').matchAll(/([RGBALIXSZ])(\d+)/g)].map(
      ([, letter, bits]) => [letter as ChannelName, Number(bits), type] as const,
    );
    return plain(components, match[2] === 'SRGB');
  }
  const row = BLOCKS.find(([pattern]) => pattern.test(name));
  if (row === undefined) return block('opaque', 1, 1, 1, 0, false);
  return block(row[1], row[2], row[3], 1, row[4], /SRGB|SRGBA/.test(name));
}

function readMixed(text: string): readonly [ChannelName, number, ChannelType] {
  const [component = '', type] = text.split(':');
  return [component.charAt(0) as ChannelName, Number(component.slice(1)), type as ChannelType];
}

function plain(components: readonly (readonly [ChannelName, number, ChannelType])[], isSrgb: boolean): FormatLayout {
  const channels: Channel[] = [];
  let shift = 0;
  for (const [name, bits, type] of components) {
    channels.push({ name, bits, type: name === 'X' ? 'void' : type, shift });
    shift += bits;
  }
  return { ...block('plain', 1, 1, 1, shift / 8, isSrgb), channels };
}

function block(
  kind: LayoutKind,
  blockWidth: number,
  blockHeight: number,
  blockDepth: number,
  blockBytes: number,
  isSrgb: boolean,
): FormatLayout {
  return { kind, blockWidth, blockHeight, blockDepth, blockBytes, channels: [], isSrgb };
}
