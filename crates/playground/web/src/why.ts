import { html } from "lit";
import type { Choices, Picture } from "./picture";

/** Why this page: the rules that decided the last move, and all that the session has touched. */
export function why(picture: Picture, choices: Choices) {
  const touched = new Set(picture.touched);
  return html`
    <section aria-labelledby="why-heading">
      <h2 id="why-heading">Why this page?</h2>
      ${picture.why.length === 0
        ? html`<p class="note">No rule decided the last move.</p>`
        : html`<dl id="why">
            ${picture.why.map((rule) => html`<dt>${rule.number}</dt><dd>${rule.sentence}</dd>`)}
          </dl>`}
      <details>
        <summary id="touched">${touched.size} of ${choices.rules.length} rules touched by this session</summary>
        <ul class="rules" tabindex="0" aria-label="All rules">
          ${choices.rules.map(
            (rule) => html`<li class=${touched.has(rule.number) ? "touched" : ""}>
              <strong>${rule.number}</strong> ${rule.sentence}
              ${touched.has(rule.number) ? html`<span class="tick">touched</span>` : ""}
            </li>`,
          )}
        </ul>
      </details>
    </section>
  `;
}

/** The facts of the machine that the last move changed. */
export function diff(picture: Picture) {
  return html`
    <section aria-labelledby="diff-heading">
      <h2 id="diff-heading">What the last move changed</h2>
      ${picture.diff.length === 0
        ? html`<p class="note">No fact of the machine.</p>`
        : html`<pre id="diff" tabindex="0" aria-label="Changed facts">${picture.diff.map(
            (line) => html`<span class=${line.mark === "+" ? "added" : "removed"}>${line.mark} ${line.text}\n</span>`,
          )}</pre>`}
    </section>
  `;
}
