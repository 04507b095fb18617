import type { Metadata } from 'next';
import Link from 'next/link';
import { Page } from '@/components/console/shell/shell';
import { requireUser } from '@/lib/auth/session';
import { ImportForm } from './import-form';

export const metadata: Metadata = { title: 'Import countries' };

export default async function ImportPage() {
  await requireUser('config:write');
  return (
    <Page
      title="Import countries"
      lead={
        <>
          A dry run first: nothing changes before you have seen it.{' '}
          <Link href="/config/countries" className="underline">
            Back to the sheet
          </Link>
        </>
      }
    >
      <ImportForm />
    </Page>
  );
}
