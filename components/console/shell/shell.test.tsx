import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Page } from '@/components/console/shell/shell';

test('a page of moments says in sight whose clock they are by', () => {
  expect(
    renderToStaticMarkup(
      <Page title="Audit log" timeZone="Europe/Paris">
        rows
      </Page>,
    ),
  ).toContain('Times in Europe/Paris');
  expect(renderToStaticMarkup(<Page title="Live">rows</Page>)).not.toContain('Times in');
});
