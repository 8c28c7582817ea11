/**
 * Loads and stores: the look into the translation cache, inline, and the kernel when that fails. An entry fits an aligned
 * access within its page: the low bits of the address that must be 0 stay in what is compared with the tag.
 */
import { op, valueType } from '../../wasm/opcodes.table.ts';
import type { Site } from './site.ts';

const { i32 } = valueType;

/** Looks for the address in local `a`: pushes whether the entry, then in local `place`, fits. Returns its offset from there. */
function lookUp(s: Site, isWrite: boolean, sizeBytes: number): number {
  const { code } = s;
  const offset = s.cacheEntry(isWrite);
  code.tee(s.place).memory(op.i64Load, offset).get(s.a);
  code
    .i64(~0xfff | (sizeBytes - 1))
    .op(op.i64And)
    .op(op.i64Eq);
  return offset;
}

function placeFromEntry(s: Site, offset: number): void {
  s.code
    .get(s.place)
    .memory(op.i32Load, offset + 8)
    .get(s.a)
    .op(op.i32WrapI64)
    .op(op.i32Add);
}

/** Loads from x1 + immediate and pushes the i64. */
export function emitLoad(s: Site, opcode: number, sizeBytes: 1 | 2 | 4 | 8): void {
  const { code } = s;
  s.x1();
  s.imm();
  code.op(op.i64Add).set(s.a);
  const entry = lookUp(s, false, sizeBytes);
  code.if(i32, true);
  placeFromEntry(s, entry);
  code.else();
  code.get(s.a).i32(sizeBytes);
  s.call('loadPlace');
  code.tee(s.place);
  s.faultIfZero();
  code.get(s.place).end();
  code.memory(opcode, 0);
}

/** Stores x2 or f2 to x1 + immediate. */
export function emitStore(s: Site, opcode: number, sizeBytes: 1 | 2 | 4 | 8, isFloat: boolean): void {
  const { code } = s;
  const value = (): void => (isFloat ? s.f2() : s.x2());
  s.x1();
  s.imm();
  code.op(op.i64Add).set(s.a);
  const entry = lookUp(s, true, sizeBytes);
  code.if(null, true);
  placeFromEntry(s, entry);
  if (opcode === op.f64Store) s.d2();
  else value();
  code.memory(opcode, 0);
  code.else();
  code.get(s.a);
  value();
  code.i32(sizeBytes);
  s.call('storeSlow');
  s.faultIfZero();
  code.end();
}

/** Pushes the place in memory of x1 for an atomic access, i32. */
export function emitAtomicPlace(s: Site, sizeBytes: 4 | 8, isLoad: boolean): void {
  const { code } = s;
  s.x1();
  code.set(s.a);
  const entry = lookUp(s, !isLoad, sizeBytes);
  code.if(i32, true);
  placeFromEntry(s, entry);
  code.else();
  code
    .get(s.a)
    .i32(sizeBytes)
    .i32(isLoad ? 1 : 0);
  s.call('atomicPlace');
  code.tee(s.place);
  s.faultIfZero();
  code.get(s.place).end();
}
