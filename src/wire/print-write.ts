/** Prints straight-line writers, the mirror of the readers. */
import { countSources, fixedSize, isInline, type CountSource } from './layout.ts';
import { isVisible, pascal, typeOf } from './print-types.ts';
import type { Condition, Fields, Prim, Shape, StructShape, VariantShape } from './schema.ts';

function writePrim(prim: Prim, view: string, at: string, x: string): string {
  switch (prim) {
    case 'u8':
      return `${view}.setUint8(${at}, ${x});`;
    case 'i8':
      return `${view}.setInt8(${at}, ${x});`;
    case 'u16':
      return `${view}.setUint16(${at}, ${x}, true);`;
    case 'i16':
      return `${view}.setInt16(${at}, ${x}, true);`;
    case 'u32':
      return `${view}.setUint32(${at}, ${x}, true);`;
    case 'i32':
      return `${view}.setInt32(${at}, ${x}, true);`;
    case 'u64':
      return `${view}.setBigUint64(${at}, ${x}, true);`;
    case 'i64':
      return `${view}.setBigInt64(${at}, ${x}, true);`;
    case 'u64n':
    default:
      return `${view}.setBigUint64(${at}, BigInt(${x}), true);`;
  }
}

/** A field waiting for the next run: its shape and the expression of its value. */
interface Waiting {
  readonly shape: Shape;
  readonly value: string;
  readonly path: string;
}

/** Collects the lines of one writer, and the functions that write what its pointers lead to. */
class WritePrinter {
  readonly lines: string[] = [];
  readonly functions: string[] = [];
  readonly #name: string;
  #indent = '  ';
  #next = 1;

  constructor(name: string) {
    this.#name = name;
  }

  line(text: string): void {
    this.lines.push(this.#indent + text);
  }

  block(head: string, body: () => void): void {
    this.line(head);
    const before = this.#indent;
    this.#indent += '  ';
    body();
    this.#indent = before;
    this.line('}');
  }

  unique(name: string): string {
    return `${name}${this.#next++}`;
  }

  /** Writes the fields of the object `owner`. */
  fields(fields: Fields, owner: string, path: string): void {
    let run: Waiting[] = [];
    const flush = (): void => {
      this.run(run);
      run = [];
    };
    for (const [name, { shape }] of Object.entries(fields)) {
      const where = `${path}.${name}`;
      const value = `${owner}.${name}`;
      if (shape.kind === 'count') {
        const number = this.countOf(countSources(fields, name, owner, path), where);
        run.push({ shape: { kind: 'prim', prim: shape.prim }, value: number, path: where });
      } else if (isInline(shape) || shape.kind === 'pointer') {
        run.push({ shape, value, path: where });
      } else if ((shape.kind === 'list' || shape.kind === 'bytes') && shape.extent.kind === 'prefix') {
        const expression = `${value}.${shape.kind === 'bytes' ? 'byteLength' : 'length'}`;
        const number = counted(expression, shape.max, where);
        run.push({ shape: { kind: 'prim', prim: shape.extent.prim }, value: number, path: where });
        flush();
        this.content(shape, value, where, owner);
      } else {
        flush();
        this.value(shape, value, where, owner);
      }
    }
    flush();
  }

  /** The number for a count field; where several parts share it, those that are there must agree. */
  countOf(sources: readonly CountSource[], where: string): string {
    const ordered = [...sources.filter((s) => !s.nullable), ...sources.filter((s) => s.nullable)];
    const [first] = ordered;
    if (first === undefined) throw new TypeError(`${where} counts nothing`);
    const expression = first.nullable ? [...ordered.map((s) => s.expression), '0'].join(' ?? ') : first.expression;
    if (ordered.length === 1) return counted(expression, first.max, first.path);
    const n = this.unique('n');
    this.line(`const ${n} = ${counted(expression, first.max, first.path)};`);
    for (const s of ordered) {
      if (s !== first || s.nullable)
        this.line(`w.exact(${s.expression}${s.nullable ? ` ?? ${n}` : ''}, ${n}, '${s.path}');`);
    }
    return n;
  }

  /** Fields of fixed size, in one piece. */
  run(run: readonly Waiting[]): void {
    const size = run.reduce((n, { shape }) => n + (fixedSize(shape) ?? 0), 0);
    if (size === 0) return;
    const o = this.unique('o');
    const v = this.unique('v');
    this.line(`const ${o} = w.take(${size});`);
    this.line(`const ${v} = w.view;`);
    let at = 0;
    for (const { shape, value, path } of run) {
      this.inline(shape, v, o, at, value, path);
      at += fixedSize(shape) ?? 0;
    }
  }

  inline(s: Shape, v: string, o: string, plus: number, x: string, path: string): void {
    const at = plus === 0 ? o : `${o} + ${plus}`;
    switch (s.kind) {
      case 'prim':
      case 'enum':
      case 'flags':
        this.line(writePrim(s.prim, v, at, x));
        return;
      case 'bool':
        this.line(writePrim(s.prim, v, at, `${x} ? 1 : 0`));
        return;
      case 'padding':
        return;
      case 'blob':
        this.line(`w.exact(${x}.byteLength, ${s.size}, '${path}');`);
        this.line(`new Uint8Array(${v}.buffer).set(${x}, ${at});`);
        return;
      case 'pointer':
        this.line(`w.point(${v}, ${at}, ${this.pointee(s.to.shape, path)}, ${x});`);
        return;
      case 'struct':
      case 'group': {
        let k = plus;
        for (const [name, f] of Object.entries(s.fields)) {
          this.inline(f.shape, v, o, k, `${x}.${name}`, `${path}.${name}`);
          k += fixedSize(f.shape) ?? 0;
        }
        return;
      }
      case 'count':
      case 'array':
      case 'variant':
      case 'list':
      case 'bytes':
      case 'when':
        throw new TypeError(`${path}: a ${s.kind} is not written inline`);
    }
  }

  /** The function that writes what a pointer leads to. */
  pointee(to: Shape, path: string): string {
    if (to.kind === 'struct' || to.kind === 'variant') return `write${to.name}`;
    const name = `write${this.#name}${path.split('.').slice(1).map(pascal).join('')}`;
    const inner = new WritePrinter(name);
    inner.value(to, 'm', path, 'm');
    this.functions.push(
      ...inner.functions,
      `function ${name}(w: Writer, m: ${typeOf(to)}): void {`,
      ...inner.lines,
      '}',
    );
    return name;
  }

  /** One value that starts here. */
  value(s: Shape, x: string, path: string, owner: string): void {
    switch (s.kind) {
      case 'struct':
      case 'variant':
        if (s.kind === 'struct' && isInline(s)) break;
        this.line(`write${s.name}(w, ${x});`);
        return;
      case 'group':
        this.fields(s.fields, x, path);
        return;
      case 'list':
      case 'bytes':
        if (s.extent.kind === 'prefix') {
          const expression = `${x}.${s.kind === 'bytes' ? 'byteLength' : 'length'}`;
          const value = counted(expression, s.max, path);
          this.run([{ shape: { kind: 'prim', prim: s.extent.prim }, value, path }]);
        }
        this.content(s, x, path, owner);
        return;
      case 'array':
        this.line(`w.exact(${x}.length, ${s.length}, '${path}');`);
        this.elements(s.of.shape, x, path);
        return;
      case 'when':
        this.block(`if (${condition(s.condition, owner)}) {`, () => {
          if (s.of.shape.kind === 'pointer' && s.of.shape.nullable) {
            this.value(s.of.shape, x, path, owner);
            return;
          }
          const inner = this.unique('x');
          this.line(`const ${inner} = w.present(${x}, '${path}');`);
          this.value(s.of.shape, inner, path, owner);
        });
        this.line(`else w.absent(${x}, '${path}');`);
        return;
      case 'prim':
      case 'bool':
      case 'count':
      case 'padding':
      case 'enum':
      case 'flags':
      case 'blob':
      case 'pointer':
        break;
    }
    this.run([{ shape: s, value: x, path }]);
  }

  /** The elements or bytes after their count. */
  content(s: Extract<Shape, { kind: 'list' | 'bytes' }>, x: string, path: string, owner: string): void {
    if (s.extent.kind === 'rest') {
      this.line(`w.count(${x}.${s.kind === 'bytes' ? 'byteLength' : 'length'}, ${s.max}, '${path}');`);
    }
    if (s.kind === 'bytes') {
      if (s.extent.kind === 'rows') {
        const { bits, width, height } = s.extent;
        const wanted = `Math.ceil((${bits} * ${owner}.${width}) / 8) * ${owner}.${height}`;
        this.line(`w.exact(${x}.byteLength, ${wanted}, '${path}');`);
      }
      this.line(`w.bytes(${x});`);
      return;
    }
    this.elements(s.of.shape, x, path);
  }

  elements(s: Shape, x: string, path: string): void {
    const each = this.unique('x');
    if (isInline(s)) {
      const size = fixedSize(s) ?? 0;
      const o = this.unique('o');
      const v = this.unique('v');
      this.line(`let ${o} = w.take(${x}.length * ${size});`);
      this.line(`const ${v} = w.view;`);
      this.block(`for (const ${each} of ${x}) {`, () => {
        this.inline(s, v, o, 0, each, path);
        this.line(`${o} += ${size};`);
      });
      return;
    }
    this.block(`for (const ${each} of ${x}) {`, () => this.value(s, each, path, each));
  }
}

function counted(expression: string, max: number, path: string): string {
  return `w.count(${expression}, ${max}, '${path}')`;
}

function condition(c: Condition, owner: string): string {
  return c.kind === 'flag'
    ? `(${owner}.${c.field} & ${2 ** c.bit}) ${c.set ? '!==' : '==='} 0`
    : `(w.features & ${2 ** c.bit}) !== 0`;
}

/** The writer of a structure. */
export function printStructWriter(s: StructShape): string[] {
  if (!Object.values(s.fields).some((f) => isVisible(f.shape)) && fixedSize(s) === 0) {
    return [`export function write${s.name}(_w: Writer, _m: ${s.name}): void {}`];
  }
  const printer = new WritePrinter(s.name);
  printer.fields(s.fields, 'm', s.name);
  return [
    ...printer.functions,
    `export function write${s.name}(w: Writer, m: ${s.name}): void {`,
    ...printer.lines,
    '}',
  ];
}

/** The writer of a variant. */
export function printVariantWriter(s: VariantShape): string[] {
  const printer = new WritePrinter(s.name);
  printer.fields(s.fields, 'm', s.name);
  printer.block(`switch (m.${s.on}) {`, () => {
    for (const [key, fields] of Object.entries(s.cases)) {
      printer.block(`case ${s.enum.values[key]}: {`, () => {
        printer.fields(fields, 'm', `${s.name}.${key}`);
        printer.line('return;');
      });
    }
  });
  return [
    ...printer.functions,
    `export function write${s.name}(w: Writer, m: ${s.name}): void {`,
    ...printer.lines,
    '}',
  ];
}
