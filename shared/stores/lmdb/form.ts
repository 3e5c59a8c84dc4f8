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
    {
      name: 'map_size',
      label: 'Largest map',
      type: 'text',
      required: false,
      place: 'option',
      placeholder: 'grows as it must',
      help: 'The map_size of your Python programs (1GB, 10485760): jobs write no more than they can open',
    },
  ],
)
