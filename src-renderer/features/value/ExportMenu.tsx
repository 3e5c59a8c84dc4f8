import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useRef } from 'react'
import type { ExportFormat } from '../../../shared/api/pictures.ts'
import { exportAddress } from '../../client/pictures.ts'
import type { ValueAddress } from '../../client/queries.ts'
import { savePng } from './save-png.ts'

const titles: Readonly<Record<ExportFormat, string>> = {
  npy: 'NumPy array (.npy)',
  csv: 'Table (.csv)',
  json: 'JSON (.json)',
  raw: 'Raw bytes',
  xyz: 'Atoms (.xyz)',
  png: 'Pixels (.png)',
}

export interface ExportMenuProps {
  readonly value: ValueAddress
  /** Those that the value can be saved as. */
  readonly formats: readonly ExportFormat[]
  /** A picture stands in the same section. */
  readonly hasPicture: boolean
}

/** Saves a value, or its picture, as a file. */
export function ExportMenu({ value, formats, hasPicture }: ExportMenuProps) {
  const button = useRef<HTMLButtonElement>(null)
  const savePicture = (): void => {
    const section = button.current?.closest('section')
    if (section) void savePng(section, `${value.key.slice(0, 12)}-${value.path || 'value'}.png`)
  }
  return (
    <Menu position="bottom-end" width={190}>
      <Tooltip label="Save as a file">
        <Menu.Target>
          <ActionIcon ref={button} size={20} aria-label="Save as a file">
            <IconDownload size={14} />
          </ActionIcon>
        </Menu.Target>
      </Tooltip>
      <Menu.Dropdown>
        {formats.map((as) => (
          <Menu.Item key={as} component="a" href={exportAddress(value, as)} download>
            {titles[as]}
          </Menu.Item>
        ))}
        {hasPicture ? <Menu.Item onClick={savePicture}>Picture (.png)</Menu.Item> : null}
      </Menu.Dropdown>
    </Menu>
  )
}
