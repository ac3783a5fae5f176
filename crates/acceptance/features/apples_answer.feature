Feature: Apple's answer
  The outcomes of a pairing on Apple's sheet.

  Background:
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped

  @CBK-1 @CBK-5
  Scenario: a pass opens Tutorial1 and is kept
    When Apple returns pass "K1"
    Then the page is "Tutorial1"
    And no pairing is running
    And the cache knows key "K1" for "WBA00000000DEMO01"
    And the key state is "ActiveUntracked"
    And the usage counter of "WBA00000000DEMO01" is "none"
    And a warning is not shown
    And the backend received 1 "password" requests

  @CBK-1 @CBK-5 @GEN-4
  Scenario: the key is still known after a kill right after the success
    When Apple returns pass "K1"
    And the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    Then the key state is "ActiveUntracked"
    And the usage counter of "WBA00000000DEMO01" is "none"
    When the entry is tapped
    Then the page is "Overview"

  @CBK-2
  Scenario: an error opens PairingError without waiting for the new password
    Given the backend holds back "password" answers
    When Apple returns the error "genericError"
    Then the page is "PairingError"
    And no pairing is running
    And the backend received 2 "password" requests
    And the usage counter of "WBA00000000DEMO01" is 1
    When the backend releases the "password" answers
    Then the usage counter of "WBA00000000DEMO01" is 0
    And the page is "PairingError"

  @CBK-2
  Scenario Outline: a failed request for a new password (<fault>) keeps the old one and its counter
    Given the backend fails on "password" requests with "<fault>"
    When Apple returns the error "genericError"
    Then the page is "PairingError"
    And the usage counter of "WBA00000000DEMO01" is 1

    Examples:
      | fault   |
      | 500     |
      | 503     |
      | refused |
      | timeout |
      | garbage |

  @CBK-2
  Scenario: a backend that has no password keeps the old one and its counter
    Given the backend has no password for "WBA00000000DEMO01"
    When Apple returns the error "genericError"
    Then the page is "PairingError"
    And the usage counter of "WBA00000000DEMO01" is 1

  @CBK-2
  Scenario: an error leaves no key behind
    When Apple returns the error "genericError"
    Then the key state is "None"

  @CBK-3
  Scenario: a pass with an error is a success, and the error stays visible
    When Apple returns pass "K1" with an error
    Then the page is "Tutorial1"
    And a warning is shown
    And the cache knows key "K1" for "WBA00000000DEMO01"
    And the key state is "ActiveUntracked"
    And the usage counter of "WBA00000000DEMO01" is "none"
    And the backend received 1 "password" requests
    When continue is tapped
    Then a warning is shown
    When continue is tapped
    Then the page is "Overview"
    And a warning is shown

  @CBK-3 @GEN-3
  Scenario: the warning is not shown on another vehicle
    When Apple returns pass "K1" with an error
    And vehicle "WBA00000000DEMO02" is selected
    Then a warning is not shown

  @CBK-4
  Scenario: neither a pass nor an error is treated like an error
    When Apple returns neither a pass nor an error
    Then the page is "PairingError"
    And no pairing is running
    And the backend received 2 "password" requests
    And the usage counter of "WBA00000000DEMO01" is 0

  @CBK-5
  Scenario: the key counts as untracked until the backend says otherwise
    When Apple returns pass "K1"
    And continue is tapped
    And continue is tapped
    Then the page is "Overview"
    And the key state is "ActiveUntracked"
    When vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the app goes to the background
    And the app comes to the foreground
    Then the key state is "ActiveTracked"

  @CBK-5
  Scenario: success deletes the password that was used, so that the next pairing needs another
    Given the backend fails on "password" requests with "500"
    When Apple returns pass "K1"
    Then the usage counter of "WBA00000000DEMO01" is "none"
    When the page is closed
    And key "K1" is deleted from the wallet
    And vehicle "WBA00000000DEMO01" has no owner key
    And the entry is tapped
    And continue is tapped
    Then the page is "PairingPasswordUnavailable"

  @CBK-5 @ERR-4
  Scenario: a password that was requested before a late success is kept for the next pairing
    When the page is closed
    And the backend holds back "password" answers
    And the entry is tapped
    And Apple returns pass "K1"
    Then the usage counter of "WBA00000000DEMO01" is "none"
    When the backend releases the "password" answers
    Then the usage counter of "WBA00000000DEMO01" is 0

  @CBK-6 @CBK-2
  Scenario Outline: Apple's reason <code> reaches the page
    When Apple returns the error "<code>"
    Then the page is "PairingError"
    And the pairing reason is "<code>"
    And retry is offered
    And the backend received 2 "password" requests
    And the usage counter of "WBA00000000DEMO01" is 0

    Examples:
      | code                  |
      | genericError          |
      | userCanceled          |
      | unavailable           |
      | invalidConfiguration  |
      | deviceNotSupported    |
      | deviceNotReady        |
      | osVersionNotSupported |

  @CBK-7
  Scenario: a late success is recorded and changes no page
    When the page is closed
    And Apple returns pass "K1"
    Then the page is "VehicleTab"
    And no pairing is running
    And the cache knows key "K1" for "WBA00000000DEMO01"
    And the key state is "ActiveUntracked"
    And the usage counter of "WBA00000000DEMO01" is "none"
    When the entry is tapped
    Then the page is "Overview"

  @CBK-7
  Scenario: a late error changes no page and requests no password
    When the page is closed
    And Apple returns the error "genericError"
    Then the page is "VehicleTab"
    And no pairing is running
    And the backend received 1 "password" requests
    And the usage counter of "WBA00000000DEMO01" is 1

  @CBK-7
  Scenario: a late answer with neither a pass nor an error requests no password either
    When the page is closed
    And Apple returns neither a pass nor an error
    Then the page is "VehicleTab"
    And the backend received 1 "password" requests
    And the usage counter of "WBA00000000DEMO01" is 1

  @CBK-7 @GEN-3
  Scenario: a late success is recorded for its own vehicle, not for the one on the screen
    When vehicle "WBA00000000DEMO02" is selected
    And the entry is tapped
    And Apple returns pass "K1"
    Then the page is "Welcome"
    And the key state is "None"
    And the cache knows key "K1" for "WBA00000000DEMO01"
    And the usage counter of "WBA00000000DEMO01" is "none"
    And the usage counter of "WBA00000000DEMO02" is 0
    When continue is tapped
    Then the page is "GrabYourTwoKeys"
    When vehicle "WBA00000000DEMO01" is selected
    Then the key state is "ActiveUntracked"

  @CBK-7 @GEN-3
  Scenario: a late success with an error shows no warning on another vehicle
    When vehicle "WBA00000000DEMO02" is selected
    And Apple returns pass "K1" with an error
    Then the page is "VehicleTab"
    And a warning is not shown
    And the cache knows key "K1" for "WBA00000000DEMO01"

  @CBK-7 @GEN-3
  Scenario: a late error disturbs no other vehicle
    When vehicle "WBA00000000DEMO02" is selected
    And the entry is tapped
    And continue is tapped
    And Apple returns the error "genericError"
    Then the page is "GrabYourTwoKeys"
    And the backend received 2 "password" requests

  @CBK-7 @GEN-3
  Scenario: an answer after coming back to the vehicle is still a late answer
    When vehicle "WBA00000000DEMO02" is selected
    And vehicle "WBA00000000DEMO01" is selected
    And Apple returns the error "genericError"
    Then the page is "VehicleTab"
    And the backend received 1 "password" requests

  @CBK-7
  Scenario: an answer that comes twice counts once
    When Apple returns the error "userCanceled"
    And Apple returns the error "genericError"
    Then the page is "PairingError"
    And the pairing reason is "userCanceled"
    And the backend received 2 "password" requests
    And pairing was started 1 times

  @CBK-7
  Scenario: a success that comes twice counts once
    When Apple returns pass "K1"
    And continue is tapped
    And Apple returns pass "K1"
    Then the page is "Tutorial2"
    And the cache knows key "K1" for "WBA00000000DEMO01"

  @CBK-7
  Scenario: a success after an error is recorded and shown
    When Apple returns the error "genericError"
    And Apple returns pass "K1"
    Then the page is "Tutorial1"
    And the cache knows key "K1" for "WBA00000000DEMO01"
    And the key state is "ActiveUntracked"
    And the backend received 2 "password" requests
    And pairing was started 1 times
    When the page is closed
    And the entry is tapped
    Then the page is "Overview"

  @CBK-7 @CBK-4
  Scenario: a success after neither is recorded, and the used password is deleted
    Given the backend fails on "password" requests with "500"
    When Apple returns neither a pass nor an error
    Then the usage counter of "WBA00000000DEMO01" is 1
    When Apple returns pass "K1"
    Then the page is "Tutorial1"
    And the cache knows key "K1" for "WBA00000000DEMO01"
    And the usage counter of "WBA00000000DEMO01" is "none"

  @CBK-7
  Scenario: a success after a late error is recorded
    When the page is closed
    And Apple returns the error "genericError"
    And Apple returns pass "K1"
    Then the page is "VehicleTab"
    And the cache knows key "K1" for "WBA00000000DEMO01"
    And the backend received 1 "password" requests

  @CBK-7 @GEN-3
  Scenario: a success after an error is recorded for its own vehicle
    When Apple returns the error "genericError"
    And vehicle "WBA00000000DEMO02" is selected
    And the entry is tapped
    And Apple returns pass "K1" with an error
    Then the page is "Welcome"
    And the key state is "None"
    And a warning is not shown
    And the cache knows key "K1" for "WBA00000000DEMO01"

  @CBK-7
  Scenario: an answer after a success that followed an error has no effect
    When Apple returns the error "genericError"
    And Apple returns pass "K1"
    And vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the page is closed
    And the entry is tapped
    Then the key state is "ActiveTracked"
    When Apple returns the error "userCanceled"
    Then the page is "Overview"
    And the key state is "ActiveTracked"
    And the backend received 2 "password" requests

  @GEN-5 @CBK-7
  Scenario: a success that follows an error is dropped after a sign-out
    When Apple returns the error "genericError"
    And the user signs out
    And vehicle "WBA00000000DEMO01" is selected
    And Apple returns pass "K1"
    Then the page is "VehicleTab"
    And the key state is "Unknown"

  @GEN-5 @CBK-7
  Scenario: a late success is not taken for the sheet of the next account
    When Apple returns the error "userCanceled"
    And the user signs out
    And vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And Apple returns the error "userCanceled"
    Then the page is "PairingError"
    When Apple returns pass "K1"
    Then the page is "PairingError"
    And the key state is "None"

  @CBK-7 @GEN-4
  Scenario: a key that is made after the app was killed is found by the next status request
    When the app is killed and started again
    And Apple returns pass "K1"
    Then the page is "VehicleTab"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the key state is "ActiveUntracked"
    When continue is tapped
    Then the page is "Overview"

  @CBK-8
  Scenario: a status that was requested before the success is dropped
    When the page is closed
    And the backend holds back "status" answers
    And the entry is tapped
    Then the backend received 2 "status" requests
    When Apple returns pass "K1"
    And the backend releases the "status" answers
    Then the key state is "ActiveUntracked"
    And the cache knows key "K1" for "WBA00000000DEMO01"

  @CBK-8 @GEN-3
  Scenario: the dropped status of one vehicle does not disturb another
    When the page is closed
    And the backend holds back "status" answers
    And the entry is tapped
    And vehicle "WBA00000000DEMO02" is selected
    And the entry is tapped
    And Apple returns pass "K1"
    And the backend releases the "status" answers
    Then continue is enabled
    And the key state is "None"
    And the cache knows key "K1" for "WBA00000000DEMO01"
    When vehicle "WBA00000000DEMO01" is selected
    Then the key state is "ActiveUntracked"

  @CBK-8 @OVR-7
  Scenario: a status that is requested after the success is from after the success
    When the page is closed
    And the backend holds back "status" answers
    And the entry is tapped
    And Apple returns pass "K1"
    And vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the page is closed
    And the entry is tapped
    Then the page is "Overview"
    And the key state is "ActiveUntracked"
    When the backend releases the "status" answers
    Then the page is "Overview"
    And the key state is "ActiveTracked"

  @CBK-7 @CBK-8
  Scenario: a late success does not take the user away from Welcome
    When the page is closed
    And the entry is tapped
    And Apple returns pass "K1"
    Then the page is "Welcome"
    And the key state is "ActiveUntracked"
    And the cache knows key "K1" for "WBA00000000DEMO01"

  @CBK-7
  Scenario: a key that was made after all shows instead of the error
    When Apple returns neither a pass nor an error
    Then the page is "PairingError"
    When Apple returns pass "K1" with an error
    Then the page is "Tutorial1"
    And a warning is shown
    And pairing was started 1 times

  @CBK-7
  Scenario: a key that was made after all shows where no attempt is left
    Given the backend fails on "password" requests with "500"
    When Apple returns the error "userCanceled"
    And retry is tapped
    And Apple returns the error "userCanceled"
    And retry is tapped
    And Apple returns the error "userCanceled"
    And retry is tapped
    Then the page is "PairingAttemptsExhausted"
    When Apple returns pass "K1"
    Then the page is "Tutorial1"

  @CBK-7
  Scenario Outline: nobody pairs over a key that was just made (<page>)
    When Apple returns the error "userCanceled"
    And the page is closed
    And the entry is tapped
    And continue is tapped
    And <step>
    Then the page is "<page>"
    When Apple returns pass "K1"
    Then the page is "Tutorial1"
    And the key state is "ActiveUntracked"
    And pairing was started 1 times

    Examples:
      | page            | step                            |
      | GrabYourTwoKeys | the app comes to the foreground |
      | ReadyToPair     | continue is tapped              |

  @CBK-7
  Scenario: a sheet whose page was left shows its key on the way to the next pairing
    When the page is closed
    And the entry is tapped
    And continue is tapped
    Then the page is "GrabYourTwoKeys"
    And a pairing is running
    When Apple returns pass "K1"
    Then the page is "Tutorial1"
    And no pairing is running

  @CBK-7 @WEL-6
  Scenario: after a late success Welcome leads to Overview
    When the page is closed
    And the entry is tapped
    And Apple returns pass "K1"
    Then continue is enabled
    And the blockers are ""
    When continue is tapped
    Then the page is "Overview"

  @CBK-8
  Scenario: a backend that lags does not erase the new key
    When Apple returns pass "K1"
    And vehicle "WBA00000000DEMO01" has no owner key
    And continue is tapped
    And continue is tapped
    Then the page is "Overview"
    And the backend received 2 "status" requests
    And the key state is "ActiveUntracked"
    And the card action is "edit in wallet"
    And the cache knows key "K1" for "WBA00000000DEMO01"
    When the app goes to the background
    And the app comes to the foreground
    Then the page is "Overview"
    And the key state is "ActiveUntracked"

  @CBK-8 @GEN-4
  Scenario: a backend that lags does not erase the new key over a kill
    When Apple returns pass "K1"
    And vehicle "WBA00000000DEMO01" has no owner key
    And the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the page is "Overview"
    And the key state is "ActiveUntracked"
    When vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the app goes to the background
    And the app comes to the foreground
    Then the key state is "ActiveTracked"

  @CBK-8
  Scenario Outline: once the backend has named the key, <what> is the truth
    When Apple returns pass "K1"
    And continue is tapped
    And continue is tapped
    Then the page is "Overview"
    When vehicle "WBA00000000DEMO01" <key>
    And the app goes to the background
    And the app comes to the foreground
    Then the page is "Overview"
    And the key state is "<state>"
    And the card action is "<action>"

    Examples:
      | what        | key                          | state       | action             |
      | another key | has a tracked owner key "K2" | OtherDevice | move to this phone |
      | none        | has no owner key             | None        | edit in wallet     |

  @CBK-8 @CBK-5
  Scenario: a new pairing lets the backend lag anew
    When Apple returns pass "K1"
    And continue is tapped
    And continue is tapped
    And vehicle "WBA00000000DEMO01" has a tracked owner key "K2"
    And the app goes to the background
    And the app comes to the foreground
    Then the key state is "OtherDevice"
    When the card action is tapped
    And the move is confirmed
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And Apple returns pass "K3"
    And vehicle "WBA00000000DEMO01" has a tracked owner key "K2"
    And continue is tapped
    And continue is tapped
    Then the page is "Overview"
    And the key state is "ActiveUntracked"
    And the cache knows key "K3" for "WBA00000000DEMO01"

  @CBK-8
  Scenario: a key that neither the backend nor the wallet has is gone
    When Apple returns pass "K1"
    And the page is closed
    And vehicle "WBA00000000DEMO01" has no owner key
    And key "K1" is deleted from the wallet
    And the entry is tapped
    Then the page is "Welcome"
    And the key state is "None"

  @CBK-8 @WEL-4 @GEN-2
  Scenario: Welcome asks again when the status that it waits for is dropped
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And the page is closed
    And the backend holds back "status" answers
    And the entry is tapped
    And Apple returns pass "K1"
    And the backend releases the "status" answers
    Then continue is enabled
    And the key state is "ActiveUntracked"
    When continue is tapped
    Then the page is "Overview"
