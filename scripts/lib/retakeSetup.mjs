import { retakeWhenDisturbed } from './retake.mjs';

retakeWhenDisturbed();
