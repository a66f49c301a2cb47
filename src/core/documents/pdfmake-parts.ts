import layoutBuilder from 'pdfmake/js/LayoutBuilder.js'
import pdfDocument from 'pdfmake/js/PDFDocument.js'
import renderer from 'pdfmake/js/Renderer.js'

/**
 * The classes of pdfmake that we extend. They come from modules that were compiled to CommonJS: whether their
 * default export is the module or what is in it depends on who loads them (Node, a bundler, a test runner).
 */
export function defaultOf<T>(module: T | { readonly default: T }): T {
  return typeof module === 'object' && module !== null && 'default' in module ? module.default : (module as T)
}

export const LayoutBuilder = defaultOf(layoutBuilder)
export const PdfDocument = defaultOf(pdfDocument)
export const Renderer = defaultOf(renderer)
