/** The note beside the cell under the pointer or the cursor. */

import { useEffect, useLayoutEffect, useRef, useState } from 'react';

interface Props {
  /** The cell, null for none. */
  anchor: HTMLElement | null;
  describe: (cell: HTMLElement) => string[];
}

const REFRESH_MS = 500;

export function CellTooltip({ anchor, describe }: Props) {
  const ref = useRef<HTMLDivElement>(null);
  const [lines, setLines] = useState<string[]>([]);
  useEffect(() => {
    if (!anchor) return;
    const refresh = () => setLines(describe(anchor));
    refresh();
    const timer = setInterval(refresh, REFRESH_MS);
    return () => clearInterval(timer);
  }, [anchor, describe]);
  useLayoutEffect(() => {
    const note = ref.current;
    if (!note || !anchor || lines.length === 0) return;
    const cell = anchor.getBoundingClientRect();
    const { width, height } = note.getBoundingClientRect();
    const left = Math.min(window.innerWidth - width - 8, Math.max(8, cell.left));
    const below = cell.bottom + 6;
    const top = below + height > window.innerHeight ? cell.top - height - 6 : below;
    note.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }, [anchor, lines]);
  if (!anchor || lines.length === 0) return null;
  return (
    <div ref={ref} role="tooltip" className="cell-note">
      {lines.map((line) => (
        <div key={line}>{line}</div>
      ))}
    </div>
  );
}
