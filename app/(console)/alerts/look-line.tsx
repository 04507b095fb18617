/** A line without axes: only its shape is to be seen, the figures stand beside it. Draws finished points, and a dashed line where they should be. */
export function LookLine({
  values,
  usual,
  label,
  tone = 'bad',
}: {
  values: readonly number[];
  /** What the values are compared with; null draws no line. */
  usual: number | null;
  label: string;
  tone?: 'bad' | 'quiet';
}) {
  const [width, height, room] = [160, 40, 4];
  const all = usual === null ? [...values] : [...values, usual];
  const top = Math.max(...all, 0);
  const bottom = Math.min(...all, 0);
  const y = (value: number) =>
    top === bottom ? height / 2 : height - room - ((value - bottom) / (top - bottom)) * (height - 2 * room);
  const x = (at: number) => (values.length < 2 ? width - room : room + (at / (values.length - 1)) * (width - 2 * room));
  const points = values.map((value, at) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`);
  const last = values.at(-1);
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={label}
      className="block"
    >
      {usual === null ? null : (
        <line x1="0" x2={width} y1={y(usual)} y2={y(usual)} stroke="var(--line-strong)" strokeDasharray="3 3" />
      )}
      {points.length > 1 ? (
        <polyline
          points={points.join(' ')}
          fill="none"
          stroke={tone === 'bad' ? 'var(--bad-mark)' : 'var(--mute-mark)'}
          strokeWidth="1.5"
          strokeLinejoin="round"
        />
      ) : null}
      {last === undefined ? null : (
        <circle
          cx={x(values.length - 1)}
          cy={y(last)}
          r="2.5"
          fill={tone === 'bad' ? 'var(--bad-mark)' : 'var(--mute-mark)'}
        />
      )}
    </svg>
  );
}
