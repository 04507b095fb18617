'use client';

import { useEffect, useState } from 'react';

const SHOWN_MS = 2_000;

/** Copies a text, and says so for two seconds: `status` is for a live region beside the button (inside it would take the button's name away). */
export function useCopied(): { isCopied: boolean; status: string; copy(text: string): Promise<void> } {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return {
    isCopied,
    status: isCopied ? 'Copied' : '',
    copy: (text) => navigator.clipboard.writeText(text).then(() => setCopied(true)),
  };
}
