import { BarChart, LineChart, TreemapChart } from 'echarts/charts'
import { AriaComponent, GridComponent, TooltipComponent } from 'echarts/components'
import * as core from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'

core.use([BarChart, LineChart, TreemapChart, GridComponent, TooltipComponent, AriaComponent, CanvasRenderer])

/** The parts of echarts that charts are made of; loaded when the first chart is shown. */
export const { init } = core
