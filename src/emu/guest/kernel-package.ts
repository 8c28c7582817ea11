/** Debian's kernel packages: which they are, and where in them the kernel is. */
import { posix } from 'node:path';
import { HostError } from '../../base/errors.ts';
import type { Package, PackageIndex } from './debian/package-index.ts';
import type { FileTree } from './file-tree.ts';

/**
 * The kernel that a package such as `linux-image-amd64` stands for, alone: what else it asks for is for systems that make
 * their own initial RAM disk. Throws HostError `no-packages`.
 */
export function chooseKernel(index: PackageIndex, kernelPackage: string): readonly Package[] {
  const dependencies = (found: Package | null): readonly string[] =>
    found?.depends.flatMap((alternatives) => alternatives.map(({ name }) => name)) ?? [];
  const name = dependencies(index.find(kernelPackage)).find((found) => found.startsWith('linux-image-'));
  const kernel = name === undefined ? null : index.find(name);
  if (name === undefined || kernel === null)
    throw new HostError('no-packages', `The mirror has no kernel ${kernelPackage}.`);
  // From Debian 14 on, the kernel and its modules are packages of the same version beside it.
  const version = name.slice('linux-image-'.length);
  const parts = dependencies(kernel).filter((found) => found.startsWith('linux-') && found.endsWith(version));
  return [kernel, ...parts.flatMap((found) => index.find(found) ?? [])];
}

/** The version of the only kernel in the tree. Throws HostError `recipe`. */
export function kernelVersion(tree: FileTree): string {
  const [folder, ...more] = tree.match('usr/lib/modules/*');
  if (folder === undefined || more.length > 0)
    throw new HostError('recipe', 'The packages do not hold exactly one kernel: the guest cannot be made from them.');
  return posix.basename(folder);
}

/** The kernel's bytes. Throws HostError `recipe` when there is none of this version. */
export function readKernel(tree: FileTree, version: string): Uint8Array {
  const [found] = [`boot/vmlinuz-${version}`, `boot/vmlinux-${version}`, `usr/lib/modules/${version}/vmlinu*`].flatMap(
    (pattern) => tree.match(pattern),
  );
  if (found === undefined) throw new HostError('recipe', `The kernel package holds no kernel of version ${version}.`);
  return tree.read(found);
}
