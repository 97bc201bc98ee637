/**
 * Admission: who may look at the client and command it: whoever knows the token in the address. A page of another site that guesses the
 * port is refused by its Origin, and one that has its own name lead to this machine (DNS rebinding) by the Host it was asked for.
 */
import { toUtf8 } from '../base/bytes.js';
import { ipBytes } from '../base/ip.js';
import { flaw, ok, type Result } from '../base/result.js';
import type { WebRequest } from '../ports/http-server.js';

export interface House {
  readonly token: string;
  /** What the user told us to listen on: the one name that is as good as an address. */
  readonly host: string;
}

/** The path below the token, without the slash before it. */
export function admit(asked: WebRequest, { token, host }: House): Result<string> {
  const from = asked.header('host') ?? '';
  if (!isOurs(from, host)) return flaw('Host', 'an address of this machine', shown(from));
  const origin = asked.header('origin');
  // A browser says where a POST comes from, always.
  if (origin === undefined ? asked.method !== 'GET' : origin !== `http://${from}`) {
    return flaw('Origin', `http://${from}`, shown(origin ?? ''));
  }
  const [, first = '', rest] = /^\/([^/]*)(?:\/(.*))?$/s.exec(asked.path) ?? [];
  // In a time that does not tell how much of it was right.
  if (rest === undefined || !equalTokens(first, token)) return flaw('address', 'the one that was printed, with its token', shown(asked.path));
  return ok(rest);
}

function isOurs(host: string, told: string): boolean {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d{1,5})?$/.exec(host) ?? [];
  const name = (bracketed ?? plain ?? '').toLowerCase();
  return name === 'localhost' || name === told || ipBytes(name) !== undefined;
}

function equalTokens(a: string, b: string): boolean {
  const [x, y] = [toUtf8(a), toUtf8(b)];
  let differs = x.length ^ y.length;
  for (let i = 0; i < y.length; i++) differs |= (x[i] ?? 0) ^ y[i]!;
  return differs === 0;
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 80));
