import { AppError } from '../../../../shared/model/errors.ts'
import { replying } from '../reply.ts'

let tasks = 0

/** A worker that does what no worker should, as told. Answers how many tasks its thread has had. */
export default replying((how: 'work' | 'refuse' | 'hang' | 'exit' | 'eat'): number => {
  tasks++
  if (how === 'refuse') throw new AppError('DAMAGED', 'No.', { data: { offset: 3 } })
  if (how === 'exit') process.exit(7)
  if (how === 'hang') for (;;) Math.random()
  const eaten: number[][] = []
  if (how === 'eat') for (;;) eaten.push(Array.from({ length: 100_000 }, () => Math.random()))
  return tasks
})
