import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/**
 * The most memory that a process and all that it started have had, in bytes: the sum of their high-water marks
 * (`VmHWM`), so that no moment between two samples is missed. Linux only.
 */
export function mostMemory(pid: number): number {
  const marks = processesOf(pid).map((one) => {
    const status = readFileSync(`/proc/${one}/status`, 'utf8')
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
  })
  return marks.reduce((sum, mark) => sum + mark, 0)
}

/** Lets the marks begin again at what the processes have now. */
export function forgetMostMemory(pid: number): void {
  for (const one of processesOf(pid)) writeFileSync(`/proc/${one}/clear_refs`, '5')
}

function processesOf(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap(processesOf)]
}
