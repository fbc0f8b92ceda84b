/** Ladders as other programs write them. */
export const texts = {
  // Apple, bipbop advanced example (TS), https://devstreaming-cdn.apple.com/videos/streaming/examples/img_bipbop_adv_example_ts/master.m3u8, one audio group of three.
  bipbop: `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-INDEPENDENT-SEGMENTS

#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="aud1",LANGUAGE="en",NAME="English",AUTOSELECT=YES,DEFAULT=YES,CHANNELS="2",URI="a1/prog_index.m3u8"

#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=2168183,BANDWIDTH=2177116,CODECS="avc1.640020,mp4a.40.2",RESOLUTION=960x540,FRAME-RATE=60.000,AUDIO="aud1"
v5/prog_index.m3u8
#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=7968416,BANDWIDTH=8001098,CODECS="avc1.64002a,mp4a.40.2",RESOLUTION=1920x1080,FRAME-RATE=60.000,AUDIO="aud1"
v9/prog_index.m3u8
#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=6170000,BANDWIDTH=6312875,CODECS="avc1.64002a,mp4a.40.2",RESOLUTION=1920x1080,FRAME-RATE=60.000,AUDIO="aud1"
v8/prog_index.m3u8
#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=4670769,BANDWIDTH=4943747,CODECS="avc1.640020,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=60.000,AUDIO="aud1"
v7/prog_index.m3u8
#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=3168702,BANDWIDTH=3216424,CODECS="avc1.640020,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=60.000,AUDIO="aud1"
v6/prog_index.m3u8
#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=1265132,BANDWIDTH=1269994,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=768x432,FRAME-RATE=30.000,AUDIO="aud1"
v4/prog_index.m3u8
#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=895755,BANDWIDTH=902298,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=30.000,AUDIO="aud1"
v3/prog_index.m3u8
#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=530721,BANDWIDTH=541052,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=480x270,FRAME-RATE=30.000,AUDIO="aud1"
v2/prog_index.m3u8
#EXT-X-I-FRAME-STREAM-INF:AVERAGE-BANDWIDTH=928091,BANDWIDTH=1015727,CODECS="avc1.640028",RESOLUTION=1920x1080,URI="tp5/iframe_index.m3u8"
`,
  hdr: `#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=5400000,AVERAGE-BANDWIDTH=4500000,CODECS="hvc1.1.6.L120.B0",RESOLUTION=1920x1080,FRAME-RATE=23.976,VIDEO-RANGE=SDR
sdr.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=6000000,AVERAGE-BANDWIDTH=5000000,CODECS="hvc1.2.4.L120.B0",RESOLUTION=1920x1080,FRAME-RATE=23.976,VIDEO-RANGE=PQ
hdr.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=4200000,AVERAGE-BANDWIDTH=3500000,CODECS="av01.0.08M.08",RESOLUTION=1920x1080,FRAME-RATE=23.976
av1.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=96000,CODECS="mp4a.40.2"
audio.m3u8
`,
  // Apple, bipbop 4x3, as of 2012: no RESOLUTION.
  old: `#EXTM3U
#EXT-X-STREAM-INF:PROGRAM-ID=1, BANDWIDTH=232370, CODECS="mp4a.40.2, avc1.4d4015"
gear1/prog_index.m3u8
#EXT-X-STREAM-INF:PROGRAM-ID=1, BANDWIDTH=649879, CODECS="mp4a.40.2, avc1.4d401e"
gear2/prog_index.m3u8
#EXT-X-STREAM-INF:PROGRAM-ID=1, BANDWIDTH=41457, CODECS="mp4a.40.2"
gear0/prog_index.m3u8
`,
  varStreamMap: `ffmpeg -re -i input.mp4 -map 0:v:0 -map 0:a:0 -map 0:v:0 -map 0:a:0 \\
  -c:v libx264 -profile:v main -crf 20 -sc_threshold 0 -g 60 -keyint_min 60 -r 30000/1001 -c:a aac -ar 48000 -ac 2 \\
  -filter:v:0 scale=w=1280:h=720 -b:v:0 2800k -maxrate:v:0 2996k -bufsize:v:0 4200k -b:a:0 128k \\
  -filter:v:1 scale=w=640:h=360 -b:v:1 800k -maxrate:v:1 856k -bufsize:v:1 1200k -b:a:1 96k \\
  -var_stream_map "v:0,a:0,name:720p v:1,a:1,name:360p" -master_pl_name master.m3u8 \\
  -f hls -hls_time 6 -hls_segment_filename "%v/%d.ts" "%v/index.m3u8"`,
  graph: `ffmpeg -i rtmp://localhost/live/news \\
  -filter_complex "[0:v]split=2[v1][v2]; [v1]scale=w=1920:h=1080[v1out]; [v2]scale=w=1280:h=720[v2out]" \\
  -map "[v1out]" -c:v:0 libx264 -b:v:0 5M -maxrate:v:0 5M -bufsize:v:0 10M \\
  -map "[v2out]" -c:v:1 libx264 -b:v:1 3M -maxrate:v:1 3M -bufsize:v:1 3M \\
  -force_key_frames "expr:gte(t,n_forced*2)" -map a:0 -c:a:0 aac -b:a:0 96k -ac 2 -ar 44100 \\
  -f hls -var_stream_map "v:0,name:1080p v:1,name:720p a:0" stream_%v.m3u8`,
  // nginx-rtmp, an exec line as its users publish it.
  nginx: `application live {
    live on;
    exec ffmpeg -i rtmp://localhost/$app/$name -async 1 -vsync -1
        -c:v libx264 -c:a aac -b:v 256k -b:a 32k -vf "scale=480:trunc(ow/a/2)*2" -tune zerolatency -preset veryfast -crf 23 -f flv rtmp://localhost/show/$name_low
        -c:v libx264 -c:a aac -b:v 768k -b:a 96k -vf "scale=768:trunc(ow/a/2)*2" -tune zerolatency -preset veryfast -crf 23 -f flv rtmp://localhost/show/$name_mid
        -c:v libx264 -c:a aac -b:v 1024k -b:a 128k -vf "scale=960:trunc(ow/a/2)*2" -tune zerolatency -preset veryfast -crf 23 -f flv rtmp://localhost/show/$name_high;
}`,
  mediaLive: JSON.stringify({
    Name: "news",
    EncoderSettings: {
      AudioDescriptions: [
        {
          Name: "audio_1",
          AudioSelectorName: "default",
          CodecSettings: {
            AacSettings: { Bitrate: 128000, CodingMode: "CODING_MODE_2_0", SampleRate: 48000, Profile: "LC" },
          },
        },
      ],
      VideoDescriptions: [
        {
          Name: "video_720p",
          Width: 1280,
          Height: 720,
          CodecSettings: {
            H264Settings: {
              Bitrate: 3000000,
              MaxBitrate: 3600000,
              BufSize: 4500000,
              RateControlMode: "VBR",
              FramerateControl: "SPECIFIED",
              FramerateNumerator: 30000,
              FramerateDenominator: 1001,
              GopSize: 2,
              GopSizeUnits: "SECONDS",
              GopNumBFrames: 2,
              NumRefFrames: 3,
              Profile: "HIGH",
              Level: "H264_LEVEL_3_1",
            },
          },
        },
        {
          Name: "video_360p",
          Width: 640,
          Height: 360,
          CodecSettings: {
            H264Settings: {
              Bitrate: 900000,
              RateControlMode: "CBR",
              FramerateNumerator: 30000,
              FramerateDenominator: 1001,
              GopSize: 60,
              GopSizeUnits: "FRAMES",
              Profile: "MAIN",
              Level: "H264_LEVEL_AUTO",
            },
          },
        },
      ],
      OutputGroups: [
        {
          Outputs: [
            { OutputName: "720p", VideoDescriptionName: "video_720p", AudioDescriptionNames: ["audio_1"] },
            { OutputName: "360p", VideoDescriptionName: "video_360p", AudioDescriptionNames: ["audio_1"] },
          ],
        },
      ],
    },
  }),
  obs: JSON.stringify({
    bitrate: 6000,
    keyint_sec: 2,
    preset: "veryfast",
    profile: "high",
    rate_control: "CBR",
    bf: 2,
    encoder: "obs_x264",
  }),
} as const;
