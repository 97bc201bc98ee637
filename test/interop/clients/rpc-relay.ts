/**
 * Runs inside a host's namespace, where Transmission's RPC is: takes a request a line on stdin, posts it, and prints
 * the answer as a line, with the event name "answer". argv[2] is the URL. Transmission wants a session id in every
 * request, and names it when refusing one with 409 (its doc/rpc-spec, 2.3.1).
 */
import { createInterface } from 'node:readline';

const SESSION = 'x-transmission-session-id';
const url = process.argv[2] ?? '';
let session = '';

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await ask(line).catch((e: unknown) => ({ result: String(e) }));
  process.stdout.write(`${JSON.stringify({ event: 'answer', ...answer })}\n`);
}

async function ask(body: string): Promise<object> {
  const post = (): Promise<Response> =>
    fetch(url, { method: 'POST', body, headers: { [SESSION]: session }, signal: AbortSignal.timeout(10_000) });
  let response = await post();
  if (response.status === 409) {
    session = response.headers.get(SESSION) ?? '';
    await response.arrayBuffer();
    response = await post();
  }
  return await response.json() as object;
}
