import { html, nothing } from "lit";
import type { Actions, Card, Picture } from "./picture";

const SHOWN = 7;

/** What can be answered next: a card for each open question. */
export function cards(picture: Picture, actions: Actions) {
  return html`
    <section aria-labelledby="cards-heading">
      <h2 id="cards-heading">Answer next</h2>
      ${picture.cards.length === 0
        ? html`<p class="note">
            No question is open. The world answers by itself; hold an answer back in “The world” to give
            it by hand.
          </p>`
        : picture.cards.map((it) => card(it, actions))}
      ${picture.cards.some((it) => it.answers.some((answer) => answer.isNatural))
        ? html`<button @click=${() => actions.wait()}>Wait until every deadline has passed</button>`
        : nothing}
    </section>
  `;
}

function card(it: Card, actions: Actions) {
  const answer = (at: Card["answers"][number]) =>
    html`<button
      class=${at.isNatural ? "natural" : ""}
      data-answer=${at.code}
      @click=${() => actions.make(at.code)}
    >
      ${at.words}${at.isNatural ? html` <small>(as the world is)</small>` : nothing}
    </button>`;
  return html`
    <article class="card">
      <h3>${it.title}</h3>
      <p class="note">${it.from} answers, about ${it.vehicle.slice(-6)}</p>
      <div class="answers">${it.answers.slice(0, SHOWN).map(answer)}</div>
      ${it.answers.length > SHOWN
        ? html`<details>
            <summary>${it.answers.length - SHOWN} more answers</summary>
            <div class="answers">${it.answers.slice(SHOWN).map(answer)}</div>
          </details>`
        : nothing}
    </article>
  `;
}
