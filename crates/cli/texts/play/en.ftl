### What `play` says in English. Commands and the names of ports, endpoints, faults and pages stay as they are in
### the code.

## The world
world-title = The world
world-title-more = The world (more below: ↓)
world-vehicles = Vehicles
world-selected = selected
world-no-vehicles = press : and type  select VIN
world-vehicle = At the backend: { $vin }
world-owner-key = owner key
world-tracked = tracked
world-prepared = prepared
world-primary-subscriber = primary subscriber
world-password = password
world-none = none
world-random = random
world-fixed = fixed
world-yes = yes
world-no = no
world-phone = The phone
world-app = app
world-in-background = in the background
world-in-front = in front
world-wallet = wallet
world-wallet-answers = answers
world-wallet-mute = cannot say
world-apple = Apple
world-allows-keys = allows keys
world-refuses-keys = refuses keys
world-key = { $key } in the wallet
world-delete = delete
world-refresh = refresh the vehicle
world-forget = forget the vehicle
world-restart = kill and start the app
world-sign-out = sign out
world-backend = The backend
world-works = works
world-answers = { $endpoint } answers
world-held = held: { $count }
world-at-once = at once

## Apple's sheet
choice-title = Apple Wallet: add the car key
choice-create = create { $key }
choice-create-with-error = create { $key } + { $error }
choice-end = end without an answer
choice-beneath = beneath it: { $button }

## The log
log-select = select { $vin }
log-refresh = refresh { $vin }
log-forget = forget { $vin }
log-delete = delete { $key } from the wallet
log-apple-allows = Apple allows keys
log-apple-refuses = Apple refuses keys
log-wallet-answers = the wallet answers
log-wallet-mute = the wallet cannot say which keys it has
log-background = the app goes to the background
log-foreground = the app comes to the foreground
log-restart = the app is killed and started again
log-sign-out = the user signs out
log-key = Apple makes { $key }
log-key-and-error = Apple makes { $key } and reports { $error }
log-error = Apple reports { $error }
log-no-answer = Apple's sheet ends without an answer
log-vehicle = { $vin }: { $change }
log-digital-key = another digitalKey object
log-no-owner-key = no owner key
log-owner-key = the owner key is { $key }
log-tracked = tracked
log-not-tracked = not tracked
log-prepared = prepared
log-not-prepared = not prepared
log-primary = the primary subscriber
log-not-primary = not the primary subscriber
log-password-fixed = a fixed password
log-password-random = random passwords
log-password-none = no password
log-fails = { $endpoint } fails: { $fault }
log-works = { $endpoint } works again
log-all-work = all endpoints work again
log-holds = { $endpoint } holds its answers back
log-sends = { $endpoint } sends its answers

## Why a command is not carried out
refusal-no-vehicle = there is no vehicle { $number }
refusal-no-key = the wallet has no key { $key }
refusal-select-first = select a vehicle first
refusal-no-sheet = Apple's sheet is not up; it comes up on the page ReadyToPair
refusal-no-buttons = { $number }: this page has no buttons; `select 1` selects a vehicle
refusal-one-button = { $number }: this page has one button, 1
refusal-buttons = { $number }: this page has the buttons 1 to { $count }
refusal-no-control = another BFF cannot be changed from here; give its control interface: --control URL
refusal-too-many = too many commands wait; try again in a moment

## The vehicles
vehicles-title = the vehicles:
vehicles-row = vehicle { $vin }
vehicles-none = `select VIN` selects a vehicle; a BFF does not list its vehicles

## The lines
lines-greeting =
    Type the number of a button to tap it, or a command.
    `help` lists the commands, `quit` ends.
lines-not-now = not now
lines-failed = failed: { $reason }
lines-calls = calls: { $calls }
lines-sheet =
    Apple's sheet is up. Answer it: `apple pass { $key }`, `apple error userCanceled`
    or `apple nothing`; `help apple` says more.

## The keys
footer-sheet = ↑↓ Enter: answer the sheet
footer-phone = ↑↓ Enter or 1-9: tap
footer-world = ↑↓ select  ←→ Enter: change
footer-log = ↑↓ scroll
footer-keys = Tab: next panel · : command · ? help · q quit
keys-title = Help
keys-help =
    ↑ ↓           move in the panel
    Enter, Space  tap, answer, change
    1 to 9        tap a button, or answer the sheet
    ← →           previous and next value in The world
    Tab           next panel; Shift-Tab goes back
    PgUp, PgDn    scroll What happens
    :             type a command; `help` lists them
    mouse         click and scroll as you expect
    q, Ctrl-C     quit

    {"["} Continue ]  a button that can be tapped
    ( Continue )  one that cannot be tapped now

    --language de at the start: German
    Any key closes this.

## The commands. The right column begins after two blanks or more.
help-overview =
    NUMBER               tap the button with this number
    select NUMBER|VIN    select a vehicle
    vehicles             list the vehicles
    refresh VIN          ask for the vehicle's support again
    forget VIN           erase a vehicle that left the account
    help apple           how to answer Apple's sheet: a key, an error, neither
    help phone           the wallet, background and foreground, restart, sign-out
    help vehicle         what the backend knows about the selected vehicle
    help backend         let the backend fail, or hold its answers back
    quit                 end the program

    A first key: select 1, then 1 for the entry, and 1 for Continue twice. On the next page 1 ticks the box and 2 goes on. Then: apple pass KEY-1
    With --language de at the start, all of this is in German.
help-apple =
    apple pass KEY            the sheet ends with this key, such as KEY-1
    apple pass KEY ERROR      with this key, and with an error
    apple error ERROR         with an error
    apple nothing             with neither
    apple can                 Apple allows keys to be created
    apple cannot              Apple does not, as without an iCloud account

    An ERROR is genericError, userCanceled, unavailable, invalidConfiguration, deviceNotSupported, deviceNotReady or osVersionNotSupported.
    A second answer to the same sheet is a late one (CBK-7).
help-phone =
    delete KEY           delete a key from the wallet
    wallet mute          the wallet cannot say which keys it holds
    wallet answers       it can
    background           send the app to the background
    foreground           bring it back
    restart              kill the app and start it again
    signout              sign the user out
help-vehicle =
    owner none                     the vehicle has no owner key
    owner KEY [tracked]            it has this owner key
    tracked yes|no                 its owner key is tracked
    prepared yes|no                it is prepared
    primary yes|no                 the user is its primary subscriber
    password DIGITS|none|random    the password that it gets; 8 digits
help-backend =
    fail ENDPOINT FAULT    let an endpoint fail: support, status or password
    heal                   end all faults
    heal ENDPOINT          end the fault of an endpoint
    hold ENDPOINT          hold its answers back
    release ENDPOINT       send them

    A FAULT is 500, 503, 401, 404, 409, 429, refused, timeout, garbage, truncated or empty; with a Retry-After: 503 after 5 seconds, 429 after 5 seconds.
