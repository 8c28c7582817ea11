/** Prints straight-line readers: one bounds check for each run of fields whose size is known. */
import { fixedSize, isInline, leastSize } from './layout.ts';
import { isVisible, typeOf } from './print-types.ts';
import {
  WIDTH,
  type Condition,
  type Extent,
  type Fields,
  type Prim,
  type Shape,
  type StructShape,
  type VariantShape,
} from './schema.ts';

function offset(at: string, plus: number): string {
  return plus === 0 ? at : `${at} + ${plus}`;
}

function readPrim(prim: Prim, at: string, path: string): string {
  switch (prim) {
    case 'u8':
      return `v.getUint8(${at})`;
    case 'i8':
      return `v.getInt8(${at})`;
    case 'u16':
      return `v.getUint16(${at}, true)`;
    case 'i16':
      return `v.getInt16(${at}, true)`;
    case 'u32':
      return `v.getUint32(${at}, true)`;
    case 'i32':
      return `v.getInt32(${at}, true)`;
    case 'u64':
      return `v.getBigUint64(${at}, true)`;
    case 'i64':
      return `v.getBigInt64(${at}, true)`;
    case 'u64n':
    default:
      return `r.safe(v.getBigUint64(${at}, true), '${path}')`;
  }
}

/** A shape of fixed size at `at` + `plus`, as one expression. */
function readInline(s: Shape, at: string, plus: number, path: string): string {
  const here = offset(at, plus);
  switch (s.kind) {
    case 'prim':
    case 'count':
      return readPrim(s.prim, here, path);
    case 'bool':
      return `${readPrim(s.prim, here, path)} !== 0`;
    case 'enum':
      return s.open ? readPrim(s.prim, here, path) : `check${s.name}(r, ${readPrim(s.prim, here, path)}, '${path}')`;
    case 'flags': {
      const raw = readPrim(s.prim, here, path);
      const mask = Object.values(s.bits).reduce((m, bit) => m + 2 ** bit, 0);
      return s.tolerant ? raw : `r.flags(${raw}, ${mask}, '${path}')`;
    }
    case 'blob':
      return `new Uint8Array(v.buffer, ${here}, ${s.size})`;
    case 'pointer': {
      const to = s.to.shape;
      if (to.kind !== 'struct' && to.kind !== 'variant') break;
      return `r.${s.nullable ? 'followOrNull' : 'follow'}(${readPrim('u32', here, path)}, read${to.name}, '${path}')`;
    }
    case 'struct':
    case 'group': {
      let k = plus;
      const parts: string[] = [];
      for (const [name, f] of Object.entries(s.fields)) {
        if (isVisible(f.shape)) parts.push(`${name}: ${readInline(f.shape, at, k, `${path}.${name}`)}`);
        k += fixedSize(f.shape) ?? 0;
      }
      return `{ ${parts.join(', ')} }`;
    }
    case 'padding':
    case 'array':
    case 'variant':
    case 'list':
    case 'bytes':
    case 'when':
      break;
  }
  throw new TypeError(`${path}: a ${s.kind} is not read inline`);
}

/** Collects the lines of one reader. Locals are numbered, so that no two clash. */
class ReadPrinter {
  readonly lines: string[] = [];
  #indent = '  ';
  #next = 1;

  line(text: string): void {
    this.lines.push(this.#indent + text);
  }

  block(head: string, body: () => void, tail = '}'): void {
    this.line(head);
    const before = this.#indent;
    this.#indent += '  ';
    body();
    this.#indent = before;
    this.line(tail);
  }

  unique(name: string): string {
    return `${name}${this.#next++}`;
  }

  /** Reads fields into locals named by `local`; what they count by is looked up in `counts`. */
  fields(fields: Fields, path: string, local: (name: string) => string, counts: Map<string, string>): void {
    let run: { readonly target: string; readonly shape: Shape; readonly path: string }[] = [];
    const flush = (): void => {
      const size = run.reduce((n, { shape }) => n + (fixedSize(shape) ?? 0), 0);
      if (size > 0) {
        const o = this.unique('o');
        this.line(`const ${o} = r.take(${size}, '${path}');`);
        let at = 0;
        for (const { target, shape, path: where } of run) {
          if (shape.kind !== 'padding') this.line(`const ${target} = ${readInline(shape, o, at, where)};`);
          at += fixedSize(shape) ?? 0;
        }
      }
      run = [];
    };
    for (const [name, { shape }] of Object.entries(fields)) {
      const where = `${path}.${name}`;
      if (shape.kind === 'count') counts.set(name, local(name));
      if (isInline(shape) || shape.kind === 'count') {
        run.push({ target: local(name), shape, path: where });
        continue;
      }
      if ((shape.kind === 'list' || shape.kind === 'bytes') && shape.extent.kind === 'prefix') {
        const n = this.unique('n');
        run.push({ target: n, shape: { kind: 'prim', prim: shape.extent.prim }, path: where });
        flush();
        this.counted(shape, n, local(name), where, counts);
        continue;
      }
      if (shape.kind === 'pointer') {
        const at = this.unique('at');
        run.push({ target: at, shape: { kind: 'prim', prim: 'u32' }, path: where });
        flush();
        this.pointee(shape, at, local(name), where, counts);
        continue;
      }
      flush();
      this.value(shape, local(name), where, counts, local);
    }
    flush();
  }

  /** Reads one value that starts here into a new local. */
  value(s: Shape, target: string, path: string, counts: Map<string, string>, local: (name: string) => string): void {
    switch (s.kind) {
      case 'struct':
      case 'variant':
        if (s.kind === 'struct' && isInline(s)) break;
        this.line(`const ${target} = read${s.name}(r);`);
        return;
      case 'group': {
        const inner = (name: string): string => `${target}_${name}`;
        this.fields(s.fields, path, inner, new Map(counts));
        this.line(`const ${target} = { ${objectMembers(s.fields, inner)} };`);
        return;
      }
      case 'list':
      case 'bytes': {
        if (s.extent.kind === 'prefix') {
          const n = this.unique('n');
          this.line(
            `const ${n} = ${readInline({ kind: 'prim', prim: s.extent.prim }, `r.take(${WIDTH[s.extent.prim]}, '${path}')`, 0, path)};`,
          );
          this.counted(s, n, target, path, counts);
        } else this.counted(s, this.extent(s.extent, path, counts, local), target, path, counts);
        return;
      }
      case 'array': {
        this.elements(s.of.shape, String(s.length), target, path, counts);
        return;
      }
      case 'when': {
        this.line(`let ${target}: ${typeOf(s)} = null;`);
        this.block(`if (${condition(s.condition, local)}) {`, () => {
          const inner = this.unique(`${target}_`);
          this.value(s.of.shape, inner, path, counts, local);
          this.line(`${target} = ${inner};`);
        });
        return;
      }
      case 'pointer': {
        if (isInline(s)) break;
        const at = this.unique('at');
        this.line(`const ${at} = v.getUint32(r.take(4, '${path}'), true);`);
        this.pointee(s, at, target, path, counts);
        return;
      }
      case 'prim':
      case 'bool':
      case 'count':
      case 'padding':
      case 'enum':
      case 'flags':
      case 'blob':
        break;
    }
    const o = this.unique('o');
    this.line(`const ${o} = r.take(${fixedSize(s)}, '${path}');`);
    this.line(`const ${target} = ${readInline(s, o, 0, path)};`);
  }

  /** What a pointer leads to, where that has no name of its own. */
  pointee(
    s: Extract<Shape, { kind: 'pointer' }>,
    at: string,
    target: string,
    path: string,
    counts: Map<string, string>,
  ): void {
    const read = (into: string): void => {
      const back = this.unique('back');
      this.line(`const ${back} = r.enter(${s.emptyAtZero ? `${at} === 0 ? r.length : ${at}` : at}, '${path}');`);
      this.value(s.to.shape, into, path, counts, (name) => name);
      this.line(`r.leave(${back});`);
    };
    if (!s.nullable) {
      read(target);
      return;
    }
    this.line(`let ${target}: ${typeOf(s)} = null;`);
    this.block(`if (${at} !== 0) {`, () => {
      const inner = this.unique(`${target}_`);
      read(inner);
      this.line(`${target} = ${inner};`);
    });
  }

  extent(extent: Extent, path: string, counts: Map<string, string>, local: (name: string) => string): string {
    switch (extent.kind) {
      case 'field': {
        const n = counts.get(extent.field);
        if (n === undefined) throw new TypeError(`${path} is counted by ${extent.field}, which is no count before it`);
        return n;
      }
      case 'rows':
        return `r.rows(${extent.bits}, ${local(extent.width)}, ${local(extent.height)}, '${path}')`;
      case 'rest':
        return '';
      case 'prefix':
      default:
        throw new TypeError(`${path}: a prefix is read where it stands`);
    }
  }

  counted(
    s: Extract<Shape, { kind: 'list' | 'bytes' }>,
    n: string,
    target: string,
    path: string,
    counts: Map<string, string>,
  ): void {
    if (s.kind === 'bytes') {
      const source = n === '' ? `r.rest(${s.max}, '${path}')` : `r.bytes(${n}, ${s.max}, '${path}')`;
      this.line(`const ${target} = ${source};`);
      return;
    }
    const least = leastSize(s.of.shape);
    if (least === 0) throw new TypeError(`${path}: elements without bytes cannot be bounded`);
    const total = this.unique('n');
    if (n === '') {
      if (fixedSize(s.of.shape) === null) throw new TypeError(`${path}: elements that fill the rest have one size`);
      this.line(`const ${total} = r.fill(${s.max}, ${least}, '${path}');`);
    } else this.line(`const ${total} = r.list(${n}, ${s.max}, ${least}, '${path}');`);
    this.elements(s.of.shape, total, target, path, counts);
  }

  elements(s: Shape, n: string, target: string, path: string, counts: Map<string, string>): void {
    this.line(`const ${target}: ${element(s)}[] = [];`);
    const i = this.unique('i');
    if (isInline(s)) {
      const p = this.unique('p');
      const size = fixedSize(s) ?? 0;
      this.line(`let ${p} = r.take(${n} * ${size}, '${path}');`);
      this.block(`for (let ${i} = 0; ${i} < ${n}; ${i}++, ${p} += ${size}) {`, () => {
        this.line(`${target}.push(${readInline(s, p, 0, path)});`);
      });
      return;
    }
    this.block(`for (let ${i} = 0; ${i} < ${n}; ${i}++) {`, () => {
      const x = this.unique('x');
      this.value(s, x, path, counts, (name) => name);
      this.line(`${target}.push(${x});`);
    });
  }
}

function element(s: Shape): string {
  const t = typeOf(s);
  return t.includes('|') || t.startsWith('readonly') ? `(${t})` : t;
}

function condition(c: Condition, local: (name: string) => string): string {
  return c.kind === 'flag'
    ? `(${local(c.field)} & ${2 ** c.bit}) ${c.set ? '!==' : '==='} 0`
    : `(r.features & ${2 ** c.bit}) !== 0`;
}

function objectMembers(fields: Fields, local: (name: string) => string): string {
  return Object.entries(fields)
    .filter(([, f]) => isVisible(f.shape))
    .map(([name]) => (local(name) === name ? name : `${name}: ${local(name)}`))
    .join(', ');
}

function withView(lines: readonly string[]): string[] {
  return lines.some((line) => line.includes('v.get') || line.includes('v.buffer'))
    ? ['  const v = r.view;', ...lines]
    : [...lines];
}

const RESERVED = new Set(['r', 'v', 'w', 'm', 't']);

function checkNames(name: string, fields: Fields): void {
  for (const field of Object.keys(fields)) {
    if (RESERVED.has(field)) throw new TypeError(`${name}.${field}: the name is taken by generated code`);
  }
}

/** The reader of a structure. */
export function printStructReader(s: StructShape): string[] {
  checkNames(s.name, s.fields);
  const head = `export function read${s.name}(r: Reader): ${s.name} {`;
  if (!Object.values(s.fields).some((f) => isVisible(f.shape)) && fixedSize(s) === 0) {
    return [`export function read${s.name}(_r: Reader): ${s.name} {`, '  return EMPTY;', '}'];
  }
  const printer = new ReadPrinter();
  printer.fields(s.fields, s.name, (name) => name, new Map());
  return [head, ...withView(printer.lines), `  return { ${objectMembers(s.fields, (name) => name)} };`, '}'];
}

/** A reader into an object the caller owns, for a structure of scalars and bytes. */
export function printReaderInto(s: StructShape): string[] {
  const printer = new ReadPrinter();
  printer.fields(s.fields, s.name, (name) => name, new Map());
  const members = Object.entries(s.fields).filter(([, f]) => isVisible(f.shape));
  for (const [name, f] of members) {
    if (['struct', 'group', 'variant', 'list', 'array', 'pointer', 'when'].includes(f.shape.kind)) {
      throw new TypeError(`${s.name}.${name}: only scalars and bytes can be read into an object of the caller`);
    }
  }
  const type = `{ -readonly [K in keyof ${s.name}]: ${s.name}[K] }`;
  return [
    `/** Reads a \`${s.name}\` into \`t\` and returns it: nothing is allocated but views of bytes. */`,
    `export function read${s.name}Into(r: Reader, t: ${type}): ${s.name} {`,
    ...withView(printer.lines),
    ...members.map(([name]) => `  t.${name} = ${name};`),
    '  return t;',
    '}',
  ];
}

/** The reader of a variant. */
export function printVariantReader(s: VariantShape): string[] {
  checkNames(s.name, s.fields);
  const printer = new ReadPrinter();
  const local = (name: string): string => name;
  const counts = new Map<string, string>();
  printer.fields(s.fields, s.name, local, counts);
  printer.block(`switch (${s.on}) {`, () => {
    for (const [key, fields] of Object.entries(s.cases)) {
      checkNames(s.name, fields);
      printer.block(`case ${s.enum.values[key]}: {`, () => {
        printer.fields(fields, `${s.name}.${key}`, local, new Map(counts));
        const members = [objectMembers(s.fields, local), objectMembers(fields, local)].filter((text) => text !== '');
        printer.line(`return { ${members.join(', ')} };`);
      });
    }
  });
  return [`export function read${s.name}(r: Reader): ${s.name} {`, ...withView(printer.lines), '}'];
}
