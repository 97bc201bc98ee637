/** A worker that runs checks, each named by its id. */
import { turn } from '../../edge/turn.js';
import { CHECKS } from '../../sim/validate/all.js';
import { CheckLab } from '../../sim/validate/check.js';
import { serveTasks } from './serve.js';

serveTasks((id: string) => CHECKS.find((check) => check.id === id)!.run(new CheckLab(turn)));
