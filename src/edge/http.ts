/**
 * One bounded GET over node:http, not fetch: fetch loads undici first, and one announce then costs 0.21 s of CPU, not 0.13. gzip is
 * undone, and `maxBytes` counts after that, so a small bomb stays small. Redirects are followed here, at most five and to http(s) only.
 * Every GET has a connection of its own: announces are half an hour apart. Errors are told in words.
 */
import type { ClientRequestArgs, IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream';
import { SECOND, type Bytes } from '../base/units.js';
import { concat } from '../base/bytes.js';
import type { Http, HttpAnswer, HttpBounds } from '../ports/http.js';
import { inWords } from './words.js';

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number | undefined> = new Set([301, 302, 303, 307, 308]);
/** RFC 9110, 8.4.1.3: the second is an old name of the first. */
const GZIP: ReadonlySet<string | undefined> = new Set(['gzip', 'x-gzip']);

interface Request extends Pick<HttpBounds, 'maxBytes' | 'family'> {
  readonly agent: string;
  readonly signal: AbortSignal;
}

export const nodeHttp = ({ agent }: { readonly agent: string }): Http => ({
  async get(url, { timeout, maxBytes, family, signal }) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(new Error(`no answer in ${timeout / SECOND} s`)), timeout);
    const cancel = (): void => stop.abort(new Error('cancelled'));
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted === true) cancel();
    try {
      return await follow(url, { agent, maxBytes, signal: stop.signal, ...(family && { family }) });
    } catch (error) {
      throw new Error(inWords(stop.signal.aborted ? stop.signal.reason : error), { cause: error });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    }
  },
});

async function follow(start: string, request: Request): Promise<HttpAnswer> {
  let url = parse(start);
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const answer = await ask(url, request);
    const { location } = answer.headers;
    if (!REDIRECTS.has(answer.statusCode) || location === undefined) {
      return { status: answer.statusCode ?? 0, body: await bounded(await unzipped(answer), request.maxBytes) };
    }
    answer.destroy();
    url = parse(location, url);
  }
  throw new Error(`more than ${MAX_REDIRECTS} redirects`);
}

function parse(text: string, base?: URL): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new Error(`not an http or https address: ${JSON.stringify(text.slice(0, 200))}`);
}

/** Node sends a user name and password of the URL as they should be; trackers of closed communities have them. */
async function ask(url: URL, { agent, family, signal }: Request): Promise<IncomingMessage> {
  const { get } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const options: ClientRequestArgs = { agent: false, headers: { 'user-agent': agent, 'accept-encoding': 'gzip' }, signal, family };
  return new Promise((resolve, reject) => {
    get(url, options, resolve).on('error', reject);
  });
}

/** What goes wrong with the answer or its gzip is told to the reader of the result. */
async function unzipped(answer: IncomingMessage): Promise<AsyncIterable<Uint8Array>> {
  if (!GZIP.has(answer.headers['content-encoding'])) return answer;
  const { createGunzip } = await import('node:zlib');
  return pipeline(answer, createGunzip(), () => undefined);
}

/** To leave the loop early destroys the stream, and the connection with it. */
async function bounded(body: AsyncIterable<Uint8Array>, maxBytes: Bytes): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    length += part.length;
    if (length > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`);
    parts.push(part);
  }
  return concat(parts);
}
