import { ActionIcon, Tooltip } from '@mantine/core'
import { IconCompass, IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react'
import { Link, useLocation } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useLayout } from '#renderer/state/layout.ts'
import { KeyHint } from '#renderer/ui/display/key-hint.tsx'
import type { Feature, Screen } from '../feature.ts'
import { isAt } from '../navigation.ts'
import classes from './shell.module.css'

/** The rail at the left: what there is, by feature. */
export function Rail({ features }: { readonly features: readonly Feature[] }) {
  const { t } = useTranslation()
  const collapsed = useLayout(state => state.railCollapsed)
  const set = useLayout(state => state.set)
  const label = collapsed ? t('shell.rail.expand') : t('shell.rail.collapse')
  return (
    <nav className={classes.rail} aria-label={t('shell.rail.label')}>
      <div className={classes.brand}>
        <IconCompass size={22} stroke={1.75} aria-hidden="true" />
        {collapsed ? null : t('shell.product')}
      </div>
      {features.map(feature => (
        <section key={feature.id} className={classes.group} aria-label={t(`shell.feature.${feature.id}`)}>
          {collapsed ? null : <h2>{t(`shell.feature.${feature.id}`)}</h2>}
          <ul>
            {feature.screens
              .filter(screen => screen.inRail)
              .map(screen => (
                <li key={screen.path}>
                  <RailItem screen={screen} feature={feature} collapsed={collapsed} />
                </li>
              ))}
          </ul>
        </section>
      ))}
      <div className={classes.railFoot}>
        <ActionIcon aria-label={label} title={label} onClick={() => set({ railCollapsed: !collapsed })}>
          {collapsed ? (
            <IconLayoutSidebarLeftExpand size={18} />
          ) : (
            <IconLayoutSidebarLeftCollapse size={18} />
          )}
        </ActionIcon>
      </div>
    </nav>
  )
}

function RailItem(props: {
  readonly screen: Screen
  readonly feature: Feature
  readonly collapsed: boolean
}) {
  const { t } = useTranslation()
  const { pathname } = useLocation()
  const { screen, collapsed } = props
  const Icon = screen.icon ?? props.feature.icon
  const title = screen.title(t)
  const link = (
    <Link
      to={screen.path}
      className={classes.item}
      aria-current={isAt(pathname, screen) ? 'page' : undefined}
      aria-label={collapsed ? title : undefined}
    >
      <Icon size={18} stroke={1.75} aria-hidden="true" />
      {collapsed ? null : <span>{title}</span>}
      {screen.badge ? (
        <span className={classes.itemBadge}>
          <screen.badge />
        </span>
      ) : null}
      {screen.key && !collapsed ? (
        <span className={classes.itemKey}>
          <KeyHint keys={screen.key} tight />
        </span>
      ) : null}
    </Link>
  )
  return collapsed ? (
    <Tooltip label={title} position="right">
      {link}
    </Tooltip>
  ) : (
    link
  )
}
