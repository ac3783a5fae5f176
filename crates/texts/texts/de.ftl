### Die vorgeschlagenen Texte des digitalen Schlüssels auf Deutsch. Die Schlüsselwörter stehen in src/keys.rs.

## Seiten

vehicle-tab-title = Mein Fahrzeug
vehicle-tab-vehicle = Fahrzeug { $vin }
vehicle-tab-coming-soon = Digital Key: demnächst verfügbar
vehicle-tab-update = Ihr Fahrzeug benötigt ein Software-Update, bevor Sie Digital Key einrichten können.

welcome-title = Willkommen bei Digital Key
welcome-body = Entriegeln und starten Sie Ihr Fahrzeug mit Ihrem iPhone.
welcome-move = Ihr vorhandener Schlüssel wird auf dieses iPhone übertragen.

grab-your-two-keys-title = Halten Sie beide Fahrzeugschlüssel bereit
grab-your-two-keys-body = Zum Koppeln Ihres iPhone benötigen Sie beide Schlüssel Ihres Fahrzeugs. Nehmen Sie sie mit und setzen Sie sich in das Fahrzeug.

ready-to-pair-title = Bereit zum Koppeln?
ready-to-pair-body = Legen Sie beide Fahrzeugschlüssel und Ihr iPhone so ab, wie es die Betriebsanleitung zeigt.
ready-to-pair-hint = Bitte bestätigen Sie dies zuerst.

pairing-error-title = Das Koppeln war nicht erfolgreich
pairing-error-no-reason = Ihr iPhone hat keinen Schlüssel erstellt. Bitte versuchen Sie es erneut.
pairing-error-refreshing = Ein neues Kopplungspasswort wird angefordert …

pairing-attempts-exhausted-title = Das Koppeln war nicht erfolgreich
pairing-attempts-exhausted-body = Es ist ein Fehler aufgetreten. Bitte beginnen Sie später erneut.

tutorial1-title = Ihr iPhone ist jetzt ein Schlüssel
tutorial1-body = Halten Sie Ihr iPhone zum Entriegeln an den Türgriff.

tutorial2-title = Fahrzeug starten
tutorial2-body = Legen Sie Ihr iPhone in die Smartphone-Ablage und drücken Sie die Start-Taste.

overview-title = Digital Key
overview-cannot-unlock = Mit diesem Schlüssel können Sie Ihr Fahrzeug noch nicht entriegeln oder starten.
overview-key-removed = Ihr Fahrzeug akzeptiert diesen Schlüssel nicht mehr. Sie können ihn in Wallet entfernen.
overview-more-information = Weitere Informationen: { $link }

move-key-warning-title = Schlüssel auf dieses iPhone übertragen?
move-key-warning-body = Für dieses iPhone wird ein neuer Schlüssel erstellt. Der vorhandene Schlüssel verliert seine Gültigkeit.

key-deleted-title = Digital Key wurde entfernt
key-deleted-body = Der digitale Schlüssel wurde gelöscht.

blocked-title = Digital Key ist derzeit nicht verfügbar

## Teile mehrerer Seiten

loading = Einen Moment bitte …
pairing-runs = Bitte folgen Sie den Anweisungen in Apple Wallet.
warning = Ihr Schlüssel wurde erstellt. Ihr iPhone hat außerdem ein Problem gemeldet: { $problem }
wait =
    { $seconds ->
        [one] Bitte versuchen Sie es in 1 Sekunde erneut.
       *[other] Bitte versuchen Sie es in { $seconds } Sekunden erneut.
    }
notice-wallet-not-opened = Die Wallet-App konnte nicht geöffnet werden. Bitte öffnen Sie die App selbst.
password-uses = Kopplungspasswort { $used } von { $limit } Mal verwendet
password-none = Kein Kopplungspasswort

## Warum der Eintrag fehlt; eher für den Kundenservice als für Fahrer

hidden-no-vehicle = Bitte wählen Sie ein Fahrzeug aus.
hidden-platform = Digital Key ist auf diesem Telefon nicht verfügbar.
hidden-not-supported = Dieses Fahrzeug unterstützt Digital Key nicht.
hidden-asking = Es wird geprüft, ob dieses Fahrzeug Digital Key unterstützt …
hidden-failed = Es konnte nicht geprüft werden, ob dieses Fahrzeug Digital Key unterstützt: { $problem }
hidden-unknown-value = Diese Version der App kennt den digitalen Schlüssel dieses Fahrzeugs nicht. Bitte aktualisieren Sie die App.

failure-unreachable = Es besteht keine Verbindung zum Dienst.
failure-interrupted = Die Verbindung zum Dienst wurde unterbrochen.
failure-deadline-exceeded = Der Dienst hat nicht rechtzeitig geantwortet.
failure-status = Der Dienst hat den Fehler { $status } gemeldet.
failure-unauthorized = Bitte melden Sie sich erneut an.
failure-no-token = Bitte melden Sie sich an.
failure-malformed = Die Antwort des Dienstes konnte nicht gelesen werden.
failure-circuit-open = Der Dienst ist derzeit überlastet.
failure-other = Es ist ein Fehler aufgetreten.

## Schaltflächen

tap-entry = Digital Key
tap-continue = Weiter
tap-retry = Erneut versuchen
tap-checkbox = Ich sitze im Fahrzeug und habe beide Schlüssel bei mir.
tap-edit-in-wallet = In Wallet bearbeiten
tap-move-to-this-phone = Auf dieses iPhone übertragen
tap-tutorial = Anleitung
tap-confirm-move = Schlüssel übertragen
tap-cancel-move = Abbrechen
tap-confirm-error = OK
tap-back = Zurück
tap-close = Schließen

## Was dem Koppeln entgegensteht, und wer es beheben kann

blocker-backend-error = Der Dienst ist nicht erreichbar. Bitte versuchen Sie es erneut.
blocker-phone-not-supported = Dieses Telefon unterstützt Digital Key nicht. Sie benötigen ein iPhone XR, ein iPhone XS oder ein neueres Modell.
blocker-ios-too-old = Digital Key benötigt iOS 13.6 oder neuer. Bitte aktualisieren Sie iOS.
blocker-apple-refuses = Ihr iPhone kann derzeit keinen Schlüssel erstellen. Bitte melden Sie sich bei iCloud an und versuchen Sie es erneut.
blocker-apple-did-not-answer = Ihr iPhone hat nicht rechtzeitig geantwortet. Bitte versuchen Sie es erneut.
blocker-not-primary-subscriber = Nur der Hauptnutzer des Fahrzeugs kann Digital Key einrichten.
blocker-vehicle-not-prepared = Ihr Fahrzeug ist noch nicht zum Koppeln bereit. Bitte versuchen Sie es später erneut.
blocker-pairing-password-unavailable = Das Koppeln ist derzeit nicht möglich. Bitte versuchen Sie es später erneut.

remedy-phone = auf Ihrem Telefon
remedy-vehicle = im Fahrzeug
remedy-account = in Ihrem Konto
remedy-backend = durch unseren Dienst

## Was nach einem fehlgeschlagenen Koppeln zu tun ist

advice-try-again = Bitte versuchen Sie es erneut.
advice-cancelled = Sie haben das Koppeln abgebrochen.
advice-report-fault = Das Koppeln ist mit dieser App nicht möglich. Bitte wenden Sie sich an den Kundenservice.
advice-try-again-then-support = Bitte versuchen Sie es erneut. Besteht das Problem weiterhin, wenden Sie sich bitte an den Kundenservice.
advice-check-vehicle-and-phone-software = Die Software Ihres Fahrzeugs oder Ihres iPhone ist nicht kompatibel. Bitte prüfen Sie beide auf Updates.
advice-check-vehicle-is-ready = Ihr Fahrzeug oder Ihr iPhone war nicht bereit. Bitte prüfen Sie beide und versuchen Sie es erneut.
advice-update-ios = Bitte aktualisieren Sie iOS und versuchen Sie es erneut.

apple-generic-error = Es ist ein Fehler aufgetreten.
apple-user-canceled = Das Koppeln wurde abgebrochen.
apple-unavailable = Fahrzeugschlüssel sind auf diesem Gerät nicht verfügbar.
apple-invalid-configuration = Die Konfiguration des Schlüssels ist ungültig.
apple-device-not-supported = Das Fahrzeug oder das iPhone wird nicht unterstützt.
apple-device-not-ready = Das Fahrzeug oder das iPhone ist nicht bereit.
apple-os-version-not-supported = Diese iOS-Version wird nicht unterstützt.

## Der Zustand des Schlüssels

key-state-unknown = Noch nicht bekannt
key-state-none = Es ist kein Schlüssel eingerichtet.
key-state-other-device = Ihr Schlüssel befindet sich auf einem anderen Gerät.
key-state-active-tracked = Ihr Schlüssel befindet sich auf diesem iPhone.
key-state-active-untracked = Ihr Schlüssel befindet sich auf diesem iPhone und wird aktiviert.

## Warum ein Tippen keine Wirkung hat

reason-not-offered = Das ist auf dieser Seite nicht möglich.
reason-pairing-runs = Bitte schließen Sie zuerst das Koppeln in Apple Wallet ab.
reason-already-selected = Dieses Fahrzeug ist bereits ausgewählt.
reason-nothing-to-change = Es gibt nichts zu ändern.
reason-not-awaited = Diese Antwort wird nicht mehr benötigt.
reason-not-concerned = Das hat auf dieser Seite keine Wirkung.
