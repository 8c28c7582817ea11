/**
 * Floating-point operations in place, where WebAssembly's own give what IEEE 754 asks: H_FP_FAST says that frm is RNE and NX
 * is set already, and the result is normal (not the smallest: it might have been rounded up to that), so that no other flag
 * can be due and no NaN needs its canonical form. Everything else is the kernel's.
 */
import { compileWasm, createSharedMemory, instantiateWasm } from '../../../wasm/api.ts';
import { Code } from '../../../wasm/code.ts';
import { ModuleBuilder } from '../../../wasm/module-builder.ts';
import { op, valueType } from '../../../wasm/opcodes.table.ts';
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

/** Which of product and addend have their sign turned. */
const FUSED: Readonly<Record<string, readonly [isProductNegative: boolean, isAddendNegative: boolean]>> = {
  'fmadd.d': [false, false],
  'fmsub.d': [false, true],
  'fnmsub.d': [true, false],
  'fnmadd.d': [true, true],
};

let isFused: boolean | null = null;

/**
 * Whether this host's relaxed multiply-add rounds once. The specification leaves it open, but one process always does the
 * same: (1 + 2^-27)^2 - (1 + 2^-26) is 2^-54, or 0 when the product was rounded.
 */
function isMultiplyAddFused(): boolean {
  if (isFused !== null) return isFused;
  const { f64 } = valueType;
  const builder = new ModuleBuilder();
  const code = new Code(2);
  code.get(0).op(op.f64x2Splat).get(0).op(op.f64x2Splat).get(1).op(op.f64x2Splat);
  code.op(op.f64x2RelaxedMadd).extractLane0('f64');
  builder.exportFunction('f', builder.function(builder.type([f64, f64], [f64]), code));
  const { f } = instantiateWasm(compileWasm(builder.toBytes()), createSharedMemory(1, 1)) as {
    f: (factor: number, addend: number) => number;
  };
  isFused = f(1 + 2 ** -27, -(1 + 2 ** -26)) === 2 ** -54;
  return isFused;
}

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
    code.op(op.i32And).op(op.i32Eqz).if(null, false);
    s.f1();
    s.f2();
    s.rm();
    s.call(kernelName(name));
    code.op(op.f64ReinterpretI64).set(s.result).end();
    code.get(s.result);
    s.setD();
    return true;
  }
  const fused = FUSED[name];
  if (fused !== undefined && (rm === 7 || rm === 0) && isMultiplyAddFused()) {
    s.d1();
    if (fused[0]) code.op(op.f64Neg);
    code.op(op.f64x2Splat);
    s.d2();
    code.op(op.f64x2Splat);
    s.d3();
    if (fused[1]) code.op(op.f64Neg);
    code.op(op.f64x2Splat).op(op.f64x2RelaxedMadd).extractLane0('f64').set(s.result);
    finishArithmetic(s, name, true);
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
    code.op(op.f64Eq).op(op.i32And).if(0x7e, true);
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

/** Takes what is in `result` if that is all there is to it, else what the kernel says. */
function finishArithmetic(s: TranslationSite, name: string, hasThird: boolean): void {
  const { code } = s;
  // LEAST < |result| < INFINITE, in one comparison without sign.
  code.get(s.result).op(op.i64ReinterpretF64).i64(1).op(op.i64Shl);
  code
    .i64(LEAST + 1n)
    .op(op.i64Sub)
    .i64(INFINITE - LEAST - 1n)
    .op(op.i64LtU);
  s.load32(layout.H_FP_FAST);
  code.op(op.i32And).op(op.i32Eqz).if(null, false);
  s.f1();
  s.f2();
  if (hasThird) s.f3();
  s.rm();
  s.call(kernelName(name));
  code.op(op.f64ReinterpretI64).set(s.result).end();
  code.get(s.result);
  s.setD();
}
