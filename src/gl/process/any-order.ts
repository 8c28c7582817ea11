/** Orders at random for tests: numbers that exist and ones that don't, sizes that fit and ones that don't. */
import * as fc from 'fast-check';
import type { ProcessGuest } from './process-guest.ts';

const MIB = 1 << 20;

/** None of those below 200: they are the test's own, to see what became of the rest. */
const id = fc.oneof(fc.integer({ min: 200, max: 204 }), fc.integer({ min: 200, max: 0xffff_ffff }));
const size = fc.oneof(fc.nat(70), fc.nat(0xffff_ffff));
const one = fc.oneof(fc.constant(1), size);
const piece = fc.record({ region: fc.nat(1), offset: fc.nat(20 * MIB), length: fc.nat(MIB) });
const words = fc.array(fc.oneof(fc.nat(0x0004_0040), fc.nat(300), fc.nat(0xffff_ffff)), { maxLength: 60 });
const transfer = fc.record({
  resource: id,
  level: size,
  stride: size,
  layerStride: size,
  x: size,
  y: size,
  z: size,
  width: size,
  height: size,
  depth: size,
  offset: size,
});
const resource = fc.record({
  target: fc.nat(9),
  format: fc.oneof(fc.constantFrom(1, 19, 64, 67, 107), fc.nat(400)),
  bind: fc.nat(1 << 20),
  width: size,
  height: one,
  depth: one,
  arraySize: one,
  lastLevel: fc.nat(5),
  samples: fc.nat(5),
  flags: fc.nat(3),
});

type Order = (guest: ProcessGuest) => number;

function order<T>(values: fc.Arbitrary<T>, give: (guest: ProcessGuest, value: T) => number): fc.Arbitrary<Order> {
  return values.map((value) => (guest) => give(guest, value));
}

/** Something that a guest may order, right or wrong; gives its serial. */
export const anyOrder: fc.Arbitrary<Order> = fc.oneof(
  order(id, ({ gpu }, n) => gpu.createContext(n, 'any')),
  order(id, ({ gpu }, n) => gpu.destroyContext(n)),
  order(fc.tuple(id, resource), ({ gpu }, [n, args]) => gpu.createResource(n, args)),
  order(id, ({ gpu }, n) => gpu.destroyResource(n)),
  order(fc.tuple(id, fc.array(piece, { maxLength: 5 })), ({ gpu }, [n, pieces]) => gpu.attachBacking(n, pieces)),
  order(id, ({ gpu }, n) => gpu.detachBacking(n)),
  order(fc.tuple(id, id), ({ gpu }, [context, n]) => gpu.attachResource(context, n)),
  order(fc.tuple(id, id), ({ gpu }, [context, n]) => gpu.detachResource(context, n)),
  order(fc.tuple(id, words), (guest, [context, list]) => guest.submit(context, list)),
  order(fc.tuple(id, transfer), ({ gpu }, [context, box]) => gpu.transferToHost(context, box)),
  order(fc.tuple(id, transfer), ({ gpu }, [context, box]) => gpu.transferFromHost(context, box)),
  order(fc.constant(null), ({ gpu }) => gpu.fence()),
);
