import { LitElement, html, nothing } from "lit";
import init, { Playground, choices, gallery_links } from "../pkg/digital_key_playground.js";
import wasm from "../pkg/digital_key_playground_bg.wasm?url";
import { cards } from "./cards";
import { exportPanel } from "./export";
import { flow } from "./flow";
import { gallery, type GalleryEntry } from "./gallery";
import { phone } from "./phone";
import type { Actions, Choices, Picture } from "./picture";
import { sequence } from "./sequence";
import { timeline } from "./timeline";
import { diff, why } from "./why";
import { world } from "./world";

type Language = "en" | "de";
/** The most bytes that are read, as in the reader itself. */
const LARGEST_RECORDING = 16 * 1024 * 1024;

type Theme = "auto" | "light" | "dark";

/** The whole page. It keeps the session, and draws a panel a function. */
class PlaygroundPage extends LitElement {
  private playground: Playground | undefined;
  private picture: Picture | undefined;
  private choices: Choices | undefined;
  private places: GalleryEntry[] = [];
  private language: Language = "en";
  private theme: Theme = "auto";
  private message = "";
  private feature = "";
  private copied = "";

  // Without a shadow root the page is one document for styles, tests and screen readers.
  protected override createRenderRoot() {
    return this;
  }

  override connectedCallback() {
    super.connectedCallback();
    addEventListener("hashchange", () => this.openAddress());
    void this.start();
  }

  private async start() {
    await init({ module_or_path: wasm });
    this.choices = JSON.parse(choices()) as Choices;
    this.openAddress();
    // The gallery searches the machine's states; the phone is drawn before.
    setTimeout(() => {
      this.places = JSON.parse(gallery_links()) as GalleryEntry[];
      this.requestUpdate();
    });
  }

  private openAddress() {
    const hash = location.hash.slice(1);
    if (hash === this.picture?.link) return;
    this.message = "";
    try {
      this.playground = new Playground(decodeURIComponent(hash));
    } catch (error) {
      this.message = `This link cannot be opened: ${sentence(error)}. A new session begins.`;
      this.playground = new Playground("");
    }
    this.draw();
  }

  private draw() {
    if (!this.playground) return;
    const started = performance.now();
    this.picture = JSON.parse(this.playground.picture(this.language)) as Picture;
    this.feature = "";
    this.copied = "";
    history.replaceState(null, "", `#${this.picture.link}`);
    this.requestUpdate();
    void this.updateComplete.then(() => {
      this.dataset["drawnIn"] = (performance.now() - started).toFixed(2);
    });
  }

  private change(work: (playground: Playground) => void) {
    if (!this.playground) return;
    this.message = "";
    try {
      work(this.playground);
    } catch (error) {
      this.message = sentence(error);
    }
    this.draw();
  }

  private readonly actions: Actions = {
    make: (code) => this.change((playground) => playground.make(code)),
    wait: () => this.change((playground) => playground.wait()),
    go: (cursor) => this.change((playground) => playground.go(cursor)),
    open: (link) => {
      location.hash = link;
      this.openAddress();
    },
  };

  private async importFile(file: File) {
    let message: string;
    if (file.size > LARGEST_RECORDING) {
      message = "This file is larger than any recording.";
    } else {
      try {
        const imported = Playground.import(new Uint8Array(await file.arrayBuffer()));
        this.actions.open(imported.link);
        message = imported.remarks;
      } catch (error) {
        message = `This file cannot be opened: ${sentence(error)}.`;
      }
    }
    this.message = message;
    this.requestUpdate();
  }

  private setLanguage(language: Language) {
    this.language = language;
    this.draw();
  }

  private setTheme(theme: Theme) {
    this.theme = theme;
    document.documentElement.dataset["theme"] = theme;
    this.requestUpdate();
  }

  private async copy(what: string, text: string) {
    await navigator.clipboard.writeText(text);
    this.copied = what;
    this.requestUpdate();
  }

  protected override render() {
    const picture = this.picture;
    const choices = this.choices;
    if (!picture || !choices) return html`<p class="loading" role="status">Loading …</p>`;
    return html`
      <header>
        <h1>Digital Key playground</h1>
        <div class="tools">
          <button @click=${() => this.actions.open("")}>New session</button>
          <button @click=${() => void this.copy("link", location.href)}>
            ${this.copied === "link" ? "Copied" : "Copy link"}
          </button>
          <label
            >Language
            <select
              id="language"
              @change=${(event: Event) => this.setLanguage(value(event) as Language)}
            >
              <option value="en" ?selected=${this.language === "en"}>English</option>
              <option value="de" ?selected=${this.language === "de"}>Deutsch</option>
            </select>
          </label>
          <label
            >Colours
            <select id="theme" @change=${(event: Event) => this.setTheme(value(event) as Theme)}>
              <option value="auto" ?selected=${this.theme === "auto"}>as the system</option>
              <option value="light" ?selected=${this.theme === "light"}>light</option>
              <option value="dark" ?selected=${this.theme === "dark"}>dark</option>
            </select>
          </label>
        </div>
      </header>
      ${this.message
        ? html`<p class="message" role="alert" id="message">${this.message}</p>`
        : nothing}
      <main>
        <div class="column">${phone(picture, this.language, this.actions)}</div>
        <div class="column">
          ${cards(picture, this.actions)} ${why(picture, choices)}
          ${timeline(picture, this.actions)}
        </div>
        <div class="column">
          ${world(picture, choices, this.actions)} ${gallery(this.places, this.actions)}
          ${exportPanel(this.feature, this.copied, {
            write: () => {
              this.feature = this.playground?.feature() ?? "";
              this.requestUpdate();
            },
            copy: () => void this.copy("feature", this.feature),
            importFile: (file) => void this.importFile(file),
          })}
        </div>
        <div class="wide">
          ${sequence(picture)} ${flow(picture, choices)} ${diff(picture)}
        </div>
      </main>
    `;
  }
}

export function value(event: Event): string {
  return (event.target as HTMLSelectElement | HTMLInputElement).value;
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

customElements.define("dk-playground", PlaygroundPage);
