import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent, type ReactNode } from 'react'
import type { Row } from '../../../shared/api/contract.ts'
import type { Why } from '../../../shared/api/why.ts'
import { useDesk } from '../../app/desk.ts'
import { entryQuery } from '../../client/queries.ts'
import { whyQuery } from '../../client/why.ts'
import { Code } from '../../ui/Code.tsx'
import { formatRelative, shortKey } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './PickOther.module.css'
import type { Compare } from './use-compare.ts'

/** One entry is there: which one stands against it? The same call elsewhere, the nearest ones, or any by its key. */
export function PickOther({ compare }: { compare: Compare }) {
  const hasLeft = compare.leftKey !== undefined
  const key = compare.leftKey ?? compare.rightKey ?? ''
  const own = compare.sides[hasLeft ? 0 : 1].store
  const { stores } = useDesk()
  const why = useQuery({ ...whyQuery(own?.id ?? '', key, own?.revision ?? 0), enabled: own !== undefined })
  const [typed, setTyped] = useState('')
  const [other, setOther] = useState(own?.id ?? '')
  const otherStore = stores.find(({ id }) => id === other)
  const asked = typed.trim()
  const found = useQuery({ ...entryQuery(other, asked, otherStore?.revision ?? 0), enabled: false })
  const choose = (chosen: string, location: string | undefined): void => {
    const side = hasLeft ? { rightKey: chosen, right: location } : { leftKey: chosen, left: location }
    compare.set({ ...side, left: hasLeft ? compare.sides[0].location : location })
  }
  const lookUp = async (): Promise<void> => {
    const answer = await found.refetch()
    if (answer.data) choose(answer.data.row.key, otherStore?.location)
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (asked !== '') void lookUp()
  }
  return (
    <div className={classes.pick}>
      <h2 className={classes.title}>Compare with</h2>
      <p className={classes.call}>
        {why.data?.row.call === undefined ? visibleText(key) : <Code text={why.data.row.call} />}
      </p>
      <form className={classes.form} onSubmit={submit}>
        <NativeSelect
          size="xs"
          label="In the cache"
          value={other}
          onChange={(event) => setOther(event.currentTarget.value)}
          data={stores.map(({ id, label }) => ({ value: id, label: visibleText(label) }))}
        />
        <TextInput
          label="Key of the other entry"
          className={classes.key}
          value={typed}
          error={found.error ? visibleText(found.error.message) : undefined}
          onChange={(event) => setTyped(event.currentTarget.value)}
          spellCheck={false}
          autoComplete="off"
        />
        <Button type="submit" disabled={asked === ''}>
          Compare
        </Button>
        {other === own?.id ? null : (
          <Button variant="subtle" onClick={() => choose(key, otherStore?.location)}>
            Same key there
          </Button>
        )}
      </form>
      {why.data ? <Suggestions why={why.data} onChoose={(chosen) => choose(chosen, own?.location)} /> : null}
    </div>
  )
}

function Suggestions({ why, onChoose }: { why: Why; onChoose: (key: string) => void }) {
  const { sameCall, nearest } = why
  return (
    <>
      {sameCall.rows.length === 0 ? null : (
        <Group title="The same call under other keys">
          {sameCall.rows.map((row) => (
            <Choice key={row.key} row={row} words="same arguments" onChoose={onChoose} />
          ))}
        </Group>
      )}
      {nearest.length === 0 ? null : (
        <Group title="Nearest calls of the same function">
          {nearest.map(({ row, differing }) => (
            <Choice
              key={row.key}
              row={row}
              words={differing.map(({ name, there }) => `${name}=${there?.preview ?? 'absent'}`).join(', ')}
              onChoose={onChoose}
            />
          ))}
        </Group>
      )}
    </>
  )
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h3 className={classes.heading}>{title}</h3>
      <ul className={classes.list}>{children}</ul>
    </section>
  )
}

function Choice({ row, words, onChoose }: { row: Row; words: string; onChoose: (key: string) => void }) {
  const { nowSeconds } = useDesk()
  return (
    <li>
      <button type="button" className={classes.choice} onClick={() => onChoose(row.key)}>
        <code>{visibleText(shortKey(row.key))}</code>
        <span className={classes.words}>
          <Code text={words} />
        </span>
        <span className={classes.when}>
          {row.runAtSeconds === undefined ? '' : formatRelative(row.runAtSeconds, nowSeconds)}
        </span>
      </button>
    </li>
  )
}
