import type { FormField, StoreForm } from '../../model/store-form.ts'
import { redisSchemes } from './target.ts'

const one = { field: 'mode', in: ['redis', 'rediss'] }
const many = { field: 'mode', in: ['redis+cluster', 'redis+sentinel'] }

const option = (field: Pick<FormField, 'name' | 'label'> & Partial<FormField>): FormField => ({
  type: 'text',
  required: false,
  place: 'option',
  ...field,
})
/** Paths of certificates matter where TLS may be spoken. */
const tls = { field: 'mode', in: ['rediss', 'redis+cluster', 'redis+sentinel'] }

const fields: readonly FormField[] = [
  {
    name: 'mode',
    label: 'Server',
    type: 'choice',
    required: true,
    place: 'scheme',
    choices: [
      { value: 'redis', label: 'One server' },
      { value: 'rediss', label: 'One server, TLS' },
      { value: 'redis+cluster', label: 'Cluster' },
      { value: 'redis+sentinel', label: 'Sentinel' },
    ],
  },
  {
    name: 'host',
    label: 'Host',
    type: 'text',
    required: true,
    place: 'host',
    placeholder: '127.0.0.1',
    when: one,
  },
  {
    name: 'port',
    label: 'Port',
    type: 'number',
    required: false,
    place: 'port',
    placeholder: '6379',
    when: one,
  },
  {
    name: 'hosts',
    label: 'Hosts',
    type: 'text',
    required: true,
    place: 'host',
    placeholder: 'node1:6379, node2:6379',
    help: 'Some of the nodes, or the sentinels, with a comma between them',
    when: many,
  },
  {
    name: 'master',
    label: 'Name of the master',
    type: 'text',
    required: true,
    place: 'step',
    placeholder: 'mymaster',
    when: { field: 'mode', in: ['redis+sentinel'] },
  },
  {
    name: 'database',
    label: 'Database',
    type: 'number',
    required: false,
    place: 'step',
    placeholder: '0',
    when: { field: 'mode', in: ['redis', 'rediss', 'redis+sentinel'] },
  },
  { name: 'user', label: 'User', type: 'text', required: false, place: 'user', placeholder: 'default' },
  { name: 'password', label: 'Password', type: 'password', required: false, place: 'password' },
  option({
    name: 'prefix',
    label: 'Key prefix',
    placeholder: 'all keys',
    help: 'Only keys that begin with it; it is not shown',
  }),
  option({
    name: 'tls',
    label: 'TLS',
    type: 'choice',
    choices: [
      { value: '', label: 'No' },
      { value: '1', label: 'Yes' },
    ],
    when: many,
  }),
  option({
    name: 'ca',
    label: 'Certificate authority',
    type: 'path',
    placeholder: 'those of the system',
    help: 'PEM file',
    when: tls,
    isAdvanced: true,
  }),
  option({
    name: 'cert',
    label: 'Own certificate',
    type: 'path',
    help: 'PEM file',
    when: tls,
    isAdvanced: true,
  }),
  option({
    name: 'key',
    label: 'Key of the certificate',
    type: 'path',
    help: 'PEM file',
    when: tls,
    isAdvanced: true,
  }),
  option({
    name: 'servername',
    label: 'Name in the certificate',
    placeholder: 'the host',
    when: tls,
    isAdvanced: true,
  }),
  option({
    name: 'sentinelPassword',
    label: 'Password of the sentinels',
    type: 'password',
    when: { field: 'mode', in: ['redis+sentinel'] },
    isAdvanced: true,
  }),
]

export const redisForm: StoreForm = { schemes: redisSchemes, isServer: true, fields }
