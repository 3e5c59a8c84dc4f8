import { dotted } from '../lenses/names.ts'
import type { ObjectParts } from '../lenses/parts.ts'
import type { DictView, EnumView, View } from '../lenses/view.ts'
import type { DictValue, Value } from '../value/value.ts'
import { arraySteps, bytesJson, maskedSteps, scalarJson } from './json-array.ts'
import type { Rendering, Steps } from './json-steps.ts'
import { cutText, listSteps, pairSteps } from './json-steps.ts'
import { categoricalSteps, frameSteps, indexSteps, seriesSteps, timeJson } from './json-table.ts'
import { jsonComplex, jsonDType, jsonFloat, jsonInt, jsonStr, jsonString } from './json-text.ts'

/** Lists of more items are told by their first ten and the last. */
const wholeItems = 1000
const headItems = 10

/** The rendering of one view; nodes inside are yielded, not rendered. */
export function* viewSteps(rendering: Rendering, view: View): Steps {
  switch (view.kind) {
    case 'list':
      yield* listLike(rendering, view.items)
      break
    case 'tuple':
      yield '{"$tuple":'
      yield* listSteps(rendering, view.items)
      yield '}'
      break
    case 'set':
    case 'frozenset':
      yield* setSteps(rendering, view.kind, view.items)
      break
    case 'dict':
      yield* dictSteps(rendering, view.keys, view.values)
      break
    case 'ordereddict':
    case 'counter':
    case 'defaultdict':
      yield* dictSubclass(rendering, view)
      break
    case 'deque':
      yield `{"$class":"collections.deque","maxlen":${view.maxLength ?? 'null'},"list":`
      yield* listSteps(rendering, view.items)
      yield '}'
      break
    case 'slice':
      yield '{"$slice":'
      yield* listSteps(rendering, [view.start, view.stop, view.step])
      yield '}'
      break
    case 'datetime':
      yield `{"$datetime":{"iso":"${view.iso}"`
      if (view.tzinfo) {
        yield ',"tzinfo":'
        yield { node: view.tzinfo }
      }
      yield view.fold === 1 ? ',"fold":1}}' : '}}'
      break
    case 'enum':
      yield* enumSteps(view)
      break
    case 'ndarray':
      yield* arraySteps(rendering, view)
      break
    case 'masked':
      yield* maskedSteps(rendering, view)
      break
    case 'dataframe':
      yield* frameSteps(rendering, view.table)
      break
    case 'series':
      yield* seriesSteps(rendering, view.table, view.name)
      break
    case 'index':
      yield* indexSteps(rendering, view.index)
      break
    case 'categorical':
      yield* categoricalSteps(rendering, view)
      break
    case 'sparse':
    case 'atoms':
    case 'object':
      yield* objectSteps(rendering, view.parts)
      break
    case 'persistent':
      yield '{"$persistent":'
      yield { node: view.id }
      yield '}'
      break
    default:
      yield leafJson(rendering, view)
  }
}

type Leaf = Exclude<
  View,
  | {
      kind:
        | 'list'
        | 'tuple'
        | 'set'
        | 'frozenset'
        | 'deque'
        | 'slice'
        | 'datetime'
        | 'enum'
        | 'ndarray'
        | 'masked'
    }
  | { kind: 'dataframe' | 'series' | 'index' | 'categorical' | 'sparse' | 'atoms' | 'object' | 'persistent' }
  | DictView
>

/** Views that hold no nodes. */
function leafJson(rendering: Rendering, view: Leaf): string {
  switch (view.kind) {
    case 'none':
      return 'null'
    case 'bool':
      return String(view.value)
    case 'int':
      return jsonInt(view.value)
    case 'float':
      return jsonFloat(view.value)
    case 'complex':
      return jsonComplex(view.real, view.imaginary)
    case 'text':
      return jsonStr(view.value, (bytes) => rendering.hashOf([bytes]) ?? '')
    case 'bytes':
    case 'bytearray':
      return `{"$${view.kind}":${bytesJson(rendering, view.bytes)}}`
    case 'range':
      return `{"$range":[${[view.start, view.stop, view.step].map(jsonInt).join(',')}]}`
    case 'date':
    case 'time':
      return `{"$${view.kind}":"${view.iso}"}`
    case 'timedelta':
      return `{"$timedelta":{"days":${view.days},"seconds":${view.seconds},"microseconds":${view.microseconds}}}`
    case 'timezone':
      return `{"$timezone":{"offset_seconds":${jsonFloat(view.offsetSeconds)},"name":${jsonString(view.name)}}}`
    case 'zoneinfo':
      return `{"$zoneinfo":${jsonString(view.key)}}`
    case 'decimal':
    case 'fraction':
    case 'uuid':
      return `{"$${view.kind}":${jsonString(view.text)}}`
    case 'path':
      return `{"$path":{"class":${jsonString(view.className)},"path":${jsonString(view.path)}}}`
    case 'global':
      return `{"$global":${jsonString(dotted(view))}}`
    case 'lambda':
      return '{"$lambda":true}'
    case 'dtype':
      return `{"$dtype":${jsonDType(view.dtype)}}`
    case 'npscalar':
      return scalarJson(rendering, view.dtype, view.element)
    case 'timestamp':
    case 'pandas-timedelta':
    case 'pandas-constant':
      return timeJson(view)
    case 'outofband':
      return '{"$outofband":true}'
    case 'extension':
      return `{"$extension":${view.code}}`
    default:
      return cutText(view.problem.sentence)
  }
}

function* listLike(rendering: Rendering, items: readonly Value[]): Steps {
  if (items.length <= wholeItems) {
    yield* listSteps(rendering, items)
    return
  }
  yield `{"$list":{"length":${items.length},"first":`
  yield* listSteps(rendering, items.slice(0, headItems))
  yield ',"last":'
  yield { node: items.at(-1)! }
  yield '}}'
}

/** Sorted by the rendering of the items, so that the same set always reads the same. */
function* setSteps(rendering: Rendering, kind: 'set' | 'frozenset', items: readonly Value[]): Steps {
  const texts: string[] = []
  for (const captured of items) {
    if (rendering.spent) {
      texts.push(cutText(rendering.spent))
      break
    }
    texts.push((yield { captured }) ?? '')
  }
  yield `{"$${kind}":[`
  for (const [i, text] of texts.toSorted().entries()) yield i > 0 ? ',' + text : text
  yield ']}'
}

/** An object where the keys allow it, else pairs. Of equal keys Python keeps the first place and the last value. */
function* dictSteps(rendering: Rendering, keys: readonly Value[], values: readonly Value[]): Steps {
  const places = plainKeys(keys)
  if (!places) {
    yield '{"$dict":'
    yield* pairSteps(rendering, keys, values)
    yield '}'
    return
  }
  yield '{'
  let separator = ''
  for (const [key, at] of places) {
    if (rendering.spent) {
      yield `${separator}"$cut":${jsonString(rendering.spent)}`
      break
    }
    yield `${separator}${jsonString(key)}:`
    yield { node: values[at]! }
    separator = ','
  }
  yield '}'
}

/** Key → place of its value; `undefined` if a key is no text or begins with `$`. */
function plainKeys(keys: readonly Value[]): Map<string, number> | undefined {
  const places = new Map<string, number>()
  for (const [i, key] of keys.entries()) {
    if (key.kind !== 'str' || key.value.startsWith('$')) return undefined
    places.set(key.value, i)
  }
  return places
}

const dictClasses = { ordereddict: 'OrderedDict', counter: 'Counter', defaultdict: 'defaultdict' } as const

function* dictSubclass(rendering: Rendering, view: DictView): Steps {
  if (view.kind === 'dict') return
  yield `{"$class":"collections.${dictClasses[view.kind]}"`
  if (view.kind === 'defaultdict') {
    yield ',"default_factory":'
    yield view.factory ? { node: view.factory } : 'null'
  }
  yield ',"items":'
  yield* pairSteps(rendering, view.keys, view.values)
  yield '}'
}

/** The value where it is stored, else the members' names. */
function* enumSteps(view: EnumView): Steps {
  yield `{"$enum":{"class":${jsonString(dotted(view.className))}`
  if (view.value) {
    yield ',"value":'
    yield { node: view.value }
  } else {
    yield `,"names":[${(view.names ?? []).map(jsonString).join(',')}]`
  }
  yield '}}'
}

/** What `__reduce_ex__` gave to pickle: the class or function, and what it is filled with. */
function* objectSteps(rendering: Rendering, parts: ObjectParts): Steps {
  const { how, name, callee, args, kwargs, state, listItems, dictKeys, dictValues } = parts
  yield how === 'class' ? '{"$class":' : how === 'function' ? '{"$reduce":' : '{"$change":'
  yield name && how !== 'change' ? jsonString(dotted(name)) : { node: callee }
  if (kwargs && kwargs.keys.length > 0) yield* keywordSteps(rendering, kwargs)
  if (args.length > 0) {
    yield ',"args":'
    yield* listSteps(rendering, args)
  }
  if (state) {
    yield ',"state":'
    yield { node: state }
  }
  if (listItems && listItems.length > 0) {
    yield ',"listitems":'
    yield* listSteps(rendering, listItems)
  }
  if (dictKeys && dictKeys.length > 0) {
    yield ',"dictitems":'
    yield* pairSteps(rendering, dictKeys, dictValues ?? [])
  }
  yield '}'
}

function* keywordSteps(rendering: Rendering, kwargs: DictValue): Steps {
  yield ',"kwargs":'
  yield* dictSteps(rendering, kwargs.keys, kwargs.values)
}
