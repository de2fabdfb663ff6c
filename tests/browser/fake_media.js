// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Runs in the page before anything else: this participant's camera shows one hue with a
// moving bar, its microphone plays one tone. So a test can read back who is really seen
// and heard where. `zegelFake` = { hue, tone } is put before this script.
(() => {
  const { hue, tone, width = 1280, height = 720, fps = 25 } = globalThis.zegelFake;

  function camera() {
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    let tick = 0;
    const paint = () => {
      if (globalThis.zegelPaint) return globalThis.zegelPaint(context, canvas.width, canvas.height, tick++);
      context.fillStyle = `hsl(${hue} 90% 50%)`;
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.fillStyle = "#fff";
      context.fillRect((tick++ * 16) % canvas.width, 0, 16, 40);
    };
    paint();
    const timer = setInterval(paint, 1000 / fps);
    const track = canvas.captureStream(fps).getVideoTracks()[0];
    const stop = track.stop.bind(track);
    track.stop = () => {
      clearInterval(timer);
      stop();
    };
    return track;
  }

  function microphone() {
    const context = new AudioContext({ sampleRate: 48000 });
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    const out = context.createMediaStreamDestination();
    oscillator.frequency.value = tone;
    gain.gain.value = 0.5;
    oscillator.connect(gain).connect(out);
    oscillator.start();
    context.resume();
    return out.stream.getAudioTracks()[0];
  }

  const devices = navigator.mediaDevices;
  if (devices === undefined) return; // about:blank has none
  // Firefox without a sound card lets no AudioContext run, but has a fake microphone of its own,
  // whose tone is set when it is started.
  const native = devices.getUserMedia.bind(devices);
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const own = async () => (await native({ audio: plain })).getAudioTracks()[0];

  devices.getUserMedia = async (wanted) => {
    const tracks = [];
    if (wanted.audio) tracks.push(globalThis.zegelFake.native ? await own() : microphone());
    if (wanted.video) tracks.push(camera());
    return new MediaStream(tracks);
  };
  devices.getDisplayMedia = async () => new MediaStream([camera()]);
})();
