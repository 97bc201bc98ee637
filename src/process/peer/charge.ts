/**
 * What a block takes of the room a Sender gives, in bytes: its length, but a small one as much as a usual one, so that room bounds
 * memory and the number of blocks alike. Usual ones in a row take what they take one by one. SenderQueue and Sender reckon with the same.
 */
import { BLOCK_BYTES, type Bytes } from '../../base/units.js';

export const chargeOf = ({ length }: { readonly length: Bytes }): Bytes => Math.max(length, BLOCK_BYTES);
