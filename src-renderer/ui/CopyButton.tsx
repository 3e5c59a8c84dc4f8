import { ActionIcon, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useCopied } from './clipboard.ts'

/** Copies `text`; `what` names it: `Copy the key`. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const { isCopied, copy } = useCopied()
  return (
    <Tooltip label={isCopied ? 'Copied' : what}>
      <ActionIcon size={18} aria-label={what} onClick={() => void copy(text)}>
        {isCopied ? <IconCheck size={13} color="var(--ok)" /> : <IconCopy size={13} />}
      </ActionIcon>
    </Tooltip>
  )
}
