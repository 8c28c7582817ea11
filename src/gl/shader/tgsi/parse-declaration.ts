/** DCL lines: a range of registers and what they are. */
import { ShaderError } from '../shader-error.ts';
import { parseFile, parseMask } from './parse-operand.ts';
import type { Scanner } from './scanner.ts';
import type { Declaration } from './tgsi.ts';
import type { File, ReturnType, Stage, Target } from './vocabulary.ts';
import { memberOf, WORDS } from './vocabulary.ts';

const ATOMIC: ReadonlySet<string> = new Set(['ATOMIC']);

type Draft = { -readonly [K in keyof Declaration]: Declaration[K] };

interface Range {
  readonly first: number;
  readonly last: number;
}

/** Takes `3]`, `0..5]` or, for registers of each vertex, `]`. */
function parseRange(scanner: Scanner): Range | null {
  scanner.expect('[');
  if (scanner.accept(']')) return null;
  const line = scanner.line;
  const first = scanner.uint('a register number');
  const last = scanner.accept('..') ? scanner.uint('a register number') : first;
  scanner.expect(']');
  if (last < first) throw new ShaderError('range', line, `range ${first}..${last} runs backwards`);
  if (last > 32767) throw new ShaderError('range', line, 'register number is too large');
  return { first, last };
}

/** Registers that there are once for each vertex have a first bracket, empty or with the size. */
function hasVertexBracket(stage: Stage, file: File): boolean {
  if (file === 'IN') return stage === 'GEOM' || stage === 'TESS_CTRL' || stage === 'TESS_EVAL';
  return file === 'OUT' && stage === 'TESS_CTRL';
}

function parseTarget(scanner: Scanner): Target {
  return scanner.oneOf(WORDS.targets, 'a texture target');
}

function parseReturnTypes(scanner: Scanner): [ReturnType, ReturnType, ReturnType, ReturnType] {
  const types: ReturnType[] = [];
  do {
    if (types.length === 4) throw scanner.fail('the end of the declaration');
    types.push(scanner.oneOf(WORDS.returnTypes, 'a return type'));
  } while (scanner.accept(','));
  const [x = 'FLOAT', y = x, z = x, w = x] = types;
  return [x, y, z, w];
}

function parseStreams(scanner: Scanner): [number, number, number, number] {
  const line = scanner.line;
  scanner.expect('(');
  const streams: [number, number, number, number] = [0, 0, 0, 0];
  for (let i = 0; i < 4; i++) {
    if (i > 0) scanner.expect(',');
    streams[i] = scanner.uint('a stream');
  }
  scanner.expect(')');
  if (streams.some((stream) => stream > 3)) throw new ShaderError('range', line, 'stream is above 3');
  return streams;
}

function parseImageWords(scanner: Scanner, draft: Draft): void {
  draft.target = parseTarget(scanner);
  while (scanner.accept(',')) {
    const word = scanner.word('an image format or access');
    if (word === 'RAW') draft.raw = true;
    else if (word === 'WR') draft.writable = true;
    else draft.format = word.replace(/^PIPE_FORMAT_/, '');
  }
}

function parseSemantic(scanner: Scanner, draft: Draft, word: string): boolean {
  const name = memberOf(WORDS.semantics, word);
  if (name === null || draft.semantic !== null) return false;
  let index = 0;
  if (scanner.accept('[')) {
    const line = scanner.line;
    index = scanner.uint('a semantic index');
    if (index > 255) throw new ShaderError('range', line, 'semantic index is above 255');
    scanner.expect(']');
  }
  draft.semantic = { name, index };
  return true;
}

/** Words of an input, output or system value, in any order but each once. */
function parseRegisterWord(scanner: Scanner, draft: Draft): void {
  const { line } = scanner;
  const word = scanner.word('a semantic, an interpolation or INVARIANT');
  if (word === 'LOCAL') {
    draft.local = true;
    return;
  }
  if (word === 'INVARIANT') {
    draft.invariant = true;
    return;
  }
  if (word === 'STREAM') {
    draft.streams = parseStreams(scanner);
    return;
  }
  if (parseSemantic(scanner, draft, word)) return;
  const interpolation = memberOf(WORDS.interpolations, word);
  if (interpolation !== null && draft.interpolation === null) {
    draft.interpolation = interpolation;
    return;
  }
  const location = memberOf(WORDS.locations, word);
  if (location === null) throw new ShaderError('syntax', line, `"${word}" does not belong to this declaration`);
  draft.location = location;
}

function parseWord(scanner: Scanner, draft: Draft): void {
  switch (draft.file) {
    case 'IMAGE':
      parseImageWords(scanner, draft);
      return;
    case 'SVIEW':
      draft.target = parseTarget(scanner);
      scanner.expect(',');
      draft.returnTypes = parseReturnTypes(scanner);
      return;
    case 'BUFFER':
      scanner.oneOf(ATOMIC, 'ATOMIC');
      draft.atomic = true;
      return;
    case 'MEMORY':
      draft.memoryType = scanner.oneOf(WORDS.memoryTypes, 'a kind of memory');
      return;
    case 'CONST':
    case 'IN':
    case 'OUT':
    case 'TEMP':
    case 'SAMP':
    case 'ADDR':
    case 'IMM':
    case 'SV':
    case 'HWATOMIC':
      parseRegisterWord(scanner, draft);
  }
}

/** Takes a declaration after its DCL. */
export function parseDeclaration(scanner: Scanner, stage: Stage): Declaration {
  const line = scanner.line;
  const file = parseFile(scanner);
  const brackets = [parseRange(scanner)];
  if (scanner.sees('[')) brackets.push(parseRange(scanner));
  let range = brackets[0] ?? null;
  let dimension: number | null = null;
  const second = brackets[1];
  const perVertex = second !== undefined && hasVertexBracket(stage, file);
  if (second !== undefined) {
    if (!perVertex) {
      if (range === null || range.first !== range.last) {
        throw new ShaderError('syntax', line, 'the first of two brackets must be one number');
      }
      dimension = range.first;
    }
    range = second;
  }
  if (range === null) throw new ShaderError('syntax', line, 'an empty bracket needs a second one');
  const draft: Draft = {
    file,
    first: range.first,
    last: range.last,
    dimension,
    perVertex,
    mask: parseMask(scanner),
    arrayId: 0,
    local: false,
    semantic: null,
    interpolation: null,
    location: 'CENTER',
    invariant: false,
    target: null,
    format: file === 'IMAGE' ? 'NONE' : '',
    writable: false,
    raw: false,
    returnTypes: null,
    atomic: false,
    memoryType: null,
    streams: null,
    line,
  };
  while (scanner.accept(',')) {
    if (scanner.peekWord() === 'ARRAY') {
      scanner.word('ARRAY');
      scanner.expect('(');
      draft.arrayId = scanner.uint('an array number');
      scanner.expect(')');
      continue;
    }
    parseWord(scanner, draft);
  }
  return draft;
}
