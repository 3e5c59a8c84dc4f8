import { Button, SegmentedControl, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { ByteStream } from '../../../shared/api/bytes.ts'
import type { EntryDetail, TreeNode } from '../../../shared/api/contract.ts'
import { useDesk } from '../../app/desk.ts'
import { nodeQuery } from '../../client/bytes.ts'
import { treeQuery, type ValueAddress } from '../../client/queries.ts'
import { exactBytes, formatOffset } from '../../ui/format.ts'
import { EmptyState } from '../../ui/States.tsx'
import { useLatest } from '../../ui/use-latest.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { useChosenNode } from '../value/picture-place.ts'
import { ValueTree } from '../value/ValueTree.tsx'
import classes from './Bytes.module.css'
import { byteOptions, parseOffset, readBytePlace } from './byte-place.ts'
import { HexRows, type ByteSpan } from './HexRows.tsx'
import { OpcodeRows } from './OpcodeRows.tsx'

/** Whoever holds an arrow key down wants the node of the byte where it ends. */
const settleMs = 60

/** The bytes of an entry as hex or opcodes, each way linked with the tree of its value. */
export function BytesTab({ value, detail }: { value: ValueAddress; detail: EntryDetail }) {
  const { place, navigate } = useDesk()
  const { shows, of, at: chosenByte } = readBytePlace(place.options, value.key)
  const { format, root, problem } = detail
  const hasTwo = format.compressor !== undefined || format.storedBytes !== format.decodedBytes
  const stream = hasTwo ? of : 'decoded'
  const byteLength = stream === 'stored' ? format.storedBytes : format.decodedBytes
  const isLinked = stream === 'decoded' && root !== undefined
  const showsOpcodes = format.kind === 'pickle' && stream === 'decoded' && shows === 'opcodes'
  const set = (change: Parameters<typeof byteOptions>[1]): void =>
    navigate({ options: { ...place.options, ...byteOptions(value.key, change) } }, 'replace')
  const link = useByteLink(value, root, isLinked, chosenByte)
  const at = link.at ?? 0
  return (
    <>
      <div className={classes.tools}>
        {format.kind === 'pickle' && stream === 'decoded' ? (
          <SegmentedControl
            size="xs"
            aria-label="Show as"
            value={shows}
            onChange={(next) => set({ shows: next })}
            data={[
              { value: 'hex', label: 'Hex' },
              { value: 'opcodes', label: 'Opcodes' },
            ]}
          />
        ) : null}
        {hasTwo ? (
          <SegmentedControl
            size="xs"
            aria-label="Which bytes"
            value={stream}
            onChange={(next) => set({ of: next })}
            data={[
              { value: 'decoded', label: 'Unpacked' },
              { value: 'stored', label: 'Stored' },
            ]}
          />
        ) : null}
        <span className={classes.room} />
        <GoTo byteLength={byteLength} onGo={link.chooseByte} />
      </div>
      {isLinked ? (
        <div className={classes.tree}>
          <ValueTree
            value={value}
            root={root}
            label="Value"
            chosen={link.node?.path ?? link.path ?? ''}
            onChoose={link.chooseNode}
          />
        </div>
      ) : null}
      <p className={classes.which}>
        {streamWords(stream, detail)} · {exactBytes(byteLength)}
        {byteLength === 0 ? null : <AtByte at={at} node={isLinked ? link.node : undefined} />}
      </p>
      {problem ? (
        <p className={classes.broken}>
          {visibleText(problem.sentence)}
          {problem.offset === undefined || stream === 'stored' ? null : (
            <>
              {' '}
              <Button
                size="compact-xs"
                variant="default"
                onClick={() => link.chooseByte(problem.offset ?? 0)}
              >
                Go to byte {formatOffset(problem.offset)}
              </Button>
            </>
          )}
        </p>
      ) : null}
      {byteLength === 0 ? (
        <EmptyState title="No bytes">The stored value is empty.</EmptyState>
      ) : showsOpcodes ? (
        <OpcodeRows
          value={value}
          byteLength={byteLength}
          at={at}
          marked={link.span}
          onChoose={link.chooseByte}
        />
      ) : (
        <HexRows
          key={stream}
          value={value}
          of={stream}
          byteLength={byteLength}
          at={Math.min(at, byteLength - 1)}
          marked={isLinked ? link.span : undefined}
          broken={stream === 'decoded' ? problem?.offset : undefined}
          onChoose={link.chooseByte}
        />
      )}
    </>
  )
}

interface ByteLink {
  /** The byte that is looked at: the chosen one, else the first of the chosen node. */
  readonly at: number | undefined
  readonly path: string | undefined
  /** The chosen node, and its bytes. */
  readonly node: TreeNode | undefined
  readonly span: ByteSpan | undefined
  readonly chooseNode: (node: TreeNode) => void
  readonly chooseByte: (at: number) => void
}

/** A byte and the node that it belongs to, each of which leads to the other. */
function useByteLink(
  value: ValueAddress,
  root: TreeNode | undefined,
  isLinked: boolean,
  chosenByte: number | undefined,
): ByteLink {
  const client = useQueryClient()
  const [path, choose] = useChosenNode(value)
  const named = useQuery({ ...treeQuery({ ...value, path: path ?? '' }, 0), enabled: root !== undefined })
  // A key that is held down moves the byte at once, and the node when it settles.
  const [moved, setMoved] = useState<{ readonly at: number; readonly key: string }>()
  const moving = moved?.key === value.key ? moved.at : undefined
  const settle = useLatest(async (at: number): Promise<string> => {
    if (!isLinked) return path ?? ''
    const found = await client.fetchQuery(nodeQuery(value, at)).catch(() => undefined)
    return found?.path ?? ''
  })
  const chooseLatest = useLatest(choose)
  useEffect(() => {
    if (moving === undefined) return
    let isCurrent = true
    const arrive = async (): Promise<void> => {
      const found = await settle.current(moving)
      if (!isCurrent) return
      chooseLatest.current(found, byteOptions(value.key, { at: moving }))
      // A move that came meanwhile and is not drawn yet goes on.
      setMoved((now) => (now?.key === value.key && now.at === moving ? undefined : now))
    }
    const timer = setTimeout(() => void arrive(), settleMs)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [moving, value.key, settle, chooseLatest])
  const node = named.data?.node
  return {
    at: moving ?? chosenByte ?? node?.start,
    path,
    node,
    span: node && [node.start, node.end],
    chooseNode: (next) => {
      setMoved(undefined)
      choose(next.path, byteOptions(value.key, { at: next.start }))
    },
    chooseByte: (at) => setMoved({ at, key: value.key }),
  }
}

/** A byte within its node, or in the key that leads to it; the root stands for none where it is outside of it. */
function AtByte({ at, node }: { at: number; node: TreeNode | undefined }) {
  const isWithin = node !== undefined && node.start <= at && at < node.end
  return (
    <>
      {' '}
      · at <b>{formatOffset(at)}</b>
      {node === undefined ? null : isWithin || node.path !== '' ? (
        <>
          , {isWithin ? '' : 'the key of '}
          {visibleText(node.label.text === '' ? 'the value' : node.label.text)} ({visibleText(node.type)}),
          bytes {formatOffset(node.start)} to {formatOffset(node.end)}
        </>
      ) : (
        ', which belongs to no part of the value'
      )}
    </>
  )
}

function streamWords(stream: ByteStream, { format }: EntryDetail): string {
  const { compressor } = format
  if (stream === 'stored')
    return compressor === undefined ? 'As stored' : `As stored, packed by ${compressor}`
  return compressor === undefined ? 'Bytes of the value' : `Unpacked from ${compressor}`
}

function GoTo({ byteLength, onGo }: { byteLength: number; onGo: (at: number) => void }) {
  const [text, setText] = useState('')
  const [isWrong, setWrong] = useState(false)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const at = parseOffset(text)
        const isThere = at !== undefined && at < byteLength
        setWrong(!isThere)
        if (isThere) onGo(at)
      }}
    >
      <TextInput
        className={classes.field}
        size="xs"
        aria-label="Go to byte"
        placeholder="Go to byte"
        value={text}
        error={isWrong}
        title={isWrong ? `There are ${exactBytes(byteLength)}; write 4096 or 0x1000` : undefined}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setWrong(false)
        }}
      />
    </form>
  )
}
