/**
 * What a block takes of the room a Sender gives, in bytes: its length, but a small one as much as a usual one, so that room bounds
 * memory and the number of blocks alike. SenderQueue and Sender reckon with the same.
 */
import { BLOCK_BYTES, type Bytes } from '../../base/units.js';
import type { BlockRange } from '../../protocol/wire.js';

export const chargeOf = ({ length }: BlockRange): Bytes => Math.max(length, BLOCK_BYTES);
