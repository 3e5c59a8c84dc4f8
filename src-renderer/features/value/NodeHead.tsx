import type { TreeNode } from '../../../shared/api/contract.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './ArrayView.module.css'

export function NodeName({ label }: { label: TreeNode['label'] }) {
  return label.kind === 'root' || label.text === '' ? null : (
    <code className={classes.name}>{visibleText(label.text)}</code>
  )
}

export function NodeFacts({ facts }: { facts: readonly (readonly [string, string])[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(([name, text]) => (
        <div key={name}>
          <dt>{visibleText(name)}</dt>
          <dd title={visibleText(text)}>{visibleText(text)}</dd>
        </div>
      ))}
    </dl>
  )
}
