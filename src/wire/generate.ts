/**
 * Prints the TypeScript of one wire module: interfaces, readers, writers, tables by name, dispatch by number.
 * Types are printed by the first module that mentions them; later modules import them from there.
 */
import { printStructReader, printReaderInto, printVariantReader } from './print-read.ts';
import { printStructType, printValues, printVariantType, pascal } from './print-types.ts';
import { printStructWriter, printVariantWriter } from './print-write.ts';
import type { Message, MessageTable, Shape, WireModule } from './schema.ts';

type NamedShape = Extract<Shape, { kind: 'struct' | 'variant' | 'enum' | 'flags' }>;

/** Where named types of the modules printed so far live. One registry serves modules that import each other. */
export class TypeRegistry {
  readonly #homes = new Map<string, { readonly module: string; readonly shape: NamedShape }>();
  readonly #docs = new Map<string, string>();

  /** Claims the name for the module; false when an earlier module or call has it already. */
  claim(shape: NamedShape, module: string): boolean {
    const home = this.#homes.get(shape.name);
    if (home === undefined) {
      this.#homes.set(shape.name, { module, shape });
      return true;
    }
    if (home.shape !== shape && !sameValues(home.shape, shape)) {
      throw new TypeError(`${shape.name} is declared twice, in ${home.module} and in ${module}`);
    }
    return false;
  }

  homeOf(name: string): string | undefined {
    return this.#homes.get(name)?.module;
  }

  describe(name: string, doc: string): void {
    if (!this.#docs.has(name)) this.#docs.set(name, doc);
  }

  docOf(name: string): string {
    return this.#docs.get(name) ?? '';
  }
}

function sameValues(a: NamedShape, b: NamedShape): boolean {
  if (a.kind === 'enum' && b.kind === 'enum') return a.values === b.values;
  return a.kind === 'flags' && b.kind === 'flags' && a.bits === b.bits;
}

/** Named shapes a shape mentions, innermost first, itself last. */
export function namedShapes(s: Shape, seen: Set<Shape> = new Set()): NamedShape[] {
  if (seen.has(s)) return [];
  seen.add(s);
  const found: NamedShape[] = [];
  const visit = (inner: Shape): void => void found.push(...namedShapes(inner, seen));
  switch (s.kind) {
    case 'struct':
    case 'group':
      for (const f of Object.values(s.fields)) visit(f.shape);
      break;
    case 'variant':
      for (const f of Object.values(s.fields)) visit(f.shape);
      for (const fields of Object.values(s.cases)) for (const f of Object.values(fields)) visit(f.shape);
      break;
    case 'list':
    case 'array':
    case 'when':
      visit(s.of.shape);
      break;
    case 'pointer':
      visit(s.to.shape);
      break;
    case 'prim':
    case 'bool':
    case 'count':
    case 'padding':
    case 'enum':
    case 'flags':
    case 'blob':
    case 'bytes':
      break;
  }
  if (s.kind === 'struct' || s.kind === 'variant' || s.kind === 'enum' || s.kind === 'flags') found.push(s);
  return found;
}

/** The text of `<name>.gen.ts`. `wirePath` leads from there to this folder, ending in a slash. */
export function generateModule(module: WireModule, registry: TypeRegistry, wirePath: string): string {
  const tables = Object.entries(module.tables ?? {});
  const messages: Message[] = tables.flatMap(([, table]) => Object.values(table));
  for (const m of messages) {
    if (m.body.shape.kind === 'struct' || m.body.shape.kind === 'variant') registry.describe(m.body.shape.name, m.doc);
  }
  const own: NamedShape[] = [];
  const roots = [...(module.types ?? []).map((t) => t.shape), ...messages.map((m) => m.body.shape)];
  const seen = new Set<Shape>();
  for (const root of roots) {
    for (const shape of namedShapes(root, seen)) if (registry.claim(shape, module.name)) own.push(shape);
  }
  const body: string[] = [];
  for (const [name, values] of Object.entries(module.constants ?? {})) {
    body.push('', `export const ${name} = {`);
    for (const [key, value] of Object.entries(values)) body.push(`  ${key}: ${value},`);
    body.push('} as const;');
  }
  for (const shape of own) body.push('', ...printNamed(shape, registry));
  for (const [name, table] of tables) body.push('', ...printTable(name, table));
  return [
    `// Generated from ${module.name}.table.ts by \`npm run gen\`. Do not edit.`,
    ...imports(body.join('\n'), module, registry, wirePath),
    ...body,
    '',
  ].join('\n');
}

function printNamed(s: NamedShape, registry: TypeRegistry): string[] {
  const doc = s.kind === 'struct' || s.kind === 'variant' ? registry.docOf(s.name) : '';
  switch (s.kind) {
    case 'enum':
    case 'flags':
      return printValues(s);
    case 'struct':
      return [
        ...printStructType(s, doc),
        `/** Reads a \`${s.name}\`. Throws WireError. Byte fields are borrowed. */`,
        ...printStructReader(s),
        ...(s.hot ? printReaderInto(s) : []),
        ...withDocBeforeExport(printStructWriter(s), `/** Writes a \`${s.name}\`. */`),
      ];
    case 'variant':
    default:
      return [
        ...printVariantType(s, doc),
        `/** Reads a \`${s.name}\`. Throws WireError. Byte fields are borrowed. */`,
        ...printVariantReader(s),
        ...withDocBeforeExport(printVariantWriter(s), `/** Writes a \`${s.name}\`. */`),
      ];
  }
}

function withDocBeforeExport(lines: readonly string[], doc: string): string[] {
  return lines.flatMap((line) => (line.startsWith('export function') ? [doc, line] : [line]));
}

function bodyName(m: Message): string {
  const s = m.body.shape;
  if (s.kind !== 'struct' && s.kind !== 'variant') throw new TypeError(`${m.spec} has a body without a name`);
  return s.name;
}

function printTable(name: string, table: MessageTable): string[] {
  const rows = Object.entries(table);
  const ids = new Set(rows.map(([, m]) => m.id));
  if (ids.size !== rows.length) throw new TypeError(`${name} has a message number twice`);
  const lines = [`/** Messages of \`${name}\` by name. */`, `export const ${name} = {`];
  for (const [key, m] of rows) {
    const type = bodyName(m);
    lines.push(`  /** ${m.spec} (${m.id}): ${m.doc} */`);
    lines.push(
      `  ${key}: { id: ${m.id}, name: '${key}', cap: ${m.since ?? 'null'}, read: read${type}, write: write${type} },`,
    );
  }
  lines.push('} as const;', '');
  lines.push(`/** Messages of \`${name}\` by number. */`);
  lines.push(`export const ${name}ById = /* @__PURE__ */ byId(${name});`, '');
  lines.push(
    `/** Reads message \`id\` of \`${name}\` and gives it to its handler. Throws WireError, also for unknown numbers. */`,
    `export function dispatch${pascal(name)}<R>(id: number, r: Reader, handlers: Handlers<typeof ${name}, R>): R {`,
    '  switch (id) {',
  );
  for (const [key, m] of rows) lines.push(`    case ${m.id}:`, `      return handlers.${key}(read${bodyName(m)}(r));`);
  lines.push('    default:', `      throw r.refuse('message', '${name}');`, '  }', '}');
  return lines;
}

/** Import lines for what the text mentions. */
function imports(text: string, module: WireModule, registry: TypeRegistry, wirePath: string): string[] {
  const code = text.replaceAll(/\/\*\*.*?\*\/|'[^'\n]*'/g, '');
  const words = new Set(code.match(/[A-Za-z_][A-Za-z0-9_]*/g));
  const lines: string[] = [];
  const from = (names: readonly string[], path: string): void => {
    if (names.length > 0) lines.push(`import { ${names.join(', ')} } from '${path}';`);
  };
  from(
    [
      words.has('byId') ? 'byId' : '',
      words.has('EMPTY') ? 'EMPTY' : '',
      words.has('Empty') ? 'type Empty' : '',
      words.has('Handlers') ? 'type Handlers' : '',
    ].filter((name) => name !== ''),
    `${wirePath}codec.ts`,
  );
  if (words.has('Reader')) lines.push(`import type { Reader } from '${wirePath}reader.ts';`);
  if (words.has('Writer')) lines.push(`import type { Writer } from '${wirePath}writer.ts';`);
  const byModule = new Map<string, string[]>();
  for (const word of [...words].sort()) {
    const base = word.replace(/^(read|write|check)(?=[A-Z])/, '');
    const home = registry.homeOf(base);
    if (home === undefined || home === module.name) continue;
    byModule.set(home, [...(byModule.get(home) ?? []), word === base ? `type ${word}` : word]);
  }
  for (const [home, names] of byModule) from(names, `./${home}.gen.ts`);
  return lines;
}
