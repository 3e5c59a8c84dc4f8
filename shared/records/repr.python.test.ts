import { execFileSync } from 'node:child_process'

import { expect, test } from 'vitest'

import { python } from '../testing/python.ts'
import { summarizeRepr } from './repr.ts'

test('texts read back as Python wrote them', () => {
  const texts = ['plain', '', 'caf\u00e9', 'both \' and "', 'back\\slash', '\u{1f600} \u4f60', '\u2028']
  const program = 'import json, sys; print(json.dumps([repr(text) for text in json.load(sys.stdin)]))'
  const output = execFileSync(python, ['-c', program], { input: JSON.stringify(texts) })
  const reprs = JSON.parse(output.toString()) as string[]
  expect(reprs.map((repr) => summarizeRepr('x', repr).text)).toEqual(texts)
})
