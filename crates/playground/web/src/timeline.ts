import { html, nothing } from "lit";
import type { Actions, Picture } from "./picture";

/** Time: a scrubber over all moves, and the moves themselves. */
export function timeline(picture: Picture, actions: Actions) {
  const length = picture.timeline.length;
  return html`
    <section aria-labelledby="time-heading">
      <h2 id="time-heading">Time</h2>
      <div class="scrubber">
        <button
          aria-label="One move back"
          ?disabled=${picture.cursor === 0}
          @click=${() => actions.go(picture.cursor - 1)}
        >
          ◀
        </button>
        <input
          id="scrubber"
          type="range"
          min="0"
          max=${length}
          .value=${String(picture.cursor)}
          aria-label="Moves that have happened"
          aria-valuetext=${`${picture.cursor} of ${length} moves`}
          @input=${(event: Event) => actions.go(Number((event.target as HTMLInputElement).value))}
        />
        <button
          aria-label="One move on"
          ?disabled=${picture.cursor === length}
          @click=${() => actions.go(picture.cursor + 1)}
        >
          ▶
        </button>
        <output id="moves">${picture.cursor} of ${length}</output>
      </div>
      <ol class="timeline">
        ${picture.timeline.map(
          (entry, at) => html`<li>
            <button
              class=${[
                entry.isAutomatic ? "automatic" : "",
                at + 1 > picture.cursor ? "future" : "",
                at + 1 === picture.cursor ? "present" : "",
              ].join(" ")}
              aria-current=${at + 1 === picture.cursor ? "step" : nothing}
              @click=${() => actions.go(at + 1)}
            >
              ${entry.words}
              ${entry.ignored ? html`<em>ignored: ${entry.ignored}</em>` : nothing}
              <small>${entry.page}</small>
            </button>
          </li>`,
        )}
      </ol>
    </section>
  `;
}
