'use client';

import { Download } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Menu, MenuItem, MenuLabel } from '@/components/ui/menu';

/** Everything that the filters find, as a file. Plain links: the browser takes the file while the page stays. */
export function ExportMenu({ csv, ndjson }: { csv: string; ndjson: string }) {
  return (
    <Menu
      align="end"
      className="w-60"
      trigger={
        <Button>
          <Download aria-hidden="true" className="size-3.5" /> Export
        </Button>
      }
    >
      <MenuLabel>All that these filters find, numbers masked</MenuLabel>
      <MenuItem asChild>
        <a href={csv} download>
          CSV, for spreadsheets
        </a>
      </MenuItem>
      <MenuItem asChild>
        <a href={ndjson} download>
          NDJSON, a line per verification
        </a>
      </MenuItem>
    </Menu>
  );
}
