import { assert, bigInt, constantFrom, oneof, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileWasm, createFunctionTable, createSharedMemory, instantiateWasm, isValidWasm } from './api.ts';
import { Code } from './code.ts';
import { ModuleBuilder } from './module-builder.ts';
import { atomicOp, op, valueType } from './opcodes.table.ts';

const { i32, i64, f64 } = valueType;

/** A module of one exported function `f`, made and linked. */
function link(
  params: readonly (typeof i32 | typeof i64 | typeof f64)[],
  result: typeof i32 | typeof i64 | typeof f64,
  write: (code: Code, builder: ModuleBuilder) => void,
  imports: Readonly<Record<string, unknown>> = {},
): {
  f: (...args: readonly (number | bigint)[]) => number | bigint;
  bytes: Uint8Array;
  memory: ReturnType<typeof createSharedMemory>;
} {
  const builder = new ModuleBuilder();
  const code = new Code(params.length);
  builder.importSharedMemory('env', 'memory', 1, 4);
  write(code, builder);
  builder.exportFunction('f', builder.function(builder.type(params, [result]), code));
  const bytes = builder.toBytes();
  expect(isValidWasm(bytes)).toBe(true);
  const memory = createSharedMemory(1, 4);
  const { f } = instantiateWasm(compileWasm(bytes), memory, { env: imports }) as {
    f: (...args: readonly (number | bigint)[]) => number | bigint;
  };
  return { f, bytes, memory };
}

describe('a module', () => {
  it('tells which branches are likely, counted from where the locals are declared', () => {
    const { f, bytes } = link([i32], i32, (code) => {
      code.local(i64);
      const out = code.block();
      code.get(0).brIf(out, false);
      code.get(0).op(op.i32Eqz).if(null, true);
      code.i32(7).op(op.return).end().end().i32(9);
    });
    expect([f(0), f(1)]).toEqual([7, 9]);
    const text = Buffer.from(bytes).toString('latin1');
    const name = 'metadata.code.branch_hint';
    // One function, of index 0, with two hints of one byte: unlikely, likely.
    const [functions, index, hints, first, firstLength, isFirst, second, secondLength, isSecond] = bytes.subarray(
      text.indexOf(name) + name.length,
    );
    expect([functions, index, hints, firstLength, isFirst, secondLength, isSecond]).toEqual([1, 0, 2, 1, 0, 1, 1]);
    // The code section: its number, size, one function, that one's size.
    const locals = text.indexOf('\x01\x01\x7e');
    expect([bytes[locals + (first ?? 0)], bytes[locals + (second ?? 0)]]).toEqual([0x0d, 0x04]);
  });

  it('holds every signed constant, of 32 and of 64 bits', () => {
    const edges = [0n, 63n, 64n, -64n, -65n, 8191n, 8192n, -8193n, (1n << 31n) - 1n, -(1n << 31n), 1n << 52n];
    assert(
      property(oneof(constantFrom(...edges), bigInt(-(1n << 63n), (1n << 63n) - 1n)), (value) => {
        expect(link([], i64, (code) => code.i64(value)).f()).toBe(value);
        const short = Number(BigInt.asIntN(32, value));
        expect(link([], i32, (code) => code.i32(short)).f()).toBe(short);
      }),
      { numRuns: 200 },
    );
  });

  it('branches to the block that was meant, from any depth', () => {
    const { f } = link([i32], i32, (code) => {
      const out = code.block();
      const two = code.block();
      const one = code.block();
      code.block();
      code.get(0).brTable([one, two], out).end();
      code.op(op.unreachable).end();
      code.i32(10).op(op.return).end();
      code.i32(20).op(op.return).end().i32(30);
    });
    expect([f(0), f(1), f(2), f(-1)]).toEqual([10, 20, 30, 30]);
  });

  it('loops with locals of several types', () => {
    const { f } = link([i32], i64, (code) => {
      const sum = code.local(i64);
      const weight = code.local(f64);
      const count = code.local(i64);
      const done = code.block();
      const again = code.loop();
      code.get(0).op(op.i32Eqz).brIf(done);
      code.get(sum).get(0).op(op.i64ExtendI32U).op(op.i64Add).set(sum);
      code.get(count).i64(1).op(op.i64Add).set(count);
      code.get(0).i32(1).op(op.i32Sub).set(0).br(again).end().end();
      code.get(sum).get(count).op(op.i64Sub).get(weight).op(op.i64TruncSatF64S).op(op.i64Add);
    });
    expect(f(100)).toBe(4950n);
  });

  it('reads, writes and exchanges in shared memory', () => {
    const { f, memory } = link([i64], i64, (code) => {
      code.i32(8).get(0).memory(op.i64Store, 296);
      code.i32(8).i64(5).atomic(atomicOp.i64Add, 3, 296).op(op.drop);
      code.atomicFence();
      code.i32(100).i32(7).i32(4).memoryFill();
      code.i32(8).memory(op.i64Load, 296);
    });
    expect(f(37n)).toBe(42n);
    expect(new DataView(memory.buffer).getBigInt64(304, true)).toBe(42n);
    expect([...new Uint8Array(memory.buffer, 99, 6)]).toEqual([0, 7, 7, 7, 7, 0]);
  });

  it('calls imports, and functions of another module through a table, without growing the stack', () => {
    const table = createFunctionTable(4);
    const memory = createSharedMemory(1, 4);
    const seen: number[] = [];
    for (const [own, other] of [
      [1, 2],
      [2, 1],
    ] as const) {
      const builder = new ModuleBuilder();
      builder.importSharedMemory('env', 'memory', 1, 4);
      const type = builder.type([i32], [i32]);
      const tell = builder.importFunction('env', 'tell', builder.type([i32], []));
      builder.importTable('env', 'table', 4);
      const code = new Code(1);
      code.get(0).op(op.i32Eqz).if();
      code.i32(own).call(tell).i32(own).op(op.return).end();
      code.get(0).i32(1).op(op.i32Sub).i32(other).returnCallIndirect(type);
      builder.fillTable(own, [builder.function(type, code)]);
      instantiateWasm(compileWasm(builder.toBytes()), memory, { env: { table, tell: (n: number) => seen.push(n) } });
    }
    expect((table.get(1) as (n: number) => number)(1_000_001)).toBe(2);
    expect(seen).toEqual([2]);
  });

  it('every opcode of the table is one that the machine knows', () => {
    const isKnown = (opcode: number): boolean => {
      const builder = new ModuleBuilder();
      const code = new Code(0);
      // Behind `unreachable` the stack has whatever is asked for.
      code.op(op.unreachable);
      const name = Object.entries(op).find(([, value]) => value === opcode)?.[0] ?? '';
      if (/Load|Store/.test(name)) code.memory(opcode, 0);
      else code.op(opcode);
      code.op(op.unreachable);
      builder.importSharedMemory('env', 'memory', 1, 4);
      builder.function(builder.type([], []), code);
      return isValidWasm(builder.toBytes());
    };
    expect(Object.entries(op).filter(([, opcode]) => !isKnown(opcode))).toEqual([]);
  });
});
