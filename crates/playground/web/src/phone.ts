import { html, nothing } from "lit";
import type { Actions, Phone, PhoneButton, Picture } from "./picture";

/** The phone: the page of the app, drawn from the view alone. */
export function phone(picture: Picture, language: string, actions: Actions) {
  const page = picture.phone;
  return html`
    <section aria-labelledby="phone-heading">
      <h2 id="phone-heading">The phone</h2>
      <div class="phone">
        <div class="screen" lang=${language} data-page=${page.page}>
          <h3 id="page-title">${page.title}</h3>
          <div class="lines" aria-live="polite">${page.lines.map(line)}</div>
          <div class="buttons">${page.buttons.map((it) => button(it, actions))}</div>
          ${page.hasSheet ? sheet(page) : nothing}
        </div>
      </div>
      <p class="note">
        Page <code id="page-name">${page.page}</code>. Two vehicles wait on the tab:
        ${picture.vins.map(
          (vin, vehicle) =>
            html`<button class="small" @click=${() => actions.make(`v${vehicle}`)}>
              Select ${vin.slice(-6)}
            </button>`,
        )}
      </p>
    </section>
  `;
}

function line(it: Phone["lines"][number]) {
  return html`<p class=${it.kind}>${it.kind === "warning" ? html`<strong>!</strong> ` : nothing}${it.text}</p>`;
}

function button(it: PhoneButton, actions: Actions) {
  const make = () => actions.make(it.code);
  if (it.isChecked !== null) {
    return html`<button
      role="checkbox"
      aria-checked=${it.isChecked ? "true" : "false"}
      class=${it.isHighlighted ? "check highlighted" : "check"}
      ?disabled=${!it.isEnabled}
      data-tap=${it.name}
      @click=${make}
    >
      <span aria-hidden="true">${it.isChecked ? "☑" : "☐"}</span> ${it.label}
    </button>`;
  }
  return html`<button ?disabled=${!it.isEnabled} data-tap=${it.name} @click=${make}>
    ${it.label}
  </button>`;
}

function sheet(page: Phone) {
  return html`<div class="sheet" role="note" data-page=${page.page}>
    <strong>Apple Wallet</strong>
    <span>The sheet is up. Its answers are among the cards.</span>
  </div>`;
}
