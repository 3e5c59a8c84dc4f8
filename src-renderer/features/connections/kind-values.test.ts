import { expect, test } from 'vitest'
import type { StoreForm } from '../../../shared/model/store-form.ts'
import { valuesOfAddress } from './kind-values.ts'

const form: StoreForm = {
  schemes: ['redis'],
  isServer: true,
  fields: [
    { name: 'host', label: 'Host', type: 'text', required: true, place: 'host' },
    { name: 'user', label: 'User', type: 'text', required: false, place: 'user' },
    { name: 'password', label: 'Password', type: 'password', required: false, place: 'password' },
  ],
}
const before = { host: 'h', user: 'ana', password: 'geheim' }

test('an edited address keeps the password that it hides, and takes one that it shows', () => {
  expect(valuesOfAddress(form, 'redis://ana:***@other', before)).toEqual({ ...before, host: 'other' })
  expect(valuesOfAddress(form, 'redis://ana:neu@h', before)).toEqual({ ...before, password: 'neu' })
  expect(valuesOfAddress(form, 'redis://ana@h', before)).toEqual({ host: 'h', user: 'ana' })
  expect(valuesOfAddress(form, 'redis://:***@h', {})).toEqual({ host: 'h', password: '' })
  expect(valuesOfAddress(form, 'http://h', before)).toBeUndefined()
})
