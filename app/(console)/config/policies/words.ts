/** `5 min`, `90 s`. */
export function lifetimeWords(seconds: number): string {
  return seconds % 60 === 0 && seconds >= 60 ? `${seconds / 60} min` : `${seconds} s`;
}

/** Days as a person imagines them. */
export function daysWords(days: number): string {
  if (days < 60) return `${days.toLocaleString('en')} days`;
  if (days < 730) return `${Math.round(days / 30.4)} months`;
  return `${Math.round(days / 365.25).toLocaleString('en')} years`;
}

/** A share with as many digits as it has meaning: 0.03 %, 4.2 %, 37 %. */
export function shareWords(share: number): string {
  const percent = share * 100;
  if (percent === 0 || percent === 100) return `${percent} %`;
  if (percent < 0.1) return `${percent.toFixed(2)} %`;
  return `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}
