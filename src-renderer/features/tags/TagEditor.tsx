import { IconPlus, IconTag, IconX } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useId, useRef, useState, type FormEvent } from 'react'
import { changeTags, forgetTagged, tagsQuery, type TaggedEntries } from '../../client/tags.ts'
import { formatCount } from '../../ui/format.ts'
import { takeFocus } from '../../ui/take-focus.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './TagEditor.module.css'

export interface TagEditorProps {
  store: string
  entries: TaggedEntries
  /** The field is there from the beginning and takes the focus. */
  isOpen?: boolean
}

/** The tags of some entries: each can be taken off, others put on. */
export function TagEditor({ store, entries, isOpen = false }: TagEditorProps) {
  const client = useQueryClient()
  const editor = useRef<HTMLDivElement>(null)
  const answer = useQuery(tagsQuery(store, entries))
  const change = useMutation({
    mutationFn: (wanted: { add?: string[]; remove?: string[] }) =>
      changeTags(store, { ...entries, ...wanted }),
    onSuccess: () => forgetTagged(client, store),
  })
  const error = answer.error ?? change.error
  const { entries: count = 0, tags = [], all = [] } = answer.data ?? {}
  return (
    <div ref={editor} className={classes.editor}>
      {tags.length === 0 ? null : (
        <ul className={classes.tags} aria-label="Tags">
          {tags.map(({ tag, entries: tagged }) => (
            <li key={tag} className={classes.tag}>
              <IconTag size={12} aria-hidden />
              {visibleText(tag)}
              {tagged === count ? null : (
                <button
                  type="button"
                  title={`Put it on all ${formatCount(count)}`}
                  onClick={() => change.mutate({ add: [tag] })}
                >
                  {formatCount(tagged)} of {formatCount(count)}
                </button>
              )}
              <button
                type="button"
                aria-label={`Take off the tag ${visibleText(tag)}`}
                title="Take it off"
                onClick={() => {
                  // The button goes with its tag.
                  editor.current?.querySelector<HTMLElement>('[data-add-tag]')?.focus()
                  change.mutate({ remove: [tag] })
                }}
              >
                <IconX size={12} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <AddTag
        known={all.map(({ tag }) => tag)}
        isOpen={isOpen}
        onAdd={(words) => change.mutateAsync({ add: words })}
      />
      {error ? (
        <p className={classes.error} role="alert">
          {visibleText(error.message)}
        </p>
      ) : null}
    </div>
  )
}

interface AddTagProps {
  known: readonly string[]
  isOpen: boolean
  onAdd: (words: string[]) => Promise<unknown>
}

function AddTag({ known, isOpen, onAdd }: AddTagProps) {
  const list = useId()
  const [isShown, setIsShown] = useState(isOpen)
  const [wasLeft, setWasLeft] = useState(false)
  const [typed, setTyped] = useState('')
  const words = typed.split(/[\s,]+/).filter((word) => word !== '')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (words.length === 0) return
    // Emptied at once, for the next; what was refused comes back, unless something else is typed by then.
    setTyped('')
    onAdd(words).catch(() => setTyped((now) => (now === '' ? typed : now)))
  }
  if (!isShown) {
    return (
      <button
        type="button"
        className={classes.more}
        data-add-tag
        ref={wasLeft ? takeFocus : undefined}
        onClick={() => setIsShown(true)}
      >
        <IconPlus size={12} aria-hidden /> Tag
      </button>
    )
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <input
        className={classes.field}
        aria-label="New tag"
        placeholder="keep, paper-2"
        list={list}
        value={typed}
        spellCheck={false}
        autoComplete="off"
        data-autofocus={isOpen || undefined}
        data-add-tag
        ref={isOpen ? undefined : takeFocus}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || isOpen) return
          event.stopPropagation()
          setWasLeft(true)
          setIsShown(false)
        }}
      />
      <datalist id={list}>
        {known.map((tag) => (
          <option key={tag} value={tag} />
        ))}
      </datalist>
      <button type="submit" className={classes.add} disabled={words.length === 0}>
        Add
      </button>
    </form>
  )
}
