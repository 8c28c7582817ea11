/** Reads the signatures of gl.table.ts. */
import { assert } from '../../base/assert.ts';
import { GL_TYPES } from './gl.table.ts';

/** The name of a type in a signature. */
export type GlTypeName = keyof typeof GL_TYPES;

/** A signature, read. */
export interface GlSignature {
  readonly result: GlTypeName;
  readonly parameters: readonly { readonly type: GlTypeName; readonly name: string }[];
}

/** Reads `result(type name, …)`; one that does not read is a mistake in the table. */
export function parseGlSignature(text: string): GlSignature {
  const match = /^(\w+)\((.*)\)$/.exec(text);
  assert(match !== null, `signature ${text}`);
  const list = match[2] ?? '';
  return {
    result: typeName(match[1]),
    parameters: list === '' ? [] : list.split(', ').map(parameter),
  };
}

function parameter(text: string): { type: GlTypeName; name: string } {
  const [type, name] = text.split(' ');
  assert(name !== undefined, `parameter ${text}`);
  return { type: typeName(type), name };
}

function typeName(name: string | undefined): GlTypeName {
  assert(name !== undefined && Object.hasOwn(GL_TYPES, name), `type ${name}`);
  return name as GlTypeName;
}
