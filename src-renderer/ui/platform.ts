/** Whether shortcuts use Cmd: a fact of the keyboard at hand, not of the engine's machine. */
export const isMac = navigator.platform.startsWith('Mac')
