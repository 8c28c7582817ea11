import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as GL from './gl-constants.ts';
import { suffixFor } from './gl-loader.ts';
import type { GlVersion } from './gl-loader.ts';
import { parseGlSignature } from './gl-signature.ts';
import { glTable } from './gl.table.ts';
import type { GlFunctionGroup } from './gl.table.ts';
import { printGlApi } from './print-gl-api.ts';

const groups: readonly GlFunctionGroup[] = glTable;

test('the interface that is checked in is what the table says', () => {
  expect(readFileSync(new URL('gl-api.gen.ts', import.meta.url), 'utf8')).toBe(printGlApi(glTable));
});

test('every signature reads, and no function stands twice', () => {
  const names = groups.flatMap((group) => Object.keys(group.functions));
  expect(new Set(names).size).toBe(names.length);
  for (const group of groups) for (const text of Object.values(group.functions)) parseGlSignature(text);
  expect(parseGlSignature('uint(enum type)')).toEqual({ result: 'uint', parameters: [{ type: 'enum', name: 'type' }] });
});

test('a signature that does not read is refused', () => {
  expect(() => parseGlSignature('uint enum')).toThrow('signature');
  expect(() => parseGlSignature('uint(colour c)')).toThrow('type colour');
  expect(() => parseGlSignature('uint(enum)')).toThrow('parameter');
});

test('a function is spelled by version first, then by extension, and not at all without either', () => {
  const offer = (flavour: 'gl' | 'es', version: number, ...extensions: string[]): GlVersion => ({
    flavour,
    version,
    extensions: new Set(extensions),
  });
  const of = (name: string): GlFunctionGroup => {
    const group = groups.find((each) => Object.hasOwn(each.functions, name));
    if (group === undefined) throw new Error(name);
    return group;
  };
  expect(suffixFor(of('copyImageSubData'), offer('gl', 43))).toBe('');
  expect(suffixFor(of('copyImageSubData'), offer('gl', 42))).toBeUndefined();
  expect(suffixFor(of('copyImageSubData'), offer('gl', 42, 'GL_ARB_copy_image'))).toBe('');
  expect(suffixFor(of('copyImageSubData'), offer('es', 31, 'GL_OES_copy_image'))).toBe('OES');
  expect(suffixFor(of('debugMessageCallback'), offer('gl', 33, 'GL_KHR_debug'))).toBe('');
  expect(suffixFor(of('debugMessageCallback'), offer('es', 31, 'GL_KHR_debug'))).toBe('KHR');
});

test('constants are numbers of 32 bits', () => {
  const odd = Object.entries(GL).filter(([, value]) => !Number.isInteger(value) || value < 0 || value > 0xffffffff);
  expect(odd).toEqual([]);
});
