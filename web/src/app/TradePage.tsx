/** The other page: orders, positions, the account, and how far it may go. */

import { Blotter } from '../features/orders/Blotter';
import { Portfolio } from '../features/portfolio/Portfolio';
import { Positions } from '../features/positions/Positions';
import { RiskPanel } from '../features/risk/RiskPanel';

export function TradePage() {
  return (
    <main className="content trade">
      <div className="trade-main">
        <Blotter />
        <Positions />
        <Portfolio />
      </div>
      <aside className="trade-side" aria-label="Risk and the switch">
        <RiskPanel />
      </aside>
    </main>
  );
}
