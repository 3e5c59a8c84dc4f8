/**
 * What a person fills in to name a cache of one kind, as data: a dialog is drawn from it, and the URL that it
 * stands for is made of the values and read back into them.
 */
export interface StoreForm {
  /** The schemes of its URLs; the first is the kind's own. */
  readonly schemes: readonly string[]
  /** `scheme://user:password@host:port/step?option` in place of `scheme:path?option`. */
  readonly isServer: boolean
  /** In the order in which they are shown. */
  readonly fields: readonly FormField[]
}

export interface FormField {
  readonly name: string
  readonly label: string
  readonly type: 'path' | 'text' | 'number' | 'password' | 'choice'
  readonly required: boolean
  /** Where its value stands in the URL; an option has the field's name. */
  readonly place: 'scheme' | 'path' | 'host' | 'port' | 'user' | 'password' | 'step' | 'option'
  readonly placeholder?: string
  readonly help?: string
  /** Of a `choice`; the first is chosen at the beginning. */
  readonly choices?: readonly { readonly value: string; readonly label: string }[]
  /** Asked for only while another field has one of these values. */
  readonly when?: { readonly field: string; readonly in: readonly string[] }
  /** Rarely needed: folded away at first. */
  readonly isAdvanced?: boolean
}

/** Values by the fields' names; absent and empty are the same. */
export type FormValues = Readonly<Record<string, string>>

/** The form of a cache that is a path and nothing more. */
export function pathForm(
  scheme: string,
  path: Partial<FormField> = {},
  options: readonly FormField[] = [],
): StoreForm {
  const field: FormField = {
    name: 'path',
    label: 'Path',
    type: 'path',
    required: true,
    place: 'path',
    ...path,
  }
  return { schemes: [scheme], isServer: false, fields: [field, ...options] }
}

/** The fields that are asked for under these values. */
export function shownFields(form: StoreForm, values: FormValues): FormField[] {
  return form.fields.filter(({ when }) => {
    if (!when) return true
    const other = form.fields.find(({ name }) => name === when.field)
    return when.in.includes(valueOf(other, values))
  })
}

/** Names of the required fields that have no value. */
export function missingFields(form: StoreForm, values: FormValues): FormField[] {
  return shownFields(form, values).filter((field) => field.required && valueOf(field, values) === '')
}

/** The URL that the values stand for. Of values that are missing it is the beginning. */
export function formatStoreUrl(form: StoreForm, values: FormValues): string {
  const shown = shownFields(form, values)
  const at = (place: FormField['place']): string =>
    shown.filter((field) => field.place === place).map((field) => valueOf(field, values))[0] ?? ''
  const scheme = at('scheme') || form.schemes[0]!
  const query = formatOptions(shown, values)
  if (!form.isServer) return `${scheme}:${at('path')}${query}`
  const password = at('password')
  const user = `${encodeURIComponent(at('user'))}${password === '' ? '' : `:${encodeURIComponent(password)}`}`
  const steps = shown
    .filter(({ place }) => place === 'step')
    .map((field) => encodeURIComponent(valueOf(field, values)))
  const path = steps.some((step) => step !== '') ? `/${steps.filter((step) => step !== '').join('/')}` : ''
  return `${scheme}://${user === '' ? '' : `${user}@`}${formatHost(at('host'), at('port'))}${path}${query}`
}

/** The values that a URL stands for; `undefined` where the form cannot express it. */
export function parseStoreUrl(form: StoreForm, url: string): FormValues | undefined {
  const [, scheme, behind] = /^([a-z][a-z0-9+]+):(.*)$/s.exec(url.trim()) ?? []
  if (scheme === undefined || behind === undefined || !form.schemes.includes(scheme)) return undefined
  const values = new Map<string, string>()
  const put = (field: FormField | undefined, value: string): boolean => {
    if (field && value !== '') values.set(field.name, value)
    return field !== undefined || value === ''
  }
  put(
    form.fields.find(({ place }) => place === 'scheme'),
    scheme,
  )
  const mark = form.isServer ? behind.indexOf('?') : behind.lastIndexOf('?')
  const path = mark < 0 ? behind : behind.slice(0, mark)
  const fields = (): FormField[] => shownFields(form, Object.fromEntries(values))
  const field = (wanted: FormField['place']): FormField | undefined =>
    fields().find(({ place }) => place === wanted)
  const isRead = form.isServer ? readServer(path, field, fields, put) : put(field('path'), path)
  if (!isRead || !readOptions(mark < 0 ? '' : behind.slice(mark + 1), fields, put)) return undefined
  return Object.fromEntries(values)
}

function valueOf(field: FormField | undefined, values: FormValues): string {
  if (!field) return ''
  const value = Object.hasOwn(values, field.name) ? values[field.name]! : ''
  return (field.type === 'password' ? value : value.trim()) || (field.choices?.[0]?.value ?? '')
}

function formatOptions(shown: readonly FormField[], values: FormValues): string {
  const parts = shown
    .filter(({ place }) => place === 'option')
    .map((field) => [field.name, valueOf(field, values)] as const)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

/** Several hosts are kept as they are, without blanks; an address of IPv6 gets its brackets. */
function formatHost(host: string, port: string): string {
  const hosts = host.replaceAll(/\s+/g, '')
  const isBare = /^[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*$/i.test(hosts)
  return `${isBare ? `[${hosts}]` : hosts}${port === '' ? '' : `:${port}`}`
}

type Put = (field: FormField | undefined, value: string) => boolean

function readServer(
  text: string,
  field: (place: FormField['place']) => FormField | undefined,
  fields: () => FormField[],
  put: Put,
): boolean {
  const match = /^\/\/(?:(.*)@)?([^/@]*)(?:\/(.*))?$/s.exec(text)
  if (!match) return false
  const [, user = '', hosts = '', steps = ''] = match
  const colon = user.indexOf(':')
  // A single host, an address of IPv6 in its brackets; several hosts stay one text.
  const single = field('port') && /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(hosts)
  if (single === null) return false
  const host = single ? (single[1] ?? single[2] ?? '') : hosts
  const stepFields = fields().filter(({ place }) => place === 'step')
  const stepValues = steps.split('/').filter((step) => step !== '')
  return (
    stepValues.length <= stepFields.length &&
    put(field('user'), decode(colon < 0 ? user : user.slice(0, colon))) &&
    put(field('password'), colon < 0 ? '' : decode(user.slice(colon + 1))) &&
    put(field('host'), host) &&
    put(field('port'), single?.[3] ?? '') &&
    stepValues.every((step, index) => put(stepFields[index], decode(step)))
  )
}

function readOptions(text: string, fields: () => FormField[], put: Put): boolean {
  return text
    .split('&')
    .filter((part) => part !== '')
    .every((part) => {
      const equals = part.indexOf('=')
      const name = decodeOption(equals < 0 ? part : part.slice(0, equals))
      const field = fields().find((each) => each.place === 'option' && each.name === name)
      return put(field, equals < 0 ? '' : decodeOption(part.slice(equals + 1))) && field !== undefined
    })
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** In the options a plus is a blank, as in the address of a web page. */
function decodeOption(text: string): string {
  return decode(text.replaceAll('+', ' '))
}
