// Runs before the first paint, so that a theme chosen by hand does not flash the other one.
// A file of its own because the page's policy allows no inline script.
try {
  const theme = localStorage.getItem('veche.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked: the system's theme it is.
}
