/** Shaders that work, for streams of commands at random: every kind of thing that a shader can be bound to is read or written. */
import { SAMPLE_SHADERS } from '../../src/gl/shader/tgsi/sample-shaders.ts';
import { TARGET_ROWS } from '../../src/gl/shader/tgsi/targets.table.ts';
import { PLAIN_FRAGMENT, PLAIN_VERTEX } from '../../src/gl/virgl/test-guest.ts';
import type { STAGE } from '../../src/gl/virgl/virgl-limits.ts';

/** Stages by name. */
export type StageName = keyof typeof STAGE;

const VARYING_VERTEX = `VERT
DCL IN[0]
DCL IN[1]
DCL OUT[0], POSITION
DCL OUT[1], GENERIC[0]
DCL OUT[2], GENERIC[1]
MOV OUT[0], IN[0]
MOV OUT[1], IN[1]
MOV OUT[2], IN[0]
END
`;

const INDEXED_VERTEX = `VERT
DCL IN[0]
DCL IN[1]
DCL OUT[0], POSITION
DCL OUT[1], GENERIC[0]
DCL OUT[2], PSIZE
DCL OUT[3], CLIPDIST[0]
DCL OUT[4], LAYER
DCL CONST[0..7]
DCL CONST[1][0..3]
DCL ADDR[0]
DCL TEMP[0]
UARL ADDR[0].x, IN[1].xxxx
MOV TEMP[0], CONST[ADDR[0].x+2]
ADD TEMP[0], TEMP[0], CONST[1][ADDR[0].x]
MOV OUT[0], IN[0]
MOV OUT[1], TEMP[0]
MOV OUT[2].x, IN[1].xxxx
MOV OUT[3], IN[1]
MOV OUT[4].x, IN[1].yyyy
END
`;

/** A fragment shader for each kind of texture. */
const SAMPLING_FRAGMENTS = (Object.keys(TARGET_ROWS) as (keyof typeof TARGET_ROWS)[]).map((target) => {
  const { multisample } = TARGET_ROWS[target];
  const isFetch = multisample || target === 'BUFFER';
  const second = target === 'SHADOWCUBEARRAY';
  const opcode = isFetch ? 'TXF' : second ? 'TEX2' : 'TEX';
  return `FRAG
DCL IN[0], GENERIC[0], PERSPECTIVE
DCL OUT[0], COLOR
DCL SAMP[0]
DCL SVIEW[0], ${target}, FLOAT
DCL TEMP[0]
IMM[0] INT32 {0, 1, 2, 3}
${opcode} TEMP[0], ${isFetch ? 'IMM[0].xyxx' : 'IN[0]'},${second ? ' IN[0].xxxx,' : ''} SAMP[0], ${target}
MOV OUT[0], TEMP[0]
END
`;
});

const STORING_FRAGMENT = `FRAG
DCL IN[0], GENERIC[0], PERSPECTIVE
DCL OUT[0], COLOR
DCL BUFFER[0]
DCL BUFFER[1]
DCL IMAGE[0], 2D, PIPE_FORMAT_R32_UINT, WR
DCL HWATOMIC[0][0..1]
DCL CONST[1][0..3]
DCL TEMP[0..1]
DCL ADDR[0]
IMM[0] UINT32 {1, 4, 16, 1048576}
UARL ADDR[0].x, IN[0].xxxx
LOAD TEMP[0], BUFFER[0], IN[0].xxxx
STORE BUFFER[1].xyzw, IN[0].yyyy, TEMP[0]
STORE BUFFER[0].x, IMM[0].wwww, TEMP[0]
STORE IMAGE[0], IN[0].xyxx, TEMP[0], 2D, PIPE_FORMAT_R32_UINT
ATOMUADD TEMP[1].x, HWATOMIC[0][1], IMM[0].xxxx, IMM[0].xxxx
ADD TEMP[0], TEMP[0], CONST[1][ADDR[0].x]
MOV OUT[0], TEMP[0]
END
`;

const TARGETS_FRAGMENT = `FRAG
PROPERTY FS_COLOR0_WRITES_ALL_CBUFS 0
DCL IN[0], POSITION, LINEAR
DCL OUT[0], COLOR[0]
DCL OUT[1], COLOR[1]
DCL OUT[2], POSITION
DCL CONST[0]
MOV OUT[0], CONST[0]
MOV OUT[1], IN[0]
MOV OUT[2].z, IN[0].xxxx
END
`;

const STORING_COMPUTE = `COMP
PROPERTY CS_FIXED_BLOCK_WIDTH 4
PROPERTY CS_FIXED_BLOCK_HEIGHT 1
PROPERTY CS_FIXED_BLOCK_DEPTH 1
DCL SV[0], THREAD_ID
DCL SV[1], BLOCK_ID
DCL BUFFER[0]
DCL BUFFER[1]
DCL IMAGE[0], BUFFER, PIPE_FORMAT_R32_UINT, WR
DCL MEMORY[0], SHARED
DCL TEMP[0..2]
IMM[0] UINT32 {4, 0, 1, 65536}
UMAD TEMP[0].x, SV[1].xxxx, IMM[0].xxxx, SV[0].xxxx
UMUL TEMP[0].x, TEMP[0].xxxx, IMM[0].xxxx
LOAD TEMP[1].x, BUFFER[0], TEMP[0].xxxx
STORE MEMORY[0].x, TEMP[1].xxxx, TEMP[0].xxxx
BARRIER
LOAD TEMP[2].x, MEMORY[0], TEMP[0].xxxx
STORE BUFFER[1].x, TEMP[1].xxxx, TEMP[2].xxxx
STORE BUFFER[1].x, TEMP[0].xxxx, TEMP[2].xxxx
STORE IMAGE[0].x, TEMP[1].xxxx, TEMP[2].xxxx, BUFFER, PIPE_FORMAT_R32_UINT
END
`;

/** Shaders of each stage. */
export const SHADERS: Readonly<Record<StageName, readonly string[]>> = {
  vertex: [PLAIN_VERTEX, VARYING_VERTEX, VARYING_VERTEX, INDEXED_VERTEX, SAMPLE_SHADERS.vertex],
  fragment: [PLAIN_FRAGMENT, ...SAMPLING_FRAGMENTS, STORING_FRAGMENT, TARGETS_FRAGMENT, SAMPLE_SHADERS.fragment],
  geometry: [
    SAMPLE_SHADERS.geometry,
    `GEOM
PROPERTY GS_INPUT_PRIMITIVE TRIANGLES
PROPERTY GS_OUTPUT_PRIMITIVE TRIANGLE_STRIP
PROPERTY GS_MAX_OUTPUT_VERTICES 6
PROPERTY GS_INVOCATIONS 2
DCL IN[][0], POSITION
DCL IN[][1], GENERIC[0]
DCL SV[0], INVOCATIONID
DCL OUT[0], POSITION
DCL OUT[1], GENERIC[0]
DCL OUT[2], LAYER
DCL ADDR[0]
IMM[0] UINT32 {0, 1, 2, 3}
UARL ADDR[0].x, IN[0][1].xxxx
MOV OUT[0], IN[ADDR[0].x][0]
MOV OUT[1], IN[ADDR[0].x][1]
MOV OUT[2].x, SV[0].xxxx
EMIT IMM[0].xxxx
MOV OUT[0], IN[1][0]
MOV OUT[1], IN[1][1]
EMIT IMM[0].xxxx
MOV OUT[0], IN[2][0]
MOV OUT[1], IN[2][1]
EMIT IMM[0].xxxx
ENDPRIM IMM[0].xxxx
END
`,
  ],
  tessControl: [SAMPLE_SHADERS.control],
  tessEval: [SAMPLE_SHADERS.evaluation],
  compute: [STORING_COMPUTE, STORING_COMPUTE, SAMPLE_SHADERS.compute],
};
