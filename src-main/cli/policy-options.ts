import { InvalidArgumentError, Option, type Command } from 'commander'
import { policy as policySchema } from '../../shared/api/jobs.ts'
import { policyFlags, type PolicyFlag } from '../../shared/api/policies.ts'
import type { Policy } from '../../shared/jobs/contract.ts'
import { AppError } from '../../shared/model/errors.ts'
import { parseBytes, parseSpan, sizeExamples, spanExamples } from '../../shared/model/units.ts'

/** Gives a command the rules of a policy as options; `rulesIn` reads what was said. */
export function addPolicyOptions(command: Command): Command {
  for (const flag of policyFlags) command.addOption(optionOf(flag))
  return command
}

/** The policy that the options of a command say; none of them: `undefined`. @throws AppError USAGE that names the option */
export function rulesIn(options: Readonly<Record<string, unknown>>): Policy | undefined {
  const said = policyFlags.flatMap(({ rule, flag }) => {
    const value = options[attributeOf(flag)]
    return value === undefined ? [] : [[rule, value] as const]
  })
  return said.length === 0 ? undefined : checked(Object.fromEntries(said))
}

function checked(rules: object): Policy {
  const { data, error } = policySchema.safeParse(rules)
  if (data) return data
  const { path, message } = error.issues[0]!
  const flag = policyFlags.find(({ rule }) => rule === path[0])?.flag ?? 'The rules'
  throw new AppError('USAGE', `${flag} cannot be that: ${message}; docs/eviction.md says what it takes.`)
}

/** As commander names it: `--max-age` → `maxAge`. */
function attributeOf(flag: string): string {
  return new Option(flag).attributeName()
}

function optionOf({ flag, value, about }: PolicyFlag): Option {
  switch (value) {
    case 'none':
      return new Option(flag, about)
    case 'span':
      return new Option(`${flag} <span>`, about).argParser(
        reader(parseSpan, `A time span is wanted, such as ${spanExamples}.`),
      )
    case 'size':
      return new Option(`${flag} <size>`, about).argParser(
        reader(parseBytes, `A size is wanted, such as ${sizeExamples}.`),
      )
    case 'count':
      return new Option(`${flag} <n>`, about).argParser(wholeNumber)
    case 'filter':
      return new Option(`${flag} <filter>`, about)
    case 'tag':
      return new Option(`${flag} <tag>`, about).argParser((tag: string, before: string[] | undefined) => [
        ...(before ?? []),
        tag,
      ])
    case 'order':
      return new Option(`${flag} <order>`, about).choices(orders)
  }
}

const orders = policySchema.shape.order.unwrap().options

function reader(parse: (text: string) => number | undefined, wanted: string): (text: string) => number {
  return (text) => {
    const number = parse(text)
    if (number === undefined) throw new InvalidArgumentError(wanted)
    return number
  }
}

/** Of a command's option. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError('A whole number is wanted.')
  return Number(text)
}
