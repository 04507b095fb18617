import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';

/** A Prisma schema as its files: [path, text][]. */
export type SchemaFiles = [name: string, text: string][];

type Target = { tag: 'empty' } | { tag: 'schemaDatamodel'; files: { path: string; content: string }[] };
type Engine = {
  diff(params: {
    from: Target;
    to: Target;
    script: true;
    exitCode: null;
    filters: { externalTables: string[]; externalEnums: string[] };
  }): Promise<{ stdout: string | null }>;
  free(): void;
};
type Glue = {
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
  SchemaEngine: { new: (options: { datamodels: SchemaFiles }, log: () => void, adapter: object) => Promise<Engine> };
};

const require = createRequire(import.meta.url);

export async function readSchema(folder = path.join(process.cwd(), 'prisma/schema')): Promise<SchemaFiles> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.prisma')).sort();
  return Promise.all(
    names.map(async (name): Promise<[string, string]> => [name, await readFile(path.join(folder, name), 'utf8')]),
  );
}

/**
 * The SQL that turns the tables of one schema into those of another; `null` is an empty database.
 * Runs Prisma's migration engine as WebAssembly, which needs some reachable Postgres to know whom it writes for, and changes nothing there.
 */
export async function schemaDifference(
  databaseUrl: string,
  from: SchemaFiles | null,
  to: SchemaFiles,
): Promise<string> {
  const glue = await loadEngine();
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: databaseUrl }));
  const engine = await glue.SchemaEngine.new({ datamodels: to }, () => {}, adapter);
  try {
    const { stdout } = await engine.diff({
      from: from ? target(from) : { tag: 'empty' },
      to: target(to),
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    return stdout ?? '';
  } finally {
    engine.free();
  }
}

function target(files: SchemaFiles): Target {
  return { tag: 'schemaDatamodel', files: files.map(([name, content]) => ({ path: name, content })) };
}

/** The package imports its .wasm file as a module, which Node 20 cannot: so the two halves are put together here. */
async function loadEngine(): Promise<Glue> {
  const glue: Glue = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const folder = path.dirname(require.resolve('@prisma/schema-engine-wasm/schema_engine_bg'));
  const bytes = await readFile(path.join(folder, 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, {
    './schema_engine_bg.js': glue as unknown as WebAssembly.ModuleImports,
  });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return glue;
}
