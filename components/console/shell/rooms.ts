import { ListChecks, Send } from 'lucide-react';
import type { Permission } from '@/lib/domain/permissions';

export type Room = { href: string; title: string; icon: typeof Send; key: string; permission: Permission };

/** The sidebar: grouped by the question a room answers (never by the table it reads). Only rooms that exist. */
export const ROOMS: { question: string; rooms: Room[] }[] = [
  {
    question: 'What happened?',
    rooms: [
      { href: '/verifications', title: 'Verifications', icon: ListChecks, key: 'v', permission: 'verifications:read' },
    ],
  },
  {
    question: 'Build',
    rooms: [{ href: '/sandbox', title: 'Send a test code', icon: Send, key: 's', permission: 'verifications:write' }],
  },
];
