/** opentracker over UDP: actorrent and libtorrent find each other by it, each with half of the pieces. */
import { MIB } from '../../src/base/units.js';
import { swarmTest } from './swarm.js';

swarmTest({ members: ['actorrent', 'libtorrent', 'actorrent'], bytes: 24 * MIB, once: true, transport: 'udp' });
