Feature: ReadyToPair
  The last page before Apple's sheet.

  Background:
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped

  @RDY-1
  Scenario: the checkbox starts unchecked, and continue is enabled
    Then the page is "ReadyToPair"
    And the checkbox is unchecked
    And the checkbox is not highlighted
    And continue is enabled
    When the box is ticked
    Then continue is enabled

  @RDY-1 @GEN-1
  Scenario: the checkbox starts unchecked each time
    When the box is ticked
    And back is tapped
    Then the page is "GrabYourTwoKeys"
    When continue is tapped
    Then the checkbox is unchecked

  @RDY-2
  Scenario: continue without the box highlights it and starts no pairing
    When continue is tapped
    Then the page is "ReadyToPair"
    And the checkbox is highlighted
    And the checkbox is unchecked
    And no pairing is running
    And pairing was started 0 times
    And the usage counter of "WBA00000000DEMO01" is 0

  @RDY-2
  Scenario: checking the box removes the highlight
    When continue is tapped
    And the box is ticked
    Then the checkbox is checked
    And the checkbox is not highlighted
    When the box is unticked
    Then the checkbox is unchecked
    And the checkbox is not highlighted
    When continue is tapped
    Then the checkbox is highlighted
    And pairing was started 0 times

  @RDY-3
  Scenario: continue with the box checked starts the pairing with the cached password
    When the box is ticked
    And continue is tapped
    Then a pairing is running
    And the page is "ReadyToPair"
    And pairing was started 1 times
    And the last pairing used password "12345678"
    And the usage counter of "WBA00000000DEMO01" is 1
    And the backend received 1 "password" requests

  @RDY-3
  Scenario: the pairing uses the fetched password, also when the backend would issue another one now
    Given the backend issues password "99999999" for "WBA00000000DEMO01"
    When the box is ticked
    And continue is tapped
    Then the last pairing used password "12345678"

  @RDY-4 @GEN-4
  Scenario: a use is counted although the app is killed while Apple's sheet is up
    When the box is ticked
    And continue is tapped
    And the app is killed and started again
    Then the usage counter of "WBA00000000DEMO01" is 1
    And no pairing is running
    And the page is "VehicleTab"

  @RDY-4 @GEN-4 @WEL-6
  Scenario: three kills use the password up
    Given the backend fails on "password" requests with "500"
    When the box is ticked
    And continue is tapped
    And the app is killed and started again
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And the app is killed and started again
    Then the usage counter of "WBA00000000DEMO01" is 2
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And the app is killed and started again
    Then the usage counter of "WBA00000000DEMO01" is 3
    And pairing was started 3 times
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    Then the page is "PairingPasswordUnavailable"
    And pairing was started 3 times

  @RDY-5
  Scenario: a second tap has no effect
    When the box is ticked
    And continue is tapped
    And continue is tapped
    And the box is unticked
    And the box is ticked
    And continue is tapped
    Then pairing was started 1 times
    And the usage counter of "WBA00000000DEMO01" is 1
    And a pairing is running
    When Apple returns pass "K1"
    Then the page is "Tutorial1"

  @RDY-5 @GEN-1
  Scenario: back is ignored while a pairing runs
    When the box is ticked
    And continue is tapped
    And back is tapped
    Then the page is "ReadyToPair"
    And a pairing is running

  @RDY-5
  Scenario: a sheet that the user has left prevents another one
    When the box is ticked
    And continue is tapped
    And the page is closed
    Then the page is "VehicleTab"
    And a pairing is running
    When the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    Then the page is "ReadyToPair"
    And pairing was started 1 times
    And the usage counter of "WBA00000000DEMO01" is 0
    When Apple returns the error "userCanceled"
    Then no pairing is running
    And the page is "ReadyToPair"
    When continue is tapped
    Then pairing was started 2 times
    And the usage counter of "WBA00000000DEMO01" is 1

  @RDY-5
  Scenario: the sheet of one vehicle prevents a pairing of another
    When the box is ticked
    And continue is tapped
    And vehicle "WBA00000000DEMO02" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    Then the page is "ReadyToPair"
    And pairing was started 1 times
    And the usage counter of "WBA00000000DEMO02" is 0
    When Apple returns the error "userCanceled"
    And continue is tapped
    Then pairing was started 2 times
    And the usage counter of "WBA00000000DEMO02" is 1
    And the usage counter of "WBA00000000DEMO01" is 1

  @RDY-6 @ERR-3
  Scenario: a pairing whose password has no use left does not start
    Given the backend fails on "password" requests with "500"
    When the box is ticked
    And continue is tapped
    And Apple returns the error "userCanceled"
    And retry is tapped
    And Apple returns the error "userCanceled"
    And retry is tapped
    And Apple returns the error "userCanceled"
    Then the page is "PairingError"
    When retry is tapped
    Then the page is "PairingAttemptsExhausted"
    And no pairing is running
    And pairing was started 3 times
    And the usage counter of "WBA00000000DEMO01" is 3

  @GEN-1
  Scenario: close leaves the flow, also while a pairing runs
    When the page is closed
    Then the page is "VehicleTab"
    When the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And the page is closed
    Then the page is "VehicleTab"
    And a pairing is running

  @GEN-2
  Scenario: a tap that the page does not offer has no effect
    When retry is tapped
    And the card action is tapped
    And the tutorial is tapped
    And the move is confirmed
    And the move is cancelled
    And the error is confirmed
    And the entry is tapped
    Then the page is "ReadyToPair"
    And the checkbox is unchecked
    And the checkbox is not highlighted
    And no pairing is running

  @GEN-2
  Scenario: the app may come and go while Apple's sheet is up
    When the box is ticked
    And continue is tapped
    And the app goes to the background
    And the app comes to the foreground
    Then the page is "ReadyToPair"
    And a pairing is running
    And pairing was started 1 times
    When Apple returns pass "K1"
    Then the page is "Tutorial1"

  @GEN-2
  Scenario: Apple may answer while the app is in the background
    When the box is ticked
    And continue is tapped
    And the app goes to the background
    And Apple returns pass "K1"
    And the app comes to the foreground
    Then the page is "Tutorial1"
    And the key state is "ActiveUntracked"

  @RDY-5
  Scenario: while a pairing runs, continue does not even highlight the box
    When the box is ticked
    And continue is tapped
    And the box is unticked
    And continue is tapped
    Then a pairing is running
    And the checkbox is not highlighted
    And pairing was started 1 times
