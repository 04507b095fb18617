'use client';

import { useFormStatus } from 'react-dom';
import { Button, type ButtonProps } from '@/components/ui/button';

/** Submits its form; busy while the server works on it, also when the form was sent by Enter. */
export function SubmitButton({ children, ...rest }: Omit<ButtonProps, 'type' | 'isBusy'>) {
  const { pending } = useFormStatus();
  return (
    <Button
      tone="primary"
      {...rest}
      type="submit"
      isBusy={pending}
      onClick={(event) => {
        if (pending) event.preventDefault();
      }}
    >
      {children}
    </Button>
  );
}
