/** Reads numbers and packed structures out of C headers: just enough of C for the public SPICE headers. */

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
}

/** Every enumerator and every macro that is one bit, with its number. */
export function headerNumbers(text: string): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const [, body = ''] of withoutComments(text).matchAll(/\benum\s*\w*\s*\{([^}]*)\}/g)) {
    let next = 0;
    for (const item of body.split(',')) {
      const [, name, value] = /^\s*(\w+)[^=]*(?:=\s*(.+?))?\s*$/s.exec(item) ?? [];
      if (name === undefined) continue;
      if (value !== undefined) next = evaluate(value);
      numbers.set(name, next++);
    }
  }
  for (const [, name = '', value = ''] of text.matchAll(/^#define (\w+) (\(1 << \d+\))$/gm)) {
    numbers.set(name, evaluate(value));
  }
  return numbers;
}

function evaluate(text: string): number {
  const [, shift] = /^\(1 << (\d+)\)$/.exec(text.trim()) ?? [];
  return shift === undefined ? Number(text) : 2 ** Number(shift);
}

/** Sizes of arrays as the headers write them. */
const SIZES: Readonly<Record<string, string>> = {
  '0': '*',
  SPICE_TICKET_PUBKEY_BYTES: '162',
  'SPICE_TICKET_KEY_PAIR_LENGTH / 8': '128',
  'sizeof(uint32_t) - 1 * sizeof(uint8_t)': '3',
};

const SCALARS: Readonly<Record<string, string>> = {
  uint8_t: 'u8',
  uint16_t: 'u16',
  uint32_t: 'u32',
  uint64_t: 'u64',
  int32_t: 'i32',
};

/** The layout of every packed structure, parts between `#if 0` and `#endif` included. */
export function cStructLayouts(text: string): Map<string, string> {
  const layouts = new Map<string, string>();
  const plain = withoutComments(text)
    .replaceAll(/#ifdef _MSC_VER[\s\S]*?#else/g, '')
    .replaceAll(/^\s*#.*$/gm, '');
  for (const [, name = '', body = ''] of plain.matchAll(/struct SPICE_ATTR_PACKED (\w+) \{([^}]*)\}/g)) {
    const parts: string[] = [];
    for (const field of body.split(';')) {
      const [, type = '', member = '', size] = /^\s*(\w+)\s+(\w+)\s*(?:\[(.*)\])?\s*$/s.exec(field) ?? [];
      if (type === '' || member === 'dummy_empty_field') continue;
      const element = SCALARS[type] ?? layouts.get(type) ?? type;
      parts.push(size === undefined ? element : `[${element}]${SIZES[size] ?? size}`);
    }
    layouts.set(name, parts.join(' '));
  }
  return layouts;
}
