import { Button, Menu } from '@mantine/core'
import { IconColumns3 } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { visibleText } from '../../ui/visible-text.ts'
import { isShown, noChoices, type Column, type ColumnChoices } from './columns.tsx'

export function ColumnsButton({ children }: { children: ReactNode }) {
  return (
    <Menu position="bottom-end" closeOnItemClick={false}>
      <Menu.Target>
        <Button leftSection={<IconColumns3 size={14} stroke={1.7} />}>Columns</Button>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  )
}

export interface ColumnsMenuProps {
  columns: readonly Column[]
  choices: ColumnChoices
  onChoices: (choices: ColumnChoices) => void
}

/** Shows and hides columns; `As at first` undoes that and all resizing. */
export function ColumnsMenu({ columns, choices, onChoices }: ColumnsMenuProps) {
  const toggle = (id: string): void => {
    const isSwitched = choices.switched.includes(id)
    const switched = isSwitched ? choices.switched.filter((each) => each !== id) : [...choices.switched, id]
    onChoices({ ...choices, switched })
  }
  return (
    <div style={{ maxHeight: 420, overflow: 'auto', minWidth: 170 }}>
      {columns
        .filter((column) => column.title !== '')
        .map((column) => (
          <Menu.CheckboxItem
            key={column.id}
            checked={isShown(column, choices)}
            onChange={() => toggle(column.id)}
          >
            {visibleText(column.title)}
          </Menu.CheckboxItem>
        ))}
      <Menu.Divider />
      <Menu.Item onClick={() => onChoices(noChoices)}>As at first</Menu.Item>
    </div>
  )
}
