/** Recorder: notes all that happens in one client of a simulated run, with a word or two on what each message carries, to be cut later. */
import { pieceSize, plural } from '../src/base/format.js';
import type { Millis } from '../src/base/units.js';
import type { Moment } from '../src/graph/sequence.js';
import type { Msg } from '../src/kernel/mailbox.js';
import type { Party, Tap } from '../src/kernel/tap.js';

export class Recorder implements Tap {
  readonly moments: Moment[] = [];
  private readonly now: () => Millis;

  constructor(now: () => Millis) {
    this.now = now;
  }

  takes(to: Party, message: Msg, from: Party | undefined): void {
    this.moments.push({ type: 'message', at: this.now(), from: from?.id, to: to.id, kind: message.type, detail: detailOf(message) });
  }

  ended({ id }: Party): void {
    this.moments.push({ type: 'end', at: this.now(), who: id });
  }

  sent(): void { /* seen when it is taken */ }
  took(): void { /* a step takes no time here */ }
  missed(): void { /* nobody's line */ }
  started(): void { /* a line is there from the start */ }
}

type Fields = Readonly<Record<string, unknown>>;

/** What a reader wants to know first: of the fields of a message those that say most, in this order. */
function detailOf(message: Msg): string {
  const { message: wire, messages, note, event, blocks, piece, good, bytes, data, lent, outcome, peers, interested, why, tag } =
    message as Msg & Fields;
  if (wire !== undefined) return (wire as Msg).type;
  if (Array.isArray(messages)) return (messages as readonly Msg[]).map((m) => m.type).join(', ');
  if (note !== undefined || event !== undefined) return eventIn((note ?? event) as Fields);
  if (Array.isArray(blocks)) return plural(blocks.length, 'block');
  if (Array.isArray(lent)) return plural(lent.length, 'block');
  if (Array.isArray(peers)) return plural(peers.length, 'peer');
  if (typeof good === 'boolean') return good ? 'good' : 'wrong';
  if (outcome !== undefined) return WENT_WELL.has((outcome as Msg).type) ? '' : (outcome as Msg).type;
  if (typeof piece === 'number') return `piece ${piece}`;
  if (typeof interested === 'boolean') return interested ? 'yes' : 'no';
  const length = ArrayBuffer.isView(bytes) ? bytes.byteLength : ArrayBuffer.isView(data) ? data.byteLength : bytes;
  if (typeof length === 'number') return length === Infinity ? 'no limit' : sizeText(length);
  return typeof why === 'string' ? why : typeof tag === 'string' ? tag : '';
}

/** Outcomes of the disk that the kind of the message says already. */
const WENT_WELL = new Set(['stored', 'read']);

function eventIn({ event, what, choked }: Fields): string {
  if (typeof choked === 'boolean') return choked ? 'choked' : 'unchoked';
  return typeof what === 'string' ? what : String(event);
}
const sizeText = (bytes: number): string => (bytes % 1024 === 0 ? pieceSize(bytes) : `${bytes} bytes`);
