import { challenge, webhook } from '@/lib/http/webhook';

export const POST = webhook;
export const GET = challenge;
