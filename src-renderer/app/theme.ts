import {
  ActionIcon,
  Button,
  createTheme,
  localStorageColorSchemeManager,
  Menu,
  Modal,
  TextInput,
  Tooltip,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from '@mantine/core'

const teal: MantineColorsTuple = [
  '#e3f4f7',
  '#c5e6ec',
  '#99d6e1',
  '#66c6d6',
  '#3bc9db',
  '#22a7bb',
  '#1593a8',
  '#0c8599',
  '#0b7285',
  '#095c6b',
]

/** Also read by public/first-paint.js. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'hashcache-theme' })

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 8, dark: 4 },
  autoContrast: true,
  colors: { teal },
  fontFamily: 'var(--font-sans)',
  fontFamilyMonospace: 'var(--font-mono)',
  fontSizes: { xs: '11.5px', sm: '12.5px', md: '13.5px', lg: '15px', xl: '18px' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5' },
  spacing: { xs: '6px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '3px', sm: '5px', md: '7px' },
  defaultRadius: 'sm',
  shadows: { xs: 'none', sm: 'none', md: '0 6px 24px rgb(0 0 0 / 12%)', lg: '0 12px 40px rgb(0 0 0 / 18%)' },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Button: Button.extend({
      defaultProps: { size: 'xs', variant: 'default' },
      vars: (_theme, { variant }) => ({
        root: {
          '--button-height': '28px',
          '--button-padding-x': '10px',
          '--button-fz': '12.5px',
          // Mantine takes the contrast of the light theme's shade for both themes.
          ...(variant === 'filled' && { '--button-color': 'var(--accent-contrast)' }),
        },
      }),
      styles: { label: { fontWeight: 500 } },
    }),
    ActionIcon: ActionIcon.extend({
      defaultProps: { size: 24, variant: 'subtle', color: 'gray' },
      styles: { root: { color: 'var(--dim)' } },
    }),
    TextInput: TextInput.extend({ defaultProps: { size: 'xs' } }),
    Tooltip: Tooltip.extend({
      defaultProps: {
        openDelay: 350,
        withArrow: false,
        fz: 11.5,
        multiline: true,
        maw: 420,
        events: { hover: true, focus: true, touch: false },
      },
      styles: {
        tooltip: {
          background: 'var(--text)',
          color: 'var(--panel)',
          padding: '4px 8px',
          overflowWrap: 'anywhere',
          whiteSpace: 'pre-wrap',
        },
      },
    }),
    Menu: Menu.extend({
      defaultProps: {
        shadow: 'md',
        transitionProps: { duration: 80 },
        loop: true,
        withInitialFocusPlaceholder: false,
      },
      styles: {
        dropdown: { padding: 4, borderColor: 'var(--line)', background: 'var(--raised)' },
        item: { padding: '4px 8px', fontSize: 12.5, minHeight: 26 },
        label: { padding: '6px 8px 2px', fontSize: 11, color: 'var(--faint)' },
        divider: { borderColor: 'var(--line)' },
      },
    }),
    Modal: Modal.extend({
      defaultProps: {
        shadow: 'lg',
        transitionProps: { duration: 100, transition: 'fade' },
        overlayProps: { backgroundOpacity: 0.35 },
        closeButtonProps: { 'aria-label': 'Close' },
      },
      styles: {
        content: { background: 'var(--panel)', border: '1px solid var(--line)' },
        header: { background: 'var(--panel)', minHeight: 44, padding: '10px 16px' },
        title: { fontWeight: 600, fontSize: 14 },
      },
    }),
  },
})

/** Mantine's own greys follow our tokens, so that both speak one palette. */
export const cssVariablesResolver: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--panel)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-dimmed': 'var(--dim)',
    '--mantine-color-placeholder': 'var(--faint)',
    '--mantine-color-default': 'var(--panel)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-default-border': 'var(--line)',
    '--mantine-color-anchor': 'var(--accent-text)',
    '--mantine-color-error': 'var(--bad)',
  }
  // Grounds and lines of fields, switches and segments are shades of Mantine's own dark grey, which has no blue in it.
  const dark = {
    ...shared,
    '--mantine-color-dark-4': 'var(--line-strong)',
    '--mantine-color-dark-5': 'var(--hover)',
    '--mantine-color-dark-6': 'var(--raised)',
    '--mantine-color-dark-8': 'var(--page)',
  }
  return { variables: {}, light: shared, dark }
}
