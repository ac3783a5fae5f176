import { html, nothing } from "lit";

/** The session as a scenario of the acceptance language. */
export function exportPanel(
  feature: string,
  copied: string,
  actions: { write: () => void; copy: () => void },
) {
  const address = `data:text/plain;charset=utf-8,${encodeURIComponent(feature)}`;
  return html`
    <section aria-labelledby="export-heading">
      <h2 id="export-heading">Export</h2>
      <button id="export" @click=${actions.write}>Write as a scenario</button>
      ${feature === ""
        ? nothing
        : html`<pre id="feature" tabindex="0" aria-label="Scenario">${feature}</pre>
            <button @click=${actions.copy}>${copied === "feature" ? "Copied" : "Copy"}</button>
            <a class="button" href=${address} download="session.feature">Download</a>`}
    </section>
  `;
}
