import { pathForm } from '../../model/store-form.ts'

export const lmdbForm = pathForm(
  'lmdb',
  {
    label: 'Folder or file',
    placeholder: '/home/you/cache.lmdb',
    help: 'A folder with data.mdb in it, or an environment that is a single file',
  },
  [
    {
      name: 'db',
      label: 'Sub-database',
      type: 'text',
      required: false,
      place: 'option',
      placeholder: 'the main database',
      help: 'Its name, where the file has several',
    },
  ],
)
