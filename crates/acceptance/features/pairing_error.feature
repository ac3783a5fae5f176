Feature: PairingError
  Apple made no key.

  Background:
    Given the backend issues password "11111111" for "WBA00000000DEMO01"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped

  @ERR-1
  Scenario: close leads to the vehicle tab
    When Apple returns the error "genericError"
    And the page is closed
    Then the page is "VehicleTab"

  @ERR-5
  Scenario: back and confirm do what close does
    When Apple returns the error "genericError"
    And back is tapped
    Then the page is "VehicleTab"
    When the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And Apple returns the error "genericError"
    And the error is confirmed
    Then the page is "VehicleTab"

  @ERR-2
  Scenario: retry starts again with the cached password and counts
    Given the backend fails on "password" requests with "500"
    When Apple returns the error "genericError"
    Then retry is offered
    When retry is tapped
    Then a pairing is running
    And pairing was started 2 times
    And the last pairing used password "11111111"
    And the usage counter of "WBA00000000DEMO01" is 2
    When Apple returns pass "K1"
    Then the page is "Tutorial1"
    And the usage counter of "WBA00000000DEMO01" is "none"

  @ERR-2 @CBK-2
  Scenario: retry uses the new password once it is there
    Given the backend issues password "22222222" for "WBA00000000DEMO01"
    When Apple returns the error "genericError"
    And retry is tapped
    Then the last pairing used password "22222222"
    And the usage counter of "WBA00000000DEMO01" is 1

  @ERR-2 @RDY-5
  Scenario: a second tap on retry has no effect
    Given the backend fails on "password" requests with "500"
    When Apple returns the error "genericError"
    And retry is tapped
    And retry is tapped
    Then pairing was started 2 times
    And the usage counter of "WBA00000000DEMO01" is 2

  @ERR-2 @RDY-4
  Scenario: a kill during the second attempt loses no count
    Given the backend fails on "password" requests with "500"
    When Apple returns the error "genericError"
    And retry is tapped
    And the app is killed and started again
    Then the usage counter of "WBA00000000DEMO01" is 2

  @ERR-2 @CBK-6
  Scenario: each attempt shows its own reason
    When Apple returns the error "deviceNotReady"
    Then the pairing reason is "deviceNotReady"
    When retry is tapped
    And Apple returns the error "userCanceled"
    Then the page is "PairingError"
    And the pairing reason is "userCanceled"
    And pairing was started 2 times

  @ERR-3
  Scenario Outline: after three uses there is no retry, and <action> ends the flow
    Given the backend fails on "password" requests with "500"
    When Apple returns the error "genericError"
    And retry is tapped
    And Apple returns the error "genericError"
    And retry is tapped
    And Apple returns the error "genericError"
    Then the page is "PairingError"
    And the usage counter of "WBA00000000DEMO01" is 3
    When retry is tapped
    Then the page is "PairingAttemptsExhausted"
    And retry is not offered
    And no pairing is running
    And pairing was started 3 times
    And the usage counter of "WBA00000000DEMO01" is 3
    When <action>
    Then the page is "VehicleTab"

    Examples:
      | action                 |
      | the page is closed     |
      | back is tapped         |
      | the error is confirmed |

  @ERR-3
  Scenario: with a new password in time the attempts go on
    Given the backend fails on "password" requests with "500"
    When Apple returns the error "genericError"
    And retry is tapped
    And Apple returns the error "genericError"
    And retry is tapped
    And the backend answers normally again
    And the backend issues password "22222222" for "WBA00000000DEMO01"
    And Apple returns the error "genericError"
    Then the usage counter of "WBA00000000DEMO01" is 0
    When retry is tapped
    Then pairing was started 4 times
    And the last pairing used password "22222222"

  @ERR-3 @ERR-5
  Scenario: retry on the page without retry is ignored
    Given the backend fails on "password" requests with "500"
    When Apple returns the error "genericError"
    And retry is tapped
    And Apple returns the error "genericError"
    And retry is tapped
    And Apple returns the error "genericError"
    And retry is tapped
    And the backend answers normally again
    And retry is tapped
    Then the page is "PairingAttemptsExhausted"
    And pairing was started 3 times

  @ERR-3
  Scenario: the page says while a new password is on its way
    When the backend holds back "password" answers
    And Apple returns the error "userCanceled"
    Then the page is "PairingError"
    And a password refresh is under way
    And retry is offered
    When the backend releases the "password" answers
    Then a password refresh is not under way

  @ERR-4
  Scenario: a new password that arrives during an attempt belongs to the next one
    Given the backend holds back "password" answers
    And the backend issues password "22222222" for "WBA00000000DEMO01"
    When Apple returns the error "genericError"
    And retry is tapped
    Then the last pairing used password "11111111"
    And the usage counter of "WBA00000000DEMO01" is 2
    When the backend releases the "password" answers
    Then the usage counter of "WBA00000000DEMO01" is 0
    And a pairing is running
    When the backend fails on "password" requests with "500"
    And Apple returns the error "genericError"
    And retry is tapped
    Then the last pairing used password "22222222"
    And the usage counter of "WBA00000000DEMO01" is 1

  @ERR-4 @CBK-5
  Scenario: success with the old password deletes only the old one
    Given the backend holds back "password" answers
    And the backend issues password "22222222" for "WBA00000000DEMO01"
    When Apple returns the error "genericError"
    And retry is tapped
    And the backend releases the "password" answers
    And Apple returns pass "K1"
    Then the page is "Tutorial1"
    And the usage counter of "WBA00000000DEMO01" is 0

  @ERR-4
  Scenario: a late refresh erases no use of the new password
    Given the backend holds back "password" answers
    And the backend issues password "22222222" for "WBA00000000DEMO01"
    When Apple returns the error "genericError"
    And retry is tapped
    And Apple returns the error "genericError"
    And the backend releases the "password" answers
    And retry is tapped
    Then the last pairing used password "22222222"
    And the usage counter of "WBA00000000DEMO01" is 1
    When the app is killed and started again
    Then the usage counter of "WBA00000000DEMO01" is 1

  @ERR-4 @GEN-4
  Scenario: a refresh that was under way when the app was killed leaves the count alone
    Given the backend holds back "password" answers
    When Apple returns the error "genericError"
    And the app is killed and started again
    And the backend releases the "password" answers
    Then the usage counter of "WBA00000000DEMO01" is 1

  @ERR-3 @GEN-2
  Scenario: a new password that comes too late does not change the page
    Given the backend fails on "password" requests with "500"
    When Apple returns the error "genericError"
    And retry is tapped
    And Apple returns the error "genericError"
    And retry is tapped
    And the backend answers normally again
    And the backend holds back "password" answers
    And Apple returns the error "genericError"
    And retry is tapped
    Then the page is "PairingAttemptsExhausted"
    When the backend releases the "password" answers
    Then the page is "PairingAttemptsExhausted"
    And retry is not offered
    And the usage counter of "WBA00000000DEMO01" is 0
    And pairing was started 3 times

  @WEL-3 @CBK-2
  Scenario: Welcome joins the refresh that is still under way
    Given the backend holds back "password" answers
    When Apple returns the error "genericError"
    And the page is closed
    And the entry is tapped
    Then the page is "Welcome"
    And continue is disabled
    And the backend received 2 "password" requests
    When the backend releases the "password" answers
    Then continue is enabled
    And the usage counter of "WBA00000000DEMO01" is 0

  @GEN-1 @CBK-7
  Scenario: close during the second attempt leaves the flow, and a late success is kept
    When Apple returns the error "genericError"
    And retry is tapped
    And the page is closed
    Then the page is "VehicleTab"
    When Apple returns pass "K1"
    Then the page is "VehicleTab"
    And the cache knows key "K1" for "WBA00000000DEMO01"

  @GEN-2
  Scenario: a tap that the page does not offer has no effect
    When Apple returns the error "genericError"
    And continue is tapped
    And the box is ticked
    And the card action is tapped
    And the tutorial is tapped
    And the move is confirmed
    And the move is cancelled
    And the entry is tapped
    And the app goes to the background
    And the app comes to the foreground
    Then the page is "PairingError"
    And pairing was started 1 times
