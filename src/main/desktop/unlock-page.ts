/**
 * The page that asks for a key, before there is a core. It has no script: its preload script fills it in and
 * reads it, so that what a person types never passes through the application's page.
 */
export function unlockPage(): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Quarterdeck: key</title>
<meta name="color-scheme" content="light dark">
<style nonce="%NONCE%">${STYLE}</style>
</head>
<body>
<main>
<h1 id="title"></h1>
<p id="lead"></p>
<p id="keychain-note" class="note" hidden></p>
<p id="problem" class="problem" role="alert" hidden></p>
<form id="passphrase-form" hidden>
<label for="passphrase">Passphrase</label>
<input id="passphrase" type="password" autocomplete="off" required>
<div id="again-row" hidden>
<label for="again">The same again</label>
<input id="again" type="password" autocomplete="off">
<p class="hint">At least 12 characters. Without it, or the recovery key that you are shown next, nobody can open the workspace.</p>
</div>
<button type="submit" class="primary" id="passphrase-button"></button>
</form>
<form id="recovery-form" hidden>
<label for="recovery">Recovery key</label>
<input id="recovery" type="text" autocomplete="off" spellcheck="false" required>
<button type="submit">Open with the recovery key</button>
</form>
<div class="row">
<button type="button" id="keychain-button" hidden></button>
<button type="button" id="key-file-button" hidden></button>
<button type="button" id="quit-button">Quit</button>
</div>
<p id="key-file-hint" class="hint" hidden>A key file protects against a lost disk or backup, and not against someone who uses this account.</p>
</main>
</body>
</html>`
}

const STYLE = `
:root { font: 14px/20px system-ui, sans-serif; color: #1b2124; background: #f6f7f7; }
main { max-width: 440px; margin: 0 auto; padding: 32px 24px; }
h1 { font-size: 20px; line-height: 28px; margin: 0 0 8px; }
p { margin: 0 0 16px; }
form, .row { margin: 0 0 16px; }
label { display: block; margin: 8px 0 4px; }
input { box-sizing: border-box; width: 100%; font: inherit; padding: 6px 8px; border: 1px solid #74808a; border-radius: 4px; background: #fff; color: inherit; }
button { font: inherit; padding: 6px 12px; margin: 8px 8px 0 0; border: 1px solid #74808a; border-radius: 4px; background: #fff; color: inherit; }
button.primary { background: #0b6e6e; border-color: #0b6e6e; color: #fff; }
:focus-visible { outline: 2px solid #0b6e6e; outline-offset: 2px; }
.problem { padding: 8px 12px; border-left: 4px solid #b3261e; background: #fdecea; color: #5f1410; }
.note { padding: 8px 12px; border-left: 4px solid #8a6100; background: #fdf4e1; color: #4a3500; }
.hint { color: #4b565e; }
[hidden] { display: none; }
@media (prefers-color-scheme: dark) {
  :root { color: #e7ebed; background: #15191b; }
  input, button { background: #1f2528; border-color: #7d8a93; }
  button.primary { background: #2aa5a0; border-color: #2aa5a0; color: #06201f; }
  :focus-visible { outline-color: #5fd0ca; }
  .problem { background: #3a1512; color: #ffdad6; }
  .note { background: #33270a; color: #ffe3a8; }
  .hint { color: #b3bec5; }
}
`
