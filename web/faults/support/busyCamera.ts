/**
 * What runs inside a page under test: a camera whose picture is as hard to encode as a real one's.
 * Serialised into the page, so it stands alone. After `installEyes`, whose microphone it keeps.
 */
export const installBusyCamera = (): void => {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) return;
  // Small, so that it is the line that is short, and not the machine that encodes it.
  const [width, height, framesPerSecond] = [320, 240, 15];
  const openCamera = (): MediaStreamTrack => {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const pen = canvas.getContext('2d');
    const paint = (): void => {
      if (!pen) return;
      for (let patch = 0; patch < 300; patch++) {
        pen.fillStyle = `hsl(${360 * Math.random()} 60% ${20 + 60 * Math.random()}%)`;
        pen.fillRect(width * Math.random(), height * Math.random(), 16, 16);
      }
    };
    paint();
    const track = canvas.captureStream(framesPerSecond).getVideoTracks()[0];
    if (!track) throw new Error('no picture');
    const painting = setInterval(() => {
      if (track.readyState === 'live') paint();
      else clearInterval(painting);
    }, 1000 / framesPerSecond);
    return track;
  };
  const openAll = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints) => {
    const tracks = constraints?.audio ? (await openAll({ audio: true })).getTracks() : [];
    return new MediaStream(constraints?.video ? [...tracks, openCamera()] : tracks);
  };
};
