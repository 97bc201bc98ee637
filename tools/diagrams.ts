/** `npm run diagrams`: writes the generated files into the repository it is run in. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { HOUSE } from '../src/process/house.js';
import { readMailboxes } from './mailboxes.js';
import { pictures } from './pictures.js';

for (const { file, content } of await pictures({ ...HOUSE, mailboxes: readMailboxes(process.cwd()) })) {
  mkdirSync(dirname(file), { recursive: true });
  const now = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (content(now) === now) continue;
  writeFileSync(file, content(now));
  process.stdout.write(`${file}\n`);
}
