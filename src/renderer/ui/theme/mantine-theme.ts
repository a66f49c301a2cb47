import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
} from '@mantine/core'

/** Deep teal, the one accent. */
const teal: MantineColorsTuple = [
  '#eaf4f4',
  '#dcecec',
  '#b3d6d7',
  '#8acfd1',
  '#62b9bc',
  '#3a9497',
  '#1f7b7f',
  '#0b6468',
  '#084f52',
  '#053a3c',
]

/** Neutral greys, from light to dark, as theme.css has them. */
const gray: MantineColorsTuple = [
  '#f3f4f4',
  '#eceeee',
  '#e0e3e4',
  '#dbdedf',
  '#c3c8ca',
  '#a3aaad',
  '#868e91',
  '#626a6d',
  '#4a5255',
  '#1a1e20',
]

/** What Mantine draws its dark controls with: text first, grounds last. */
const dark: MantineColorsTuple = [
  '#e7eaeb',
  '#b3babd',
  '#949da1',
  '#727b7f',
  '#3a4145',
  '#2e3437',
  '#1f2325',
  '#181b1d',
  '#111415',
  '#0d0f10',
]

/** Mantine's own theme, reduced to what theme.css decides: sizes on the 4 px grid, small corners, no shadows. */
export const mantineTheme = createTheme({
  primaryColor: 'teal',
  colors: { teal, gray, dark },
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.28,
  // Mantine reckons the words' colour from the light theme's shade; theme.css knows both.
  variantColorResolver: input => {
    const colours = defaultVariantColorsResolver(input)
    const isAccent = (input.color ?? 'teal') === 'teal'
    return input.variant === 'filled' && isAccent ? { ...colours, color: 'var(--qd-on-accent)' } : colours
  },
  fontFamily: 'var(--qd-font)',
  fontFamilyMonospace: 'var(--qd-mono)',
  headings: { fontFamily: 'var(--qd-font)', fontWeight: '600' },
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '15px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '24px', xl: '28px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '2px', sm: '4px', md: '4px', lg: '4px', xl: '4px' },
  defaultRadius: 'sm',
  focusRing: 'auto',
  cursorType: 'pointer',
  respectReducedMotion: true,
  shadows: {
    xs: 'none',
    sm: 'var(--qd-shadow)',
    md: 'var(--qd-shadow)',
    lg: 'var(--qd-shadow)',
    xl: 'var(--qd-shadow)',
  },
  components: {
    Alert: { defaultProps: { mb: 'md' } },
    Button: { defaultProps: { size: 'xs', variant: 'default' } },
    ActionIcon: { defaultProps: { size: 'md', variant: 'subtle', color: 'gray' } },
    // What is wrong with a field is told when it comes up, and not only to who goes back there.
    InputError: { defaultProps: { role: 'alert' } },
    TextInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    // Tab goes past a list without opening it over the fields below: letters, the arrows and the pointer open it.
    Select: {
      defaultProps: { size: 'xs', checkIconPosition: 'right', allowDeselect: false, openOnFocus: false },
    },
    MultiSelect: { defaultProps: { size: 'xs', openOnFocus: false } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Radio: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Tabs: { defaultProps: { variant: 'default' } },
    Menu: {
      defaultProps: { shadow: 'md', transitionProps: { duration: 0 }, position: 'bottom-start', offset: 4 },
    },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 0 }, offset: 4 } },
    Tooltip: {
      defaultProps: {
        openDelay: 350,
        transitionProps: { duration: 0 },
        events: { hover: true, focus: true, touch: true },
        multiline: true,
        maw: 360,
      },
    },
    Modal: { defaultProps: { transitionProps: { duration: 0 }, overlayProps: { backgroundOpacity: 0.4 } } },
    Drawer: { defaultProps: { transitionProps: { duration: 0 } } },
  },
})

/** Makes Mantine's colours those of theme.css. The theme is chosen there, by attributes of the root element. */
export const mantineVariables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--qd-surface)',
    '--mantine-color-text': 'var(--qd-text)',
    '--mantine-color-dimmed': 'var(--qd-text-3)',
    '--mantine-color-placeholder': 'var(--qd-text-3)',
    '--mantine-color-error': 'var(--qd-critical)',
    '--mantine-color-anchor': 'var(--qd-accent)',
    '--mantine-color-default': 'var(--qd-raised)',
    '--mantine-color-default-hover': 'var(--qd-hover)',
    '--mantine-color-default-color': 'var(--qd-text)',
    '--mantine-color-default-border': 'var(--qd-line-strong)',
    '--mantine-color-disabled': 'var(--qd-sunken)',
    '--mantine-color-disabled-color': 'var(--qd-text-3)',
    '--mantine-color-disabled-border': 'var(--qd-line)',
    '--mantine-primary-color-filled': 'var(--qd-accent)',
    '--mantine-primary-color-filled-hover': 'var(--qd-accent-strong)',
    '--mantine-primary-color-contrast': 'var(--qd-on-accent)',
    '--mantine-primary-color-light': 'var(--qd-accent-soft)',
    '--mantine-primary-color-light-hover': 'var(--qd-accent-soft)',
    '--mantine-primary-color-light-color': 'var(--qd-accent)',
    '--mantine-color-teal-filled': 'var(--qd-accent)',
    '--mantine-color-teal-filled-hover': 'var(--qd-accent-strong)',
    '--mantine-color-teal-light': 'var(--qd-accent-soft)',
    '--mantine-color-teal-light-hover': 'var(--qd-accent-soft)',
    '--mantine-color-teal-light-color': 'var(--qd-accent)',
    '--mantine-color-yellow-light': 'var(--qd-warning-soft)',
    '--mantine-color-yellow-light-hover': 'var(--qd-warning-soft)',
    '--mantine-color-yellow-light-color': 'var(--qd-warning)',
    '--mantine-color-red-filled': 'var(--qd-critical)',
    '--mantine-color-red-light-color': 'var(--qd-critical)',
    '--mantine-color-gray-subtle-color': 'var(--qd-text-2)',
    '--mantine-color-gray-light-color': 'var(--qd-text-2)',
    '--mantine-color-gray-light-hover': 'var(--qd-hover)',
  }
  return { variables: {}, light: shared, dark: shared }
}
