/** The per-contract messages of `/ws/greeks`: fixed shapes, CE and PE, ISO timestamps. */

export interface GreeksUpdate {
  type: 'greeks_update';
  data: {
    instrumentKey: string;
    symbol: string;
    strike: number;
    type: 'CE' | 'PE';
    expiry: string;
    price: number;
    oi: number;
    iv: number;
    greeks: {
      delta: number;
      gamma: number;
      theta: number;
      vega: number;
      rho: number;
    };
    timestamp: string;
  };
}

export interface PCRUpdate {
  type: 'pcr_update';
  data: {
    pcr: number;
    totalCeOi: number;
    totalPeOi: number;
    timestamp: string;
  };
}
