/** One figure with its name above and what belongs to it below. */

interface Props {
  name: string;
  value: string;
  note: string;
  title: string;
  /** Pixels it takes whatever it says, so that nothing moves when figures change. */
  width: number;
  /** Colours the figure by its sign. */
  sign?: number;
}

export function Stat({ name, value, note, title, width, sign = Number.NaN }: Props) {
  const side = sign > 0 ? 'up' : sign < 0 ? 'down' : '';
  return (
    <div className="stat" title={title} style={{ flexBasis: width }}>
      <span className="stat-name">{name}</span>
      <span className="stat-value" data-sign={side}>
        {value}
      </span>
      <span className="stat-note">{note}</span>
    </div>
  );
}
