import { createContext } from 'react'

/**
 * True inside a grid: hundreds of figures must not each be a stop of the Tab key. The grid shows the exact
 * value of the cell that has the focus.
 */
export const QuietContext = createContext(false)
