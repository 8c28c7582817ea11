/**
 * What is translated at once: the basic blocks of one page of RAM that can be reached from a hot instruction without leaving
 * the page, in the order of their addresses. Addresses here are offsets in the page.
 */
import { decodeOperation, immediateOf, instructionOf, type DecodeTables } from '../encoding.ts';
import type { Instruction } from '../isa.table.ts';
import { SEMANTICS, type Semantics } from '../semantics.ts';

const PAGE = 0x1000;

/** An instruction in a page. */
export interface PlacedInstruction {
  readonly at: number;
  readonly lengthBytes: 2 | 4;
  readonly word: number;
  readonly row: Instruction;
  readonly semantics: Semantics;
  readonly rd: number;
  readonly rs1: number;
  readonly rs2: number;
  readonly rs3: number;
  readonly imm: number;
}

/** Instructions that are entered at the first only; only the last may jump. */
export interface Block {
  readonly at: number;
  readonly instructions: readonly PlacedInstruction[];
  /** Where it goes on behind its last instruction: an address that may lie outside page and region; null: never. */
  readonly next: number | null;
  /** Where its last instruction jumps to, when that is known. */
  readonly target: number | null;
  /** Whether the region can be entered here. */
  readonly isEntry: boolean;
}

/** Decodes the instruction at an offset of a page; null when it is none, or not wholly in the page. */
function decodeAt(page: DataView, tables: DecodeTables, at: number): PlacedInstruction | null {
  const half = page.getUint16(at, true);
  const lengthBytes = (half & 3) === 3 ? 4 : 2;
  if (at + lengthBytes > PAGE) return null;
  const word = lengthBytes === 4 ? page.getUint32(at, true) : (tables.expansions[half] ?? 0);
  const operation = decodeOperation(tables, word);
  const semantics = SEMANTICS[operation];
  if (semantics === null || semantics === undefined) return null;
  const row = instructionOf(operation);
  return {
    at,
    lengthBytes,
    word,
    row,
    semantics,
    rd: (word >>> 7) & 31,
    rs1: (word >>> 15) & 31,
    rs2: (word >>> 20) & 31,
    rs3: word >>> 27,
    imm: immediateOf(row.format, word),
  };
}

/**
 * The blocks reached from `entry`; empty when there is no instruction that can be translated. A branch is followed only where
 * `isWarm`: half of a kernel's code is for what hardly ever happens, and compiling costs by the byte.
 */
export function findRegion(
  page: DataView,
  tables: DecodeTables,
  entry: number,
  maxInstructions: number,
  isWarm: (at: number) => boolean,
): Block[] {
  const found = new Map<number, PlacedInstruction>();
  const leaders = new Set([entry]);
  const entries = new Set([entry]);
  const work = [entry];
  const lead = (at: number, isEntry: boolean): void => {
    if (at < 0 || at >= PAGE) return;
    if (isEntry) entries.add(at);
    leaders.add(at);
    work.push(at);
  };
  for (let start = work.shift(); start !== undefined; start = work.shift()) {
    let at = start;
    while (at < PAGE && !found.has(at) && found.size < maxInstructions) {
      const it = decodeAt(page, tables, at);
      if (it === null) break;
      found.set(at, it);
      const after = at + it.lengthBytes;
      const { kind } = it.semantics;
      if (kind === 'branch') {
        if (isWarm(at + it.imm)) lead(at + it.imm, false);
        lead(after, false);
        break;
      }
      if (kind === 'jump') {
        // A call comes back behind itself.
        if (it.row.name === 'jal') lead(at + it.imm, false);
        if (it.rd !== 0) lead(after, true);
        break;
      }
      if (kind === 'system') {
        lead(after, true);
        break;
      }
      at = after;
    }
  }
  return cutBlocks(found, leaders, entries);
}

function cutBlocks(
  found: ReadonlyMap<number, PlacedInstruction>,
  leaders: ReadonlySet<number>,
  entries: ReadonlySet<number>,
): Block[] {
  const starts = [...leaders].filter((at) => found.has(at)).sort((a, b) => a - b);
  return starts.map((start) => {
    const instructions: PlacedInstruction[] = [];
    let at = start;
    for (let it = found.get(at); it !== undefined && (at === start || !leaders.has(at)); it = found.get(at)) {
      instructions.push(it);
      at += it.lengthBytes;
      if (it.semantics.kind === 'branch' || it.semantics.kind === 'jump' || it.semantics.kind === 'system') break;
    }
    const last = instructions.at(-1);
    const kind = last?.semantics.kind;
    return {
      at: start,
      instructions,
      next: kind === 'jump' || kind === 'system' ? null : at,
      target: last !== undefined && (kind === 'branch' || last.row.name === 'jal') ? last.at + last.imm : null,
      isEntry: entries.has(start),
    };
  });
}
