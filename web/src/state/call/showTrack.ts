/** Shows a track in a `<video>` for as long as both are there. */
import type { Attachment } from 'svelte/attachments';

export function showTrack(track: MediaStreamTrack): Attachment<HTMLVideoElement> {
  return (video) => {
    video.srcObject = new MediaStream([track]);
    // Not every browser starts by itself what was put in later; muted, it may always start.
    video.play().catch(() => undefined);
    return () => {
      video.srcObject = null;
    };
  };
}
