import { html } from "lit";
import type { Actions } from "./picture";

export interface GalleryEntry {
  name: string;
  link: string;
}

/** Every page and every blocker, one click away. */
export function gallery(places: GalleryEntry[], actions: Actions) {
  return html`
    <section aria-labelledby="gallery-heading">
      <h2 id="gallery-heading">Gallery</h2>
      <p class="note">Each page by the shortest way that the exploration finds.</p>
      ${places.length === 0 ? html`<p role="status">Searching …</p>` : ""}
      <ul class="gallery" id="gallery">
        ${places.map(
          (place) => html`<li>
            <a
              href=${`#${place.link}`}
              @click=${(event: Event) => {
                event.preventDefault();
                actions.open(place.link);
              }}
              >${place.name}</a
            >
          </li>`,
        )}
      </ul>
    </section>
  `;
}
