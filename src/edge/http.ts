/**
 * One bounded GET over the global fetch, which undoes gzip; `maxBytes` counts after that, so a small bomb stays small.
 * Redirects are followed here, at most five and to http(s) only. Errors are told in words.
 */
import { SECOND, type Bytes } from '../base/units.js';
import { concat } from '../base/bytes.js';
import type { Http, HttpAnswer } from '../ports/http.js';
import { inWords } from './words.js';

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

interface Request {
  readonly agent: string;
  readonly maxBytes: Bytes;
  readonly signal: AbortSignal;
}

export const nodeHttp = ({ agent }: { readonly agent: string }): Http => ({
  async get(url, { timeout, maxBytes, signal }) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(new Error(`no answer in ${timeout / SECOND} s`)), timeout);
    const cancel = (): void => stop.abort(new Error('cancelled'));
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted === true) cancel();
    try {
      return await follow(url, { agent, maxBytes, signal: stop.signal });
    } catch (error) {
      throw new Error(inWords(error), { cause: error });
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
    const location = REDIRECTS.has(answer.status) ? answer.headers.get('location') : null;
    if (location === null) return { status: answer.status, body: await bounded(answer, request.maxBytes) };
    await answer.body?.cancel();
    url = parse(location, url);
  }
  throw new Error(`more than ${MAX_REDIRECTS} redirects`);
}

function parse(text: string, base?: URL): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new Error(`not an http or https address: ${JSON.stringify(text.slice(0, 200))}`);
}

/** fetch refuses a URL with a user name in it; trackers of closed communities have them. */
function ask(url: URL, { agent, signal }: Request): Promise<Response> {
  const headers = new Headers({ 'user-agent': agent });
  const plain = new URL(url);
  if (url.username !== '' || url.password !== '') {
    const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers.set('authorization', `Basic ${Buffer.from(user).toString('base64')}`);
    plain.username = '';
    plain.password = '';
  }
  return fetch(plain, { headers, redirect: 'manual', signal });
}

async function bounded(answer: Response, maxBytes: Bytes): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`);
    parts.push(part);
  }
  return concat(parts);
}
