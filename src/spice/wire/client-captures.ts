/**
 * Messages as a real client (spice-gtk 0.42) sent them, field by field. For tests only.
 * Long payloads are left out; so many zero bytes stand in for them.
 */
import type { Capture } from './capture.ts';

/** Features of the agent protocol as that client and its agent agreed on them: all. */
const ALL_FEATURES = 0x3ffff;

/** In no particular order. */
export const clientCaptures: readonly Capture[] = [
  {
    path: 'LinkHeader',
    hex: [
      '52454451', // magic
      '02000000', // majorVersion
      '02000000', // minorVersion
      '1a000000', // size
    ],
    says: '{magic=1363428690 majorVersion=2 minorVersion=2 size=26}',
  },
  {
    path: 'LinkMess',
    hex: [
      '00000000', // connectionId
      '01', // channelType
      '00', // channelId
      '01000000', // commonCapWords
      '01000000', // channelCapWords
      '12000000', // caps offset
      '0d000000', // caps.common[0]
      '0f000000', // caps.channel[0]
    ],
    says: '{connectionId=0 channelType=main channelId=0 caps={common=[13] channel=[15]}}',
  },
  {
    path: 'commonClient.pong',
    hex: [
      '01000000', // id
      '6553c28f00000000', // timestamp
    ],
    says: '{id=1 timestamp=2411877221}',
  },
  {
    path: 'mainClient.mouseModeRequest',
    hex: [
      '0200', // mode
    ],
    says: '{mode=client}',
  },
  {
    path: 'LinkMess',
    hex: [
      'b244eaed', // connectionId
      '02', // channelType
      '00', // channelId
      '01000000', // commonCapWords
      '01000000', // channelCapWords
      '12000000', // caps offset
      '0d000000', // caps.common[0]
      'bf030000', // caps.channel[0]
    ],
    says: '{connectionId=3991553202 channelType=display channelId=0 caps={common=[13] channel=[959]}}',
  },
  {
    path: 'displayClient.init',
    hex: [
      '01', // pixmapCacheId
      '0000400100000000', // pixmapCacheSize
      '01', // glzDictionaryId
      '00fc5f00', // glzDictionaryWindowSize
    ],
    says: '{pixmapCacheId=1 pixmapCacheSize=20971520 glzDictionaryId=1 glzDictionaryWindowSize=6290432}',
  },
  {
    path: 'commonClient.ackSync',
    hex: [
      '01000000', // generation
    ],
    says: '{generation=1}',
  },
  {
    path: 'LinkMess',
    hex: [
      'b244eaed', // connectionId
      '03', // channelType
      '00', // channelId
      '01000000', // commonCapWords
      '00000000', // channelCapWords
      '12000000', // caps offset
      '0d000000', // caps.common[0]
    ],
    says: '{connectionId=3991553202 channelType=inputs channelId=0 caps={common=[13] channel=[]}}',
  },
  {
    path: 'MiniHeader',
    hex: [
      '6700', // type
      '02000000', // size
    ],
    says: '{type=103 size=2}',
  },
  {
    path: 'inputsClient.keyModifiers',
    hex: [
      '0000', // modifiers
    ],
    says: '{modifiers=0}',
  },
  {
    path: 'inputsClient.keyDown',
    hex: [
      '1e000000', // code
    ],
    says: '{code=30}',
  },
  {
    path: 'inputsClient.keyUp',
    hex: [
      '9e000000', // code
    ],
    says: '{code=158}',
  },
  {
    path: 'inputsClient.mouseMotion',
    hex: [
      '03000000', // dx
      'fcffffff', // dy
      '0000', // buttonsState
    ],
    says: '{dx=3 dy=-4 buttonsState=0}',
  },
  {
    path: 'inputsClient.mousePosition',
    hex: [
      '64000000', // x
      '78000000', // y
      '0100', // buttonsState
      '00', // displayId
    ],
    says: '{x=100 y=120 buttonsState=left displayId=0}',
  },
  {
    path: 'inputsClient.mousePress',
    hex: [
      '01', // button
      '0100', // buttonsState
    ],
    says: '{button=left buttonsState=left}',
  },
  {
    path: 'inputsClient.mouseRelease',
    hex: [
      '01', // button
      '0000', // buttonsState
    ],
    says: '{button=left buttonsState=0}',
  },
  {
    path: 'inputsClient.keyScancode',
    hex: [
      '1c9c', // data
    ],
    says: '{data=<2 bytes>}',
  },
  {
    path: 'mainClient.agentStart',
    hex: [
      'ffffffff', // tokens
    ],
    says: '{tokens=4294967295}',
  },
  {
    path: 'AgentHeader',
    hex: [
      '01000000', // protocol
      '06000000', // type
      '0000000000000000', // opaque
      '08000000', // size
    ],
    says: '{protocol=1 type=6 opaque=0 size=8}',
  },
  {
    path: 'agentToGuest.announceCapabilities',
    hex: [
      '01000000', // request
      '77500300', // caps[0]
    ],
    says: '{request=true caps=[217207]}',
  },
  {
    path: 'agentToGuest.displayConfig',
    features: ALL_FEATURES,
    hex: [
      '05000000', // flags
      '00000000', // depth
    ],
    says: '{flags=disableWallpaper|disableAnimation depth=0}',
  },
  {
    path: 'agentToGuest.maxClipboard',
    features: ALL_FEATURES,
    hex: [
      '00004006', // max
    ],
    says: '{max=104857600}',
  },
  {
    path: 'agentToGuest.monitorsConfig',
    features: ALL_FEATURES,
    hex: [
      '10000000', // count
      '03000000', // flags
      '20030000', // monitors[0].height
      '00050000', // monitors[0].width
      '20000000', // monitors[0].depth
      '00000000', // monitors[0].x
      '00000000', // monitors[0].y
      '00000000', // monitors[1].height
      '00000000', // monitors[1].width
      '00000000', // monitors[1].depth
      '00050000', // monitors[1].x
      '00000000', // monitors[1].y
      '00000000', // monitors[2].height
      '00000000', // monitors[2].width
      '00000000', // monitors[2].depth
      '00050000', // monitors[2].x
      '00000000', // monitors[2].y
      '00000000', // monitors[3].height
      '00000000', // monitors[3].width
      '00000000', // monitors[3].depth
      '00050000', // monitors[3].x
      '00000000', // monitors[3].y
      '00000000', // monitors[4].height
      '00000000', // monitors[4].width
      '00000000', // monitors[4].depth
      '00050000', // monitors[4].x
      '00000000', // monitors[4].y
      '00000000', // monitors[5].height
      '00000000', // monitors[5].width
      '00000000', // monitors[5].depth
      '00050000', // monitors[5].x
      '00000000', // monitors[5].y
      '00000000', // monitors[6].height
      '00000000', // monitors[6].width
      '00000000', // monitors[6].depth
      '00050000', // monitors[6].x
      '00000000', // monitors[6].y
      '00000000', // monitors[7].height
      '00000000', // monitors[7].width
      '00000000', // monitors[7].depth
      '00050000', // monitors[7].x
      '00000000', // monitors[7].y
      '00000000', // monitors[8].height
      '00000000', // monitors[8].width
      '00000000', // monitors[8].depth
      '00050000', // monitors[8].x
      '00000000', // monitors[8].y
      '00000000', // monitors[9].height
      '00000000', // monitors[9].width
      '00000000', // monitors[9].depth
      '00050000', // monitors[9].x
      '00000000', // monitors[9].y
      '00000000', // monitors[10].height
      '00000000', // monitors[10].width
      '00000000', // monitors[10].depth
      '00050000', // monitors[10].x
      '00000000', // monitors[10].y
      '00000000', // monitors[11].height
      '00000000', // monitors[11].width
      '00000000', // monitors[11].depth
      '00050000', // monitors[11].x
      '00000000', // monitors[11].y
      '00000000', // monitors[12].height
      '00000000', // monitors[12].width
      '00000000', // monitors[12].depth
      '00050000', // monitors[12].x
      '00000000', // monitors[12].y
      '00000000', // monitors[13].height
      '00000000', // monitors[13].width
      '00000000', // monitors[13].depth
      '00050000', // monitors[13].x
      '00000000', // monitors[13].y
      '00000000', // monitors[14].height
      '00000000', // monitors[14].width
      '00000000', // monitors[14].depth
      '00050000', // monitors[14].x
      '00000000', // monitors[14].y
      '00000000', // monitors[15].height
      '00000000', // monitors[15].width
      '00000000', // monitors[15].depth
      '00050000', // monitors[15].x
      '00000000', // monitors[15].y
      'c800', // physicalSizes[0].heightMm
      '2c01', // physicalSizes[0].widthMm
      '0000', // physicalSizes[1].heightMm
      '0000', // physicalSizes[1].widthMm
      '0000', // physicalSizes[2].heightMm
      '0000', // physicalSizes[2].widthMm
      '0000', // physicalSizes[3].heightMm
      '0000', // physicalSizes[3].widthMm
      '0000', // physicalSizes[4].heightMm
      '0000', // physicalSizes[4].widthMm
      '0000', // physicalSizes[5].heightMm
      '0000', // physicalSizes[5].widthMm
      '0000', // physicalSizes[6].heightMm
      '0000', // physicalSizes[6].widthMm
      '0000', // physicalSizes[7].heightMm
      '0000', // physicalSizes[7].widthMm
      '0000', // physicalSizes[8].heightMm
      '0000', // physicalSizes[8].widthMm
      '0000', // physicalSizes[9].heightMm
      '0000', // physicalSizes[9].widthMm
      '0000', // physicalSizes[10].heightMm
      '0000', // physicalSizes[10].widthMm
      '0000', // physicalSizes[11].heightMm
      '0000', // physicalSizes[11].widthMm
      '0000', // physicalSizes[12].heightMm
      '0000', // physicalSizes[12].widthMm
      '0000', // physicalSizes[13].heightMm
      '0000', // physicalSizes[13].widthMm
      '0000', // physicalSizes[14].heightMm
      '0000', // physicalSizes[14].widthMm
      '0000', // physicalSizes[15].heightMm
      '0000', // physicalSizes[15].widthMm
    ],
    says: '{flags=usePos|physicalSize monitors=[{height=800 width=1280 depth=32 x=0 y=0} {height=0 width=0 depth=0 x=1280 y=0} {height=0 width=0 depth=0 x=1280 y=0} {height=0 width=0 depth=0 x=1280 y=0} {height=0 width=0 depth=0 x=1280 y=0} {height=0 width=0 depth=0 x=1280 y=0} {height=0 width=0 depth=0 x=1280 y=0} {height=0 width=0 depth=0 x=1280 y=0} … 16 in all] physicalSizes=[{heightMm=200 widthMm=300} {heightMm=0 widthMm=0} {heightMm=0 widthMm=0} {heightMm=0 widthMm=0} {heightMm=0 widthMm=0} {heightMm=0 widthMm=0} {heightMm=0 widthMm=0} {heightMm=0 widthMm=0} … 16 in all]}',
  },
  {
    path: 'agentToGuest.clipboardGrab',
    features: ALL_FEATURES,
    hex: [
      '00', // selection.id
      '000000', // selection.reserved
      '01000000', // serial
      '01000000', // types[0]
      '02000000', // types[1]
    ],
    says: '{selection={id=clipboard} serial=1 types=[utf8Text imagePng]}',
  },
  {
    path: 'agentToGuest.clipboard',
    features: ALL_FEATURES,
    hex: [
      '00', // selection.id
      '000000', // selection.reserved
      '01000000', // type
      '73616666726f6e', // data
    ],
    says: '{selection={id=clipboard} type=utf8Text data=<7 bytes>}',
  },
  {
    path: 'agentToGuest.clipboardRequest',
    features: ALL_FEATURES,
    hex: [
      '01', // selection.id
      '000000', // selection.reserved
      '01000000', // type
    ],
    says: '{selection={id=primary} type=utf8Text}',
  },
  {
    path: 'agentToGuest.clipboardRelease',
    features: ALL_FEATURES,
    hex: [
      '00', // selection.id
      '000000', // selection.reserved
    ],
    says: '{selection={id=clipboard}}',
  },
  {
    path: 'agentToGuest.fileXferStatus',
    features: ALL_FEATURES,
    hex: [
      '01000000', // id
      '02000000', // result
    ],
    says: '{id=1 result=error data=<0 bytes>}',
  },
  {
    path: 'displayClient.streamReport',
    hex: [
      '31000000', // streamId
      'f827b14d', // uniqueId
      'f69d2700', // startFrameTime
      '729e2700', // endFrameTime
      '05000000', // frames
      '00000000', // drops
      '90010000', // lastFrameDelayMs
      '00000000', // audioDelayMs
    ],
    says: '{streamId=49 uniqueId=1303455736 startFrameTime=2596342 endFrameTime=2596466 frames=5 drops=0 lastFrameDelayMs=400 audioDelayMs=0}',
  },
  {
    path: 'agentToGuest.fileXferStart',
    features: ALL_FEATURES,
    hex: [
      '01000000', // id
      '5b76646167656e742d66696c652d786665725d0a6e616d653d68656c6c6f2e7478740a73697a653d31300a00', // data
    ],
    says: '{id=1 data=<44 bytes>}',
  },
  {
    path: 'displayClient.preferredCompression',
    hex: [
      '07', // compression
    ],
    says: '{compression=lz4}',
  },
];
