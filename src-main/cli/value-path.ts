import { AppError } from '../../shared/model/errors.ts'
import type { ByteSource } from '../../shared/model/source.ts'
import { pythonLiteral } from '../../shared/render/python.ts'
import { visibleText } from '../../shared/value/python-text.ts'
import { childAt, childCount } from '../../shared/value/walk.ts'
import type { Value } from '../../shared/value/value.ts'

/** Keys that are looked at for one step, and told where none fits. */
const mostKeys = 1_000_000
const toldKeys = 8

/**
 * `output.energies`, `output['a b'][3]`: names of dicts and objects, numbers of lists, as child numbers of the tree.
 * Throws `USAGE` for a text that is no path, `NOT_FOUND` with what is there for a step that leads nowhere.
 */
export function pathOfNames(root: Value, text: string, source: ByteSource): number[] {
  const path: number[] = []
  let value = root
  for (const step of stepsOf(text)) {
    const found = childNamed(value, step, source)
    if (!found) {
      const names = namesOf(value, source)
      const there = names.length === 0 ? 'it has no parts' : `there are ${names.join(', ')}`
      throw new AppError('NOT_FOUND', `The path ${text} ends before "${step}": ${there}.`)
    }
    path.push(...found.path)
    value = found.value
  }
  return path
}

/** The inverse of `pathOfNames`, for people: `output['a b'][3].state.cell`; the root is empty. */
export function namesOfPath(root: Value, path: readonly number[], source: ByteSource): string {
  let text = ''
  let value = root
  for (const index of path) {
    const child = childAt(value, index)
    if (!child) break
    const name = labelText(child.label, source)
    if (child.label.kind === 'index') text += `[${name}]`
    else if (/^[^.[\]'"\s]+$/.test(name)) text += text === '' ? name : `.${name}`
    else text += name.includes("'") ? `["${name}"]` : `['${name}']`
    value = child.value
  }
  return visibleText(text)
}

/** Names between dots, numbers and quoted texts in brackets. */
function stepsOf(text: string): string[] {
  const steps: string[] = []
  const step = /\.?([^.[\]'"]+)|\[\s*(?:'([^']*)'|"([^"]*)"|(-?\d+))\s*\]/y
  while (step.lastIndex < text.length) {
    const at = step.lastIndex
    const match = step.exec(text)
    if (!match)
      throw new AppError(
        'USAGE',
        `The path cannot be read from "${text.slice(at, at + 20)}" on; write it as output.energies or output['a b'][3].`,
      )
    steps.push(match[1] ?? match[2] ?? match[3] ?? match[4] ?? '')
  }
  return steps
}

function childNamed(
  value: Value,
  step: string,
  source: ByteSource,
): { path: number[]; value: Value } | undefined {
  const count = Math.min(childCount(value), mostKeys)
  for (let i = 0; i < count; i++) {
    const child = childAt(value, i)
    if (child && labelText(child.label, source) === step) return { path: [i], value: child.value }
  }
  if (/^-\d+$/.test(step)) {
    const child = childAt(value, childCount(value) + Number(step))
    return child && { path: [childCount(value) + Number(step)], value: child.value }
  }
  // What Python calls an attribute stands in the object's state.
  for (let i = 0; i < count && value.kind === 'object'; i++) {
    const child = childAt(value, i)
    const within =
      child?.label.kind === 'field' && child.label.name === 'state' && child.value.kind === 'dict'
        ? childNamed(child.value, step, source)
        : undefined
    if (within) return { path: [i, ...within.path], value: within.value }
  }
  return undefined
}

type Label = NonNullable<ReturnType<typeof childAt>>['label']

function labelText(label: Label, source: ByteSource): string {
  if (label.kind === 'index') return String(label.index)
  if (label.kind === 'field') return label.name
  return label.key.kind === 'str' ? label.key.value : pythonLiteral(label.key, { source, maxCharacters: 200 })
}

function namesOf(value: Value, source: ByteSource): string[] {
  const count = childCount(value)
  if (value.kind === 'list' || value.kind === 'tuple') return count === 0 ? [] : [`0 to ${count - 1}`]
  const names: string[] = []
  for (let i = 0; i < Math.min(count, toldKeys); i++) {
    const child = childAt(value, i)
    if (child) names.push(JSON.stringify(labelText(child.label, source)))
  }
  return count > toldKeys ? [...names, `${count - toldKeys} more`] : names
}
