/** Colours of the style sheet, for what is drawn and not styled. */
import { useEffect, useState } from 'preact/hooks';

export const color = (variable: string): string => getComputedStyle(document.documentElement).getPropertyValue(variable).trim();

/** Draws again when the system changes between light and dark. */
export function useTheme(): boolean {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const [is, set] = useState(dark.matches);
  useEffect(() => {
    const follow = (): void => set(dark.matches);
    dark.addEventListener('change', follow);
    return () => dark.removeEventListener('change', follow);
  }, []);
  return is;
}
