import type { ExportMeasurement } from './report';

/** Not measured before the export streams from an operation of its own. */
export async function measureExport(_say: (line: string) => void): Promise<ExportMeasurement | null> {
  return null;
}
