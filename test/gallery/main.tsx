import '#renderer/ui/theme/styles.ts'
import { Button, Menu } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useMemo, useState, useSyncExternalStore } from 'react'
import { createRoot } from 'react-dom/client'
import { I18nextProvider } from 'react-i18next'
import { createQueryClient } from '#renderer/app/core/query-client.ts'
import { createI18n } from '#renderer/i18n/i18n.ts'
import { useLayout } from '#renderer/state/layout.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton } from '#renderer/ui/actions/use-actions.tsx'
import { Chart } from '#renderer/ui/chart/chart.tsx'
import { Treemap } from '#renderer/ui/chart/treemap.tsx'
import { Cost, Money } from '#renderer/ui/display/money.tsx'
import { Progress } from '#renderer/ui/display/progress.tsx'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { FormatProvider } from '#renderer/ui/format/use-format.tsx'
import {
  costColumn,
  instantColumn,
  moneyColumn,
  numberColumn,
  statusColumn,
  textColumn,
} from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import type { PagedSource } from '#renderer/ui/grid/grid-source.ts'
import { FileDrop } from '#renderer/ui/input/file-drop.tsx'
import { FilterEditor } from '#renderer/ui/input/filter-editor.tsx'
import { FilterSentence } from '#renderer/ui/input/filter-sentence.tsx'
import { Confirm } from '#renderer/ui/overlay/dialog.tsx'
import { SidePane, Split } from '#renderer/ui/overlay/side-pane.tsx'
import { ToastProvider, useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Fields, Figures, Page, Section } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { ThemeProvider } from '#renderer/ui/theme/theme-provider.tsx'
import { PlainTable } from './plain-table.tsx'
import { type Line, lineAt, MONTHS, monthly } from './sample.ts'

/**
 * The interface kit, a page for each group of parts: `#grid`, `#million`, `#charts`, `#parts`, `#states`;
 * `#plain` is what the grid is measured against, `#none` an empty page.
 */

const NOW = Date.UTC(2026, 10, 21, 9, 30)
const clock = { now: () => NOW, subscribe: () => () => undefined }

const columns = [
  textColumn<Line>({ id: 'service', header: 'Service', value: row => row.service, width: 240, pin: 'start' }),
  textColumn<Line>({ id: 'region', header: 'Region', value: row => row.region || null, width: 120 }),
  statusColumn<Line>({
    id: 'state',
    header: 'State',
    value: row => row.state,
    states: {
      ok: { label: 'Rated', tone: 'ok' },
      late: { label: 'Late', tone: 'warning' },
      failed: { label: 'Refused', tone: 'critical' },
      draft: { label: 'Draft', tone: 'neutral' },
    },
  }),
  costColumn<Line>({
    id: 'effective',
    header: 'Effective cost',
    value: row => row.effective,
    currency: row => row.currency,
    alignPlaces: 3,
    hint: 'What is paid after discounts, spread over the use of commitments.',
  }),
  moneyColumn<Line>({
    id: 'billed',
    header: 'Billed',
    value: row => row.billed,
    currency: row => row.currency,
    alignPlaces: 3,
  }),
  numberColumn<Line>({
    id: 'quantity',
    header: 'Quantity',
    value: row => row.quantity,
    places: 2,
    width: 120,
  }),
  instantColumn<Line>({ id: 'at', header: 'Charged', value: row => row.at }),
  textColumn<Line>({ id: 'account', header: 'Account', value: row => row.account, width: 150 }),
  textColumn<Line>({ id: 'id', header: 'Line', value: row => row.id, width: 130, hidden: true }),
]

const openLine = defineAction<Line>('ui.gallery.open', {
  label: () => 'Open the line',
  key: 'enter',
  run: () => undefined,
})
const splitLine = defineAction<Line>('ui.gallery.split', {
  label: line => `Split ${line.id}`,
  key: 'b',
  run: () => undefined,
})
const dropLine = defineAction<Line>('ui.gallery.drop', {
  label: () => 'Withdraw',
  key: 'shift+d',
  danger: true,
  run: () => undefined,
})

function rowActions(line: Line) {
  return [bindAction(openLine, line), bindAction(splitLine, line), bindAction(dropLine, line)]
}

function GridPage() {
  const rows = useMemo(() => Array.from({ length: 10_000 }, (_, i) => lineAt(i)), [])
  const [open, setOpen] = useState<Line | null>(null)
  return (
    <Page
      title="Cost lines"
      subtitle="10,000 rows at hand"
      fill
      answer={
        <Figures
          figures={[
            {
              label: 'Effective cost',
              value: <Cost units={1_234_567_891_234_567n} currency="USD" />,
              note: '12.5 % more than October',
            },
            { label: 'Largest service', value: 'Amazon EC2' },
            { label: 'Lines', value: '10,000' },
          ]}
        />
      }
      actions={<ActionButton action={splitLine} context={rows[0]!} primary />}
    >
      <Split
        pane={
          open ? (
            <SidePane name="gallery" title={open.service} onClose={() => setOpen(null)}>
              <Fields
                fields={[
                  ['Account', open.account],
                  ['Effective', <Cost key="c" units={open.effective} currency={open.currency} />],
                  ['Charged', <When key="w" at={open.at} show="both" />],
                ]}
              />
            </SidePane>
          ) : null
        }
      >
        <DataGrid
          id="gallery"
          label="Cost lines"
          columns={columns}
          rows={rows}
          rowKey={row => row.id}
          defaultSort={[{ id: 'effective', desc: true }]}
          rowActions={rowActions}
          onOpen={setOpen}
          onExport={() => undefined}
          totals={passing => ({
            service: 'Total',
            quantity: passing.reduce((sum, row) => sum + row.quantity, 0).toFixed(2),
          })}
        />
      </Split>
    </Page>
  )
}

const MILLION: PagedSource<Line> = {
  queryKey: ['gallery.million', {}],
  fetchPage: async ({ offset, limit, sort }) => {
    await new Promise(resolve => setTimeout(resolve, 15))
    const descending = sort[0]?.desc === true
    return {
      total: 1_000_000,
      rows: Array.from({ length: Math.min(limit, 1_000_000 - offset) }, (_, i) =>
        lineAt(descending ? 999_999 - offset - i : offset + i),
      ),
    }
  },
}

function MillionPage() {
  return (
    <Page title="A million lines" fill>
      <DataGrid
        id="million"
        label="A million lines"
        columns={columns}
        source={MILLION}
        rowKey={row => row.id}
        onExport={() => undefined}
        exportFormats={['csv']}
      />
    </Page>
  )
}

function ChartsPage() {
  const services = [
    'Compute',
    'Storage',
    'Databases',
    'Models',
    'Network',
    'Observability',
    'Analytics',
    'Other services',
  ]
  const series = services.map((label, i) => ({
    id: label,
    label,
    values: monthly(i),
    ...(i === 7 ? { role: 'other' as const } : {}),
  }))
  const box = (child: ReactNode) => <div style={{ height: 260, marginBottom: 16 }}>{child}</div>
  return (
    <Page title="Charts" text>
      {box(
        <Chart
          label="Effective cost by service"
          type="stacked-bar"
          categories={MONTHS}
          series={series}
          unit="USD"
          categoryLabel="Month"
        />,
      )}
      {box(
        <Chart
          label="Effective cost and the year before"
          type="line"
          categories={MONTHS}
          series={[
            { id: 'now', label: 'This period', values: monthly(0) },
            {
              id: 'before',
              label: 'Previous period',
              values: monthly(1).map((value, i) => (i > 9 ? null : value)),
              role: 'previous',
            },
          ]}
          unit="EUR"
          categoryLabel="Month"
        />,
      )}
      {box(
        <Chart
          label="Margin"
          type="bar"
          categories={MONTHS}
          series={[{ id: 'm', label: 'Margin', values: MONTHS.map((_, i) => 3000 * Math.sin(i)) }]}
          unit="USD"
          categoryLabel="Month"
        />,
      )}
      {box(
        <Treemap
          label="Cost by service"
          unit="USD"
          categoryLabel="Service"
          nodes={services.map((label, i) => ({ id: label, label, value: 40_000 / (i + 1) ** 1.3 }))}
        />,
      )}
    </Page>
  )
}

const FIELDS = [
  { value: 'service', label: 'service' },
  { value: 'region', label: 'region' },
]
const OPERATORS = [
  { value: 'in', label: 'is one of', takes: 'list' as const },
  { value: 'empty', label: 'is empty', takes: 'nothing' as const },
]

function PartsPage() {
  const toasts = useToasts()
  const [asked, setAsked] = useState(false)
  return (
    <Page title="Parts" text actions={<ActionButton action={dropLine} context={lineAt(0)} />}>
      <Section title="Amounts and times">
        <Fields
          fields={[
            ['Money', <Money key="a" minor={123456789n} currency="USD" />],
            ['Yen', <Money key="b" minor={-1234567n} currency="JPY" toned />],
            ['Dinar', <Money key="c" minor={1234567n} currency="KWD" />],
            ['Cost', <Cost key="d" units={1_234_567_891n} currency="EUR" />],
            ['Tiny cost', <Cost key="e" units={42n} currency="EUR" />],
            ['When', <When key="f" at={NOW - 3_600_000 * 5} show="both" />],
            ['Later', <When key="g" at={NOW + 86_400_000 * 3} show="relative" />],
          ]}
        />
      </Section>
      <Section title="States">
        {(['ok', 'warning', 'critical', 'info', 'running', 'neutral'] as const).map(tone => (
          <StatusBadge key={tone} tone={tone} label={tone} />
        ))}
        <Progress label="Import of focus-2026-10.csv.gz" share={0.42} left={95_000} detail="1,200,000 rows" />
        <Progress label="Counting" share={null} />
      </Section>
      <Section title="Filters">
        <FilterSentence
          subject="Effective cost"
          clauses={[
            {
              id: 'a',
              field: 'service',
              operator: 'is one of',
              values: ['Amazon EC2', 'Amazon S3', 'BigQuery', 'Cloud Run', 'Azure Monitor'],
            },
            { id: 'b', field: 'region', operator: 'is not', values: ['eu-west-1'] },
          ]}
          onRemove={() => undefined}
          onClear={() => undefined}
          editor={(_, close) => (
            <FilterEditor
              fields={FIELDS}
              operators={OPERATORS}
              initial={{ field: 'service', operator: 'in', values: ['Cloud Run'] }}
              useValues={() => ({
                values: [
                  { value: 'Cloud Run', label: 'Cloud Run' },
                  { value: 'BigQuery', label: 'BigQuery' },
                ],
                loading: false,
              })}
              onApply={close}
              onCancel={close}
            />
          )}
        />
      </Section>
      <Section title="File">
        <FileDrop title="Drop a bill here" endings={['.csv', '.csv.gz']} onFile={() => undefined} />
      </Section>
      <Section title="Overlays">
        <Button onClick={() => setAsked(true)}>Ask</Button>{' '}
        <Button
          onClick={() =>
            toasts.show({ text: 'The view was saved.', action: { label: 'Undo', run: () => undefined } })
          }
        >
          Say
        </Button>{' '}
        <Button onClick={() => toasts.fail(new Error('never shown'))}>Fail</Button>{' '}
        <Menu>
          <Menu.Target>
            <Button>Menu</Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item>First</Menu.Item>
            <Menu.Item color="red">Withdraw</Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <Confirm
          opened={asked}
          onClose={() => setAsked(false)}
          title="Remove the demo"
          confirm="Remove"
          danger
          typed="demo"
          onConfirm={() => undefined}
        >
          <p>The demo’s customers, bills and views are removed. This cannot be undone.</p>
        </Confirm>
      </Section>
    </Page>
  )
}

function StatesPage() {
  return (
    <Page title="States" text>
      <EmptyState
        title="No bills yet"
        text="Import a bill to see where the money goes."
        actions={<Button variant="filled">Import a bill</Button>}
      />
      <ErrorState
        error={Object.assign(new Error('x'), { reference: '0195b3c2-7d1e-7c55-9f0a-3a1c9f2b7f11' })}
        onRetry={() => undefined}
      />
      <LoadingState />
      <DataGrid id="empty" label="Empty" columns={columns} rows={[]} rowKey={row => row.id} height={5} />
    </Page>
  )
}

const PAGES: Readonly<Record<string, () => ReactNode>> = {
  grid: GridPage,
  million: MillionPage,
  charts: ChartsPage,
  parts: PartsPage,
  states: StatesPage,
  plain: () => <PlainTable count={1_000_000} />,
  none: () => null,
}

const params = new URLSearchParams(location.search)
const theme = params.get('theme')
useLayout.getState().set({
  theme: theme === 'dark' ? 'dark' : 'light',
  contrast: params.get('contrast') === 'high',
  density: params.get('density') === 'comfortable' ? 'comfortable' : 'compact',
})

function onHashChange(changed: () => void): () => void {
  addEventListener('hashchange', changed)
  return () => removeEventListener('hashchange', changed)
}

function Shown() {
  const name = useSyncExternalStore(onHashChange, () => location.hash.slice(1))
  const ShownPage = PAGES[name] ?? GridPage
  return <ShownPage />
}

createRoot(document.getElementById('root')!).render(
  <I18nextProvider i18n={createI18n('en')}>
    <ThemeProvider>
      <QueryClientProvider client={createQueryClient()}>
        <FormatProvider zone="Europe/Berlin" clock={clock}>
          <ToastProvider>
            <main style={{ height: '100%' }}>
              <Shown />
            </main>
          </ToastProvider>
        </FormatProvider>
      </QueryClientProvider>
    </ThemeProvider>
  </I18nextProvider>,
)
