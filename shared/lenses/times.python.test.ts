import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

import { MemorySource } from '../model/source.ts'
import { readPickle } from '../pickle/read.ts'
import { python } from '../testing/python.ts'
import { viewOf } from './view-of.ts'

/** Random moments in time zones, many of them in the hours when clocks are put back or forward. */
const script = `
import base64, datetime, json, pickle, random, sys, zoneinfo
R = random.Random(5)
keys = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'America/Sao_Paulo', 'Pacific/Apia', 'Etc/GMT+5']
out = []
for i in range(3000):
    key = R.choice(keys)
    zone = R.choice([zoneinfo.ZoneInfo(key), zoneinfo.ZoneInfo(key), datetime.timezone(datetime.timedelta(microseconds=R.randrange(-86399999999, 86399999999)))])
    base = datetime.datetime(R.randrange(1971, 2037), R.randrange(1, 13), R.randrange(1, 29), R.randrange(24), R.randrange(60), R.randrange(60), R.choice([0, 1, 999999]))
    if R.random() < 0.7:
        utc = base.replace(tzinfo=datetime.timezone.utc)
        z = zoneinfo.ZoneInfo(key)
        step = datetime.timedelta(days=1)
        for _ in range(400):
            if utc.astimezone(z).utcoffset() != (utc + step).astimezone(z).utcoffset(): break
            utc += step
        base = (utc + datetime.timedelta(hours=R.randrange(-3, 30), minutes=R.randrange(60))).astimezone(z).replace(tzinfo=None) + datetime.timedelta(minutes=R.choice([0, 30, -30, 60]))
    value = base.replace(tzinfo=zone, fold=R.randrange(2))
    out.append([base64.b64encode(pickle.dumps(value, R.choice([4, 5]))).decode(), value.isoformat(), value.fold])
    t = value.timetz()
    out.append([base64.b64encode(pickle.dumps(t, 4)).decode(), t.isoformat(), t.fold])
json.dump(out, sys.stdout)
`

test('moments in time zones read as Python shows them', () => {
  const rows = JSON.parse(execFileSync(python, ['-c', script], { encoding: 'utf8', maxBuffer: 1 << 26 })) as [
    string,
    string,
    number,
  ][]
  const wrong: string[] = []
  for (const [base64, iso, fold] of rows) {
    const source = new MemorySource(Buffer.from(base64, 'base64'))
    const view = viewOf(readPickle(source).root!, source)
    const isTime = view.kind === 'datetime' || view.kind === 'time'
    if (!isTime || view.iso !== iso || view.fold !== fold)
      wrong.push(`${isTime ? view.iso : view.kind} ≠ ${iso}`)
  }
  expect(rows).toHaveLength(6000)
  expect(wrong).toEqual([])
})
