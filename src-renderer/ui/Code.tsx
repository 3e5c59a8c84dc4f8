import { memo } from 'react'
import classes from './Code.module.css'
import { pythonTokens } from './python-tokens.ts'
import { visibleText } from './visible-text.ts'

/** A line of Python, coloured; it wraps if its container lets it. */
export const Code = memo(function Code({ text }: { text: string }) {
  return (
    <code className={classes.code} translate="no">
      {pythonTokens(visibleText(text)).map((token, i) =>
        token.kind === 'space' || token.kind === 'name' ? (
          token.text
        ) : (
          // oxlint-disable-next-line react/no-array-index-key -- a piece is its place in the text
          <span key={i} className={classes[token.kind]}>
            {token.text}
          </span>
        ),
      )}
    </code>
  )
})
