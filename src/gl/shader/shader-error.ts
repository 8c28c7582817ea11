/**
 * What is said when a guest's shader cannot be used. The guest's object creation fails with it; nothing else happens.
 * Our own mistakes are assertions.
 */

/** Why a shader was refused, by code. */
export const SHADER_ERRORS = {
  syntax: { sentence: 'The text is not shader assembly.', action: 'Refuse the shader.' },
  limit: { sentence: 'The shader is larger than allowed.', action: 'Refuse the shader.' },
  undeclared: { sentence: 'A register is used that no declaration covers.', action: 'Refuse the shader.' },
  range: { sentence: 'A register, component or value lies outside its range.', action: 'Refuse the shader.' },
  type: { sentence: 'An operand cannot stand where it does.', action: 'Refuse the shader.' },
  nesting: { sentence: 'Blocks do not open and close in pairs.', action: 'Refuse the shader.' },
  stage: { sentence: 'The instruction or declaration does not belong to this stage.', action: 'Refuse the shader.' },
  unsupported: {
    sentence: 'This device cannot run the shader.',
    action: 'Refuse the program; do not offer the feature.',
  },
} as const satisfies Readonly<Record<string, { readonly sentence: string; readonly action: string }>>;

/** One of the codes above. */
export type ShaderErrorCode = keyof typeof SHADER_ERRORS;

/** A guest's shader is refused. `line` counts lines of its text from 1; 0 when the fault is not in one line. */
export class ShaderError extends Error {
  override readonly name = 'ShaderError';
  readonly code: ShaderErrorCode;
  readonly line: number;
  constructor(code: ShaderErrorCode, line: number, detail: string) {
    super(line > 0 ? `line ${line}: ${detail}` : detail);
    this.code = code;
    this.line = line;
  }
}
