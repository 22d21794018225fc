/** Puts the chosen theme on the page and tells the canvases its colours. */

import { useEffect, useState } from 'react';
import { type Colours, themeColours } from '../ui/colours';
import { useUi } from '../ui/state';

export function useTheme(): Colours {
  const theme = useUi((state) => state.display.theme);
  const palette = useUi((state) => state.display.palette);
  const density = useUi((state) => state.display.density);
  const [colours, setColours] = useState<Colours>(() => themeColours());
  useEffect(() => {
    const root = document.documentElement;
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    const put = () => {
      root.dataset.theme = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
      root.dataset.palette = palette;
      root.dataset.density = density;
      setColours(themeColours());
    };
    put();
    dark.addEventListener('change', put);
    return () => dark.removeEventListener('change', put);
  }, [theme, palette, density]);
  return colours;
}
