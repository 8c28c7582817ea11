/** Calls a function for every operand of an expression or statement, not for operands of operands. */
import { assert } from '../../../base/assert.ts';
import type { AtomicPlace, Expression, IndexedResource, IndexExpression, RegisterRef, Statement } from './ir.ts';

type Visit = (operand: Expression) => void;

function visitIndex({ dynamic }: IndexExpression, visit: Visit): void {
  if (dynamic !== null) visit(dynamic);
}

function visitResource(resource: IndexedResource | null, visit: Visit): void {
  if (resource !== null) visitIndex(resource.index, visit);
}

function visitRegister(register: RegisterRef, visit: Visit): void {
  switch (register.file) {
    case 'tempArray':
      visitIndex(register.index, visit);
      return;
    case 'constant':
      visitIndex(register.buffer, visit);
      visitIndex(register.index, visit);
      return;
    case 'input':
    case 'output':
      visitIndex(register.index, visit);
      if (register.vertex !== null) visitIndex(register.vertex, visit);
      return;
    case 'temp':
    case 'address':
  }
}

function visitPlace(place: AtomicPlace, visit: Visit): void {
  switch (place.kind) {
    case 'memory':
      visitResource(place.buffer, visit);
      visit(place.word);
      return;
    case 'image':
      visitResource(place.image, visit);
      visit(place.coordinate);
      if (place.sample !== null) visit(place.sample);
      return;
    case 'counter':
      visitIndex(place.index, visit);
  }
}

function visitAll(operands: readonly (Expression | null)[], visit: Visit): void {
  for (const operand of operands) if (operand !== null) visit(operand);
}

/** Visits the operands of `node`, those inside of indices too. */
export function visitOperands(node: Expression | Statement, visit: Visit): void {
  switch (node.kind) {
    case 'constant':
    case 'system':
    case 'framebuffer':
    case 'clock':
    case 'break':
    case 'continue':
    case 'return':
    case 'barrier':
    case 'call':
    case 'emitVertex':
    case 'endPrimitive':
    case 'memoryBarrier':
    case 'loop':
      return;
    case 'load':
      visitRegister(node.register, visit);
      return;
    case 'operation':
      visitAll(node.args, visit);
      return;
    case 'convert':
    case 'swizzle':
      visit(node.arg);
      return;
    case 'construct':
      visitAll(node.parts, visit);
      return;
    case 'texture':
      visitResource(node.sampler, visit);
      visitAll([node.coordinate, node.projector, node.compare, node.level, node.sample], visit);
      visitAll(node.gradients ?? [], visit);
      visitAll(node.offsets, visit);
      return;
    case 'imageLoad':
      visitResource(node.image, visit);
      visitAll([node.coordinate, node.sample], visit);
      return;
    case 'imageSize':
    case 'imageSamples':
    case 'bufferSize':
      visitResource(node.resource, visit);
      return;
    case 'memoryLoad':
      visitResource(node.buffer, visit);
      visit(node.word);
      return;
    case 'atomic':
      visitPlace(node.place, visit);
      visitAll(node.args, visit);
      return;
    case 'interpolate':
      visitAll([node.arg], visit);
      return;
    case 'set':
      visit(node.value);
      visitRegister(node.register, visit);
      return;
    case 'if':
      visit(node.condition);
      return;
    case 'switch':
      visit(node.selector);
      return;
    case 'discard':
      visitAll([node.condition], visit);
      return;
    case 'imageStore':
      visitResource(node.image, visit);
      visitAll([node.coordinate, node.sample, node.value], visit);
      return;
    case 'memoryStore':
      visitResource(node.buffer, visit);
      visitAll([node.word, node.value], visit);
      return;
    default:
      assert(false, 'every kind of node is visited');
  }
}
