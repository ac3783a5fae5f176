### Was `play` auf Deutsch sagt. Befehle und die Namen von Schnittstellen, Endpunkten, Fehlern und Seiten bleiben wie
### im Code.

## Die Welt
world-title = Die Welt
world-title-more = Die Welt (mehr darunter: ↓)
world-vehicles = Fahrzeuge
world-selected = ausgewählt
world-no-vehicles = : drücken und tippen  select VIN
world-vehicle = Im Backend: { $vin }
world-owner-key = Hauptschlüssel
world-tracked = registriert
world-prepared = vorbereitet
world-primary-subscriber = Hauptnutzer
world-password = Passwort
world-none = keines
world-random = zufällig
world-fixed = fest
world-yes = ja
world-no = nein
world-phone = Das Telefon
world-app = App
world-in-background = im Hintergrund
world-in-front = im Vordergrund
world-wallet = Wallet
world-wallet-answers = antwortet
world-wallet-mute = weiß es nicht
world-apple = Apple
world-allows-keys = erlaubt Schlüssel
world-refuses-keys = verweigert Schlüssel
world-key = { $key } in Wallet
world-delete = löschen
world-refresh = Fahrzeug neu abfragen
world-forget = Fahrzeug vergessen
world-restart = App beenden und starten
world-sign-out = abmelden
world-backend = Das Backend
world-works = funktioniert
world-answers = Antworten von { $endpoint }
world-held = zurückgehalten: { $count }
world-at-once = sofort

## Apples Fenster
choice-title = Apple Wallet: Autoschlüssel hinzufügen
choice-create = { $key } erstellen
choice-create-with-error = { $key } erstellen + { $error }
choice-end = ohne Antwort enden
choice-beneath = darunter: { $button }

## Das Protokoll
log-select = { $vin } auswählen
log-refresh = { $vin } neu abfragen
log-forget = { $vin } vergessen
log-delete = { $key } aus Wallet löschen
log-apple-allows = Apple erlaubt Schlüssel
log-apple-refuses = Apple verweigert Schlüssel
log-wallet-answers = Wallet antwortet
log-wallet-mute = Wallet kann nicht sagen, welche Schlüssel es hat
log-background = die App geht in den Hintergrund
log-foreground = die App kommt in den Vordergrund
log-restart = die App wird beendet und neu gestartet
log-sign-out = der Nutzer meldet sich ab
log-key = Apple erstellt { $key }
log-key-and-error = Apple erstellt { $key } und meldet { $error }
log-error = Apple meldet { $error }
log-no-answer = Apples Fenster endet ohne Antwort
log-vehicle = { $vin }: { $change }
log-digital-key = ein anderes Objekt digitalKey
log-no-owner-key = kein Hauptschlüssel
log-owner-key = der Hauptschlüssel ist { $key }
log-tracked = registriert
log-not-tracked = nicht registriert
log-prepared = vorbereitet
log-not-prepared = nicht vorbereitet
log-primary = der Nutzer ist Hauptnutzer
log-not-primary = der Nutzer ist nicht Hauptnutzer
log-password-fixed = ein festes Passwort
log-password-random = zufällige Passwörter
log-password-none = kein Passwort
log-fails = { $endpoint } schlägt fehl: { $fault }
log-works = { $endpoint } funktioniert wieder
log-all-work = alle Endpunkte funktionieren wieder
log-holds = { $endpoint } hält seine Antworten zurück
log-sends = { $endpoint } sendet seine Antworten

## Warum ein Befehl nicht ausgeführt wird
refusal-no-vehicle = es gibt kein Fahrzeug { $number }
refusal-no-key = Wallet hat keinen Schlüssel { $key }
refusal-select-first = wählen Sie zuerst ein Fahrzeug aus
refusal-no-sheet = Apples Fenster ist nicht offen; es erscheint auf der Seite ReadyToPair
refusal-no-buttons = { $number }: diese Seite hat keine Tasten; `select 1` wählt ein Fahrzeug aus
refusal-one-button = { $number }: diese Seite hat eine Taste, 1
refusal-buttons = { $number }: diese Seite hat die Tasten 1 bis { $count }
refusal-no-control = ein anderes BFF kann von hier aus nicht geändert werden; nennen Sie seine Steuerung: --control URL
refusal-too-many = zu viele Befehle warten; versuchen Sie es gleich noch einmal

## Die Fahrzeuge
vehicles-title = die Fahrzeuge:
vehicles-row = Fahrzeug { $vin }
vehicles-none = `select VIN` wählt ein Fahrzeug aus; ein BFF zählt seine Fahrzeuge nicht auf

## Die Zeilen
lines-greeting =
    Geben Sie die Nummer einer Taste ein, um sie anzutippen, oder einen Befehl.
    `help` zeigt die Befehle, `quit` beendet das Programm.
lines-not-now = nicht jetzt
lines-failed = fehlgeschlagen: { $reason }
lines-calls = Aufrufe: { $calls }
lines-sheet =
    Apples Fenster ist offen. Antworten Sie: `apple pass { $key }`, `apple error userCanceled`
    oder `apple nothing`; `help apple` sagt mehr.

## Die Tasten
footer-sheet = ↑↓ Enter: antworten
footer-phone = ↑↓ Enter oder 1-9: tippen
footer-world = ↑↓ wählen  ←→ Enter: ändern
footer-log = ↑↓ blättern
footer-keys = Tab: weiter · : Befehl · ? Hilfe · q Ende
keys-title = Hilfe
keys-help =
    ↑ ↓           im Feld bewegen
    Enter, Leer   tippen, antworten, ändern
    1 bis 9       Taste antippen oder Apple antworten
    ← →           voriger und nächster Wert in Die Welt
    Tab           nächstes Feld; Umschalt-Tab: zurück
    Bild ↑ ↓      Was geschieht durchblättern
    :             Befehl eingeben; `help` zeigt alle
    Maus          klicken und blättern wie gewohnt
    q, Strg-C     beenden

    {"["} Weiter ]    eine Taste zum Antippen
    ( Weiter )    eine, die jetzt nichts bewirkt

    --language en beim Start: Englisch
    Jede Taste schließt dies.

## Die Befehle. Die rechte Spalte beginnt nach mindestens zwei Leerzeichen.
help-overview =
    NUMMER               die Taste mit dieser Nummer antippen
    select NUMMER|VIN    ein Fahrzeug auswählen
    vehicles             die Fahrzeuge aufzählen
    refresh VIN          neu fragen, ob das Fahrzeug unterstützt wird
    forget VIN           ein Fahrzeug löschen, das das Konto verlassen hat
    help apple           Apples Fenster antworten: Schlüssel, Fehler, keines
    help phone           Wallet, Hintergrund und Vordergrund, Neustart, Abmelden
    help vehicle         was das Backend über das gewählte Fahrzeug weiß
    help backend         das Backend scheitern oder Antworten zurückhalten lassen
    quit                 das Programm beenden

    Ein erster Schlüssel: select 1, dann 1 für den Eintrag und zweimal 1 für Weiter. Auf der nächsten Seite setzt 1 das Häkchen, und 2 geht weiter. Danach: apple pass KEY-1
    Mit --language en beim Start ist all dies auf Englisch.
help-apple =
    apple pass SCHLÜSSEL           das Fenster endet mit diesem Schlüssel
    apple pass SCHLÜSSEL FEHLER    mit diesem Schlüssel und einem Fehler
    apple error FEHLER             mit einem Fehler
    apple nothing                  mit keinem von beiden
    apple can                      Apple erlaubt, Schlüssel zu erstellen
    apple cannot                   Apple erlaubt es nicht, etwa ohne iCloud

    Ein SCHLÜSSEL ist ein Name wie KEY-1. Ein FEHLER ist genericError, userCanceled, unavailable, invalidConfiguration, deviceNotSupported, deviceNotReady oder osVersionNotSupported.
    Eine zweite Antwort auf dasselbe Fenster ist eine späte Antwort (CBK-7).
help-phone =
    delete SCHLÜSSEL     einen Schlüssel aus Wallet löschen
    wallet mute          Wallet kann nicht sagen, welche Schlüssel es hat
    wallet answers       es kann es
    background           die App in den Hintergrund schicken
    foreground           sie zurückholen
    restart              die App beenden und neu starten
    signout              den Nutzer abmelden
help-vehicle =
    owner none                      das Fahrzeug hat keinen Hauptschlüssel
    owner SCHLÜSSEL [tracked]       es hat diesen Hauptschlüssel
    tracked yes|no                  sein Hauptschlüssel ist registriert
    prepared yes|no                 es ist vorbereitet
    primary yes|no                  der Nutzer ist sein Hauptnutzer
    password ZIFFERN|none|random    das Passwort, das es bekommt; 8 Ziffern
help-backend =
    fail ENDPUNKT FEHLER    einen scheitern lassen: support, status, password
    heal                    alle Fehler beenden
    heal ENDPUNKT           den Fehler eines Endpunkts beenden
    hold ENDPUNKT           seine Antworten zurückhalten
    release ENDPUNKT        sie senden

    Ein FEHLER ist 500, 503, 401, 404, 409, 429, refused, timeout, garbage, truncated oder empty; mit einem Retry-After: 503 after 5 seconds, 429 after 5 seconds.
