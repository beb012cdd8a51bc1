// Before the first paint, and a file of its own because the policy allows no inline script.
try {
  var chosen = localStorage.getItem('aisubs.theme')
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen
} catch {
  // Storage that is switched off leaves the theme to the system.
}
