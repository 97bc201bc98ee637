/**
 * actorrent twice, libtorrent and Transmission in one swarm, each with a quarter of the pieces that no other has.
 */
import { CONTENT_BYTES } from './settings.js';
import { swarmTest } from './swarm.js';

swarmTest({ members: ['actorrent', 'libtorrent', 'transmission', 'actorrent'], bytes: CONTENT_BYTES });
