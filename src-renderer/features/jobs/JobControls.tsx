import { Button, Menu } from '@mantine/core'
import {
  IconArrowBackUp,
  IconChevronDown,
  IconDownload,
  IconLockOpen,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefresh,
  IconTrash,
} from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Job } from '../../../shared/api/jobs.ts'
import { useDesk } from '../../app/desk.ts'
import { manifestAddress, reportAddress } from '../../client/jobs.ts'
import { lockStore } from '../../client/locations.ts'
import { putConnection } from '../../client/queries.ts'
import { countOf } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { useOpenStore } from '../connections/use-open-store.ts'
import classes from './JobDetail.module.css'
import { useJobCommands } from './use-job-commands.ts'
import { isUnderWay } from './words.ts'

/** What can be done with a job now. Nothing here asks twice: what a run does can be taken back. */
export function JobControls({ job }: { job: Job }) {
  const { command, replan, forget, error } = useJobCommands(job.id)
  const isBusy = command.isPending
  const hasRun = job.startedAtMs !== undefined
  return (
    <div className={classes.controls}>
      {job.canRun ? <RunButton job={job} isBusy={isBusy} onRun={() => command.mutate('run')} /> : null}
      {job.state === 'refused' ? <ReplanButton job={job} replan={replan} /> : null}
      {!job.plan && !isUnderWay(job) ? <PlanAgainButton replan={replan} /> : null}
      {job.state === 'running' ? (
        <Button
          leftSection={<IconPlayerPause size={14} />}
          loading={isBusy}
          onClick={() => command.mutate('pause')}
        >
          Pause
        </Button>
      ) : null}
      {isUnderWay(job) || job.state === 'paused' ? (
        <Button
          leftSection={<IconPlayerStop size={14} />}
          loading={isBusy}
          onClick={() => command.mutate('cancel')}
        >
          Cancel
        </Button>
      ) : null}
      {job.canUndo && !isUnderWay(job) ? (
        <Button
          leftSection={<IconArrowBackUp size={14} />}
          loading={isBusy}
          onClick={() => command.mutate('undo')}
        >
          Undo…
        </Button>
      ) : null}
      {job.undoneBy === undefined ? null : <UndoneBy id={job.undoneBy} />}
      {hasRun ? (
        <Download
          title="Report"
          what="What became of each entry, and why"
          href={reportAddress(job.id)}
          name={`${job.id}.ndjson`}
        />
      ) : null}
      {job.kind === 'migrate' && job.state === 'done' ? (
        <Download
          title="Manifest"
          what="What was written, with its digests, to be checked against the target"
          href={manifestAddress(job.id)}
          name={`${job.id}.manifest.ndjson`}
        />
      ) : null}
      <OpenTarget job={job} />
      <span className={classes.room} />
      {isUnderWay(job) ? null : (
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconTrash size={14} />}
          loading={forget.isPending}
          onClick={() => forget.mutate()}
        >
          Forget
        </Button>
      )}
      {error ? (
        <p className={classes.problem} role="alert">
          {visibleText(refusalWords(job, error))}
        </p>
      ) : null}
    </div>
  )
}

/** What stopped the job is said above already. */
function refusalWords({ problem }: Job, { message }: Error): string {
  return problem?.sentence.startsWith(message) === true
    ? 'It cannot go on yet: the same is still in the way.'
    : message
}

function Download({ title, what, href, name }: { title: string; what: string; href: string; name: string }) {
  return (
    <Button
      component="a"
      href={href}
      download={name}
      title={what}
      variant="subtle"
      color="gray"
      leftSection={<IconDownload size={14} />}
    >
      {title}
    </Button>
  )
}

/** An open cache must be unlocked before a job writes to it; one button does both. */
function RunButton({ job, isBusy, onRun }: { job: Job; isBusy: boolean; onRun: () => void }) {
  const { stores } = useDesk()
  const client = useQueryClient()
  const store = stores.find(({ location }) => location === job.store.location)
  const unlock = useMutation({
    mutationFn: async (id: string) => putConnection(client, await lockStore(id, true)),
  })
  const isLocked = store !== undefined && !store.writable
  const words =
    job.startedAtMs === undefined ? verbOf(job, countOf(job.planned.entries, 'entry', 'entries')) : 'Resume'
  if (job.planned.entries === 0 && job.startedAtMs === undefined) return null
  const run = (): void => {
    if (isLocked) void unlock.mutateAsync(store.id).then(onRun, () => undefined)
    else onRun()
  }
  return (
    <>
      <Button
        variant="filled"
        leftSection={isLocked ? <IconLockOpen size={14} /> : <IconPlayerPlay size={14} />}
        loading={isBusy || unlock.isPending}
        title={
          isLocked ? `${store.label} is read-only; this unlocks it for writing until it is closed` : undefined
        }
        onClick={run}
      >
        {isLocked ? `Unlock and ${words.charAt(0).toLowerCase()}${words.slice(1)}` : words}
      </Button>
      {unlock.error ? (
        <p className={classes.problem} role="alert">
          {visibleText(unlock.error.message)}
        </p>
      ) : null}
    </>
  )
}

function verbOf({ kind }: Job, count: string): string {
  if (kind === 'migrate') return `Write ${count}`
  if (kind === 'undo') return `Take back ${count}`
  return `Move ${count} to the trash`
}

type Replan = ReturnType<typeof useJobCommands>['replan']

/** Of a plan that could not be made, or was cut off: once what was in the way is mended. */
function PlanAgainButton({ replan }: { replan: Replan }) {
  return (
    <Button
      variant="filled"
      leftSection={<IconRefresh size={14} />}
      loading={replan.isPending}
      onClick={() => replan.mutate({})}
    >
      Plan again
    </Button>
  )
}

const conflictChoices = [
  ['skip', 'Leave the target’s value'],
  ['overwrite', 'Overwrite (the old one goes to the trash)'],
  ['newest', 'Keep the newer'],
  ['fastest', 'Keep what took longer to compute'],
  ['keep-both', 'Keep both, under another key'],
  ['ask', 'Decide one by one'],
] as const

/** The choice that a refused plan waits for. */
function ReplanButton({ job, replan }: { job: Job; replan: Replan }) {
  const needs = job.plan?.needs
  if (needs === 'acceptLoss' || needs === 'acceptLimits') {
    return (
      <Button variant="filled" loading={replan.isPending} onClick={() => replan.mutate({ [needs]: true })}>
        {needs === 'acceptLoss' ? 'Accept what is lost and plan again' : 'Plan it all the same'}
      </Button>
    )
  }
  if (needs !== 'onConflict') return null
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="filled" loading={replan.isPending} rightSection={<IconChevronDown size={13} />}>
          Decide conflicts
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {conflictChoices.map(([rule, title]) => (
          <Menu.Item key={rule} onClick={() => replan.mutate({ onConflict: rule })}>
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function UndoneBy({ id }: { id: string }) {
  const { place, navigate } = useDesk()
  return (
    <button
      type="button"
      className={classes.link}
      onClick={() => navigate({ options: { ...place.options, job: id, new: '' } })}
    >
      Taken back by {id}
    </button>
  )
}

/** The way on from a finished migration. */
function OpenTarget({ job }: { job: Job }) {
  const { stores, navigate } = useDesk()
  const open = useOpenStore(() => navigate({ view: 'entries' }))
  if (job.kind !== 'migrate' || job.state !== 'done') return null
  const isOpen = stores.some(({ location }) => location === job.store.location)
  return (
    <Button
      loading={open.isPending}
      onClick={() =>
        isOpen
          ? navigate({ view: 'entries', store: job.store.location, query: '', entry: undefined })
          : open.mutate({ location: job.store.location, kind: job.store.kind })
      }
    >
      {isOpen ? 'Show the result' : 'Open the result'}
    </Button>
  )
}
