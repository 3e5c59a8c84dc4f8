import { Modal } from '@mantine/core'
import { countOf } from '../../ui/format.ts'
import type { ChosenRows } from '../jobs/use-job-starts.ts'
import { TagEditor } from './TagEditor.tsx'
import classes from './TagEditor.module.css'

export interface TagDialogProps {
  store: string
  chosen: ChosenRows | undefined
  onClose: () => void
}

/** Tags of the selection, or of the row with the focus. */
export function TagDialog({ store, chosen, onClose }: TagDialogProps) {
  return (
    <Modal
      opened={chosen !== undefined}
      onClose={onClose}
      title={`Tags of ${countOf(chosen?.entries ?? 0, 'entry', 'entries')}`}
    >
      {chosen ? <TagEditor store={store} entries={{ result: chosen.selection.result }} isOpen /> : null}
      <p className={classes.note}>
        Tags are kept by this program, not in the cache. A filter finds them with <code>tag:keep</code>; rules
        that clean up can leave out what has one.
      </p>
    </Modal>
  )
}
