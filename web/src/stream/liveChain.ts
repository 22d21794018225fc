/** One underlying's chain as it is followed: what its rows are, their figures, who is told. */

import type { ContractColumns, Profile, SeriesColumns } from '../types/stream';
import { buildLadders, type Ladder } from './ladder';
import { ChainTable } from './table';

/** What the rows of a chain mean; a new object whenever they mean something else. */
export interface ChainLayout {
  underlying: string;
  feed: string;
  market: string;
  profile: Profile;
  contracts: ContractColumns;
  series: SeriesColumns;
  ladders: Ladder[];
  table: ChainTable;
}

export interface LayoutSource {
  underlying: string;
  feed: string;
  market: string;
  profile: Profile;
  contracts: ContractColumns;
  series: SeriesColumns;
}

type Listener = () => void;

/**
 * Holds the layout and tells of frames.
 *
 * Layouts change rarely and are followed by components; frames come many times a second and are
 * followed by painters, which read the table and write to the page themselves.
 */
export class LiveChain {
  layout: ChainLayout | null = null;
  /** Receive time of the frame's oldest tick to its publication, milliseconds; NaN unknown. */
  serverAgeMs = Number.NaN;
  private readonly layoutListeners = new Set<Listener>();
  private readonly frameListeners = new Set<Listener>();

  constructor(readonly underlying: string) {}

  /** Take what the rows mean; the figures stay where the contracts are the same as before. */
  setLayout(source: LayoutSource): void {
    const old = this.layout;
    const isKept = old !== null && isSame(old, source);
    this.layout = {
      underlying: source.underlying,
      feed: source.feed,
      market: source.market,
      profile: source.profile,
      contracts: source.contracts,
      series: source.series,
      ladders: isKept ? old.ladders : buildLadders(source.contracts, source.series),
      table: isKept ? old.table : new ChainTable(source.contracts.strike.length),
    };
    for (const listener of this.layoutListeners) listener();
  }

  /** Tell that the table was written to. */
  tellFrame(): void {
    for (const listener of this.frameListeners) listener();
  }

  readonly onLayout = (listener: Listener): (() => void) => {
    this.layoutListeners.add(listener);
    return () => this.layoutListeners.delete(listener);
  };

  readonly onFrame = (listener: Listener): (() => void) => {
    this.frameListeners.add(listener);
    return () => this.frameListeners.delete(listener);
  };
}

function isSame(old: ChainLayout, source: LayoutSource): boolean {
  const before = old.contracts;
  const after = source.contracts;
  if (before.strike.length !== after.strike.length || old.market !== source.market) return false;
  for (let row = 0; row < after.strike.length; row++) {
    if (
      before.strike[row] !== after.strike[row] ||
      before.right[row] !== after.right[row] ||
      before.expiry[row] !== after.expiry[row] ||
      before.root[row] !== after.root[row] ||
      before.symbol[row] !== after.symbol[row]
    ) {
      return false;
    }
  }
  return true;
}
