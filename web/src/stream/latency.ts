/** How old what is shown is: the last few hundred frames in two figures. */

const KEPT = 256;

export class Latency {
  private readonly ages = new Float64Array(KEPT);
  private count = 0;

  /** Take the age of one frame, milliseconds; unknown is passed over. */
  add(ms: number): void {
    if (!Number.isFinite(ms)) return;
    this.ages[this.count % KEPT] = ms;
    this.count += 1;
  }

  /** Return the median and the 99th percentile, null before the first frame. */
  figures(): { p50: number; p99: number } | null {
    const kept = Math.min(this.count, KEPT);
    if (kept === 0) return null;
    const sorted = this.ages.slice(0, kept).sort();
    const at = (share: number) => sorted[Math.min(kept - 1, Math.floor(share * kept))] as number;
    return { p50: at(0.5), p99: at(0.99) };
  }

  clear(): void {
    this.count = 0;
  }
}
