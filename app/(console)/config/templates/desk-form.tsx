'use client';

import { useActionState } from 'react';
import { FormMessage } from '@/components/ui/form-message';
import { SubmitButton } from '@/components/ui/submit-button';
import { type DeskState, sync, use } from './actions';

const idle: DeskState = { message: null, tone: 'good' };

export function SyncForm({ connectionId, name }: { connectionId: string; name: string }) {
  const [{ message, tone }, submit] = useActionState(sync, idle);
  return (
    <form action={submit} className="flex flex-wrap items-center gap-2">
      <input type="hidden" name="connection" value={connectionId} />
      <SubmitButton tone="secondary">Ask {name} how they stand</SubmitButton>
      {message ? <FormMessage tone={tone}>{message}</FormMessage> : null}
    </form>
  );
}

export function UseTemplateForm({
  connectionId,
  name,
  useCase,
}: {
  connectionId: string;
  name: string;
  useCase: string | null;
}) {
  const [{ message, tone }, submit] = useActionState(use, idle);
  return (
    <form action={submit} className="flex flex-wrap items-center gap-2">
      <input type="hidden" name="connection" value={connectionId} />
      <input type="hidden" name="name" value={name} />
      <input type="hidden" name="use_case" value={useCase ?? ''} />
      <SubmitButton>Use this one</SubmitButton>
      {message ? <FormMessage tone={tone}>{message}</FormMessage> : null}
    </form>
  );
}
