### Was die Vorführung auf Deutsch sagt. Die Namen von Schnittstellen und Seiten bleiben wie im Code.

chapter-vehicles = Die Fahrzeuge eines neuen Kontos
chapter-pairing = Das erste Koppeln gelingt beim zweiten Versuch
chapter-tracking = Der Schlüssel wird registriert, die Karte zeigt es
chapter-restart = Die App wird beendet, der Cache weiß alles noch
chapter-deletion = Der Schlüssel wird in Wallet gelöscht
chapter-move = Der Schlüssel wechselt von einem anderen Telefon
chapter-end = Das Ende

step-new-account = ein neues Konto
step-has-entry = { $vin } hat den Eintrag
step-has-no-entry = { $vin } hat keinen Eintrag
step-selected = das erste davon wird ausgewählt
step-tapped = „{ $label }“ wird angetippt
step-cancelled = Apple antwortet: vom Nutzer abgebrochen
step-tracked = der Dienst registriert den Schlüssel; die App kehrt zurück
step-killed = die App wird beendet und neu gestartet
step-from-the-cache = dasselbe Fahrzeug, aus dem Cache
step-deleted = der Schlüssel wird im Hintergrund gelöscht; die App kehrt zurück
step-key-made = Apple antwortet: { $key } wurde erstellt
step-signed-out = der Nutzer meldet sich ab

counter-uses = { $used } von { $limit } genutzt
counter-none = kein Passwort
log-title = Was geschieht
sheet-title = Apple Wallet
sheet-body = Apples eigenes Fenster koppelt das Fahrzeug mit dem Telefon. Die App wartet auf die Antwort.
demo-keys = eine Taste: weiter · p: Pause · f: schnell · q: Ende
demo-summary = { $expected } von { $steps } Schritten sind wie erwartet
demo-paused = Pause · p: weiter · f: schnell · q: Ende
