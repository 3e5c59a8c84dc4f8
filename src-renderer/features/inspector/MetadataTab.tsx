import type { ReactNode } from 'react'
import type { EntryDetail } from '../../../shared/api/contract.ts'
import { useDesk } from '../../app/desk.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { exactBytes, formatBytes, formatDuration, formatRelative, formatTime } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { FilterByButton } from '../filter/FilterByItems.tsx'
import { termOf } from '../filter/filter-text.ts'
import classes from './Inspector.module.css'

interface Fact {
  readonly name: string
  readonly shown: ReactNode
  readonly isCode?: boolean
  readonly copy?: string
  /** Terms that find the entries with the same. */
  readonly terms?: readonly string[]
}

/** Who ran what, when and where, in words for people. */
export function MetadataTab({ detail }: { detail: EntryDetail }) {
  const facts = useFacts(detail)
  const others = detail.fields.filter(
    (field) => !knownFields.has(field.label.text.replace(/^['"]|['"]$/g, '')),
  )
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by key
    <div className={classes.scroll} tabIndex={0} data-inspector-focus role="region" aria-label="Metadata">
      <FactList facts={facts} />
      {others.length === 0 ? null : (
        <>
          <h3 className={classes.heading}>Other fields of the record</h3>
          <FactList
            facts={others.map((field) => ({
              name: field.label.text.replace(/^['"]|['"]$/g, ''),
              shown: visibleText(field.preview),
              isCode: true,
            }))}
          />
        </>
      )}
    </div>
  )
}

const knownFields = new Set([
  'func',
  'module',
  'args',
  'kwargs',
  'standardized-kwargs',
  'version',
  'cwd',
  'user',
  'hostname',
  'run-at',
  'run-at-human',
  'saved-at',
  'saved-at-human',
  'elapsed_time',
  'hash',
  'output',
])

export function FactList({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={classes.list}>
      {facts.map((fact) => (
        <FactItem key={fact.name} {...fact} />
      ))}
    </dl>
  )
}

function FactItem({ name, shown, isCode = false, copy, terms }: Fact) {
  return (
    <>
      <dt>{visibleText(name)}</dt>
      <dd className={isCode ? classes.mono : undefined}>
        {shown}
        {copy === undefined ? null : <CopyButton text={copy} what={`Copy: ${name}`} />}
        {terms === undefined || terms.length === 0 ? null : <FilterByButton what={name} terms={terms} />}
      </dd>
    </>
  )
}

function useFacts({ row, format }: EntryDetail): Fact[] {
  const { zone, nowSeconds } = useDesk()
  const facts: Fact[] = []
  const add = (name: string, shown: ReactNode, more: Partial<Fact> = {}): void => {
    if (shown !== undefined && shown !== '') facts.push({ name, shown, ...more })
  }
  if (row.runAtSeconds !== undefined)
    add(
      row.kind === 'dump' ? 'Saved' : 'Run',
      <Moment seconds={row.runAtSeconds} {...{ zone, nowSeconds }} />,
    )
  add('Took', row.elapsedSeconds === undefined ? undefined : formatDuration(row.elapsedSeconds))
  add(
    'By',
    [row.user, row.host]
      .filter((part) => part !== undefined)
      .map(visibleText)
      .join(' @ '),
    { terms: termsOf(['user', row.user], ['host', row.host]) },
  )
  add('In', row.cwd && visibleText(row.cwd), {
    isCode: true,
    copy: row.cwd,
    terms: termsOf(['cwd', row.cwd]),
  })
  add('Function', row.func && visibleText(row.func), { isCode: true, terms: termsOf(['func', row.func]) })
  add('Module', row.module && visibleText(row.module), {
    isCode: true,
    terms: termsOf(['module', row.module]),
  })
  add('hashcache', row.version && visibleText(row.version), {
    isCode: true,
    terms: termsOf(['version', row.version]),
  })
  add('Key', visibleText(row.key), { isCode: true, copy: row.key })
  add('Stored', <Stored format={format} />)
  return facts
}

function termsOf(...values: readonly (readonly [field: string, value: string | undefined])[]): string[] {
  return values.flatMap(([field, value]) => (value === undefined ? [] : [termOf(field, value)]))
}

function Moment({
  seconds,
  zone,
  nowSeconds,
}: {
  seconds: number
  zone: 'local' | 'utc'
  nowSeconds: number
}) {
  return (
    <>
      {formatTime(seconds, zone)}
      {zone === 'utc' ? ' UTC' : ''}{' '}
      <span className={classes.dim}>· {formatRelative(seconds, nowSeconds)}</span>
    </>
  )
}

function Stored({ format }: { format: EntryDetail['format'] }) {
  const how = [
    format.kind === 'pickle'
      ? `pickle${format.protocol === undefined ? '' : ` protocol ${format.protocol}`}`
      : undefined,
    format.kind === 'json' ? 'JSON' : undefined,
    format.compressor,
  ].filter((part) => part !== undefined)
  return (
    <>
      <span title={exactBytes(format.storedBytes)}>{formatBytes(format.storedBytes)}</span>
      <span className={classes.dim}>
        {how.length === 0 ? '' : ` · ${how.join(', ')}`}
        {format.compressor === undefined ? '' : ` · ${formatBytes(format.decodedBytes)} unpacked`}
      </span>
    </>
  )
}
