/**
 * Which packages a system of these packages is made of, begun from nothing: everything they depend on, without what is only
 * recommended. Where there is a choice, what is chosen already is kept, and else the first alternative that can be had and
 * that nothing chosen excludes is taken, as apt does.
 */
import { HostError } from '../../../base/errors.ts';
import { isProvided, type Package, type PackageIndex } from './package-index.ts';
import { isVersionMeant, type Relation } from './relations.ts';

/**
 * The chosen packages, in the order in which they were found to be needed. Essential ones come only when something depends
 * on them. Throws HostError `no-packages` naming what cannot be had.
 */
export function solveDependencies(index: PackageIndex, wanted: readonly string[]): readonly Package[] {
  const solver = new Solver(index);
  for (const name of wanted) solver.add([{ name, operator: null, version: '' }], null);
  return [...solver.chosen.values()];
}

class Solver {
  readonly chosen = new Map<string, Package>();
  readonly #index: PackageIndex;

  constructor(index: PackageIndex) {
    this.#index = index;
  }

  add(alternatives: readonly Relation[], asker: Package | null): void {
    const queue: { alternatives: readonly Relation[]; asker: Package | null }[] = [{ alternatives, asker }];
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      const relations = item.alternatives;
      if (relations.some((relation) => this.#isMet(relation))) continue;
      const found = relations
        .flatMap((relation) => this.#index.candidates(relation))
        .find((candidate) => !this.chosen.has(candidate.name) && !this.#isExcluded(candidate));
      if (found === undefined) throw this.#missing(relations, item.asker);
      this.chosen.set(found.name, found);
      // What leaves no choice first, so that a choice can fall on what is there anyway.
      const needs = found.depends.toSorted((a, b) => Math.min(a.length, 2) - Math.min(b.length, 2));
      queue.unshift(...needs.map((need) => ({ alternatives: need, asker: found })));
    }
  }

  #isMet(relation: Relation): boolean {
    const own = this.chosen.get(relation.name);
    if (own !== undefined && isVersionMeant(relation, own.version)) return true;
    return this.#index.candidates(relation).some((candidate) => this.chosen.get(candidate.name) === candidate);
  }

  #isExcluded(candidate: Package): boolean {
    for (const other of this.chosen.values()) if (excludes(candidate, other) || excludes(other, candidate)) return true;
    return false;
  }

  #missing(relations: readonly Relation[], asker: Package | null): HostError {
    const what = relations
      .map(({ name, operator, version }) => (operator === null ? name : `${name} (${operator} ${version})`))
      .join(' or ');
    return new HostError(
      'no-packages',
      asker === null
        ? `The mirror has no package ${what} for this guest.`
        : `The mirror has no ${what} that fits, which ${asker.name} depends on.`,
    );
  }
}

/** Whether `a` may not stand beside `b`. A package does not exclude itself through a name that it provides. */
function excludes(a: Package, b: Package): boolean {
  return a.excludes.some(
    (relation) =>
      a.name !== b.name &&
      ((relation.name === b.name && isVersionMeant(relation, b.version)) || isProvided(b, relation)),
  );
}
