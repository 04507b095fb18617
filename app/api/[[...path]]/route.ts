import { unknownPath } from '@/lib/http/unknown-path';

export const GET = unknownPath;
export const POST = unknownPath;
export const PUT = unknownPath;
export const PATCH = unknownPath;
export const DELETE = unknownPath;
export const HEAD = unknownPath;
export const OPTIONS = unknownPath;
