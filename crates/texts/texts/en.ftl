### The suggested texts of the digital key in English. src/keys.rs says which key is used where.

## Pages

vehicle-tab-title = My vehicle
vehicle-tab-vehicle = Vehicle { $vin }
vehicle-tab-coming-soon = Digital Key: coming soon
vehicle-tab-update = Your vehicle needs a software update before you can set up Digital Key.

welcome-title = Welcome to Digital Key
welcome-body = Unlock and start your vehicle with your iPhone.
welcome-move = Your existing key will be moved to this iPhone.

grab-your-two-keys-title = Have both vehicle keys ready
grab-your-two-keys-body = You need both keys of your vehicle to pair your iPhone. Take them with you and sit in the vehicle.

ready-to-pair-title = Ready to pair?
ready-to-pair-body = Place both vehicle keys and your iPhone as shown in the owner's manual.
ready-to-pair-hint = Please confirm this first.

pairing-error-title = Pairing was not successful
pairing-error-no-reason = Your iPhone did not create a key. Please try again.
pairing-error-refreshing = A new pairing password is being requested …

pairing-attempts-exhausted-title = Pairing was not successful
pairing-attempts-exhausted-body = Something went wrong. Please start again later.

tutorial1-title = Your iPhone is now a key
tutorial1-body = To unlock your vehicle, hold your iPhone to the door handle.

tutorial2-title = Start your vehicle
tutorial2-body = Place your iPhone in the smartphone tray and press the start button.

overview-title = Digital Key
overview-cannot-unlock = This key cannot unlock or start your vehicle yet.
overview-key-removed = Your vehicle does not accept this key any more. You can remove it in Wallet.
overview-more-information = More information: { $link }

move-key-warning-title = Move the key to this iPhone?
move-key-warning-body = A new key will be created for this iPhone. The existing key will stop working.

key-deleted-title = Digital Key was removed
key-deleted-body = The digital key was deleted.

blocked-title = Digital Key is currently not available

## Parts of several pages

loading = One moment …
pairing-runs = Please follow the instructions in Apple Wallet.
warning = Your key was created. Your iPhone also reported a problem: { $problem }
wait =
    { $seconds ->
        [one] Please try again in 1 second.
       *[other] Please try again in { $seconds } seconds.
    }
notice-wallet-not-opened = The Wallet app could not be opened. Please open it yourself.
password-uses = Pairing password used { $used } of { $limit } times
password-none = No pairing password

## Why there is no entry on the vehicle tab; for support rather than for drivers

hidden-no-vehicle = Please select a vehicle.
hidden-platform = Digital Key is not available on this phone.
hidden-not-supported = This vehicle does not support Digital Key.
hidden-asking = Checking whether this vehicle supports Digital Key …
hidden-failed = Whether this vehicle supports Digital Key could not be checked: { $problem }
hidden-unknown-value = This version of the app does not know the digital key of this vehicle. Please update the app.

failure-unreachable = There is no connection to the service.
failure-interrupted = The connection to the service was interrupted.
failure-deadline-exceeded = The service did not answer in time.
failure-status = The service reported the error { $status }.
failure-unauthorized = Please sign in again.
failure-no-token = Please sign in.
failure-malformed = The answer of the service could not be read.
failure-circuit-open = The service is currently overloaded.
failure-other = An error occurred.

## Buttons

tap-entry = Digital Key
tap-continue = Continue
tap-retry = Try again
tap-checkbox = I am in the vehicle and have both keys with me.
tap-edit-in-wallet = Edit in Wallet
tap-move-to-this-phone = Move to this iPhone
tap-tutorial = Tutorial
tap-confirm-move = Move key
tap-cancel-move = Cancel
tap-confirm-error = OK
tap-back = Back
tap-close = Close

## What keeps a driver from pairing, and who can fix it

blocker-backend-error = The service cannot be reached. Please try again.
blocker-phone-not-supported = This phone does not support Digital Key. You need an iPhone XR, an iPhone XS or a later model.
blocker-ios-too-old = Digital Key needs iOS 13.6 or later. Please update iOS.
blocker-apple-refuses = Your iPhone cannot create a key at the moment. Please sign in to iCloud and try again.
blocker-apple-did-not-answer = Your iPhone did not answer in time. Please try again.
blocker-not-primary-subscriber = Only the primary user of the vehicle can set up Digital Key.
blocker-vehicle-not-prepared = Your vehicle is not ready for pairing yet. Please try again later.
blocker-pairing-password-unavailable = Pairing is not possible at the moment. Please try again later.

remedy-phone = on your phone
remedy-vehicle = in the vehicle
remedy-account = in your account
remedy-backend = by our service

## What a driver can do after a failed pairing

advice-try-again = Please try again.
advice-cancelled = You cancelled the pairing.
advice-report-fault = Pairing is not possible with this app. Please contact customer support.
advice-try-again-then-support = Please try again. If the problem persists, contact customer support.
advice-check-vehicle-and-phone-software = The software of your vehicle or of your iPhone is not compatible. Please check both for updates.
advice-check-vehicle-is-ready = Your vehicle or your iPhone was not ready. Please check both and try again.
advice-update-ios = Please update iOS and try again.

apple-generic-error = An error occurred.
apple-user-canceled = The pairing was cancelled.
apple-unavailable = Car keys are not available on this device.
apple-invalid-configuration = The configuration of the key is not valid.
apple-device-not-supported = The vehicle or the iPhone is not supported.
apple-device-not-ready = The vehicle or the iPhone is not ready.
apple-os-version-not-supported = This version of iOS is not supported.

## The state of the key

key-state-unknown = Not known yet
key-state-none = No key has been set up.
key-state-other-device = Your key is on another device.
key-state-active-tracked = Your key is on this iPhone.
key-state-active-untracked = Your key is on this iPhone and is being activated.

## Why a tap has no effect

reason-not-offered = This is not possible on this page.
reason-pairing-runs = Please finish the pairing in Apple Wallet first.
reason-already-selected = This vehicle is already selected.
reason-nothing-to-change = There is nothing to change.
reason-not-awaited = This answer is no longer needed.
reason-not-concerned = This has no effect on this page.
