import { html, svg } from "lit";
import type { Choices, Picture } from "./picture";

const WIDTH = 190;
const HEIGHT = 62;

/** The places of the pages in the diagram: column and row. */
const PLACES: Record<string, [number, number]> = {
  VehicleTab: [0, 0],
  Welcome: [1, 0],
  GrabYourTwoKeys: [2, 0],
  ReadyToPair: [3, 0],
  Sheet: [4, 0],
  Tutorial1: [4, 2],
  Tutorial2: [3, 2],
  Overview: [2, 2],
  MoveKeyWarning: [1, 2],
  KeyDeleted: [0, 2],
  BackendError: [0, 4],
  PhoneNotSupported: [1, 4],
  PhoneSoftwareUpdateRequired: [2, 4],
  NotPrimarySubscriber: [3, 4],
  VehicleNotPrepared: [0, 5],
  PairingPasswordUnavailable: [1, 5],
  PairingError: [4, 4],
  PairingAttemptsExhausted: [4, 5],
};

/** The flow, with the present page lit. */
export function flow(picture: Picture, choices: Choices) {
  const present = picture.phone.hasSheet ? "Sheet" : picture.phone.page;
  const centre = (page: string): [number, number] => {
    const [column, row] = PLACES[page] ?? [0, 0];
    return [WIDTH / 2 + column * WIDTH, HEIGHT / 2 + row * HEIGHT];
  };
  return html`
    <section aria-labelledby="flow-heading">
      <h2 id="flow-heading">The flow</h2>
      <details id="flow" open>
        <summary>The present page is lit: ${present}</summary>
        <div class="scroll" tabindex="0" role="group" aria-label="Flow diagram">
          <svg role="img" aria-label=${`The flow; the present page is ${present}`} width=${WIDTH * 5} height=${HEIGHT * 6}>
            ${choices.arrows.map((arrow) => {
              const [x1, y1] = centre(arrow.from);
              const [x2, y2] = centre(arrow.to);
              const lit = arrow.from === present ? "edge lit" : "edge";
              return svg`<line class=${lit} x1=${x1} y1=${y1} x2=${x2} y2=${y2}><title>${arrow.text}</title></line>`;
            })}
            ${Object.keys(PLACES).map((page) => {
              const [x, y] = centre(page);
              return svg`<g class=${page === present ? "node present" : "node"}>
                <rect x=${x - 88} y=${y - 15} width="176" height="30" rx="6" />
                <text x=${x} y=${y + 4} text-anchor="middle">${page}</text></g>`;
            })}
          </svg>
        </div>
      </details>
    </section>
  `;
}
