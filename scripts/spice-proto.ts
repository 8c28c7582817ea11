/** Reads the public description of the SPICE protocol and tells the layout of each message as text. */

type Item =
  | {
      readonly kind: 'field';
      readonly type: string;
      readonly pointer: boolean;
      readonly size: readonly string[] | null;
    }
  | { readonly kind: 'inline'; readonly items: readonly Item[] }
  | { readonly kind: 'switch'; readonly on: readonly string[]; readonly cases: readonly Case[] };

interface Case {
  /** Enumerators, `!NAME` where the bit must be clear; empty for the default. */
  readonly labels: readonly string[];
  readonly items: readonly Item[];
}

interface Enumeration {
  readonly scalar: string;
  readonly isFlags: boolean;
  readonly values: ReadonlyMap<string, number>;
}

interface Channel {
  readonly base: string | null;
  readonly server: Map<number, { name: string; items: readonly Item[] }>;
  readonly client: Map<number, { name: string; items: readonly Item[] }>;
}

const SCALARS: Readonly<Record<string, string>> = {
  uint8: 'u8',
  uint16: 'u16',
  uint32: 'u32',
  uint64: 'u64',
  int8: 'i8',
  int16: 'i16',
  int32: 'i32',
  int64: 'i64',
  unix_fd: '',
};

/** A parsed description. */
export class ProtoFile {
  readonly #tokens: string[];
  #at = 0;
  readonly #typedefs = new Map<string, string>();
  readonly #enums = new Map<string, Enumeration>();
  readonly #structs = new Map<string, readonly Item[]>();
  readonly #channels = new Map<string, Channel>();

  constructor(text: string) {
    const plain = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    this.#tokens = plain.match(/\w+|[{}();:,=![\]*@]/g) ?? [];
    while (this.#at < this.#tokens.length) this.#declaration();
  }

  /** All messages of one side of a channel, those of its bases included, by number. */
  messages(channel: string, side: 'server' | 'client'): Map<number, { name: string; layout: string }> {
    const found = new Map<number, { name: string; layout: string }>();
    for (let name: string | null = channel; name !== null; name = this.#channels.get(name)?.base ?? null) {
      for (const [id, m] of this.#channels.get(name)?.[side] ?? []) {
        // The mark between inherited and own numbers is no message.
        if (m.name !== 'base_last') found.set(id, { name: m.name, layout: this.#layout(m.items) });
      }
    }
    return found;
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? '';
  }

  #next(): string {
    return this.#tokens[this.#at++] ?? '';
  }

  #expect(token: string): void {
    const found = this.#next();
    if (found !== token) throw new SyntaxError(`${token} is wanted before token ${this.#at}, ${found} is there`);
  }

  #accept(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#at++;
    return true;
  }

  #attributes(): void {
    while (this.#accept('@')) {
      this.#next();
      if (!this.#accept('(')) continue;
      while (this.#next() !== ')');
    }
  }

  #declaration(): void {
    const word = this.#next();
    if (word === 'typedef') {
      const name = this.#next();
      this.#typedefs.set(name, this.#next());
    } else if (word === 'struct' || word === 'message') {
      const name = this.#next();
      this.#structs.set(name, this.#items());
    } else if (/^(enum|flags)\d+$/.test(word)) {
      this.#enumeration(word);
    } else if (word === 'channel') {
      this.#channel();
    } else if (word === 'protocol') {
      while (this.#next() !== '}');
    } else {
      throw new SyntaxError(`${word} begins no declaration`);
    }
    this.#attributes();
    this.#expect(';');
  }

  #enumeration(word: string): void {
    const name = this.#next();
    const values = new Map<string, number>();
    let next = 0;
    this.#expect('{');
    while (!this.#accept('}')) {
      const key = this.#next();
      if (this.#accept('=')) next = Number(this.#next());
      values.set(key, next++);
      this.#attributes();
      this.#accept(',');
    }
    this.#enums.set(name, { scalar: `u${word.replace(/\D+/, '')}`, isFlags: word.startsWith('flags'), values });
  }

  #channel(): void {
    const name = this.#next();
    const channel: Channel = { base: this.#accept(':') ? this.#next() : null, server: new Map(), client: new Map() };
    let side: 'server' | 'client' = 'server';
    let id = 1;
    this.#expect('{');
    while (!this.#accept('}')) {
      const word = this.#next();
      if ((word === 'server' || word === 'client') && this.#accept(':')) {
        side = word;
        id = 1;
        continue;
      }
      const items: readonly Item[] =
        word === 'message' ? this.#items() : [{ kind: 'field', type: word, pointer: false, size: null }];
      this.#attributes();
      const key = this.#next();
      if (this.#accept('=')) id = Number(this.#next());
      this.#attributes();
      this.#expect(';');
      channel[side].set(id++, { name: key, items });
    }
    this.#channels.set(name, channel);
  }

  #items(): Item[] {
    const items: Item[] = [];
    this.#expect('{');
    while (!this.#accept('}')) items.push(this.#item());
    return items;
  }

  #item(): Item {
    const word = this.#next();
    let item: Item;
    if (word === 'switch') {
      item = this.#switch();
      if (this.#peek() !== '@' && this.#peek() !== ';') this.#next();
    } else if (word === 'struct') {
      this.#next();
      const items = this.#items();
      this.#attributes();
      item = { kind: 'inline', items };
      this.#next();
    } else {
      const pointer = this.#accept('*');
      this.#next();
      let size: string[] | null = null;
      if (this.#accept('[')) {
        size = [];
        while (!this.#accept(']')) size.push(this.#next());
      }
      item = { kind: 'field', type: word, pointer, size };
    }
    this.#attributes();
    this.#expect(';');
    return item;
  }

  #switch(): Item {
    this.#expect('(');
    const on: string[] = [];
    while (!this.#accept(')')) on.push(this.#next());
    this.#expect('{');
    const cases: Case[] = [];
    while (!this.#accept('}')) {
      const labels: string[] = [];
      for (;;) {
        if (this.#accept('case')) labels.push(this.#accept('!') ? `!${this.#next()}` : this.#next());
        else if (!this.#accept('default')) break;
        this.#expect(':');
      }
      const items: Item[] = [];
      while (!['case', 'default', '}'].includes(this.#peek())) items.push(this.#item());
      cases.push({ labels, items });
    }
    return { kind: 'switch', on, cases };
  }

  #layout(items: readonly Item[]): string {
    const parts: string[] = [];
    for (const [i, item] of items.entries()) {
      if (item.kind === 'inline') parts.push(this.#layout(item.items));
      else if (item.kind === 'field') parts.push(this.#field(item.type, item.pointer, item.size));
      else {
        const tag = this.#tagOf(items, item.on);
        if (!tag.isFlags) {
          // What follows stands in each case, as in the tables.
          const tail = this.#layout(items.slice(i + 1));
          return joined(['{', ...parts, ...this.#enumCases(tag, item.cases, tail), '}']);
        }
        for (const c of item.cases) parts.push(this.#flagCase(tag, c, item.cases));
      }
    }
    return joined(parts);
  }

  #enumCases(tag: Enumeration, cases: readonly Case[], tail: string): string[] {
    const otherwise = cases.find((c) => c.labels.length === 0);
    return [...tag.values]
      .filter(([label]) => label !== 'RESERVED')
      .map(([label, value]) => {
        const chosen = cases.find((c) => c.labels.includes(label)) ?? otherwise;
        return `<${value}:${joined([chosen === undefined ? '' : this.#layout(chosen.items), tail])}>`;
      });
  }

  #flagCase(tag: Enumeration, c: Case, all: readonly Case[]): string {
    const label = c.labels[0];
    const named = label ?? all.flatMap((other) => other.labels)[0] ?? '';
    const clear = label === undefined || label.startsWith('!');
    const bit = tag.values.get(named.replace('!', ''));
    return `?${clear ? '!' : ''}${bit}{${this.#layout(c.items)}}`;
  }

  /** The enumeration a switch looks at: a field before it, or one inside such a field. */
  #tagOf(items: readonly Item[], on: readonly string[]): Enumeration {
    const name = on.at(-1);
    const candidates: Enumeration[] = [];
    const visit = (list: readonly Item[]): void => {
      for (const item of list) {
        if (item.kind === 'inline') visit(item.items);
        const type = item.kind === 'field' ? this.#enums.get(item.type) : undefined;
        if (type !== undefined) candidates.push(type);
      }
    };
    visit(items);
    const wanted = items
      .flatMap((item) => (item.kind === 'switch' ? item.cases.flatMap((c) => c.labels) : []))
      .map((label) => label.replace('!', ''));
    const found = candidates.find((type) => wanted.every((label) => type.values.has(label)));
    if (found === undefined) throw new SyntaxError(`no enumeration for switch on ${name}`);
    return found;
  }

  #field(type: string, pointer: boolean, size: readonly string[] | null): string {
    const element = this.#type(type);
    let text = element;
    if (size !== null) text = `[${element}]${/^\d+$/.test(size[0] ?? '') ? size[0] : '*'}`;
    return pointer ? `*(${text})` : text;
  }

  #type(name: string): string {
    const resolved = this.#typedefs.get(name) ?? name;
    const scalar = SCALARS[resolved] ?? this.#enums.get(resolved)?.scalar;
    if (scalar !== undefined) return scalar;
    const items = this.#structs.get(resolved);
    if (items === undefined) throw new SyntaxError(`${name} is no type`);
    return this.#layout(items);
  }
}

/** Joins parts, and merges optional parts that depend on the same bit. */
function joined(parts: readonly string[]): string {
  let text = parts.filter((part) => part !== '').join(' ');
  text = text.replaceAll('{ ', '{').replaceAll(' }', '}');
  return text.replaceAll(/\?(!?\d+)\{([^{}]*)\} \?\1\{/g, '?$1{$2 ');
}
