import { html, svg } from "lit";
import type { Picture } from "./picture";

const LANES = ["Driver", "iOS", "Host", "App", "BFF", "Cache", "Wallet", "Apple"];
const WIDTH = 130;
const HEIGHT = 26;
const LAST = 60;

/** Who called whom: a lane for each, an arrow for each call. */
export function sequence(picture: Picture) {
  const arrows = picture.sequence.slice(-LAST);
  const x = (lane: string) => WIDTH / 2 + Math.max(0, LANES.indexOf(lane)) * WIDTH;
  const height = (arrows.length + 2) * HEIGHT;
  return html`
    <section aria-labelledby="sequence-heading">
      <h2 id="sequence-heading">Who called whom</h2>
      <details id="sequence">
        <summary>${picture.sequence.length} calls and answers</summary>
        <div class="scroll" tabindex="0" role="group" aria-label="Sequence diagram">
          <svg
            role="img"
            aria-label=${`The last ${arrows.length} calls and answers`}
            width=${LANES.length * WIDTH}
            height=${height}
          >
            ${LANES.map(
              (lane) => svg`<text x=${x(lane)} y="16" text-anchor="middle" class="lane">${lane}</text>
                <line x1=${x(lane)} x2=${x(lane)} y1="22" y2=${height} class="life" />`,
            )}
            ${arrows.map((arrow, at) => {
              const y = (at + 2) * HEIGHT;
              const [from, to] = [x(arrow.from), x(arrow.to)];
              const head = to > from ? to - 7 : to + 7;
              const middle = (from + to) / 2;
              return svg`<g class=${arrow.at === picture.cursor ? "arrow present" : "arrow"}>
                <line x1=${from} x2=${to} y1=${y} y2=${y} />
                <polygon points="${to},${y} ${head},${y - 4} ${head},${y + 4}" />
                <text x=${middle} y=${y - 4} text-anchor="middle">${arrow.text}</text></g>`;
            })}
          </svg>
        </div>
      </details>
    </section>
  `;
}
