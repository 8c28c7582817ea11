/** The shared memory of a machine: tables, the harts' areas, RAM; see layout.ts. */
import { assert } from '../../base/assert.ts';
import { createSharedMemory } from '../../wasm/api.ts';
import type { GuestMemory } from './contract.ts';
import { CSRS } from './csr.table.ts';
import { makeDecodeTables, type DecodeTables } from './encoding.ts';
import * as layout from './layout.ts';

const PAGE_BYTES = 0x10000;
const MAX_RAM_BYTES = 0xc0000000;
const MAX_HARTS = 8;

/**
 * Reserves the memory of a machine with `ramBytes` of RAM, a multiple of 64 KiB up to 3 GiB, and fills the tables. Throws
 * RangeError when the host has no room.
 */
export function createGuestMemory(ramBytes: number, hartCount: number): GuestMemory {
  assert(ramBytes > 0 && ramBytes % PAGE_BYTES === 0 && ramBytes <= MAX_RAM_BYTES, 'RAM is whole and fits');
  assert(hartCount >= 1 && hartCount <= MAX_HARTS, 'there is room for the harts');
  const ramOffset = layout.HARTS + hartCount * layout.HART_BYTES;
  const pages = (ramOffset + ramBytes) / PAGE_BYTES;
  const memory = createSharedMemory(pages, pages);
  fillTables(memory.buffer);
  return { memory, ramOffset, ramBytes, hartCount };
}

/** Pages of 64 KiB in all. */
export function memoryPages(guest: GuestMemory): number {
  return (guest.ramOffset + guest.ramBytes) / PAGE_BYTES;
}

/** Where a hart's area begins. */
export function hartArea(hartId: number): number {
  return layout.HARTS + hartId * layout.HART_BYTES;
}

/** The decoder's tables, where they lie in the memory. */
export function decodeTablesIn(guest: GuestMemory): DecodeTables {
  const { buffer } = guest.memory;
  return {
    expansions: new Uint32Array(buffer, layout.EXPANSIONS, 0x10000),
    decode: new Uint16Array(buffer, layout.DECODE, 0x8000),
    byRs2: new Uint16Array(buffer, layout.DECODE_RS2, 0x8000),
  };
}

function fillTables(buffer: SharedArrayBuffer): void {
  const { expansions, decode, byRs2 } = makeDecodeTables();
  new Uint32Array(buffer, layout.EXPANSIONS, expansions.length).set(expansions);
  new Uint16Array(buffer, layout.DECODE, decode.length).set(decode);
  new Uint16Array(buffer, layout.DECODE_RS2, byRs2.length).set(byRs2);
  const view = new DataView(buffer);
  CSRS.forEach((row, i) => {
    const at = layout.CSR_ROWS + (i + 1) * layout.CSR_ROW_BYTES;
    view.setUint8(layout.CSR_INDEX + row.number, i + 1);
    view.setInt32(at, row.place, true);
    view.setInt32(at + 4, row.kind, true);
    view.setBigUint64(at + 8, row.readMask, true);
    view.setBigUint64(at + 16, row.writeMask, true);
  });
}
