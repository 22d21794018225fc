/** Says when something that should be told anew all the time is not. */

import { useEffect, useState } from 'react';

/** Return whether a value has been the same object for so long. */
export function useSilence(value: unknown, ms: number): boolean {
  const [silent, setSilent] = useState<unknown>(null);
  useEffect(() => {
    const timer = setTimeout(() => setSilent(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return value !== undefined && silent === value;
}
