import { ActionIcon, Menu, Tabs } from '@mantine/core'
import { IconCheck, IconChevronDown } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useDesk } from '../../app/desk.ts'
import { inspectorTabs, type InspectorTab } from '../../app/place.ts'
import { tabs } from './tabs.tsx'
import classes from './TabStrip.module.css'

/** The tabs in one line; where they do not fit, it scrolls, and a menu at its end has them all. */
export function TabStrip() {
  const { place, navigate } = useDesk()
  const list = useRef<HTMLDivElement>(null)
  const [isLong, setLong] = useState(false)
  const [isCut, setCut] = useState(false)
  useEffect(() => {
    const element = list.current
    if (!element) return
    const look = (): void => {
      setLong(element.scrollWidth > element.clientWidth + 1)
      setCut(element.scrollLeft + element.clientWidth < element.scrollWidth - 1)
    }
    const observer = new ResizeObserver(look)
    observer.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [])
  useEffect(() => {
    const chosen = list.current?.querySelector(`[id$="-tab-${place.tab}"]`)
    chosen?.scrollIntoView({ block: 'nearest', inline: isLong ? 'center' : 'nearest' })
  }, [place.tab, isLong])
  const show = (tab: InspectorTab): void => navigate({ tab }, 'replace')
  return (
    <div className={classes.strip} data-cut={isCut || undefined}>
      <Tabs.List ref={list} className={classes.list}>
        {inspectorTabs.map((tab) => (
          <Tabs.Tab key={tab} value={tab} className={classes.tab}>
            {tabs[tab].title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {isLong ? (
        <Menu position="bottom-end" width={160}>
          <Menu.Target>
            <ActionIcon className={classes.all} size="sm" variant="subtle" color="gray" aria-label="All tabs">
              <IconChevronDown size={14} stroke={1.8} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {inspectorTabs.map((tab) => (
              <Menu.Item
                key={tab}
                rightSection={tab === place.tab ? <IconCheck size={13} stroke={2} /> : null}
                onClick={() => show(tab)}
              >
                {tabs[tab].title}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      ) : null}
    </div>
  )
}
