/**
 * Messages as a real server (libspice-server 0.15.1 under QEMU 10.0.2) sent them, field by field. For tests only.
 * Long payloads are left out; so many zero bytes stand in for them.
 */
import type { Capture } from './capture.ts';

/** In no particular order. */
export const serverCaptures: readonly Capture[] = [
  {
    path: 'LinkReply',
    hex: [
      '00000000', // error
      '30819f300d06092a864886f70d010101050003818d0030818902818100b180bc54489cfcb4f61c254b6fffe1da389c4efdf8fd752dfbf44597314e5f36d979028ea45073470366ff3367830fe484bb889d542949cac7d9f12684d810b78294a947018757b14c620d4f1883ec664d53c1d8e63931f2cee1b006657339124fe223f6e20c60de7c0ebcdf5738507c479ad0a2bb6031cd824504faf16b360f0203010001', // publicKey
      '01000000', // commonCapWords
      '01000000', // channelCapWords
      'b2000000', // caps offset
      '0b000000', // caps.common[0]
      '0f000000', // caps.channel[0]
    ],
    says: '{error=ok publicKey=<162 bytes> caps={common=[11] channel=[15]}}',
  },
  {
    path: 'mainServer.init',
    hex: [
      'b244eaed', // sessionId
      '01000000', // displayChannelsHint
      '01000000', // supportedMouseModes
      '01000000', // currentMouseMode
      '00000000', // agentConnected
      '0a000000', // agentTokens
      'd5cb2400', // multiMediaTime
      '00e0ff02', // ramHint
    ],
    says: '{sessionId=3991553202 displayChannelsHint=1 supportedMouseModes=server currentMouseMode=server agentConnected=false agentTokens=10 multiMediaTime=2411477 ramHint=50323456}',
  },
  {
    path: 'mainServer.name',
    hex: [
      '08000000', // name count
      '6361707475726500', // name
    ],
    says: '{name=<8 bytes>}',
  },
  {
    path: 'mainServer.uuid',
    hex: [
      '11112222333344445555666677778888', // uuid
    ],
    says: '{uuid=<16 bytes>}',
  },
  {
    path: 'commonServer.ping',
    hex: [
      '01000000', // id
      '6553c28f00000000', // timestamp
    ],
    says: '{id=1 timestamp=2411877221 data=<0 bytes>}',
  },
  {
    path: 'commonServer.ping',
    hex: [
      '03000000', // id
      '7a53c28f00000000', // timestamp
    ],
    payloadBytes: 256000,
    says: '{id=3 timestamp=2411877242 data=<256000 bytes>}',
  },
  {
    path: 'mainServer.channelsList',
    hex: [
      '08000000', // channels count
      '05', // channels[0].type
      '00', // channels[0].id
      '06', // channels[1].type
      '00', // channels[1].id
      '09', // channels[2].type
      '00', // channels[2].id
      '02', // channels[3].type
      '00', // channels[3].id
      '04', // channels[4].type
      '00', // channels[4].id
      '0b', // channels[5].type
      '00', // channels[5].id
      '0a', // channels[6].type
      '00', // channels[6].id
      '03', // channels[7].type
      '00', // channels[7].id
    ],
    says: '{channels=[{type=playback id=0} {type=record id=0} {type=usbredir id=0} {type=display id=0} {type=cursor id=0} {type=webdav id=0} {type=port id=0} {type=inputs id=0}]}',
  },
  {
    path: 'commonServer.notify',
    hex: [
      '46342b9731020000', // timeStamp
      '01000000', // severity
      '02000000', // visibility
      '00000000', // what
      '1c000000', // message count
      '6b6579626f617264206368616e6e656c20697320696e736563757265', // message
      '00', // after the message
    ],
    trailingBytes: 1,
    says: '{timeStamp=2412012844102 severity=warn visibility=high what=0 message=<28 bytes>}',
  },
  {
    path: 'playbackServer.mode',
    hex: [
      '8ccd2400', // time
      '0300', // mode
    ],
    says: '{time=2411916 mode=opus data=<0 bytes>}',
  },
  {
    path: 'playbackServer.volume',
    hex: [
      '02', // channels count
      'bebe', // channels[0]
      'bebe', // channels[1]
    ],
    says: '{channels=[48830 48830]}',
  },
  {
    path: 'playbackServer.mute',
    hex: [
      '01', // mute
    ],
    says: '{mute=true}',
  },
  {
    path: 'recordServer.volume',
    hex: [
      '02', // channels count
      '8888', // channels[0]
      '8888', // channels[1]
    ],
    says: '{channels=[34952 34952]}',
  },
  {
    path: 'recordServer.mute',
    hex: [
      '01', // mute
    ],
    says: '{mute=true}',
  },
  {
    path: 'usbredirServer.data',
    hex: [
      '00000000440000000000000071656d75207573622d72656469722067756573742031302e302e3200000000000000000000000000000000000000000000000000000000000000000000000000ff000000', // data
    ],
    says: '{data=<80 bytes>}',
  },
  {
    path: 'LinkReply',
    hex: [
      '00000000', // error
      '30819f300d06092a864886f70d010101050003818d00308189028181009f21dac2e846455b31fa54d9f071f46069418877554b8368211d4c5894986de99a0f94be8dac3d0ac5a71c4311253d05c2cca86a238b03a853dc749fae3218d4a9790cc5b01a32325c7c4d1ce5b20e94b7fee46262de77f5fd81f12b878ec873fe3e4bd558da87fef660a2680776760bcad79bb81bfbffd0cb73e02592f9ebc90203010001', // publicKey
      '01000000', // commonCapWords
      '01000000', // channelCapWords
      'b2000000', // caps offset
      '0b000000', // caps.common[0]
      '52100000', // caps.channel[0]
    ],
    says: '{error=ok publicKey=<162 bytes> caps={common=[11] channel=[4178]}}',
  },
  {
    path: 'commonServer.setAck',
    hex: [
      '01000000', // generation
      '14000000', // window
    ],
    says: '{generation=1 window=20}',
  },
  {
    path: 'displayServer.surfaceCreate',
    hex: [
      '00000000', // surfaceId
      'd0020000', // width
      '90010000', // height
      '20000000', // format
      '01000000', // flags
    ],
    says: '{surfaceId=0 width=720 height=400 format=xrgb32 flags=primary}',
  },
  {
    path: 'displayServer.drawCopy',
    hex: [
      '00000000', // surfaceId
      '00000000', // box.top
      '00000000', // box.left
      '90010000', // box.bottom
      'd0020000', // box.right
      '00', // clip.type
      '39000000', // src offset
      '00000000', // srcArea.top
      '00000000', // srcArea.left
      '90010000', // srcArea.bottom
      'd0020000', // srcArea.right
      '0800', // rop
      '00', // scaleMode
      '00', // mask.flags
      '00000000', // mask.position.x
      '00000000', // mask.position.y
      '00000000', // mask.bitmap offset
      '0200000001000000', // src.id
      '65', // src.type
      '00', // src.flags
      'd0020000', // src.width
      '90010000', // src.height
      'd8280000', // src.data count
    ],
    payloadBytes: 10456,
    says: '{surfaceId=0 box={top=0 left=0 bottom=400 right=720} clip={type=none} src={id=4294967298 type=lzRgb flags=0 width=720 height=400 data=<10456 bytes>} srcArea={top=0 left=0 bottom=400 right=720} rop=opPut scaleMode=interpolate mask={flags=0 position={x=0 y=0} bitmap=null}}',
  },
  {
    path: 'displayServer.monitorsConfig',
    hex: [
      '0100', // count
      '0100', // maxAllowed
      '00000000', // heads[0].monitorId
      '00000000', // heads[0].surfaceId
      'd0020000', // heads[0].width
      '90010000', // heads[0].height
      '00000000', // heads[0].x
      '00000000', // heads[0].y
      '00000000', // heads[0].flags
    ],
    says: '{maxAllowed=1 heads=[{monitorId=0 surfaceId=0 width=720 height=400 x=0 y=0 flags=0}]}',
  },
  {
    path: 'displayServer.drawCopy',
    hex: [
      '00000000', // surfaceId
      'bd000000', // box.top
      '00000000', // box.left
      'bf000000', // box.bottom
      '09000000', // box.right
      '00', // clip.type
      '39000000', // src offset
      '00000000', // srcArea.top
      '00000000', // srcArea.left
      '02000000', // srcArea.bottom
      '09000000', // srcArea.right
      '0800', // rop
      '00', // scaleMode
      '00', // mask.flags
      '00000000', // mask.position.x
      '00000000', // mask.position.y
      '00000000', // mask.bitmap offset
      '0100000074000000', // src.id
      '66', // src.type
      '00', // src.flags
      '09000000', // src.width
      '02000000', // src.height
      '33000000', // src.data count
      '20205a4c000100011800000009000000020000002400000000000000000000000001a8a8a8a8a8a8e007000001a8a8a8a8a8a8', // src.data
    ],
    says: '{surfaceId=0 box={top=189 left=0 bottom=191 right=9} clip={type=none} src={id=498216206337 type=glzRgb flags=0 width=9 height=2 data=<51 bytes>} srcArea={top=0 left=0 bottom=2 right=9} rop=opPut scaleMode=interpolate mask={flags=0 position={x=0 y=0} bitmap=null}}',
  },
  {
    path: 'cursorServer.init',
    hex: [
      '0000', // position.x
      '0000', // position.y
      '0000', // trailLength
      '0000', // trailFrequency
      '01', // visible
      '0100', // cursor.flags
    ],
    says: '{position={x=0 y=0} trailLength=0 trailFrequency=0 visible=true cursor={flags=none header=none data=<0 bytes>}}',
  },
  {
    path: 'webdavServer.init',
    hex: [
      '19000000', // nameBytes
      '09000000', // name offset
      '00', // opened
      '6f72672e73706963652d73706163652e7765626461762e3000', // name
    ],
    says: '{name=<25 bytes> opened=false}',
  },
  {
    path: 'portServer.init',
    hex: [
      '13000000', // nameBytes
      '09000000', // name offset
      '00', // opened
      '6f72672e73616666726f6e2e746573742e3000', // name
    ],
    says: '{name=<19 bytes> opened=false}',
  },
  {
    path: 'inputsServer.init',
    hex: [
      '0000', // modifiers
    ],
    says: '{modifiers=0}',
  },
  {
    path: 'inputsServer.keyModifiers',
    hex: [
      '0000', // modifiers
    ],
    says: '{modifiers=0}',
  },
  {
    path: 'mainServer.mouseMode',
    hex: [
      '0300', // supportedModes
      '0200', // currentMode
    ],
    says: '{supportedModes=server|client currentMode=client}',
  },
  {
    path: 'displayServer.drawCopy',
    hex: [
      '00000000', // surfaceId
      '00000000', // box.top
      '00000000', // box.left
      '90010000', // box.bottom
      '80020000', // box.right
      '00', // clip.type
      '39000000', // src offset
      '00000000', // srcArea.top
      '00000000', // srcArea.left
      '90010000', // srcArea.bottom
      '80020000', // srcArea.right
      '0800', // rop
      '00', // scaleMode
      '00', // mask.flags
      '00000000', // mask.position.x
      '00000000', // mask.position.y
      '00000000', // mask.bitmap offset
      '0200000001000000', // src.id
      '00', // src.type
      '00', // src.flags
      '80020000', // src.width
      '90010000', // src.height
      '08', // src.bitmap.format
      '04', // src.bitmap.flags
      '80020000', // src.bitmap.width
      '90010000', // src.bitmap.height
      '000a0000', // src.bitmap.stride
      '00000000', // src.bitmap.palette offset
    ],
    payloadBytes: 1024000,
    says: '{surfaceId=0 box={top=0 left=0 bottom=400 right=640} clip={type=none} src={id=4294967298 type=bitmap flags=0 width=640 height=400 bitmap={format=thirtyTwoBit flags=topDown width=640 height=400 stride=2560 paletteId=none palette=none data=<1024000 bytes>}} srcArea={top=0 left=0 bottom=400 right=640} rop=opPut scaleMode=interpolate mask={flags=0 position={x=0 y=0} bitmap=null}}',
  },
  {
    path: 'mainServer.migrateBeginSeamless',
    hex: [
      '0900', // destination.port
      '0000', // destination.tlsPort
      '0a000000', // destination.hostBytes
      '18000000', // destination.host offset
      '0b000000', // destination.certSubjectBytes
      '22000000', // destination.certSubject offset
      '01000000', // sourceVersion
      '3132372e302e302e3100', // destination.host
      '434e3d73616666726f6e00', // destination.certSubject
    ],
    says: '{destination={port=9 tlsPort=0 host=<10 bytes> certSubject=<11 bytes>} sourceVersion=1}',
  },
  {
    path: 'playbackServer.start',
    hex: [
      '02000000', // channels
      '0100', // format
      '80bb0000', // frequency
      'b99d2700', // time
    ],
    says: '{channels=2 format=s16 frequency=48000 time=2596281}',
  },
  {
    path: 'playbackServer.data',
    hex: [
      'd89d2700', // time
      'f49fe9930eeed2fca3a70aea4ad1c1ec4ad1ec4e4e5496cdda3d9e1ed7babcfbde1dab173e79fd22608f96adf2b1273fb77acb08b66658009175d814962c335b6a5be535f3e03f2af99f820148c75663dbb44442c5c844b519cb280d63102332ea766d73c0da7c373d4fb348fb15de383648f485bb0f7f8fffd8ece27e3137e4f4be33b88ff406573095583a3e99ade72bd7a12c028eb0874d71ca637e2893a4cbf35b3bdf4a8f4314bcfc39646d277113d67459964ab7a671f083d1adf66c9dbfffe890fe940050aab7', // data
    ],
    says: '{time=2596312 data=<202 bytes>}',
  },
  {
    path: 'playbackServer.latency',
    hex: [
      '00000000', // latencyMs
    ],
    says: '{latencyMs=0}',
  },
  {
    path: 'displayServer.streamCreate',
    hex: [
      '00000000', // surfaceId
      '1e000000', // id
      '01', // flags
      '01', // codec
      '0000000000000000', // stamp
      '20000000', // streamWidth
      'c8000000', // streamHeight
      '20000000', // srcWidth
      'c8000000', // srcHeight
      '00000000', // dest.top
      '60020000', // dest.left
      'c8000000', // dest.bottom
      '80020000', // dest.right
      '01', // clip.type
      '00000000', // clip.rects count
    ],
    says: '{surfaceId=0 id=30 flags=topDown codec=mjpeg stamp=0 streamWidth=32 streamHeight=200 srcWidth=32 srcHeight=200 dest={top=0 left=608 bottom=200 right=640} clip={type=rects rects=[]}}',
  },
  {
    path: 'displayServer.streamActivateReport',
    hex: [
      '1e000000', // streamId
      '67458b6b', // uniqueId
      '05000000', // maxWindowSize
      'e8030000', // timeoutMs
    ],
    says: '{streamId=30 uniqueId=1804289383 maxWindowSize=5 timeoutMs=1000}',
  },
  {
    path: 'displayServer.streamClip',
    hex: [
      '31000000', // id
      '01', // clip.type
      '01000000', // clip.rects count
      '00000000', // clip.rects[0].top
      '00000000', // clip.rects[0].left
      'c8000000', // clip.rects[0].bottom
      '20000000', // clip.rects[0].right
    ],
    says: '{id=49 clip={type=rects rects=[{top=0 left=0 bottom=200 right=32}]}}',
  },
  {
    path: 'displayServer.streamData',
    hex: [
      '31000000', // id
      'f69d2700', // multiMediaTime
      '940d0000', // data count
    ],
    payloadBytes: 3476,
    says: '{id=49 multiMediaTime=2596342 data=<3476 bytes>}',
  },
  {
    path: 'displayServer.streamDestroy',
    hex: [
      '1e000000', // id
    ],
    says: '{id=30}',
  },
  {
    path: 'displayServer.surfaceDestroy',
    hex: [
      '00000000', // surfaceId
    ],
    says: '{surfaceId=0}',
  },
  {
    path: 'displayServer.drawCopy',
    hex: [
      '00000000', // surfaceId
      '00000000', // box.top
      '00000000', // box.left
      '90010000', // box.bottom
      '80020000', // box.right
      '00', // clip.type
      '39000000', // src offset
      '00000000', // srcArea.top
      '00000000', // srcArea.left
      '90010000', // srcArea.bottom
      '80020000', // srcArea.right
      '0800', // rop
      '00', // scaleMode
      '00', // mask.flags
      '00000000', // mask.position.x
      '00000000', // mask.position.y
      '00000000', // mask.bitmap offset
      '0200000001000000', // src.id
      '01', // src.type
      '00', // src.flags
      '80020000', // src.width
      '90010000', // src.height
      '34a10500', // src.data count
    ],
    payloadBytes: 368948,
    says: '{surfaceId=0 box={top=0 left=0 bottom=400 right=640} clip={type=none} src={id=4294967298 type=quic flags=0 width=640 height=400 data=<368948 bytes>} srcArea={top=0 left=0 bottom=400 right=640} rop=opPut scaleMode=interpolate mask={flags=0 position={x=0 y=0} bitmap=null}}',
  },
  {
    path: 'displayServer.drawCopy',
    hex: [
      '00000000', // surfaceId
      '00000000', // box.top
      '00000000', // box.left
      'c8000000', // box.bottom
      '20000000', // box.right
      '00', // clip.type
      '39000000', // src offset
      '00000000', // srcArea.top
      '00000000', // srcArea.left
      'c8000000', // srcArea.bottom
      '20000000', // srcArea.right
      '0800', // rop
      '00', // scaleMode
      '00', // mask.flags
      '00000000', // mask.position.x
      '00000000', // mask.position.y
      '00000000', // mask.bitmap offset
      '01000000af010000', // src.id
      '69', // src.type
      '00', // src.flags
      '20000000', // src.width
      'c8000000', // src.height
      'fe160000', // src.data count
    ],
    payloadBytes: 5886,
    says: '{surfaceId=0 box={top=0 left=0 bottom=200 right=32} clip={type=none} src={id=1851130904577 type=jpeg flags=0 width=32 height=200 data=<5886 bytes>} srcArea={top=0 left=0 bottom=200 right=32} rop=opPut scaleMode=interpolate mask={flags=0 position={x=0 y=0} bitmap=null}}',
  },
  {
    path: 'displayServer.drawCopy',
    hex: [
      '00000000', // surfaceId
      '00000000', // box.top
      '00000000', // box.left
      'c8000000', // box.bottom
      '20000000', // box.right
      '00', // clip.type
      '39000000', // src offset
      '00000000', // srcArea.top
      '00000000', // srcArea.left
      'c8000000', // srcArea.bottom
      '20000000', // srcArea.right
      '0800', // rop
      '00', // scaleMode
      '00', // mask.flags
      '00000000', // mask.position.x
      '00000000', // mask.position.y
      '00000000', // mask.bitmap offset
      '01000000c2000000', // src.id
      '6b', // src.type
      '00', // src.flags
      '20000000', // src.width
      'c8000000', // src.height
      '3f260000', // src.glzBytes
      '660d0000', // src.data count
    ],
    payloadBytes: 3430,
    says: '{surfaceId=0 box={top=0 left=0 bottom=200 right=32} clip={type=none} src={id=833223655425 type=zlibGlzRgb flags=0 width=32 height=200 glzBytes=9791 data=<3430 bytes>} srcArea={top=0 left=0 bottom=200 right=32} rop=opPut scaleMode=interpolate mask={flags=0 position={x=0 y=0} bitmap=null}}',
  },
  {
    path: 'displayServer.drawCopy',
    hex: [
      '00000000', // surfaceId
      '00000000', // box.top
      '00000000', // box.left
      '90010000', // box.bottom
      '80020000', // box.right
      '00', // clip.type
      '39000000', // src offset
      '00000000', // srcArea.top
      '00000000', // srcArea.left
      '90010000', // srcArea.bottom
      '80020000', // srcArea.right
      '0800', // rop
      '00', // scaleMode
      '00', // mask.flags
      '00000000', // mask.position.x
      '00000000', // mask.position.y
      '00000000', // mask.bitmap offset
      '0200000001000000', // src.id
      '6d', // src.type
      '00', // src.flags
      '80020000', // src.width
      '90010000', // src.height
      'f5900100', // src.data count
    ],
    payloadBytes: 102645,
    says: '{surfaceId=0 box={top=0 left=0 bottom=400 right=640} clip={type=none} src={id=4294967298 type=lz4 flags=0 width=640 height=400 data=<102645 bytes>} srcArea={top=0 left=0 bottom=400 right=640} rop=opPut scaleMode=interpolate mask={flags=0 position={x=0 y=0} bitmap=null}}',
  },
];
