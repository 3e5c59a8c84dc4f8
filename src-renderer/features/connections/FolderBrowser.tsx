import { IconArrowUp, IconFile, IconFolder } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { folderQuery } from '../../client/queries.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './OpenDialog.module.css'

/** What stands in a folder of the engine's machine; while a path is half typed, the last folder that exists. */
export function FolderBrowser({ path, onChoose }: { path: string; onChoose: (path: string) => void }) {
  const folder = useQuery({ ...folderQuery(path), enabled: path !== '', placeholderData: keepPreviousData })
  // Of a file, or of what is not there, the folder around it.
  const parent = path.replace(/[^/]+\/*$/, '')
  const around = useQuery({
    ...folderQuery(parent),
    enabled: parent !== '' && folder.error !== null && folder.data === undefined,
  })
  const data = folder.data ?? around.data
  if (!data) {
    return <div className={classes.folder} data-empty />
  }
  return (
    <div className={classes.folder} role="group" aria-label={`Folder ${visibleText(data.path)}`}>
      {data.parent === null ? null : (
        <button type="button" className={classes.file} onClick={() => onChoose(data.parent ?? data.path)}>
          <IconArrowUp size={14} aria-hidden /> Parent folder
        </button>
      )}
      {data.entries.map((entry) => (
        <button
          type="button"
          key={entry.path}
          className={classes.file}
          data-kind={entry.kind}
          aria-current={entry.path === path}
          onClick={() => onChoose(entry.path)}
        >
          {entry.kind === 'folder' ? (
            <IconFolder size={14} aria-hidden />
          ) : (
            <IconFile size={14} aria-hidden />
          )}
          <span className={classes.fileName}>{visibleText(entry.name)}</span>
        </button>
      ))}
      {data.entries.length === 0 ? <div className={classes.hint}>The folder is empty</div> : null}
      {data.truncated ? <div className={classes.hint}>More stand here: type the path to go on</div> : null}
    </div>
  )
}
