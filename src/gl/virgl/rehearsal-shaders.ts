/**
 * Shaders such as Mesa sends for usual programs: transformed and lit vertices, textures, branches, loops, arrays. They draw
 * nothing that anybody looks at.
 */

/** Vertex shaders: one that transforms and lights, one that moves through an array and a loop. */
export const REHEARSAL_VERTEX_SHADERS: readonly string[] = [
  `VERT
DCL IN[0]
DCL IN[1]
DCL IN[2]
DCL OUT[0], POSITION
DCL OUT[1], GENERIC[0]
DCL OUT[2].xy, GENERIC[1]
DCL CONST[0..11]
DCL TEMP[0..3], LOCAL
IMM[0] FLT32 {    0.0000,     1.0000,     0.5000,    20.0000}
  0: MUL TEMP[0], CONST[0], IN[0].xxxx
  1: MAD TEMP[0], CONST[1], IN[0].yyyy, TEMP[0]
  2: MAD TEMP[0], CONST[2], IN[0].zzzz, TEMP[0]
  3: ADD TEMP[0], CONST[3], TEMP[0]
  4: MUL TEMP[1].xyz, CONST[4].xyzz, IN[1].xxxx
  5: MAD TEMP[1].xyz, CONST[5].xyzz, IN[1].yyyy, TEMP[1].xyzz
  6: MAD TEMP[1].xyz, CONST[6].xyzz, IN[1].zzzz, TEMP[1].xyzz
  7: DP3 TEMP[2].x, TEMP[1].xyzz, TEMP[1].xyzz
  8: RSQ TEMP[2].x, TEMP[2].xxxx
  9: MUL TEMP[1].xyz, TEMP[1].xyzz, TEMP[2].xxxx
 10: DP3 TEMP[2].x, TEMP[1].xyzz, CONST[8].xyzz
 11: MAX TEMP[2].x, TEMP[2].xxxx, IMM[0].xxxx
 12: POW TEMP[2].y, TEMP[2].xxxx, IMM[0].wwww
 13: MAD TEMP[3], CONST[9], TEMP[2].xxxx, CONST[10]
 14: MOV_SAT OUT[1], TEMP[3]
 15: MOV OUT[2].xy, IN[2].xyxx
 16: MOV OUT[0], TEMP[0]
 17: END
`,
  `VERT
DCL IN[0]
DCL IN[1]
DCL IN[2]
DCL OUT[0], POSITION
DCL OUT[1], GENERIC[0]
DCL OUT[2].xy, GENERIC[1]
DCL CONST[0..7]
DCL TEMP[0..4], LOCAL
DCL ADDR[0]
IMM[0] INT32 {0, 4, 1, 0}
IMM[1] FLT32 {    0.2500,     2.0000,    -1.0000,     0.0000}
  0: DP4 TEMP[0].x, IN[0], CONST[0]
  1: DP4 TEMP[0].y, IN[0], CONST[1]
  2: DP4 TEMP[0].z, IN[0], CONST[2]
  3: DP4 TEMP[0].w, IN[0], CONST[3]
  4: MOV TEMP[1], IMM[1].wwww
  5: MOV TEMP[2].x, IMM[0].xxxx
  6: BGNLOOP :14
  7:   ISGE TEMP[3].x, TEMP[2].xxxx, IMM[0].yyyy
  8:   UIF TEMP[3].xxxx :10
  9:     BRK
 10:   ENDIF
 11:   UARL ADDR[0].x, TEMP[2].xxxx
 12:   MAD TEMP[1], CONST[ADDR[0].x+4], IMM[1].xxxx, TEMP[1]
 13:   UADD TEMP[2].x, TEMP[2].xxxx, IMM[0].zzzz
 14: ENDLOOP :6
 15: MOV OUT[1], TEMP[1]
 16: MAD OUT[2].xy, IN[2].xyxx, IMM[1].yyyy, IMM[1].zzzz
 17: MOV OUT[0], TEMP[0]
 18: END
`,
];

/** Fragment shaders: a texture with a colour, texels summed up, and one that branches, discards and computes. */
export const REHEARSAL_FRAGMENT_SHADERS: readonly string[] = [
  `FRAG
PROPERTY FS_COLOR0_WRITES_ALL_CBUFS 1
DCL IN[0], GENERIC[0], PERSPECTIVE
DCL IN[1].xy, GENERIC[1], PERSPECTIVE
DCL OUT[0], COLOR
DCL SAMP[0]
DCL SVIEW[0], 2D, FLOAT
DCL TEMP[0..1], LOCAL
  0: MOV TEMP[0].xy, IN[1].xyyy
  1: TEX TEMP[0], TEMP[0], SAMP[0], 2D
  2: MUL TEMP[1], IN[0], TEMP[0]
  3: MOV OUT[0], TEMP[1]
  4: END
`,
  `FRAG
PROPERTY FS_COLOR0_WRITES_ALL_CBUFS 1
DCL IN[1].xy, GENERIC[1], PERSPECTIVE
DCL OUT[0], COLOR
DCL SAMP[0]
DCL SVIEW[0], 2D, FLOAT
DCL CONST[0..2]
DCL TEMP[0..3], LOCAL
IMM[0] FLT32 {    0.2270,     0.3162,     0.0703,     1.0000}
  0: TEX TEMP[0], IN[1].xyyy, SAMP[0], 2D
  1: MUL TEMP[0], TEMP[0], IMM[0].xxxx
  2: ADD TEMP[1].xy, IN[1].xyyy, CONST[0].xyyy
  3: TEX TEMP[2], TEMP[1].xyyy, SAMP[0], 2D
  4: MAD TEMP[0], TEMP[2], IMM[0].yyyy, TEMP[0]
  5: ADD TEMP[1].xy, IN[1].xyyy, -CONST[0].xyyy
  6: TEX TEMP[2], TEMP[1].xyyy, SAMP[0], 2D
  7: MAD TEMP[0], TEMP[2], IMM[0].yyyy, TEMP[0]
  8: LRP TEMP[3], CONST[1].xxxx, TEMP[0], CONST[2]
  9: MOV TEMP[3].w, IMM[0].wwww
 10: MOV OUT[0], TEMP[3]
 11: END
`,
  `FRAG
PROPERTY FS_COLOR0_WRITES_ALL_CBUFS 1
DCL IN[0], GENERIC[0], PERSPECTIVE
DCL OUT[0], COLOR
DCL CONST[0..3]
DCL TEMP[0..4], LOCAL
IMM[0] FLT32 {    0.0000,     1.0000,     0.5000,     3.0000}
IMM[1] UINT32 {0, 4294967295, 0, 0}
  0: DP3 TEMP[0].x, IN[0].xyzz, IN[0].xyzz
  1: SQRT TEMP[0].y, |TEMP[0].xxxx|
  2: RCP TEMP[0].z, CONST[0].wwww
  3: FSLT TEMP[1].x, TEMP[0].yyyy, CONST[0].xxxx
  4: UIF TEMP[1].xxxx :8
  5:   FRC TEMP[2], IN[0]
  6:   MAD TEMP[2], TEMP[2], IMM[0].zzzz, CONST[1]
  7:   MIN TEMP[2], TEMP[2], IMM[0].yyyy
  8: ELSE :12
  9:   SIN TEMP[2].x, TEMP[0].zzzz
 10:   EX2 TEMP[2].y, -IN[0].yyyy
 11:   FLR TEMP[2].zw, IN[0].zwzw
 12: ENDIF
 13: FSGE TEMP[3].x, TEMP[2].wwww, IMM[0].wwww
 14: AND TEMP[3].x, TEMP[3].xxxx, IMM[1].yyyy
 15: UIF TEMP[3].xxxx :17
 16:   KILL
 17: ENDIF
 18: CMP TEMP[4], -TEMP[2], CONST[2], CONST[3]
 19: MOV OUT[0], TEMP[4]
 20: END
`,
];
