import type { Db, Statement } from '@/lib/db/client';

const INSERT: Statement = {
  name: 'insert_app',
  text: 'INSERT INTO app (id, name, brand, default_locale, web_domain) VALUES ($1, $2, $3, $4, $5)',
};

/** Adds an app. */
export async function insertApp(
  db: Db,
  app: { id: string; name: string; brand: string; defaultLocale: string | null; webDomain: string | null },
): Promise<void> {
  await db.query(INSERT, [app.id, app.name, app.brand, app.defaultLocale, app.webDomain]);
}
