/**
 * Spellings: wgo's option names, with one dash or two and with underscores, become ours before anything is parsed:
 * `-up_limit=20` and `--up_limit 20` are `--up-limit=20` and `--up-limit 20`, and `-torrent=x` is the argument x.
 * What follows `--` is left alone.
 */
export function respell(argv: readonly string[], shorts: string): readonly string[] {
  const out: string[] = [];
  for (const [i, word] of argv.entries()) {
    if (word === '--') return [...out, ...argv.slice(i)];
    const [, dashes, name = '', tail = ''] = LONG.exec(word) ?? [];
    const long = name.replaceAll('_', '-');
    // `-ofile` is the option -o with its value, whereas `-only` is what somebody used to wgo writes for --only.
    const isShort = dashes === '-' && shorts.includes(name[0] ?? '') && !AMBIGUOUS.has(long);
    if (dashes === undefined || isShort) out.push(word);
    else if (long !== 'torrent') out.push(`--${long}${tail}`);
    else if (tail !== '') out.push(tail.slice(1));
    // `-torrent x`: the word after it is the torrent, as any argument.
  }
  return out;
}

/** Two letters at least, so that `-o` stays as it is. */
const LONG = /^(--?)([a-z][a-z]+(?:[_-][a-z]+)*)(=[^]*)?$/;
const AMBIGUOUS: ReadonlySet<string> = new Set(['only']);
