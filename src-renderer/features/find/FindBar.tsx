import { ActionIcon, TextInput } from '@mantine/core'
import { IconChevronDown, IconChevronUp, IconSearch, IconX } from '@tabler/icons-react'
import type { KeyboardEvent } from 'react'
import { countOf, formatCount } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './FindBar.module.css'
import type { Find } from './use-find.ts'

/** Looks for something in a value of any size, and goes from hit to hit. */
export function FindBar({ find }: { find: Find }) {
  const { text, setText, finding, hits, at, elsewhere } = find
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Enter') find.go(event.shiftKey ? -1 : 1)
    else if (event.key === 'Escape') find.close(event.currentTarget)
    else return
    event.preventDefault()
  }
  const isLooking = text !== '' && !finding.isComplete
  return (
    <search className={classes.bar} aria-label="Find in the value">
      <TextInput
        className={classes.field}
        size="xs"
        type="text"
        aria-label="Find in the value"
        placeholder="Find text, number or /regex/"
        data-find
        leftSection={<IconSearch size={13} stroke={1.7} />}
        value={text}
        error={finding.error !== undefined}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {text === '' ? null : (
        <>
          <span
            className={classes.count}
            role="status"
            title={isLooking ? `${formatCount(finding.looked)} parts looked at` : undefined}
          >
            {finding.error ? visibleText(finding.error.message) : countWords(find, isLooking)}
          </span>
          {elsewhere.length === 0 ? null : (
            <button type="button" className={classes.elsewhere} onClick={() => find.goElsewhere()}>
              {formatCount(elsewhere.length)} elsewhere
            </button>
          )}
          {hits.length === 0 ? null : <Steps find={find} />}
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={isLooking ? 'Stop looking' : 'Clear'}
            onClick={() => setText('')}
          >
            <IconX size={13} stroke={1.8} />
          </ActionIcon>
        </>
      )}
      {at === undefined ? null : (
        <p className={classes.hit} title={visibleText(hits[at]?.text ?? '')}>
          {hits[at]?.where === 'key' ? 'key ' : ''}
          <b>{visibleText(hits[at]?.text ?? '')}</b>
        </p>
      )}
    </search>
  )
}

function Steps({ find }: { find: Find }) {
  return (
    <>
      <ActionIcon
        size="sm"
        variant="subtle"
        color="gray"
        aria-label="Previous hit"
        title="Previous hit (Shift+Enter, Shift+F3)"
        data-find-step="-1"
        onClick={() => find.go(-1)}
      >
        <IconChevronUp size={14} stroke={1.8} />
      </ActionIcon>
      <ActionIcon
        size="sm"
        variant="subtle"
        color="gray"
        aria-label="Next hit"
        title="Next hit (Enter, F3)"
        data-find-step="1"
        onClick={() => find.go(1)}
      >
        <IconChevronDown size={14} stroke={1.8} />
      </ActionIcon>
    </>
  )
}

function countWords({ hits, at, finding }: Find, isLooking: boolean): string {
  const count = `${formatCount(hits.length)}${finding.isFull ? '+' : ''}`
  const all =
    at === undefined
      ? hits.length === 0
        ? 'no hit'
        : countOf(hits.length, 'hit')
      : `${formatCount(at + 1)} of ${count}`
  return isLooking ? (hits.length === 0 ? 'looking…' : `${all}, looking…`) : all
}
