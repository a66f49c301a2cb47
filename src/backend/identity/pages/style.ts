/** The look of the application, for pages without it. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --canvas: #f3f4f4; --surface: #ffffff; --line: #dbdedf; --line-strong: #868e91;
  --text: #1a1e20; --text-2: #4a5255; --accent: #0b6468; --accent-strong: #084f52; --on-accent: #ffffff;
  --critical: #ae2318; --critical-soft: #fbe5e2; --info: #1b5a9e; --info-soft: #e2edf9;
  --ok: #1d6f3a; --ok-soft: #e1f1e6; --sunken: #eceeee;
}
@media (prefers-color-scheme: dark) {
  :root {
    --canvas: #111415; --surface: #181b1d; --line: #2e3437; --line-strong: #727b7f;
    --text: #e7eaeb; --text-2: #b3babd; --accent: #62b9bc; --accent-strong: #8acfd1; --on-accent: #07191a;
    --critical: #ff9185; --critical-soft: #3d1c19; --info: #86b9f2; --info-soft: #18293c;
    --ok: #67c587; --ok-soft: #17301f; --sunken: #0d0f10;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; background: var(--canvas); color: var(--text);
  font: 14px/20px Inter, system-ui, -apple-system, "Segoe UI", sans-serif;
}
.brand {
  display: flex; align-items: center; gap: 8px; height: 48px; padding: 0 24px;
  background: var(--surface); border-bottom: 1px solid var(--line); font-weight: 600;
}
.mark { width: 12px; height: 12px; border-radius: 2px; background: var(--accent); }
.place { color: var(--text-2); font-weight: 400; padding-left: 8px; border-left: 1px solid var(--line); }
main { margin: 48px auto; padding: 0 24px; }
.narrow { max-width: 448px; }
.wide { max-width: 720px; }
h1 { font-size: 20px; line-height: 28px; font-weight: 600; margin: 0 0 8px; }
h2 { font-size: 16px; line-height: 24px; font-weight: 600; margin: 32px 0 8px; }
p { margin: 0 0 16px; }
.lead { color: var(--text-2); }
.field { margin: 0 0 16px; }
label { display: block; font-weight: 500; margin-bottom: 4px; }
.hint { color: var(--text-2); margin: 0 0 4px; font-size: 13px; }
.error { color: var(--critical); margin: 4px 0 0; }
input, select {
  width: 100%; height: 36px; padding: 0 8px; font: inherit; color: var(--text);
  background: var(--surface); border: 1px solid var(--line-strong); border-radius: 4px;
}
input[aria-invalid="true"] { border-color: var(--critical); }
.code, .codes, .device-code { font-family: "JetBrains Mono", ui-monospace, monospace; }
.code { letter-spacing: 0.1em; }
button, .button {
  display: inline-block; min-height: 36px; padding: 7px 16px; font: inherit; font-weight: 500; cursor: pointer;
  border: 1px solid transparent; border-radius: 4px; text-decoration: none; text-align: center;
}
.primary { background: var(--accent); color: var(--on-accent); width: 100%; }
.primary:hover { background: var(--accent-strong); }
.plain, .button { background: var(--surface); color: var(--text); border-color: var(--line-strong); }
.danger { background: var(--surface); color: var(--critical); border-color: var(--critical); }
.button { width: 100%; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.notice { padding: 8px 12px; margin: 0 0 16px; border-radius: 4px; border-left: 3px solid; }
.notice.critical { background: var(--critical-soft); color: var(--critical); }
.notice.info { background: var(--info-soft); color: var(--info); }
.notice.ok { background: var(--ok-soft); color: var(--ok); }
.or { display: flex; align-items: center; gap: 8px; margin: 16px 0; color: var(--text-2); }
.or::before, .or::after { content: ""; flex: 1; border-top: 1px solid var(--line); }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 0 0 16px; }
.facts dt { color: var(--text-2); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.device-code {
  font-size: 28px; line-height: 44px; letter-spacing: 0.12em; text-align: center; margin: 0 0 16px;
  background: var(--surface); border: 1px solid var(--line); border-radius: 4px;
}
.codes { columns: 2; margin: 0 0 16px; padding: 12px 16px; background: var(--sunken); border-radius: 4px; list-style: none; }
.codes li { line-height: 24px; user-select: all; }
.qr { width: 208px; margin: 0 0 16px; padding: 8px; background: #ffffff; border: 1px solid var(--line); border-radius: 4px; }
.qr svg { display: block; width: 100%; height: auto; }
.secret { font-family: "JetBrains Mono", ui-monospace, monospace; overflow-wrap: anywhere; user-select: all; }
.actions { display: flex; gap: 8px; flex-wrap: wrap; align-items: start; }
.actions form, .actions .button { flex: 1; }
.actions button { width: 100%; }
.links { margin-top: 24px; color: var(--text-2); }
a { color: var(--accent); }
@media (forced-colors: active) { .primary, .notice { border: 1px solid; } }
`.trimStart()
