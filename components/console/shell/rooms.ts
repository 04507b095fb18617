import {
  AppWindow,
  Bell,
  BookOpen,
  CircleCheckBig,
  Coins,
  CornerDownRight,
  Gauge,
  GitPullRequestArrow,
  Globe,
  KeyRound,
  ListChecks,
  MessageSquareText,
  PackageCheck,
  Plug,
  Radio,
  ScrollText,
  Send,
  Timer,
  UsersRound,
} from 'lucide-react';
import type { Permission } from '@/lib/domain/permissions';

export type Room = { href: string; title: string; icon: typeof Send; key: string; permission: Permission };

/** The sidebar: grouped by the question a room answers (never by the table it reads). Only rooms that exist. */
export const ROOMS: { question: string; rooms: Room[] }[] = [
  {
    question: 'How are we doing?',
    rooms: [
      { href: '/overview', title: 'Overview', icon: Gauge, key: 'o', permission: 'analytics:read' },
      { href: '/analytics/delivery', title: 'Delivery', icon: PackageCheck, key: 'd', permission: 'analytics:read' },
      {
        href: '/analytics/response-times',
        title: 'Response times',
        icon: Timer,
        key: 'p',
        permission: 'analytics:read',
      },
      { href: '/analytics/cost', title: 'Cost', icon: Coins, key: 'e', permission: 'analytics:read' },
      { href: '/analytics/fallback', title: 'Fallback', icon: CornerDownRight, key: 'f', permission: 'analytics:read' },
    ],
  },
  {
    question: 'What happened?',
    rooms: [
      { href: '/verifications', title: 'Verifications', icon: ListChecks, key: 'v', permission: 'verifications:read' },
      { href: '/live', title: 'Live', icon: Radio, key: 'i', permission: 'verifications:read' },
      { href: '/alerts', title: 'Alerts', icon: Bell, key: 'w', permission: 'alerts:read' },
    ],
  },
  {
    question: 'How should it behave?',
    rooms: [
      { href: '/config/countries', title: 'Countries', icon: Globe, key: 'c', permission: 'config:read' },
      { href: '/config/policies', title: 'Use cases', icon: KeyRound, key: 'u', permission: 'config:read' },
      { href: '/config/templates', title: 'Templates', icon: MessageSquareText, key: 't', permission: 'config:read' },
      { href: '/config/connections', title: 'Connections', icon: Plug, key: 'n', permission: 'config:read' },
      { href: '/config/changes', title: 'Changes', icon: GitPullRequestArrow, key: 'h', permission: 'config:read' },
      { href: '/config/readiness', title: 'Readiness', icon: CircleCheckBig, key: 'r', permission: 'config:read' },
    ],
  },
  {
    question: 'Build',
    rooms: [
      { href: '/sandbox', title: 'Send a test code', icon: Send, key: 's', permission: 'verifications:write' },
      { href: '/apps', title: 'Apps and keys', icon: AppWindow, key: 'a', permission: 'apps:read' },
      { href: '/docs', title: 'API reference', icon: BookOpen, key: 'b', permission: 'verifications:read' },
    ],
  },
  {
    question: 'Who may do what?',
    rooms: [
      { href: '/team', title: 'Team', icon: UsersRound, key: 'm', permission: 'users:read' },
      { href: '/audit', title: 'Audit log', icon: ScrollText, key: 'l', permission: 'audit:read' },
    ],
  },
];
