"""The style sheet of a report's page: light, dark, on paper, and on a phone."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #f3f4f6;
  --line: #c9ced6; --dim: #55606e; --bad: #9a3412; --good: #05603a; --link: #0b57a4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --paper: #14171a; --soft: #20252b;
  --line: #454d57; --dim: #a9b3bf; --bad: #ffb086; --good: #7fd6a8; --link: #8ec5ff; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0 auto; padding: 1rem; max-width: 72rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  overflow-wrap: break-word; }
h1 { font-size: 1.4rem; line-height: 1.2; margin: 0 0 .3rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 0 0 .4rem; }
h3 { font-size: 1.05rem; line-height: 1.35; margin: 0 0 .3rem; }
p, ul, ol { margin: .4rem 0; }
main > section { margin-top: 2rem; padding-top: .8rem; border-top: 1px solid var(--line); }
main > section:first-child { margin-top: .6rem; }
main p, main ul:not(.cards) { max-width: 46rem; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: 1rem; top: -10rem; padding: .7rem 1rem; z-index: 2;
  background: var(--paper); border: 2px solid var(--link); }
.skip:focus { top: .5rem; }
nav ul { display: flex; gap: .3rem; margin: .4rem 0 0; padding: .3rem;
  list-style: none; overflow-x: auto; }
nav a { display: block; padding: .55rem .7rem; white-space: nowrap; font-size: .9rem;
  border: 1px solid var(--line); border-radius: .4rem; text-decoration: none; }
nav a:hover { text-decoration: underline; }
.dim, figcaption { color: var(--dim); font-size: .9rem; }
.bad { color: var(--bad); }
.good { color: var(--good); }
.badge { display: inline-block; padding: 0 .5rem; border: 1px solid; border-radius: 1rem;
  font-size: .85rem; font-weight: 600; white-space: nowrap; }
.lead { font-weight: 600; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 13.5rem), 1fr));
  gap: .7rem; margin: .6rem 0; padding: 0; list-style: none; }
.cards > li { padding: .6rem .8rem; background: var(--soft); border-radius: .4rem;
  border-top: .25rem solid var(--line); }
.cards > li.bad, .items > li.bad { border-color: var(--bad); color: inherit; }
.cards > li.good, .items > li.good { border-color: var(--good); color: inherit; }
.cards h3 { font-size: .95rem; font-weight: 600; margin: 0; }
.cards p { margin: .15rem 0; font-size: .9rem; }
.cards .value { font-size: 1.7rem; line-height: 1.2; font-weight: 700; margin: .1rem 0; }
.cards svg { display: block; width: 100%; max-width: 15rem; height: auto; margin: .3rem 0; }
.items { padding: 0; list-style: none; counter-reset: item; }
.items > li { counter-increment: item; margin: .8rem 0; padding: .6rem 1rem;
  background: var(--soft); border-left: .3rem solid var(--line); border-radius: .3rem;
  max-width: 60rem; }
.items > li > h3::before { content: counter(item) ". "; }
.item { display: flex; flex-wrap: wrap; flex-direction: row-reverse; justify-content: flex-end;
  gap: .2rem 1.5rem; }
.item > div { flex: 1 1 24rem; }
.item > figure { flex: 0 1 18rem; margin: .3rem 0; }
.item svg { width: 100%; height: auto; }
.scroll, .fits { margin: 1rem 0 .4rem; }
.scroll { overflow-x: auto; background: linear-gradient(to left, var(--paper) 30%, transparent)
  100% 0 / 2.5rem 100% no-repeat local, linear-gradient(to left, var(--line), transparent)
  100% 0 / .9rem 100% no-repeat scroll; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.fits table { min-width: min(100%, 22rem); }
caption { font-weight: 600; text-align: left; padding-bottom: .3rem; }
th, td { padding: .28rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top;
  text-align: left; font-weight: inherit; min-width: 5rem; }
thead th { border-bottom-width: 2px; vertical-align: bottom; font-weight: 600; }
.n { text-align: right; min-width: 4.5rem; }
td.n, .d { white-space: nowrap; }
.fits th, .fits td { min-width: 0; overflow-wrap: anywhere; white-space: normal; }
tr > :first-child { padding-left: 0; }
tbody th { min-width: 8rem; position: sticky; left: 0; background: var(--paper); }
tbody th > a { display: block; padding: .1rem 0; }
td > a, h3 > a, tbody th > a { color: inherit;
  text-decoration-color: var(--line); text-underline-offset: .2em; }
thead th:first-child { position: sticky; left: 0; background: var(--paper); z-index: 1; }
tr.bad, tr.good { color: inherit; }
tr.bad > th { box-shadow: inset .3rem 0 var(--bad); padding-left: .7rem; }
tr.good > th { box-shadow: inset .3rem 0 var(--good); padding-left: .7rem; }
figure { margin: 1rem 0; max-width: 40rem; }
figure svg { display: block; }
.plot svg { background: #fff; border-radius: .4rem; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr));
  gap: 0 1.5rem; }
summary { cursor: pointer; padding: .5rem 0; min-height: 2.75rem; }
summary > h2 { display: inline; }
.notes { margin: .2rem 0 1.2rem; padding-left: 1.2rem; color: var(--dim); font-size: .9rem; }
.notes li { margin: .15rem 0; }
.said { padding-left: 1.2rem; }
.said li { margin: .3rem 0; }
@media (min-width: 75rem) {
  body { max-width: 90rem; display: grid; grid-template-columns: 13rem minmax(0, 1fr);
    column-gap: 2rem; align-items: start; }
  header { grid-column: 1 / -1; }
  nav { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; }
  nav ul { flex-direction: column; gap: 0; padding: .3rem .3rem 1rem; }
  nav a { border: 0; padding: .35rem .3rem; white-space: normal; }
}
@media (max-width: 600px) {
  body { padding: .7rem; }
  .cards { grid-template-columns: 1fr; gap: .5rem; }
  .cards > li { display: grid; grid-template-columns: minmax(0, 1fr) auto; align-items: start;
    grid-auto-flow: row dense; column-gap: .8rem; padding: .35rem .6rem; }
  .cards p { grid-column: 1; }
  .cards .value { grid-column: 2; grid-row: 1; font-size: 1.3rem; text-align: right; margin: 0; }
  .cards svg { grid-column: 2; grid-row: 2 / span 2; width: 7.5rem; margin: 0; }
  .cards .dim { grid-column: 1 / -1; margin: 0; }
  .items > li { padding: .5rem .7rem; }
  .scroll tbody th { max-width: 45vw; min-width: 6rem; }
  .item > figure { flex-basis: 100%; }
  .stack, .stack tbody, .stack tr, .stack th, .stack td, .stack caption { display: block; }
  .stack thead { position: absolute; left: -100rem; }
  .stack tr { padding: .5rem 0; border-bottom: 2px solid var(--line); }
  .stack tbody th, .stack td { border: 0; padding: .1rem 0; max-width: none; position: static; }
  .stack tbody th { font-weight: 600; }
  .stack td { display: flex; justify-content: space-between; gap: 1rem; text-align: right;
    white-space: normal; }
  .stack td::before { content: attr(data-label); color: var(--dim); text-align: left; }
  .stack tr.bad, .stack tr.good { padding-left: .7rem; border-left: .3rem solid var(--bad); }
  .stack tr.good { border-left-color: var(--good); }
  .stack tr > th { box-shadow: none !important; }
  th, td { padding: .35rem .5rem; font-size: .9rem; }
}
@media print {
  :root { --ink: #000; --paper: #fff; --soft: #fff; --line: #999; --dim: #333; --bad: #7a2a0e;
    --good: #044a2d; --link: #0b57a4; }
  @page { margin: 14mm 12mm; }
  html { font-size: 9.5pt; }
  body { max-width: none; padding: 0; display: block; }
  nav, .skip { display: none; }
  a { color: inherit; text-decoration: none; }
  details::details-content { content-visibility: visible; display: block; block-size: auto; }
  details > :not(summary) { display: block; }
  summary { list-style: none; min-height: 0; }
  .scroll { overflow: visible; }
  table { max-width: 100%; }
  thead { display: table-header-group; }
  th, td { white-space: normal; min-width: 0 !important; padding: .12rem .35rem; }
  tbody th, td, td.n { overflow-wrap: anywhere; white-space: normal; }
  .wide thead th { overflow-wrap: anywhere; hyphens: auto; }
  tbody th { position: static; }
  .wide table { font-size: .8rem; }
  .cards { grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .5rem; }
  .cards > li, .items > li { border: 1px solid var(--line); }
  figure, .cards > li, .items > li, tr, caption, .notes li { break-inside: avoid; }
  h1, h2, h3, summary, caption, thead, .lines { break-after: avoid; }
  p, li { orphans: 3; widows: 3; }
}
"""
"""The style sheet."""
