/** Http with a bound on the GETs under way: the others wait, first come, first served. A GET's timeout runs from when it begins. */
import PQueue from 'p-queue';
import type { Http } from '../ports/http.js';

export function fewAtOnce(http: Http, most: number): Http {
  const queue = new PQueue({ concurrency: most });
  return { get: (url, bounds) => queue.add(() => http.get(url, bounds)) };
}
