/**
 * A line being typed on a terminal in raw mode: keys in, text and what to do out. Pure. Knows what a console needs:
 * rubout, erase word and line, return, interrupt, suspend; other control and escape sequences are dropped.
 */
export type Typed =
  | { readonly type: 'line'; readonly line: string }
  | { readonly type: 'signal'; readonly signal: 'SIGINT' | 'SIGTSTP' | 'SIGQUIT' };

const MOST = 500;
const ESCAPE = /\u001b(?:[[O][0-9;?]*[ -/]*[@-~]?|.)?/g;

/** `text` is the line so far, `keys` what the terminal has sent. */
export function typeKeys(text: string, keys: string): { readonly text: string; readonly typed: readonly Typed[] } {
  const typed: Typed[] = [];
  for (const key of keys.replace(ESCAPE, '')) {
    switch (key) {
      case '\r': case '\n':
        if (text.trim() !== '') typed.push({ type: 'line', line: text.trim() });
        text = '';
        break;
      case '\u007f': case '\b': text = [...text].slice(0, -1).join(''); break;
      case '\u0015': text = ''; break;
      case '\u0017': text = text.replace(/\S*\s*$/, ''); break;
      case '\u0003': typed.push({ type: 'signal', signal: 'SIGINT' }); break;
      case '\u001a': typed.push({ type: 'signal', signal: 'SIGTSTP' }); break;
      case '\u001c': typed.push({ type: 'signal', signal: 'SIGQUIT' }); break;
      default: if (key >= ' ' && text.length < MOST) text += key;
    }
  }
  return { text, typed };
}
