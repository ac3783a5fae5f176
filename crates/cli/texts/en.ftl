### What the demo says in English. The names of ports and pages stay as they are in the code.

chapter-vehicles = The vehicles of a new account
chapter-pairing = The first pairing, at the second try
chapter-tracking = The key is registered, and the card follows
chapter-restart = The app is killed, and the cache remembers
chapter-deletion = The key is deleted in the wallet
chapter-move = The key moves from another phone
chapter-end = The end

step-new-account = a new account
step-has-entry = { $vin } has the entry
step-has-no-entry = { $vin } has no entry
step-selected = the first of them is selected
step-tapped = "{ $label }" is tapped
step-cancelled = Apple answers: cancelled by the user
step-tracked = the backend tracks the key; the app comes back
step-killed = the app is killed and started again
step-from-the-cache = the same vehicle, from the cache
step-deleted = the key is deleted in the background; the app comes back
step-key-made = Apple answers: { $key } is made
step-signed-out = the user signs out

counter-uses = use { $used } of { $limit }
counter-none = no password
log-title = What happens
sheet-title = Apple Wallet
sheet-body = Apple's own sheet pairs the car with the phone. The app waits for its answer.
demo-keys = any key goes on · p pause · f fast · q end
demo-summary = { $expected } of { $steps } steps are as expected
demo-paused = paused · p goes on · f fast · q end
