/**
 * What runs inside a page under test: a camera that shows a moving picture in a colour of its own,
 * and eyes that tell which colour a <video> element shows and whether it moves. Serialised into the
 * page, so it stands alone. After `installEars`, whose microphone it keeps.
 */
export interface CameraOptions {
  /** Hue of the picture, 0–359. */
  readonly hue: number;
}

interface Seen {
  /** Hue at the corner of the picture, or null where there is no picture. */
  readonly hue: number | null;
  /** Changes with every frame of a moving picture. */
  readonly print: string;
  /** Frames decoded by all receivers of the page so far. */
  readonly decoded: number;
}

interface Eyes {
  /** What the element with this `data-picture` shows now. */
  look(picture: 'peer' | 'own'): Promise<Seen>;
  /** Cameras that are open. */
  openCameras(): number;
}

declare global {
  interface Window {
    eyes: Eyes;
  }
}

export const installEyes = ({ hue }: CameraOptions): void => {
  const width = 320;
  const height = 240;
  const connections = new Set<RTCPeerConnection>();
  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.add(this);
    }
  };

  const cameras = new Set<MediaStreamTrack>();
  const openCamera = (): MediaStreamTrack => {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const pen = canvas.getContext('2d');
    let frame = 0;
    const paint = (): void => {
      if (!pen) return;
      frame += 1;
      pen.fillStyle = `hsl(${hue} 100% 50%)`;
      pen.fillRect(0, 0, width, height);
      pen.fillStyle = 'white';
      pen.fillRect(100 + ((frame * 8) % 160), 90, 40, 60);
    };
    paint();
    const track = canvas.captureStream(15).getVideoTracks()[0];
    if (!track) throw new Error('no picture');
    const painting = setInterval(() => {
      if (track.readyState === 'live') paint();
      else {
        clearInterval(painting);
        cameras.delete(track);
      }
    }, 66);
    cameras.add(track);
    return track;
  };

  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices) {
    const openMicrophone = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (constraints) => {
      const tracks: MediaStreamTrack[] = [];
      if (constraints?.audio) tracks.push(...(await openMicrophone(constraints)).getTracks());
      if (constraints?.video) tracks.push(openCamera());
      return new MediaStream(tracks);
    };
  }

  const decoded = async (): Promise<number> => {
    let frames = 0;
    for (const connection of connections) {
      if (connection.connectionState === 'closed') continue;
      (await connection.getStats()).forEach((entry: Record<string, unknown>) => {
        if (entry['type'] !== 'inbound-rtp' || entry['kind'] !== 'video') return;
        frames += Number(entry['framesDecoded'] ?? 0);
      });
    }
    return frames;
  };

  const hueOf = (red: number, green: number, blue: number): number => {
    const most = Math.max(red, green, blue);
    const range = most - Math.min(red, green, blue);
    if (range < 40) return -1;
    const sector =
      most === red
        ? (green - blue) / range
        : most === green
          ? 2 + (blue - red) / range
          : 4 + (red - green) / range;
    return Math.round((sector * 60 + 360) % 360);
  };

  window.eyes = {
    openCameras: () => [...cameras].filter((track) => track.readyState === 'live').length,
    look: async (picture) => {
      const video = document.querySelector<HTMLVideoElement>(`video[data-picture="${picture}"]`);
      const frames = await decoded();
      if (!video || video.videoWidth === 0 || video.readyState < 2) {
        return { hue: null, print: '', decoded: frames };
      }
      const canvas = new OffscreenCanvas(32, 24);
      const pen = canvas.getContext('2d');
      if (!pen) return { hue: null, print: '', decoded: frames };
      pen.drawImage(video, 0, 0, 32, 24);
      const { data } = pen.getImageData(0, 0, 32, 24);
      const [red = 0, green = 0, blue = 0] = data;
      return { hue: hueOf(red, green, blue), print: Array.from(data).join(','), decoded: frames };
    },
  };
};
