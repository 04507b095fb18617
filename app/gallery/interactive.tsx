'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Dialog, Sheet } from '@/components/ui/dialog';
import { Menu, MenuCheck, MenuItem, MenuLabel, MenuSeparator } from '@/components/ui/menu';
import { Tooltip } from '@/components/ui/tooltip';

/** The components that move. */
export function Interactive() {
  const [open, setOpen] = useState<'dialog' | 'sheet' | null>(null);
  const [isChecked, setChecked] = useState(true);
  return (
    <>
      <Button onClick={() => setOpen('dialog')}>Dialog</Button>
      <Button onClick={() => setOpen('sheet')}>Sheet</Button>
      <Menu trigger={<Button>Menu</Button>}>
        <MenuLabel>Status</MenuLabel>
        <MenuCheck checked={isChecked} onCheckedChange={(value) => setChecked(value === true)}>
          Approved
        </MenuCheck>
        <MenuSeparator />
        <MenuItem>An action</MenuItem>
      </Menu>
      <Tooltip content="A word about it">
        <Button>Tooltip</Button>
      </Tooltip>
      <CopyButton value="vrf_0199" label="Copy the id" />
      <Dialog title="A dialog" isOpen={open === 'dialog'} onClose={() => setOpen(null)}>
        <p className="text-ink-2">Escape closes it and gives the focus back.</p>
      </Dialog>
      <Sheet title="A sheet" isOpen={open === 'sheet'} onClose={() => setOpen(null)}>
        <p className="text-ink-2">For one thing beside the list.</p>
      </Sheet>
    </>
  );
}
