/** What packages say of each other: Debian Policy 7.1. `a (>= 1), b | c` asks for `a` and for one of `b` and `c`. */
import { HostError } from '../../../base/errors.ts';
import { compareVersions } from './version.ts';

const OPERATORS = ['<<', '<=', '=', '>=', '>>'] as const;

/** A package, perhaps of certain versions only. */
export interface Relation {
  readonly name: string;
  readonly operator: (typeof OPERATORS)[number] | null;
  /** Empty when there is no operator. */
  readonly version: string;
}

const RELATION =
  /^([a-z0-9][a-z0-9+.-]*)(?::[a-z0-9-]+)?\s*(?:\(\s*(<<|<=|=|>=|>>|<|>)\s*([A-Za-z0-9.+:~-]+)\s*\))?\s*(?:\[[^\]]*\])?\s*(?:<[^>]*>\s*)*$/;

/**
 * A field's alternatives, in order. An architecture after the name is passed over, as a list is of one architecture.
 * Throws HostError `bad-list`.
 */
export function parseRelations(text: string): readonly (readonly Relation[])[] {
  return text
    .split(',')
    .filter((group) => group.trim() !== '')
    .map((group) => group.split('|').map((word) => parseRelation(word.trim())));
}

function parseRelation(text: string): Relation {
  const [, name, sign, version = ''] = RELATION.exec(text) ?? [];
  if (name === undefined)
    throw new HostError('bad-list', `A package list cannot be read: "${text.slice(0, 60)}" names no package.`);
  // The two short signs are old and include equality.
  const operator = OPERATORS.find((known) => known === (sign === '<' || sign === '>' ? `${sign}=` : sign)) ?? null;
  return { name, operator, version };
}

/** Whether a version is one that the relation names. */
export function isVersionMeant(relation: Relation, version: string): boolean {
  if (relation.operator === null) return true;
  const order = compareVersions(version, relation.version);
  switch (relation.operator) {
    case '<<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '=':
      return order === 0;
    case '>=':
      return order >= 0;
    case '>>':
      return order > 0;
  }
}
