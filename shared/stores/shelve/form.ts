import { pathForm } from '../../model/store-form.ts'

export const shelveForm = pathForm(
  'shelve',
  {
    label: 'File',
    placeholder: '/home/you/cache.shlv',
    help: 'As it was given to shelve.open: endings such as .db, .dat and .dir may be left out',
  },
  [
    {
      name: 'format',
      label: 'Format',
      type: 'choice',
      required: false,
      place: 'option',
      choices: [
        { value: '', label: 'As the file says' },
        { value: 'dumb', label: 'dbm.dumb' },
        { value: 'gnu', label: 'dbm.gnu (gdbm)' },
        { value: 'ndbm', label: 'dbm.ndbm (Berkeley DB)' },
        { value: 'sqlite3', label: 'dbm.sqlite3 (Python 3.13)' },
      ],
    },
  ],
)
