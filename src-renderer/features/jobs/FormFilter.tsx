import { TextInput } from '@mantine/core'
import { countOf, formatBytes, formatCompute } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './form.module.css'
import type { FilterCheck } from './use-filter-check.ts'

interface FormFilterProps {
  label: string
  placeholder: string
  value: string
  check: FilterCheck
  onChange: (text: string) => void
}

/** A filter in a form, with what it finds. */
export function FormFilter({ label, placeholder, value, check, onChange }: FormFilterProps) {
  return (
    <TextInput
      label={label}
      placeholder={placeholder}
      value={value}
      error={check.error && visibleText(check.error.message)}
      description={check.error ? undefined : foundWords(check)}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      onChange={(event) => onChange(event.currentTarget.value)}
      spellCheck={false}
      autoComplete="off"
      className={classes.mono}
    />
  )
}

function foundWords({ found }: FilterCheck): string {
  // Room for one line, so that nothing below it moves when it is there.
  if (!found) return '\u00a0'
  const { entries, bytes, computeSeconds } = found
  if (entries === 0) return 'no entries'
  const compute = computeSeconds === 0 ? [] : [`${formatCompute(computeSeconds)} of compute`]
  return [countOf(entries, 'entry', 'entries'), formatBytes(bytes), ...compute].join(' · ')
}
