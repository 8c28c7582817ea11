/** What the parts of the emitter share while one shader is written: settings, names, and what the text turned out to need. */
import type { Expression, IndexExpression, Lanes, ShaderIr } from '../ir/ir.ts';
import { arrayComponents } from '../passes/array-components.ts';
import { HelperFunctions } from './helper-functions.ts';
import { laneSuffix, STAGE_PREFIX } from './glsl-names.ts';
import type { Feature, GlslTarget } from './glsl-target.ts';
import { requireFeature } from './glsl-target.ts';
import type { BindingBases, StageLink, StreamOutputs, VariantKey } from './variant-key.ts';

/** How one shader is to be written. */
export interface EmitSettings {
  readonly target: GlslTarget;
  readonly key: VariantKey;
  readonly link: StageLink;
  readonly bindings: BindingBases;
  readonly streamOutputs: StreamOutputs | null;
  /** Bytes of shared memory of a work group. */
  readonly sharedBytes: number;
}

/** A register as four components: one vector, or four scalars. Both can be read, and written if they are outputs. */
export type Place =
  | { readonly kind: 'vector'; readonly text: string }
  | { readonly kind: 'scalars'; readonly texts: readonly [string, string, string, string]; readonly isInt: boolean };

/** Writes expressions; `expression-printer.ts` is it. Parts that are made before the printer refer to it by this. */
export interface PrintsExpressions {
  print(expression: Expression): string;
  index(index: IndexExpression): string;
}

/** State of one emission. */
export class Emission {
  readonly ir: ShaderIr;
  readonly settings: EmitSettings;
  readonly prefix: string;
  readonly helpers = new HelperFunctions();
  readonly extensions = new Set<string>();
  /** Declarations before the functions, in order. */
  readonly globals: string[] = [];
  /** Statements at the start of main. */
  readonly entry: string[] = [];
  usesSystemBlock = false;
  usesDrawId = false;
  usesSampleShading = false;
  readonly #arrayComponents: ReadonlyMap<number, Lanes>;

  constructor(ir: ShaderIr, settings: EmitSettings) {
    this.ir = ir;
    this.settings = settings;
    this.prefix = STAGE_PREFIX[ir.stage];
    this.#arrayComponents = arrayComponents(ir);
  }

  /** Asks for a language feature. */
  need(feature: Feature): void {
    const extension = requireFeature(this.settings.target, feature);
    if (extension !== null) this.extensions.add(extension);
  }

  /** Components that the elements of a temporary array have: those that the shader uses, at least one. */
  arrayWidth(first: number): number {
    return Math.max(this.#arrayComponents.get(first)?.length ?? 0, 1);
  }

  /** Components of an element of a temporary array, as a value or as a place to write. */
  arrayElement(first: number, index: string, lanes: Lanes): string {
    const element = `ta${first}[${index}]`;
    const components = this.#arrayComponents.get(first) ?? [];
    if (components.length > 1)
      return `${element}${laneSuffix(
        lanes.map((lane) => components.indexOf(lane)),
        components.length,
      )}`;
    return lanes.length === 1 ? element : `vec${lanes.length}(${element})`;
  }

  /** Asks for the point size of vertices in this stage. */
  needPointSize(): void {
    if (this.ir.stage === 'GEOM') this.need('geometryPointSize');
    else if (this.ir.stage === 'TESS_CTRL' || this.ir.stage === 'TESS_EVAL') this.need('tessellationPointSize');
  }

  /** A member of the system block. */
  system(member: 'clipPlanes' | 'stipple' | 'adjustY' | 'alphaReference' | 'drawIdBase' | 'height'): string {
    this.usesSystemBlock = true;
    return `sys_${member}`;
  }
}
