import { expect, it } from 'vitest'
import { pythonStringText } from './python-string.ts'

it.each([
  ["'plain'", 'plain'],
  ['"it\'s"', "it's"],
  [String.raw`'a\nb\t\\n \'q\' \x41\u00fc\U0001f600 \d'`, "a\nb\t\\n 'q' Aü😀 \\d"],
  ["''", ''],
])('reads %s', (literal, text) => expect(pythonStringText(literal)).toBe(text))

it.each(['plain', "'", "b'x'", "'cut…", '[1]'])('leaves %s, which is no string', (literal) =>
  expect(pythonStringText(literal)).toBeUndefined(),
)
