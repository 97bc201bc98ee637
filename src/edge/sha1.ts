/** Sha1 by OpenSSL, in one call: for handshakes, info-hashes and DHT tokens. Pieces are hashed by piece-job.ts. */
import { hash } from 'node:crypto';
import type { Sha1 } from '../ports/hash.js';

export const nodeSha1: Sha1 = (bytes) => hash('sha1', bytes, 'buffer');
