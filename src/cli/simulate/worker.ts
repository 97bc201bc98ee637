/** A worker that runs scenarios. */
import { serveTasks } from './serve.js';
import { carryOut } from './task.js';

serveTasks(carryOut);
