/** Messages as spice-html5 0.3.0 sent them, field by field. For tests only. */
import type { Capture } from './capture.ts';

/** In no particular order. */
export const html5Captures: readonly Capture[] = [
  {
    path: 'LinkMess',
    hex: [
      '00000000', // connectionId
      '01', // channelType
      '00', // channelId
      '01000000', // commonCapWords
      '01000000', // channelCapWords
      '12000000', // caps offset
      '09000000', // caps.common[0]
      '04000000', // caps.channel[0]
    ],
    says: '{connectionId=0 channelType=main channelId=0 caps={common=[9] channel=[4]}}',
  },
  {
    path: 'LinkAuthMechanism',
    hex: [
      '01000000', // mechanism
    ],
    says: '{mechanism=1}',
  },
  {
    path: 'mainClient.agentStart',
    hex: [
      'ffffffff', // tokens
    ],
    says: '{tokens=4294967295}',
  },
  {
    path: 'agentToGuest.announceCapabilities',
    hex: [
      '01000000', // request
      '07000000', // caps[0]
    ],
    says: '{request=true caps=[7]}',
  },
  {
    path: 'agentToGuest.monitorsConfig',
    hex: [
      '01000000', // count
      '00000000', // flags
      '90020000', // monitors[0].height
      '00050000', // monitors[0].width
      '20000000', // monitors[0].depth
      '00000000', // monitors[0].x
      '00000000', // monitors[0].y
    ],
    says: '{flags=0 monitors=[{height=656 width=1280 depth=32 x=0 y=0}] physicalSizes=none}',
  },
  {
    path: 'commonClient.pong',
    hex: [
      '01000000', // id
      'c955bab400000000', // timestamp
    ],
    says: '{id=1 timestamp=3032110537}',
  },
  {
    path: 'LinkMess',
    hex: [
      'a6b3c63e', // connectionId
      '02', // channelType
      '00', // channelId
      '01000000', // commonCapWords
      '01000000', // channelCapWords
      '12000000', // caps offset
      '09000000', // caps.common[0]
      '11070000', // caps.channel[0]
    ],
    says: '{connectionId=1053209510 channelType=display channelId=0 caps={common=[9] channel=[1809]}}',
  },
  {
    path: 'displayClient.init',
    hex: [
      '01', // pixmapCacheId
      '0000a00000000000', // pixmapCacheSize
      '00', // glzDictionaryId
      '00000000', // glzDictionaryWindowSize
    ],
    says: '{pixmapCacheId=1 pixmapCacheSize=10485760 glzDictionaryId=0 glzDictionaryWindowSize=0}',
  },
  {
    path: 'LinkMess',
    hex: [
      'a6b3c63e', // connectionId
      '03', // channelType
      '00', // channelId
      '01000000', // commonCapWords
      '00000000', // channelCapWords
      '12000000', // caps offset
      '09000000', // caps.common[0]
    ],
    says: '{connectionId=1053209510 channelType=inputs channelId=0 caps={common=[9] channel=[]}}',
  },
  {
    path: 'inputsClient.mousePosition',
    hex: [
      '40010000', // x
      'c8000000', // y
      '0000', // buttonsState
      '00', // displayId
    ],
    says: '{x=320 y=200 buttonsState=0 displayId=0}',
  },
];
