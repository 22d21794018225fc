/** The panels beside the chain. */

import { useMemo } from 'react';
import { ContractCard } from '../features/contract/ContractCard';
import { HistoryPanel, type Line } from '../features/history/HistoryPanel';
import { Smile } from '../features/smile/Smile';
import { Tape } from '../features/tape/Tape';
import { known } from '../format/number';
import type { SeriesSummary } from '../types/stream';
import type { Colours } from '../ui/colours';
import { type LiveView, useServices } from '../ui/services';
import { useUi } from '../ui/state';

const PCR_LINES: readonly Line[] = [
  { figure: 'pcr_oi', label: 'OI', colour: 'accent' },
  { figure: 'pcr_volume', label: 'volume', colour: 'put' },
];
const RR_LINES: readonly Line[] = [
  { figure: 'rr25', label: 'RR25', colour: 'call', isVol: true, isSigned: true },
];

interface Props {
  view: LiveView;
  series: SeriesSummary | null;
  forward: number;
  colours: Colours;
}

export function Panels({ view, series, forward, colours }: Props) {
  const { histories } = useServices();
  const contract = useUi((state) => state.selection.contract);
  const isPaused = useUi((state) => state.display.isPaused);
  const { layout, ladder } = view;
  const history = useMemo(
    () => histories.of(layout.underlying, `${ladder.root}.${ladder.expiry}`),
    [histories, layout.underlying, ladder],
  );
  const sd = known(series?.expected_move.iv_sqrt_t);
  return (
    <aside className="panels" aria-label="Panels">
      {contract >= 0 && contract < layout.table.size && (
        <>
          <ContractCard view={view} row={contract} />
          <Tape underlying={layout.underlying} expiry={ladder.expiry} />
        </>
      )}
      <Smile view={view} forward={forward} sd={sd} colours={colours} />
      <HistoryPanel
        title="Put-call ratio"
        unit="puts over calls"
        lines={PCR_LINES}
        history={history}
        colours={colours}
        isPaused={isPaused}
      />
      <HistoryPanel
        title="Risk reversal 25Δ"
        unit="vol points"
        lines={RR_LINES}
        history={history}
        colours={colours}
        isPaused={isPaused}
      />
    </aside>
  );
}
