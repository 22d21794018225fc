/** Keys that work anywhere on the page; none of them sends anything anywhere. */

import { useEffect } from 'react';

export type Hotkeys = Record<string, () => void>;

export function useHotkeys(keys: Hotkeys): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const target = event.target as HTMLElement;
      const isTyping = target.closest('input, textarea, select, dialog[open]') !== null;
      if (isTyping) return;
      const isButton = event.key === ' ' && target.closest('button, [role=tab]') !== null;
      const action = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!action || isButton) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [keys]);
}
