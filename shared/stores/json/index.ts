import { pathForm } from '../../model/store-form.ts'
import type { StoreType } from '../contract.ts'
import { detectFolder } from '../folder/detect.ts'
import type { FolderLayout } from '../folder/layout.ts'
import { openFolderStore } from '../folder/open.ts'

/** `cache/ab/abcdef….json`: what pycse's `JsonCache` writes, with a `Filestore.json` that is no entry. */
const layout: FolderLayout = {
  kind: 'json',
  suffix: '.json',
  values: 'json',
  ownFiles: new Map([['Filestore.json', '[]']]),
}

export const jsonStoreType: StoreType = {
  kind: 'json',
  title: 'JSON files',
  scheme: 'json',
  form: pathForm('json', {
    label: 'Folder',
    placeholder: '/home/you/project/cache',
    help: 'The folder that holds the entries and Filestore.json',
  }),
  detect: async (path) => detectFolder(layout, path),
  open: async (location, options) => openFolderStore(layout, location, options),
}
