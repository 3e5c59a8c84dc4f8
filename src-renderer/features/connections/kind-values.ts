import { useState } from 'react'
import { hasHiddenSecrets } from '../../../shared/model/secrets.ts'
import { parseStoreUrl, type FormValues, type StoreForm } from '../../../shared/model/store-form.ts'

/** What is filled in for each kind, kept while another kind is looked at. */
export function useKindValues() {
  const [values, setValues] = useState<Readonly<Record<string, FormValues>>>({})
  return {
    of: (kind: string): FormValues => values[kind] ?? {},
    set: (kind: string, next: FormValues): void => setValues({ ...values, [kind]: next }),
    /** Fills in what is still empty. */
    offer: (kind: string, offered: FormValues): void =>
      setValues({ ...values, [kind]: { ...offered, ...values[kind] } }),
  }
}

/**
 * The values that an edited address stands for. A password that the address hides stays as it was.
 * `undefined`: the form cannot say it.
 */
export function valuesOfAddress(
  form: StoreForm,
  address: string,
  before: FormValues,
): FormValues | undefined {
  const values = parseStoreUrl(form, address)
  if (!values || !hasHiddenSecrets(address.trim())) return values
  const isHidden = (name: string, value: string): boolean =>
    value === '***' && form.fields.some((field) => field.name === name && field.type === 'password')
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      isHidden(name, value) ? (before[name] ?? '') : value,
    ]),
  )
}
