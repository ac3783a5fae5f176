import { html, nothing } from "lit";

/** The session as a scenario of the acceptance language, and a recording as a session. */
export function exportPanel(
  feature: string,
  copied: string,
  actions: { write: () => void; copy: () => void; importFile: (file: File) => void },
) {
  const address = `data:text/plain;charset=utf-8,${encodeURIComponent(feature)}`;
  return html`
    <section aria-labelledby="export-heading">
      <h2 id="export-heading">Export and import</h2>
      <button id="export" @click=${actions.write}>Write as a scenario</button>
      ${feature === ""
        ? nothing
        : html`<pre id="feature" tabindex="0" aria-label="Scenario">${feature}</pre>
            <button @click=${actions.copy}>${copied === "feature" ? "Copied" : "Copy"}</button>
            <a class="button" href=${address} download="session.feature">Download</a>`}
      <label
        >Open a recording
        <input
          type="file"
          id="import"
          @change=${(event: Event) => {
            const input = event.target as HTMLInputElement;
            const file = input.files?.[0];
            if (file) actions.importFile(file);
            // The same file can be chosen again.
            input.value = "";
          }}
        />
      </label>
    </section>
  `;
}
