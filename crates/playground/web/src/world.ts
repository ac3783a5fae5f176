import { html, nothing } from "lit";
import type { Actions, Choices, Picture, VehicleTruth } from "./picture";

const QUESTIONS: [string, string, boolean][] = [
  ["s", "support", true],
  ["t", "status", true],
  ["p", "password", true],
  ["c", "Apple: can a key be created", false],
  ["w", "the wallet: is the key there", false],
  ["o", "the wallet: does it open", false],
];

/** What is true around the app. A change is a move like any other. */
export function world(picture: Picture, choices: Choices, actions: Actions) {
  const truth = picture.truth;
  const toggle = (label: string, on: boolean, code: string, id?: string) =>
    html`<label class="toggle">
      <input
        type="checkbox"
        id=${id ?? nothing}
        .checked=${on}
        @change=${() => actions.make(`${code}${on ? 0 : 1}`)}
      />
      ${label}
    </label>`;
  const select = (label: string, id: string, options: string[], at: number, code: string) =>
    html`<label
      >${label}
      <select id=${id} @change=${(event: Event) => actions.make(`${code}${(event.target as HTMLSelectElement).value}`)}>
        ${options.map((it, index) => html`<option value=${index} ?selected=${index === at}>${it}</option>`)}
      </select>
    </label>`;
  return html`
    <section aria-labelledby="world-heading">
      <h2 id="world-heading">The world</h2>
      <fieldset>
        <legend>What happens</legend>
        <button @click=${() => actions.make("b")}>App to the background</button>
        <button @click=${() => actions.make("f")}>App to the foreground</button>
        <button @click=${() => actions.make("k")}>Kill and start again</button>
        <button @click=${() => actions.make("o")}>Sign out</button>
      </fieldset>
      <fieldset>
        <legend>The phone (a change starts the app anew)</legend>
        ${select("Model", "model", choices.phones, truth.phone, "xd")}
        ${select("iOS", "version", choices.versions, truth.version, "xi")}
        ${toggle("Apple says that keys can be created", truth.apple_is_ready, "xc")}
        ${toggle("The entry is a “coming soon” label", truth.coming_soon, "xe")}
      </fieldset>
      ${truth.vehicles.map((it, at) => vehicle(it, at, picture.vins[at] ?? "", toggle, actions))}
      <fieldset>
        <legend>The wallet</legend>
        ${toggle("answers", truth.wallet_answers, "xa")}
        ${truth.wallet.length === 0 ? html`<span class="note">It holds no key.</span>` : nothing}
        ${truth.wallet.map(
          (key) => html`<button @click=${() => actions.make(`xw0${key}`)}>Delete key K${key}</button>`,
        )}
      </fieldset>
      <fieldset>
        <legend>Answers of the backend fail</legend>
        ${QUESTIONS.filter(([, , backend]) => backend).map(([letter, words]) =>
          toggle(words, truth.failing.includes(letter), `xf${letter}`, `fail-${words}`),
        )}
      </fieldset>
      <fieldset>
        <legend>Held back, to be answered by hand</legend>
        ${QUESTIONS.map(([letter, words]) =>
          toggle(words, truth.held.includes(letter), `xh${letter}`, `hold-${letter}`),
        )}
      </fieldset>
    </section>
  `;
}

function vehicle(
  it: VehicleTruth,
  at: number,
  vin: string,
  toggle: (label: string, on: boolean, code: string, id?: string) => unknown,
  actions: Actions,
) {
  return html`<fieldset>
    <legend>Vehicle ${vin.slice(-6)}</legend>
    ${toggle("supports Smart Access", it.supports, `xs${at}`, `supports-${at}`)}
    ${toggle("is prepared", it.prepared, `xr${at}`)}
    ${toggle("the user is the primary subscriber", it.primary, `xm${at}`, `primary-${at}`)}
    ${toggle("has a password", it.has_password, `xp${at}`)}
    <label
      >Owner key
      <select @change=${(event: Event) => actions.make(`xo${at}${(event.target as HTMLSelectElement).value}`)}>
        ${[0, 1, 2, 3].map(
          (key) =>
            html`<option value=${key} ?selected=${(it.owner ?? 0) === key}>
              ${key === 0 ? "none" : `K${key}`}
            </option>`,
        )}
        ${(it.owner ?? 0) > 3 ? html`<option selected value=${it.owner ?? 0}>K${it.owner}</option>` : nothing}
      </select>
    </label>
    ${it.owner === null ? nothing : toggle("the key is tracked", it.tracked, `xt${at}`)}
    <span class="row">
      <button class="small" @click=${() => actions.make(`h${at}`)}>Refresh its support</button>
      <button class="small" @click=${() => actions.make(`d${at}`)}>Forget it</button>
    </span>
  </fieldset>`;
}
