import { pathForm } from '../../model/store-form.ts'
import type { FormField } from '../../model/store-form.ts'

const name = (
  field: Pick<FormField, 'name' | 'label' | 'placeholder' | 'help' | 'isAdvanced'>,
): FormField => ({
  type: 'text',
  required: false,
  place: 'option',
  ...field,
})

export const sqliteForm = pathForm('sqlite', { label: 'File', placeholder: '/home/you/cache.sqlite' }, [
  name({ name: 'table', label: 'Table', placeholder: 'found by its columns' }),
  name({ name: 'key', label: 'Key column', placeholder: 'found by its name', isAdvanced: true }),
  name({ name: 'value', label: 'Value column', placeholder: 'found by its name', isAdvanced: true }),
])
