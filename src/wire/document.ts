/** Prints the documents of wire modules: a short table a channel, and the errors. */
import { namedShapes } from './generate.ts';
import {
  spell,
  type Condition,
  type Extent,
  type Fields,
  type Message,
  type Shape,
  type WireModule,
} from './schema.ts';
import { WIRE_ERRORS } from './wire-error.ts';

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((name, i) => Math.max(3, name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

/** The page of one module. What earlier modules printed is in `seen` and not printed again. */
export function printDocument(module: WireModule, seen: Set<Shape | Message>): string {
  const lines = [`# ${module.title}`, '', `${module.doc} Little endian; offsets count from the start of the body.`];
  const visited = new Set<Shape>();
  const shapes = (module.types ?? []).flatMap((t) => namedShapes(t.shape, visited));
  for (const [name, messages] of Object.entries(module.tables ?? {})) {
    const all = Object.entries(messages);
    const own = all.filter(([, m]) => !seen.has(m));
    const inherited = all.filter(([, m]) => seen.has(m)).map(([key, m]) => `\`${key}\` (${m.id})`);
    lines.push('', `## \`${name}\``, '');
    if (inherited.length > 0) lines.push(`Inherited: ${inherited.join(', ')}.`);
    if (inherited.length > 0 && own.length > 0) lines.push('');
    if (own.length > 0) lines.push(...table(['id', 'name', 'specification', 'says', 'body'], own.map(messageRow)));
    for (const [, m] of own) {
      seen.add(m);
      shapes.push(...namedShapes(m.body.shape, visited));
    }
  }
  const fresh = shapes.filter((s) => !seen.has(s));
  for (const shape of fresh) seen.add(shape);
  const structs = fresh.filter((s) => s.kind === 'struct' || s.kind === 'variant');
  if (structs.length > 0) {
    lines.push('', '## Structures', '');
    lines.push(
      ...table(
        ['name', 'fields'],
        structs.map((s) => [
          `\`${s.name}\``,
          s.kind === 'struct' ? fieldsText(s.fields) : `${fieldsText(s.fields)}; by ${s.on}: ${casesText(s.cases)}`,
        ]),
      ),
    );
  }
  const sets = fresh.filter((s) => s.kind === 'enum' || s.kind === 'flags');
  if (sets.length > 0) {
    lines.push('', '## Values', '');
    lines.push(
      ...table(
        ['name', 'values'],
        sets.map((s) => [
          `\`${s.name}\` (${s.prim})`,
          Object.entries(s.kind === 'enum' ? s.values : s.bits)
            .map(([key, n]) => `${s.kind === 'enum' ? n : `bit ${n}`} ${spell(s.spec, key)}`)
            .join(', '),
        ]),
      ),
    );
  }
  return `${lines.join('\n')}\n`;
}

function messageRow([name, m]: [string, Message]): string[] {
  const since = m.since === null ? '' : ` Needs capability ${m.since}.`;
  const body = m.body.shape.kind === 'struct' || m.body.shape.kind === 'variant' ? `\`${m.body.shape.name}\`` : '';
  return [String(m.id), `\`${name}\``, m.spec, m.doc + since, body];
}

function casesText(cases: Readonly<Record<string, Fields>>): string {
  return Object.entries(cases)
    .map(([key, fields]) => `${key} (${Object.keys(fields).length === 0 ? 'nothing' : fieldsText(fields)})`)
    .join(', ');
}

function fieldsText(fields: Fields): string {
  const texts = Object.entries(fields).map(([name, f]) => `${name} ${shapeText(f.shape)}`);
  return texts.length === 0 ? 'none' : texts.join(', ');
}

function extentText(extent: Extent): string {
  switch (extent.kind) {
    case 'prefix':
      return `count ${extent.prim}`;
    case 'field':
      return extent.field;
    case 'rows':
      return `rows of ${extent.bits} bits × ${extent.width}, ${extent.height} of them`;
    case 'rest':
    default:
      return 'rest';
  }
}

function conditionText(c: Condition): string {
  if (c.kind === 'feature') return `with capability ${c.bit}`;
  return `if ${c.field} bit ${c.bit} is ${c.set ? 'set' : 'clear'}`;
}

function shapeText(s: Shape): string {
  switch (s.kind) {
    case 'prim':
      return s.prim === 'u64n' ? 'u64' : s.prim;
    case 'bool':
      return `bool ${s.prim}`;
    case 'count':
      return `count ${s.prim === 'u64n' ? 'u64' : s.prim}`;
    case 'padding':
      return `${s.size} bytes of padding`;
    case 'blob':
      return `${s.size} bytes`;
    case 'enum':
    case 'flags':
    case 'struct':
    case 'variant':
      return s.name;
    case 'group':
      return `(${fieldsText(s.fields)})`;
    case 'array':
      return `${shapeText(s.of.shape)}[${s.length}]`;
    case 'list':
      return `${shapeText(s.of.shape)}[${extentText(s.extent)}, ≤ ${s.max}]`;
    case 'bytes':
      return `bytes[${extentText(s.extent)}, ≤ ${s.max}]`;
    case 'pointer':
      return `offset of ${shapeText(s.to.shape)}${s.nullable ? ' or 0' : ''}`;
    case 'when':
    default:
      return `${shapeText(s.of.shape)} ${conditionText(s.condition)}`;
  }
}

/** The page of wire errors. */
export function printErrorDocument(): string {
  const rows = Object.entries(WIRE_ERRORS).map(([code, e]) => [`\`${code}\``, e.sentence, e.action]);
  return `${['# Wire errors', '', 'What is said when bytes of a peer or guest are wrong.', '', ...table(['code', 'sentence', 'action'], rows)].join('\n')}\n`;
}
