const SECONDS = [0, 1, 2, 3, 4, 5, 6, 7, 8];

/** The product in one drawing: a code leaves on the first line, the line ends, and the second one carries it on. */
export function Relay() {
  return (
    <svg aria-hidden="true" viewBox="0 0 560 360" className="w-full max-w-[38rem]" fill="none">
      <g className="stroke-line-strong" strokeWidth="1">
        {SECONDS.map((second) => (
          <path key={second} d={`M${40 + second * 60} 60V300`} strokeDasharray="1 5" />
        ))}
      </g>
      <g className="fill-ink-3 font-mono" fontSize="10.5">
        {SECONDS.map((second) => (
          <text key={second} x={40 + second * 60} y="324" textAnchor="middle">
            {second === 0 ? '0 s' : second}
          </text>
        ))}
      </g>

      <path d="M40 120H190" className="stroke-whatsapp-mark" strokeWidth="3" strokeLinecap="round" />
      <path
        d="M202 120H520"
        className="stroke-line-strong"
        strokeWidth="2"
        strokeDasharray="2 6"
        strokeLinecap="round"
      />
      <path
        d="M190 120C226 120 214 228 250 228H520"
        className="stroke-sms-mark"
        strokeWidth="3"
        strokeLinecap="round"
      />

      <circle cx="40" cy="120" r="7" className="fill-paper stroke-whatsapp-mark" strokeWidth="3" />
      <circle cx="112" cy="120" r="4" className="fill-whatsapp-mark" />
      <g className="stroke-bad-mark" strokeWidth="3" strokeLinecap="round">
        <circle cx="190" cy="120" r="10" className="fill-paper stroke-none" />
        <path d="m185 115 10 10m0-10-10 10" />
      </g>
      <circle cx="298" cy="228" r="4" className="fill-sms-mark" />
      <circle cx="358" cy="228" r="4" className="fill-sms-mark" />
      <circle cx="472" cy="228" r="12" className="fill-good-mark" />
      <path
        d="m466.500 228 4 4 7.500-8"
        className="stroke-paper"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />

      <g fontSize="12" className="fill-ink-2 font-sans">
        <text x="40" y="96">
          WhatsApp
        </text>
        <text x="250" y="258">
          SMS, the same code
        </text>
      </g>
      <g fontSize="10.5" className="fill-ink-3 font-mono">
        <text x="210" y="112">
          not on WhatsApp
        </text>
        <text x="472" y="204" textAnchor="middle">
          4 1 7 0 9 2
        </text>
      </g>
    </svg>
  );
}
