/** In which corner one wants oneself: the same in the next call. */
import { onThisDevice, recall, remember } from '../storage.ts';
import { CORNERS, type Corner } from './corner.ts';

const STORED_AS = 'veche.ownCorner';

export const ownCorner = {
  read: (): Corner => {
    const stored = recall(onThisDevice, STORED_AS);
    return CORNERS.find((corner) => corner === stored) ?? 'bottom-right';
  },
  write: (corner: Corner): void => {
    remember(onThisDevice, STORED_AS, corner);
  },
};
