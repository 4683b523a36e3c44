"""The look of the HTML report: readable on a phone, in the dark, and on paper.

One style sheet of plain rules, no fonts, pictures or scripts from anywhere. Tables scroll inside
their own frame, so the page itself never does sideways; plots are white cards on dark pages too.
"""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #f3f4f6;
  --line: #c9ced6; --dim: #55606e; --bad: #9a3412; --good: #05603a; --link: #0b57a4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --paper: #14171a; --soft: #20252b;
  --line: #454d57; --dim: #a9b3bf; --bad: #ffb086; --good: #7fd6a8; --link: #8ec5ff; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0 auto; padding: 1rem; max-width: 70rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .5rem; padding-top: .5rem;
  border-top: 1px solid var(--line); }
h3 { font-size: 1.1rem; margin: 1.2rem 0 .3rem; }
p, ul, ol { margin: .4rem 0; }
a { color: var(--link); }
nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; padding: 0; list-style: none; }
nav a { display: inline-block; padding: .35rem 0; }
.dim { color: var(--dim); }
.bad { color: var(--bad); font-weight: 600; }
.good { color: var(--good); font-weight: 600; }
tr.bad, tr.good { background: var(--soft); }
tr.bad > :first-child { box-shadow: inset .3rem 0 var(--bad); padding-left: .7rem; }
tr.good > :first-child { box-shadow: inset .3rem 0 var(--good); padding-left: .7rem; }
.answer { font-size: 1.15rem; font-weight: 600; }
.top { font-size: .9rem; }
td > a, h3 > a { color: inherit; text-decoration-color: var(--line); text-underline-offset: .2em; }
.leads { padding: 0; list-style: none; counter-reset: lead; }
.leads > li { background: var(--soft); border-left: .3rem solid var(--bad);
  border-radius: .3rem; margin: 1rem 0; padding: .6rem 1rem; counter-increment: lead; }
.leads > li > h3::before { content: counter(lead) ". "; }
.leads h3 { margin: 0 0 .3rem; }
dl { margin: 0; }
dt { font-weight: 600; margin-top: .6rem; }
dd { margin: 0; }
.scroll { overflow-x: auto; margin: .8rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { font-weight: 600; text-align: left; padding-bottom: .3rem; }
th, td { padding: .35rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top;
  text-align: right; white-space: nowrap; }
th { border-bottom-width: 2px; vertical-align: bottom; }
.word { text-align: left; white-space: normal; min-width: 7rem; overflow-wrap: break-word; }
tfoot td { border: 0; color: var(--dim); text-align: left; white-space: normal; }
figure { margin: 1.2rem 0; max-width: 40rem; }
figure svg { display: block; background: #fff; border-radius: .4rem; }
figcaption { color: var(--dim); margin-top: .3rem; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr));
  gap: 0 1.5rem; }
details { margin: .8rem 0; }
summary { cursor: pointer; padding: .3rem 0; }
@media (max-width: 600px) {
  .stack, .stack tbody, .stack tr, .stack td { display: block; width: 100%; }
  .stack caption { display: block; }
  .stack thead { position: absolute; left: -100rem; }
  .stack tr { border-bottom: 2px solid var(--line); padding: .5rem 0; }
  .stack td { border: 0; padding: .1rem 0; text-align: left; white-space: normal;
    display: flex; justify-content: space-between; gap: 1rem; }
  .stack td::before { content: attr(data-label); color: var(--dim); flex: none;
    max-width: 45%; }
  .stack td.word:first-child { font-weight: 600; display: block; }
  .stack td.word:first-child::before { content: none; }
  .stack tr.bad, .stack tr.good { padding-left: .7rem; padding-right: .4rem; }
  .stack tr.bad { border-left: .3rem solid var(--bad); }
  .stack tr.good { border-left: .3rem solid var(--good); }
  .stack tr > td.word:first-child { box-shadow: none; padding-left: 0; }
  .stack tfoot td { display: block; }
}
@media print {
  :root { --ink: #000; --paper: #fff; --soft: #fff; --line: #999; --dim: #333; --bad: #000;
    --good: #000; --link: #000; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, .top { display: none; }
  .scroll { overflow: visible; }
  th, td { white-space: normal; padding: .15rem .4rem; }
  figure, .leads > li, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
"""
"""The style sheet."""
