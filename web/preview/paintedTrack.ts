/** A picture of somebody, painted: head and shoulders that sway a little. */

const FRAMES_PER_SECOND = 15;
const [WIDTH, HEIGHT] = [640, 360];

export function paintedTrack(hue: number): MediaStreamTrack {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const context = canvas.getContext('2d');
  const paint = (): void => {
    if (!context) return;
    const sway = 10 * Math.sin(performance.now() / 700);
    const room = context.createLinearGradient(0, 0, WIDTH, HEIGHT);
    room.addColorStop(0, `oklch(0.72 0.06 ${hue})`);
    room.addColorStop(1, `oklch(0.45 0.07 ${hue + 40})`);
    context.fillStyle = room;
    context.fillRect(0, 0, WIDTH, HEIGHT);
    context.fillStyle = `oklch(0.32 0.06 ${hue + 20})`;
    context.beginPath();
    context.ellipse(WIDTH / 2 + sway / 2, HEIGHT + 30, 150, 150, 0, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = 'oklch(0.8 0.06 60)';
    context.beginPath();
    context.ellipse(WIDTH / 2 + sway, 160, 62, 78, 0, 0, 2 * Math.PI);
    context.fill();
  };
  paint();
  setInterval(paint, 1000 / FRAMES_PER_SECOND);
  const [track] = canvas.captureStream(FRAMES_PER_SECOND).getVideoTracks();
  if (!track) throw new Error('a canvas without a track');
  return track;
}
