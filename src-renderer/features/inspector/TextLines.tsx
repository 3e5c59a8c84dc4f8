import { Code } from '../../ui/Code.tsx'
import { formatCount } from '../../ui/format.ts'
import { useWindow } from '../../virtual/use-window.ts'
import classes from './TextLines.module.css'

const rowHeight = 18

/** A long text of which only the lines in view exist. */
export function TextLines({ lines, isCut }: { lines: readonly string[]; isCut: boolean }) {
  const { attach, onScroll, first, last, offset, canvasHeight } = useWindow<HTMLDivElement>({
    rows: lines.length,
    rowHeight,
  })
  const longest = lines.reduce((most, line) => Math.max(most, line.length), 0)
  const gutter = `${String(lines.length).length + 2}ch`
  const drawn = lines.slice(first, last)
  return (
    <>
      <div
        ref={attach}
        className={classes.text}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by key
        tabIndex={0}
        role="region"
        aria-label="Text of the value"
        data-inspector-focus
        onScroll={onScroll}
      >
        <div
          style={{
            height: canvasHeight,
            minWidth: `calc(${longest + 2}ch + ${gutter})`,
            position: 'relative',
          }}
        >
          <div className={classes.window} style={{ transform: `translateY(${offset}px)` }}>
            {drawn.map((line, i) => (
              // oxlint-disable-next-line react/no-array-index-key -- a line is its number
              <div key={first + i} className={classes.line}>
                <span className={classes.number} style={{ width: gutter }}>
                  {first + i + 1}
                </span>
                <Code text={line} />
              </div>
            ))}
          </div>
        </div>
      </div>
      {isCut ? (
        <div className={classes.cut}>
          Cut after 4 MiB, {formatCount(lines.length)} lines; “hashcache show” writes all of it
        </div>
      ) : null}
    </>
  )
}
