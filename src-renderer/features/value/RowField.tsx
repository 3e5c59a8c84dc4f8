import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { formatCount } from '../../ui/format.ts'
import classes from './TableView.module.css'

/** A row by its position, from 0. */
export function RowField({ rows, onRow }: { readonly rows: number; readonly onRow: (row: number) => void }) {
  const [text, setText] = useState('')
  const row = /^[\d,]{1,15}$/.test(text) ? Number(text.replaceAll(',', '')) : undefined
  const isWrong = text !== '' && (row === undefined || row >= rows)
  return (
    <TextInput
      className={classes.rowField}
      size="xs"
      aria-label="Go to row"
      placeholder={`row 0 … ${formatCount(rows - 1)}`}
      value={text}
      error={isWrong}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && row !== undefined && !isWrong) onRow(row)
      }}
    />
  )
}
