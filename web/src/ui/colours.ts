/** The theme's colours for what is drawn on a canvas. */

export interface Colours {
  text: string;
  faint: string;
  line: string;
  call: string;
  put: string;
  spot: string;
  forward: string;
  accent: string;
  band: string;
}

/** Read the colours of the theme in force. */
export function themeColours(element: Element = document.documentElement): Colours {
  const style = getComputedStyle(element);
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: of('text-2'),
    faint: of('text-3'),
    line: of('line'),
    call: of('call'),
    put: of('put'),
    spot: of('spot'),
    forward: of('forward'),
    accent: of('accent'),
    band: of('band'),
  };
}

/** Return uPlot's settings of an axis in the theme's colours. */
export function axisStyle(colours: Colours) {
  return {
    stroke: colours.text,
    font: '11px ui-sans-serif, system-ui, sans-serif',
    grid: { stroke: colours.line, width: 1 },
    ticks: { stroke: colours.line, width: 1, size: 4 },
  };
}
