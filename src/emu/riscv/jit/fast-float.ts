/**
 * Floating-point operations in place, where WebAssembly's own give what IEEE 754 asks: H_FP_FAST says that frm is RNE and NX
 * is set already, and the result is normal (not the smallest: it might have been rounded up to that), so that no other flag
 * can be due and no NaN needs its canonical form. Everything else is the kernel's.
 */
import { op } from '../../../wasm/opcodes.table.ts';
import type { Instruction } from '../isa.table.ts';
import { kernelName } from '../kernel.ts';
import * as layout from '../layout.ts';
import type { TranslationSite } from './translation-site.ts';

const DOUBLES: Readonly<Record<string, number>> = {
  'fadd.d': op.f64Add,
  'fsub.d': op.f64Sub,
  'fmul.d': op.f64Mul,
  'fdiv.d': op.f64Div,
};

const ORDER: Readonly<Record<string, number>> = { 'feq.d': op.f64Eq, 'flt.d': op.f64Lt, 'fle.d': op.f64Le };

/** Bits of the smallest normal double and of infinity, without the sign, shifted left by 1. */
const LEAST = 0x0010000000000000n * 2n;
const INFINITE = 0x7ff0000000000000n * 2n;

/** Emits the instruction with its fast way; false when it has none and nothing was emitted. */
export function emitFastFloat(s: TranslationSite, row: Instruction): boolean {
  const { code } = s;
  const { name } = row;
  const arithmetic = DOUBLES[name];
  const rm = ((s.it?.word ?? 0) >>> 12) & 7;
  if (arithmetic !== undefined && (rm === 7 || rm === 0)) {
    s.d1();
    s.d2();
    code.op(arithmetic).set(s.result);
    // LEAST < |result| < INFINITE, in one comparison without sign.
    code.get(s.result).op(op.i64ReinterpretF64).i64(1).op(op.i64Shl);
    code
      .i64(LEAST + 1n)
      .op(op.i64Sub)
      .i64(INFINITE - LEAST - 1n)
      .op(op.i64LtU);
    s.load32(layout.H_FP_FAST);
    code.op(op.i32And).op(op.i32Eqz).if();
    s.f1();
    s.f2();
    s.rm();
    s.call(kernelName(name));
    code.op(op.f64ReinterpretI64).set(s.result).end();
    code.get(s.result);
    s.setD();
    return true;
  }
  const order = ORDER[name];
  if (order !== undefined) {
    // Ordered operands raise nothing: x = x and y = y.
    s.d1();
    s.d1();
    code.op(op.f64Eq);
    s.d2();
    s.d2();
    code.op(op.f64Eq).op(op.i32And).if(0x7e);
    s.d1();
    s.d2();
    code.op(order).op(op.i64ExtendI32U).else();
    s.f1();
    s.f2();
    s.call(kernelName(name));
    code.end();
    s.setX();
    return true;
  }
  return false;
}
