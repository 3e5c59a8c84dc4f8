/**
 * Every command that a key or the palette can run: its words and its keys.
 * `Mod` is Ctrl, on macOS Cmd. Keys of the grid and the tree themselves (arrows,
 * Space, Home …) belong to the WAI-ARIA patterns and are listed for the help only.
 */
export const keymap = {
  palette: {
    title: 'Go to a command, function or key',
    section: 'General',
    keys: ['Mod+K', 'Mod+Shift+P', 'F1'],
  },
  keys: { title: 'Show the keys', section: 'General', keys: ['?'] },
  open: { title: 'Open a cache…', section: 'Caches', keys: ['Mod+O'] },
  refresh: { title: 'Look for changes in this cache', section: 'Caches', keys: ['F5'] },
  lock: { title: 'Unlock this cache for writing, or lock it', section: 'Caches', keys: [] },
  close: { title: 'Close this cache', section: 'Caches', keys: [] },
  copyLocation: { title: 'Copy the path of this cache', section: 'Caches', keys: [] },
  focusFilter: { title: 'Filter entries', section: 'Entries', keys: ['Mod+F', '/'] },
  clearFilter: { title: 'Clear the filter', section: 'Entries', keys: [] },
  damaged: { title: 'Show damaged entries', section: 'Entries', keys: [] },
  selectAll: { title: 'Select all entries that match', section: 'Entries', keys: ['Mod+Shift+A'] },
  clearSelection: { title: 'Clear the selection', section: 'Entries', keys: [] },
  copyKeys: { title: 'Copy the keys of the selection', section: 'Entries', keys: ['Mod+Shift+C'] },
  copyCall: { title: 'Copy the call', section: 'Entries', keys: [] },
  copyCommand: { title: 'Copy the command line that shows this entry', section: 'Entries', keys: [] },
  sameFunction: { title: 'Show entries of the same function', section: 'Entries', keys: [] },
  tag: { title: 'Tags of the selected entries…', section: 'Entries', keys: ['T'] },
  compare: { title: 'Compare the two selected entries', section: 'Entries', keys: ['Mod+D'] },
  compareWith: { title: 'Compare this entry with…', section: 'Entries', keys: [] },
  compareCaches: { title: 'Compare this cache with another', section: 'Caches', keys: [] },
  evict: { title: 'Evict the selected entries…', section: 'Entries', keys: ['Delete'] },
  migrate: { title: 'Migrate the selected entries, or the whole cache…', section: 'Entries', keys: [] },
  clean: { title: 'Clean up by rules…', section: 'Caches', keys: [] },
  verify: { title: 'Verify this cache', section: 'Caches', keys: [] },
  viewEntries: { title: 'Go to the entries', section: 'View', keys: [] },
  viewJobs: { title: 'Go to the jobs', section: 'View', keys: [] },
  viewTrash: { title: 'Go to the trash', section: 'View', keys: [] },
  toggleInspector: { title: 'Show or hide the inspector', section: 'View', keys: ['Mod+I'] },
  toggleSidebar: { title: 'Show or hide the sidebar', section: 'View', keys: ['Mod+B'] },
  nextRegion: { title: 'Go to the next part of the window', section: 'View', keys: ['F6'] },
  output: { title: 'Inspector: output', section: 'View', keys: ['Alt+1'] },
  metadata: { title: 'Inspector: metadata', section: 'View', keys: ['Alt+2'] },
  arguments: { title: 'Inspector: arguments', section: 'View', keys: ['Alt+3'] },
  json: { title: 'Inspector: JSON', section: 'View', keys: ['Alt+4'] },
  raw: { title: 'Inspector: raw facts', section: 'View', keys: ['Alt+5'] },
  trust: { title: 'Inspector: what loading this would do', section: 'View', keys: ['Alt+6'] },
  why: { title: 'Inspector: why this key', section: 'View', keys: ['Alt+7'] },
  bytes: { title: 'Inspector: bytes and opcodes', section: 'View', keys: ['Alt+8'] },
  copyLink: { title: 'Copy a link to this view', section: 'View', keys: [] },
  copyViewCommand: { title: 'Copy this view as a command line', section: 'View', keys: [] },
  viewTrust: { title: 'Go to what loading this cache would do', section: 'View', keys: [] },
  viewCompare: { title: 'Go to the comparison', section: 'View', keys: [] },
  themeLight: { title: 'Light theme', section: 'View', keys: [] },
  themeDark: { title: 'Dark theme', section: 'View', keys: [] },
  themeSystem: { title: 'Theme of the system', section: 'View', keys: [] },
  timeZone: { title: 'Switch between local time and UTC', section: 'View', keys: [] },
} as const satisfies Record<string, Binding>

export interface Binding {
  readonly title: string
  readonly section: 'General' | 'Caches' | 'Entries' | 'View'
  readonly keys: readonly string[]
}

export type CommandId = keyof typeof keymap
export const commandIds = Object.keys(keymap) as CommandId[]

/** Keys that grid and tree know by themselves, for the help. */
export const patternKeys: readonly { title: string; keys: readonly string[] }[] = [
  { title: 'Move', keys: ['↑', '↓', 'PgUp', 'PgDn'] },
  { title: 'First, last row', keys: ['Mod+Home', 'Mod+End'] },
  { title: 'Between columns', keys: ['←', '→', 'Home', 'End'] },
  { title: 'Extend the selection', keys: ['Shift+↑', 'Shift+↓'] },
  { title: 'Select, deselect', keys: ['Space', 'Mod+A'] },
  { title: 'Copy the cell', keys: ['Mod+C'] },
  { title: 'Go to the inspector and back', keys: ['Enter', 'Esc'] },
  { title: 'In values: unfold, fold', keys: ['→', '←'] },
  { title: 'In values: find, next hit, previous', keys: ['Mod+F', 'F3', 'Shift+F3'] },
]

export interface KeyEventLike {
  readonly key: string
  readonly code: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
}

/** The command bound to a key event, if any. */
export function commandOf(event: KeyEventLike, isMac: boolean): CommandId | undefined {
  return commandIds.find((id) => keymap[id].keys.some((keys) => matches(event, keys, isMac)))
}

function matches(event: KeyEventLike, keys: string, isMac: boolean): boolean {
  const parts = keys.split('+')
  const key = parts.pop() ?? ''
  const needsMod = parts.includes('Mod')
  const mod = isMac ? event.metaKey : event.ctrlKey
  const otherMod = isMac ? event.ctrlKey : event.metaKey
  if (mod !== needsMod || otherMod || event.altKey !== parts.includes('Alt')) return false
  // The Shift that makes a sign (?) is not part of the shortcut; with Alt the key is a letter of the layout.
  if (/^[a-z]$/i.test(key) || key.startsWith('F')) {
    return event.shiftKey === parts.includes('Shift') && event.key.toLowerCase() === key.toLowerCase()
  }
  return event.key === key || (event.altKey && event.code === `Digit${key}`)
}

/** True for keys that type something, which a text field must get. */
export function isTyping(event: KeyEventLike): boolean {
  return event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey
}

const macSigns: Readonly<Record<string, string>> = { Mod: '⌘', Shift: '⇧', Alt: '⌥' }

/** Keys as they are printed on the keyboard at hand: `['Ctrl', 'K']`. */
export function printedKeys(keys: string, isMac: boolean): string[] {
  return keys.split('+').map((part) => (isMac ? macSigns[part] : part === 'Mod' ? 'Ctrl' : undefined) ?? part)
}
