/**
 * The look of the page. Cards that are out of sight are neither laid out nor decoded. The slider is a native range
 * input, invisible and as wide as the picture plus its own thumb, so that the thumb's middle is where the pointer is.
 */
export const STYLE = `
:root {
  --page: #f4f3f0; --card: #fff; --text: #1d1d1b; --dim: #65635e; --line: #dddad3; --matte: #e6e4de;
  --bar: #a9b8b3; --strong: #0f766e; --bad: #b3261e; --on-strong: #fff;
  color-scheme: light dark;
  font: 15px/1.45 system-ui, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #161715; --card: #212220; --text: #ecebe6; --dim: #a3a19a; --line: #3a3b38; --matte: #10110f;
    --bar: #56635f; --strong: #4fd1c1; --bad: #ff8a80; --on-strong: #10211f;
  }
}
* { box-sizing: border-box; margin: 0; }
body { background: var(--page); color: var(--text); padding: clamp(1rem, 3vw, 2.5rem); }
header { margin-bottom: 1.5rem; }
h1 { font-size: 1.7rem; letter-spacing: -.02em; }
header p { color: var(--dim); }
:focus-visible { outline: 2px solid var(--strong); outline-offset: 2px; }
button {
  font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); cursor: pointer;
}
button b, li b { font-variant-numeric: tabular-nums; font-weight: 600; }
#states { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0; }
#states button { border-radius: 99px; padding: .25rem .85rem; }
button[aria-pressed=true] { background: var(--strong); border-color: var(--strong); color: var(--on-strong); }
#histogram { display: grid; grid-template-columns: repeat(auto-fit, minmax(4.4rem, 5.5rem)); gap: .4rem; }
#histogram:empty { display: none; }
#histogram button {
  display: flex; flex-direction: column-reverse; align-items: center; justify-content: start; height: 8.2rem;
  padding: .3rem; border-radius: .6rem; font-size: .85rem;
}
#histogram button::after {
  content: ''; order: 1; width: 60%; height: calc(var(--share) * 4.6rem); min-height: 2px;
  background: var(--bar); border-radius: .3rem .3rem 0 0;
}
#histogram button b { order: 2; margin-top: auto; }
#histogram button::after { margin-bottom: .2rem; }
#histogram button[aria-pressed=true]::after { background: currentColor; }
#shown { margin-top: .75rem; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1.25rem; }
article {
  background: var(--card); border: 1px solid var(--line); border-radius: .9rem; padding-bottom: .9rem;
  content-visibility: auto; contain-intrinsic-size: auto 26rem;
}
article[hidden] { display: none; }
article > :not(figure) { margin: .55rem 1rem 0; }
figure {
  height: 15rem; background: var(--matte); border-radius: .85rem .85rem 0 0; overflow: hidden;
  container-type: size; display: grid; place-items: center; color: var(--dim);
}
figure div { position: relative; width: min(100cqw, 100cqh * var(--ratio)); aspect-ratio: var(--ratio); overflow: hidden; }
img { position: absolute; width: 100%; height: 100%; display: block; }
.pair { --before: 50; }
.pair img + img { clip-path: inset(0 0 0 calc(var(--before) * 1%)); }
.pair input {
  position: absolute; left: -1rem; width: calc(100% + 2rem); height: 100%; margin: 0; opacity: 0; cursor: ew-resize;
  touch-action: pan-y; appearance: none; -webkit-appearance: none;
}
.pair input::-webkit-slider-thumb { -webkit-appearance: none; width: 2rem; height: 15rem; }
.pair input::-moz-range-thumb { width: 2rem; height: 15rem; border: 0; }
.pair::before, .pair::after { content: ''; position: absolute; z-index: 1; left: calc(var(--before) * 1%); pointer-events: none; }
.pair::before { top: 0; bottom: 0; width: 2px; margin-left: -1px; background: #fff; box-shadow: 0 0 4px #0008; }
.pair::after {
  content: '‹ ›'; top: 50%; translate: -50% -50%; width: 2rem; height: 2rem; border-radius: 50%;
  background: #fff; color: #333; font: 700 1rem/1.8rem system-ui; text-align: center; box-shadow: 0 1px 5px #0008;
}
.pair:has(:focus-visible)::after { outline: 3px solid var(--strong); outline-offset: 1px; }
.pair span {
  position: absolute; top: .5rem; left: .5rem; padding: 0 .5rem; border-radius: 99px; pointer-events: none;
  background: #000a; color: #fff; font-size: .75rem;
}
.pair span + span { left: auto; right: .5rem; }
h2 { font-size: .95rem; font-weight: 600; overflow-wrap: anywhere; }
h2 a { color: inherit; text-decoration-color: var(--line); text-underline-offset: .2em; }
h2 a:hover { text-decoration-color: currentColor; }
article p { color: var(--dim); font-size: .87rem; overflow-wrap: anywhere; }
.status { color: var(--strong); font-weight: 600; }
[data-status=failed] .status, .error { color: var(--bad); }
ul { list-style: none; padding: 0; display: grid; grid-template-columns: 1fr 1fr; gap: .3rem 1rem; }
li {
  display: flex; justify-content: space-between; font-size: .8rem; color: var(--dim); padding-bottom: .22rem;
  background:
    linear-gradient(var(--bar) 0 0) 0 100% / calc(var(--share) * 100%) 3px no-repeat,
    linear-gradient(var(--line) 0 0) 0 100% / 100% 3px no-repeat;
}
li b { font-weight: 400; }
li.on { color: var(--text); --bar: var(--strong); }
li.on b { font-weight: 600; }
`
