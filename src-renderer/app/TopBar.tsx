import { ActionIcon, Menu, Tooltip, useMantineColorScheme } from '@mantine/core'
import {
  IconCheck,
  IconDeviceDesktop,
  IconKeyboard,
  IconLayoutSidebar,
  IconLayoutSidebarRight,
  IconMoon,
  IconSearch,
  IconSun,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Keys } from '../ui/Keys.tsx'
import { useDesk } from './desk.ts'
import { keymap, type CommandId } from './keymap.ts'
import classes from './TopBar.module.css'

export function TopBar({ isWorkspace }: { isWorkspace: boolean }) {
  const { run, navigate } = useDesk()
  return (
    <header className={classes.bar}>
      <button
        type="button"
        className={classes.logo}
        onClick={() => navigate({ store: undefined, query: '', entry: undefined })}
        title="To the start"
      >
        <b>hash</b>cache inspector
      </button>
      <button type="button" className={classes.palette} aria-haspopup="dialog" onClick={() => run('palette')}>
        <IconSearch size={13} aria-hidden /> <span>Go to a command, function or key</span>{' '}
        <Keys keys="Mod+K" />
      </button>
      <div className={classes.tools}>
        {isWorkspace ? (
          <>
            <Tool command="toggleSidebar" icon={<IconLayoutSidebar size={16} stroke={1.6} />} />
            <Tool command="toggleInspector" icon={<IconLayoutSidebarRight size={16} stroke={1.6} />} />
          </>
        ) : null}
        <Tool command="keys" icon={<IconKeyboard size={16} stroke={1.6} />} />
        <ThemeMenu />
      </div>
    </header>
  )
}

function Tool({ command, icon }: { command: CommandId; icon: ReactNode }) {
  const { run } = useDesk()
  const { title, keys } = keymap[command]
  const label = (
    <span style={{ display: 'inline-flex', gap: 6 }}>
      {title} {keys[0] ? <Keys keys={keys[0]} /> : null}
    </span>
  )
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={title} onClick={() => run(command)}>
        {icon}
      </ActionIcon>
    </Tooltip>
  )
}

const themes = [
  { scheme: 'light', title: 'Light', command: 'themeLight', Icon: IconSun },
  { scheme: 'dark', title: 'Dark', command: 'themeDark', Icon: IconMoon },
  { scheme: 'auto', title: 'As the system', command: 'themeSystem', Icon: IconDeviceDesktop },
] as const

function ThemeMenu() {
  const { run } = useDesk()
  const { colorScheme } = useMantineColorScheme()
  const current = themes.find((each) => each.scheme === colorScheme) ?? themes[2]
  return (
    <Menu position="bottom-end" width={160}>
      <Menu.Target>
        <ActionIcon aria-label={`Theme: ${current.title}`}>
          <current.Icon size={16} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {themes.map(({ scheme, title, command, Icon }) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon size={14} />}
            rightSection={scheme === colorScheme ? <IconCheck size={13} /> : null}
            onClick={() => run(command)}
          >
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
