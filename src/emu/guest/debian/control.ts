/**
 * Paragraphs of control data: Debian Policy 5.1, deb822(5). A field's value goes on in lines that begin with a blank; a
 * line that begins with `#` is a comment; an empty line ends the paragraph.
 */
import { HostError } from '../../../base/errors.ts';

/** One paragraph: values by the field's name in lower case. Continued lines keep their line breaks. */
export type Paragraph = ReadonlyMap<string, string>;

/** The paragraphs of a text. Throws HostError `bad-list` where a line is neither a field nor goes on with one. */
export function parseParagraphs(text: string): readonly Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let fields = new Map<string, string>();
  let current: string | null = null;
  for (const raw of text.split('\n')) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line.startsWith('#')) continue;
    if (line.trim() === '') {
      if (fields.size > 0) paragraphs.push(fields);
      fields = new Map();
      current = null;
    } else if (line.startsWith(' ') || line.startsWith('\t')) {
      if (current === null) throw badLine(line);
      fields.set(current, `${fields.get(current) ?? ''}\n${line.trim()}`);
    } else {
      const colon = line.indexOf(':');
      current = line.slice(0, colon).toLowerCase();
      if (colon < 1 || /\s/.test(current) || fields.has(current)) throw badLine(line);
      fields.set(current, line.slice(colon + 1).trim());
    }
  }
  if (fields.size > 0) paragraphs.push(fields);
  return paragraphs;
}

function badLine(line: string): HostError {
  return new HostError('bad-list', `A package list cannot be read: the line "${line.slice(0, 60)}" is no field.`);
}
