import type { TreeNode } from '../../shared/api/contract.ts'

export type TypeFamily = TreeNode['family']

const families: readonly (readonly [TypeFamily, RegExp])[] = [
  [
    'array',
    /^(ndarray|matrix|memmap|recarray|MaskedArray|masked_array|masked|csr_\w+|csc_\w+|coo_\w+|Tensor)$/,
  ],
  ['table', /^(DataFrame|Series|Index|\w+Index|Categorical)$/],
  ['scalar', /^(int|float|bool|complex|None|NoneType|Decimal|Fraction|u?int\d+|float\d+|complex\d+|bool_)$/],
  ['text', /^(str|str_)$/],
  ['bytes', /^(bytes|bytearray|memoryview)$/],
  ['container', /^(dict|list|tuple|set|frozenset|OrderedDict|defaultdict|Counter|deque|range|slice)$/],
  ['time', /^(datetime|date|time|timedelta|Timestamp|Timedelta|datetime64|timedelta64|timezone|ZoneInfo)$/],
]

/** Colour family of a type's short name, for rows of the grid, which carry only the name. */
export function familyOf(type: string): TypeFamily {
  const name = type.slice(type.lastIndexOf('.') + 1)
  return families.find(([, names]) => names.test(name))?.[0] ?? 'object'
}
