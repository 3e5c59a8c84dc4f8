// Runs before the first paint, so that a chosen theme never flashes the other one.
;(function setTheme() {
  let chosen = null
  try {
    chosen = localStorage.getItem('hashcache-theme')
  } catch {
    // No storage: the system's theme it is.
  }
  const isDark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light')
})()
