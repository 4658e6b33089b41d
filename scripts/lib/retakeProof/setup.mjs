import { retakeWhenDisturbed } from '../retake.mjs';
import { look } from './machine.mjs';

retakeWhenDisturbed(look);
