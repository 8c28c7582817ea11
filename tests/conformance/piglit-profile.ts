/** Which tests piglit (Debian's package) has: read from its own profiles, and a choice of them. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Where Debian puts piglit: programs in bin, and files that their arguments name. */
export const PIGLIT = '/usr/lib/x86_64-linux-gnu/piglit';

/** One test. */
export interface PiglitTest {
  /** `group@subgroup@name`, as piglit names it. */
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Whether it is a file of shader_runner, which takes many at once. */
  readonly isShader: boolean;
}

/** What needs a window system, other files or OpenCL. */
const OUT_OF_REACH =
  /^(?:glx|egl|wgl|vulkan|cl)|@egl|ext_external_objects|image_dma_buf|object_purgeable|pinned_memory/;
const TEST = /<Test type="(?:gl|shader)" name="([^"]*)"><option name="[\s\S]*?<\/Test>/g;
const COMMAND = /name="command" value="\[([^"\]]*)\]"/;

/** All tests of OpenGL that want neither GLX nor a window. Throws an Error when piglit is not there. */
export function readTests(): readonly PiglitTest[] {
  return ['quick_gl', 'quick_shader'].flatMap((profile) => {
    const text = gunzipSync(readFileSync(`${PIGLIT}/tests/${profile}.xml.gz`)).toString();
    return [...text.matchAll(TEST)].flatMap(([test, name = '']) => {
      const command = [...(COMMAND.exec(test)?.[1] ?? '').matchAll(/'([^']*)'/g)].map(([, word = '']) => word);
      if (command.length === 0 || OUT_OF_REACH.test(name)) return [];
      return [{ name, command, isShader: command.length === 2 && command[0]?.startsWith('shader_runner') === true }];
    });
  });
}

/**
 * At most so many tests of each subgroup, spread evenly over it: piglit has a thousand forms of textureGather and five tests of
 * clear_texture.
 */
export function sampleTests(tests: readonly PiglitTest[], perGroup: number): readonly PiglitTest[] {
  const groups = Map.groupBy(tests, ({ name, isShader }) => `${isShader}@${name.split('@').slice(0, -1).join('@')}`);
  return [...groups.values()].flatMap((group) => {
    const count = Math.min(group.length, perGroup);
    return Array.from({ length: count }, (_, i) => group[Math.floor((i * group.length) / count)]!);
  });
}
