import { pathForm } from '../../model/store-form.ts'
import type { StoreType } from '../contract.ts'
import { detectFolder } from '../folder/detect.ts'
import type { FolderLayout } from '../folder/layout.ts'
import { openFolderStore } from '../folder/open.ts'

/** `cache/ab/abcdef…`: what `pycse.hashcache` writes by default, each file a joblib pickle with any compressor. */
const layout: FolderLayout = { kind: 'fs', suffix: '', values: 'pickle', ownFiles: new Map() }

export const fsStoreType: StoreType = {
  kind: 'fs',
  title: 'Files',
  scheme: 'fs',
  form: pathForm('fs', {
    label: 'Folder',
    placeholder: '/home/you/project/cache',
    help: 'The folder that holds the entries, often named cache',
  }),
  detect: async (path) => detectFolder(layout, path),
  open: async (location, options) => openFolderStore(layout, location, options),
}
