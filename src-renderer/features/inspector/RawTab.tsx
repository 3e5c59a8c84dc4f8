import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { Connection, EntryDetail } from '../../../shared/api/contract.ts'
import { rawAddress } from '../../client/queries.ts'
import { useDesk } from '../../app/desk.ts'
import { exactBytes, formatOffset, formatTime } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { showCommand } from '../../app/command-line.ts'
import classes from './Inspector.module.css'
import { FactList } from './MetadataTab.tsx'

/** The entry as bytes: where they stand, how they are packed, their digest. */
export function RawTab({ store, detail }: { store: Connection; detail: EntryDetail }) {
  const { zone } = useDesk()
  const { format, row, location } = detail
  const command = showCommand(store.location, row.key)
  const facts = [
    { name: 'Stands in', shown: visibleText(location), isCode: true, copy: location },
    { name: 'Format', shown: format.kind === 'unknown' ? 'not known' : format.kind },
    ...(format.protocol === undefined ? [] : [{ name: 'Protocol', shown: String(format.protocol) }]),
    { name: 'Compressor', shown: format.compressor ?? 'none' },
    { name: 'Stored', shown: exactBytes(format.storedBytes) },
    { name: 'Unpacked', shown: exactBytes(format.decodedBytes) },
    ...(detail.root
      ? [
          {
            name: 'Value',
            shown: `bytes ${formatOffset(detail.root.start)} to ${formatOffset(detail.root.end)}`,
            isCode: true,
          },
        ]
      : []),
    ...(format.modifiedMs === undefined
      ? []
      : [{ name: 'Written', shown: formatTime(format.modifiedMs / 1_000, zone) }]),
    ...(format.sha256 === ''
      ? [{ name: 'SHA-256', shown: 'not told of more than 64 MB' }]
      : [{ name: 'SHA-256', shown: format.sha256, isCode: true, copy: format.sha256 }]),
    { name: 'Key', shown: visibleText(row.key), isCode: true, copy: row.key },
    { name: 'In a terminal', shown: visibleText(command), isCode: true, copy: command },
  ]
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by key
    <div className={classes.scroll} tabIndex={0} data-inspector-focus role="region" aria-label="Raw facts">
      <FactList facts={facts} />
      <div className={classes.actions}>
        <Button
          component="a"
          href={rawAddress(store.id, row.key)}
          download
          leftSection={<IconDownload size={14} />}
        >
          Save the raw bytes
        </Button>
      </div>
    </div>
  )
}
