/** Prints gl-api.gen.ts: the functions of gl.table.ts as a TypeScript interface. */
import { parseGlSignature } from './gl-signature.ts';
import { GL_TYPES } from './gl.table.ts';
import type { GlFunctionGroup } from './gl.table.ts';

/** The text of the interface. */
export function printGlApi(table: readonly GlFunctionGroup[]): string {
  const lines = table.flatMap((group) => [
    `  // ${availability(group)}`,
    ...Object.entries(group.functions).map(([name, signature]) => method(name, signature)),
  ]);
  return `// Printed from gl.table.ts by scripts/gen-gl.ts. Do not edit.

/**
 * Memory that OpenGL reads or writes during the call: a view of it, its address, or null. Where a buffer object is bound
 * for it, the offset into that. A number costs least.
 */
export type GlPointer = ArrayBufferView | number | bigint | null;

/** The functions of OpenGL. One that the device lacks throws when it is called. */
export interface GlFunctions {
${lines.join('\n')}
}
`;
}

function method(name: string, text: string): string {
  const { result, parameters } = parseGlSignature(text);
  const list = parameters.map((p) => `${p.name}: ${GL_TYPES[p.type].ts}`).join(', ');
  const returns = result === 'string' ? 'string | null' : GL_TYPES[result].ts;
  return `  readonly ${name}: (${list}) => ${returns};`;
}

function availability({ gl, es, extensions = [] }: GlFunctionGroup): string {
  const versions = [
    ...(gl === undefined ? [] : [`OpenGL ${gl / 10}`]),
    ...(es === undefined ? [] : [`OpenGL ES ${es / 10}`]),
  ];
  return [...versions, ...extensions.map((text) => text.split(' ')[0])].join(', ');
}
