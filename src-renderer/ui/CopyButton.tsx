import { ActionIcon, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy, type Icon } from '@tabler/icons-react'
import { useCopied } from './clipboard.ts'

interface CopyButtonProps {
  readonly text: string
  /** Names it: `Copy the key`. */
  readonly what: string
  /** Of one of several buttons side by side. */
  readonly icon?: Icon
}

/** Copies `text`. */
export function CopyButton({ text, what, icon: Icon = IconCopy }: CopyButtonProps) {
  const { isCopied, copy } = useCopied()
  return (
    <Tooltip label={isCopied ? 'Copied' : what}>
      <ActionIcon size={18} aria-label={what} onClick={() => void copy(text)}>
        {isCopied ? <IconCheck size={13} color="var(--ok)" /> : <Icon size={13} />}
      </ActionIcon>
    </Tooltip>
  )
}
