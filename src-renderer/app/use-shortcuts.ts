import { useEffect } from 'react'
import { isMac } from '../ui/platform.ts'
import { commandOf, isTyping, type CommandId } from './keymap.ts'

/** Runs commands by their keys, unless a text field or an open dialog wants them. */
export function useShortcuts(run: (id: CommandId) => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector('[role="dialog"][aria-modal="true"]')) return
      const target = event.target
      const isField = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement
      if (isField && (isTyping(event) || event.key === 'Delete')) return
      const command = commandOf(event, isMac)
      if (command === undefined) return
      event.preventDefault()
      run(command)
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [run])
}

const focusable = 'input, button, [tabindex="0"]'

/** Sidebar, filter, entries, inspector, and around again. */
export function goToNextRegion(): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')]
  const current = regions.findIndex((region) => region.contains(document.activeElement))
  const next = regions[(current + 1) % regions.length]
  const target = next?.matches(focusable) ? next : next?.querySelector<HTMLElement>(focusable)
  target?.focus()
}
