/** How the page of the admin API looks, by day and by night. */
export const docsStyle = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2024; --soft: #60646c; --line: #e2e4e9; --shade: #f6f7f9; --accent: #0b68cb;
  --get: #0b68cb; --post: #18794e; --put: #ad5700; --patch: #ad5700; --delete: #c62a2f; }
@media (prefers-color-scheme: dark) { :root { --paper: #111418; --ink: #edeef0; --soft: #a4a9b3; --line: #2b2f36; --shade: #191d22; --accent: #70b8ff;
  --get: #70b8ff; --post: #3dd68c; --put: #ffa057; --patch: #ffa057; --delete: #ff9592; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif; }
code, pre, .path { font-family: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, 'DejaVu Sans Mono', monospace; font-size: .87em; }
a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
.frame { display: grid; grid-template-columns: 15rem minmax(0, 54rem); max-width: 76rem; margin: 0 auto; gap: 3rem; padding: 0 1.5rem; }
nav { position: sticky; top: 0; align-self: start; height: 100vh; overflow-y: auto; padding: 2rem 0; border-right: 1px solid var(--line); }
nav strong { display: block; margin-bottom: 1rem; font-size: 1.05rem; } nav a { display: block; padding: .2rem 0; color: var(--soft); } nav a:hover { color: var(--ink); }
main { padding: 2rem 0 6rem; min-width: 0; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; letter-spacing: -.02em; }
h2 { font-size: 1.25rem; margin: 3rem 0 .75rem; padding-top: 1rem; border-top: 1px solid var(--line); text-transform: capitalize; }
h3 { font-size: .8rem; margin: 1.25rem 0 .4rem; color: var(--soft); text-transform: uppercase; letter-spacing: .05em; }
p { margin: .5rem 0; } .soft { color: var(--soft); }
pre { background: var(--shade); border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; overflow-x: auto; margin: .75rem 0; }
details { border: 1px solid var(--line); border-radius: 8px; margin: .5rem 0; background: var(--paper); }
summary { display: flex; gap: .8rem; align-items: baseline; padding: .6rem .9rem; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; } summary:hover { background: var(--shade); border-radius: 8px; }
summary .path { flex: none; overflow-wrap: anywhere; } summary .what { color: var(--soft); margin-left: auto; text-align: right; }
.method { flex: none; width: 4.2rem; font: 600 .75rem/1 ui-monospace, Menlo, 'DejaVu Sans Mono', monospace; letter-spacing: .03em; }
.GET { color: var(--get); } .POST { color: var(--post); } .PUT { color: var(--put); } .PATCH { color: var(--patch); } .DELETE { color: var(--delete); }
.inside { padding: .2rem .9rem 1rem; border-top: 1px solid var(--line); }
table { width: 100%; border-collapse: collapse; font-size: .93em; } td { padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; } td:first-child { width: 12rem; white-space: nowrap; } td:nth-child(2) { width: 9rem; color: var(--soft); overflow-wrap: anywhere; }
.need { display: inline-block; background: var(--shade); border: 1px solid var(--line); border-radius: 999px; padding: 0 .6rem; }
@media (max-width: 56rem) { .frame { grid-template-columns: minmax(0, 1fr); } nav { display: none; } summary { flex-wrap: wrap; } summary .what { margin-left: 0; width: 100%; text-align: left; } }
`;
