/** `npm run diagrams`: writes the generated pictures into the repository it is run in. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { pictures } from '../graph/pictures.js';
import { TOPOLOGY } from '../process/index.js';

for (const { file, content } of pictures(TOPOLOGY)) {
  writeFileSync(file, content(existsSync(file) ? readFileSync(file, 'utf8') : ''));
  process.stdout.write(`${file}\n`);
}
