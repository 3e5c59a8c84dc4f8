import { Modal } from '@mantine/core'
import { Keys } from '../ui/Keys.tsx'
import { commandIds, keymap, patternKeys, type Binding } from './keymap.ts'
import classes from './KeysDialog.module.css'

const sections: readonly Binding['section'][] = ['General', 'Caches', 'Entries', 'View']

/** All keys at a glance. */
export function KeysDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Keys" size={760} padding={16}>
      <div className={classes.columns}>
        {sections.map((section) => (
          <KeyTable
            key={section}
            title={section}
            rows={commandIds
              .map((id) => keymap[id])
              .filter((each) => each.section === section && each.keys.length > 0)}
          />
        ))}
        <KeyTable title="In the entries and in values" rows={patternKeys} />
      </div>
    </Modal>
  )
}

function KeyTable({
  title,
  rows,
}: {
  title: string
  rows: readonly { title: string; keys: readonly string[] }[]
}) {
  return (
    <section className={classes.section}>
      <h3 className={classes.heading}>{title}</h3>
      {rows.map((row) => (
        <div key={row.title} className={classes.row}>
          <span>{row.title}</span>
          <span className={classes.keys}>
            {row.keys.map((keys) => (
              <Keys key={keys} keys={keys} />
            ))}
          </span>
        </div>
      ))}
    </section>
  )
}
