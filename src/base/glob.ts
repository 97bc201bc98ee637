/**
 * Globs for file names (`--only`, `--priority`, `--ignore`): `*` and `?` stop at a slash, `**` does not, `[abc]` is one of these. A
 * pattern with a slash is held against the whole path below the torrent's name, one without against the last part, as in .gitignore.
 */
export function globMatcher(glob: string): (path: readonly string[]) => boolean {
  const pattern = new RegExp(`^${glob.replace(/^\//, '').replace(PART, translate)}$`, 'su');
  return glob.includes('/') ? (path) => pattern.test(path.join('/')) : (path) => pattern.test(path.at(-1) ?? '');
}

/** `[z-a]` is none. */
function isPattern(text: string): boolean {
  try {
    return Boolean(new RegExp(text, 'su'));
  } catch {
    return false;
  }
}

const PART = /\*\*\/?|\*|\?|\[!?[^\]/]+\]|[^*?[]|\[/gsu;

function translate(part: string): string {
  if (part.startsWith('**')) return part.endsWith('/') ? '(?:.*/)?' : '.*';
  if (part === '*') return '[^/]*';
  if (part === '?') return '[^/]';
  if (part.length > 2 && part.startsWith('[')) {
    const set = `[${part.slice(1, -1).replace(/^!/, '^').replace(/[\\[\]]/g, '\\$&')}]`;
    if (isPattern(set)) return set;
  }
  return part.replace(/[\\^$.|+(){}[\]/]/gu, '\\$&');
}
