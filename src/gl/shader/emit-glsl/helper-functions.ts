/**
 * GLSL functions for operations the language leaves undefined or lacks. Each is declared once, when it is first needed.
 * Divisions never reach the compiler with a divisor of 0 or -1: the host's constant folding would trap on them.
 */
import type { Type } from '../ir/ir.ts';
import { typeName } from './glsl-names.ts';

/** Declares helper functions in the order they are asked for. */
export class HelperFunctions {
  readonly #texts = new Map<string, string>();

  /** Declares a function once and gives its name. */
  need(name: string, text: () => string): string {
    if (!this.#texts.has(name)) {
      // Taken first, so that functions the text needs itself stand before it.
      const body = text();
      this.#texts.set(name, body);
    }
    return name;
  }

  get texts(): string[] {
    return [...this.#texts.values()];
  }

  /** Quotient or remainder of integers, for every pair of operands. */
  division(op: 'div' | 'mod', type: Type): string {
    const { base, width } = type;
    const name = `${op}_${typeName(type)}`;
    return this.need(name, () => {
      const scalarType: Type = { base, width: 1 };
      const scalar = `${op}_${typeName(scalarType)}`;
      if (width > 1) {
        this.division(op, scalarType);
        const parts = Array.from({ length: width }, (_, i) => `${scalar}(a.${'xyzw'[i]}, b.${'xyzw'[i]})`);
        const t = typeName(type);
        return `${t} ${name}(${t} a, ${t} b) { return ${t}(${parts.join(', ')}); }`;
      }
      const t = typeName(type);
      const sign = op === 'div' ? '/' : '%';
      const one = `${t}(1)`;
      if (base === 'u32' || base === 'u64') {
        return `${t} ${name}(${t} a, ${t} b) { ${t} d = b == ${t}(0) ? ${one} : b; return b == ${t}(0) ? ~${t}(0) : a ${sign} d; }`;
      }
      const byZero = op === 'div' ? `${t}(0)` : `${t}(-1)`;
      const byMinusOne = op === 'div' ? '-a' : `${t}(0)`;
      // The language leaves the sign of a remainder open: it is the dividend's here.
      const value = op === 'div' ? 'a / d' : 'a - (a / d) * d';
      return `${t} ${name}(${t} a, ${t} b) { ${t} d = b == ${t}(0) || b == ${t}(-1) ? ${one} : b; return b == ${t}(0) ? ${byZero} : b == ${t}(-1) ? ${byMinusOne} : ${value}; }`;
    });
  }

  /** High word of a product. */
  mulHigh(type: Type): string {
    const t = typeName(type);
    const name = `mulHigh_${t}`;
    const call = type.base === 'i32' ? 'imulExtended' : 'umulExtended';
    return this.need(name, () => `${t} ${name}(${t} a, ${t} b) { ${t} h, l; ${call}(a, b, h, l); return h; }`);
  }

  /** Product that is 0 where either factor is. */
  mulZero(type: Type): string {
    const t = typeName(type);
    const name = `mulZero_${t}`;
    return this.need(name, () =>
      type.width === 1
        ? `float ${name}(float a, float b) { return a == 0.0 || b == 0.0 ? 0.0 : a * b; }`
        : `${t} ${name}(${t} a, ${t} b) { return mix(mix(a * b, ${t}(0.0), equal(a, ${t}(0.0))), ${t}(0.0), equal(b, ${t}(0.0))); }`,
    );
  }

  /** Bits of a value, offset and count held to its 32. Counts are one for each component. */
  bitExtract(type: Type): string {
    const t = typeName(type);
    const ints = typeName({ base: 'i32', width: type.width });
    const name = `bitExtract_${t}`;
    return this.need(name, () => {
      const lanes = Array.from({ length: type.width }, (_, i) => (type.width === 1 ? '' : `.${'xyzw'[i]}`));
      const parts = lanes.map((lane) => `bitfieldExtract(v${lane}, o${lane}, min(n${lane}, 32 - o${lane}))`);
      return `${t} ${name}(${t} v, ${ints} o, ${ints} n) { o = clamp(o, 0, 32); n = clamp(n, 0, 32); return ${t}(${parts.join(', ')}); }`;
    });
  }

  /** Bits put into a value, offset and count held to its 32. */
  bitInsert(type: Type): string {
    const t = typeName(type);
    const ints = typeName({ base: 'i32', width: type.width });
    const name = `bitInsert_${t}`;
    return this.need(name, () => {
      const lanes = Array.from({ length: type.width }, (_, i) => (type.width === 1 ? '' : `.${'xyzw'[i]}`));
      const parts = lanes.map((lane) => `bitfieldInsert(v${lane}, b${lane}, o${lane}, min(n${lane}, 32 - o${lane}))`);
      return `${t} ${name}(${t} v, ${t} b, ${ints} o, ${ints} n) { o = clamp(o, 0, 32); n = clamp(n, 0, 32); return ${t}(${parts.join(', ')}); }`;
    });
  }

  /** A double times a power of two; Mesa's ldexp makes something of nothing. */
  ldexp(): string {
    return this.need('scaled', () => 'double scaled(double v, int e) { return v == double(0) ? v : ldexp(v, e); }');
  }

  /** Mantissa or exponent of a double. */
  frexp(part: 'frexpMantissa' | 'frexpExponent'): string {
    const type = part === 'frexpMantissa' ? 'double' : 'int';
    const result = part === 'frexpMantissa' ? 'm' : 'e';
    return this.need(part, () => `${type} ${part}(double v) { int e; double m = frexp(v, e); return ${result}; }`);
  }
}
