Feature: MoveKeyWarning
  A new key for this phone disables the existing one.

  Background:
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "OLD"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the card action is tapped

  @MOV-1
  Scenario: the warning comes before the pairing
    Then the page is "MoveKeyWarning"
    And the key state is "OtherDevice"
    And pairing was started 0 times

  @MOV-2
  Scenario: cancel leads back to Overview
    When the move is cancelled
    Then the page is "Overview"
    And the key state is "OtherDevice"

  @GEN-1
  Scenario: back leads back to Overview too
    When back is tapped
    Then the page is "Overview"

  @MOV-2 @MOV-4
  Scenario: cancel leaves no trace of the move
    When the move is cancelled
    And the page is closed
    And the entry is tapped
    And continue is tapped
    Then the page is "Overview"

  @GEN-1
  Scenario: close leads to the vehicle tab
    When the page is closed
    Then the page is "VehicleTab"

  @MOV-3
  Scenario: confirm shows Welcome, which leads on to the pairing
    When the move is confirmed
    Then the page is "Welcome"
    And the backend received 2 "password" requests
    And the key state is "OtherDevice"
    When continue is tapped
    Then the page is "GrabYourTwoKeys"

  @MOV-3
  Scenario: the whole move
    When the move is confirmed
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    Then the key state is "OtherDevice"
    When Apple returns pass "NEW"
    Then the page is "Tutorial1"
    And the key state is "ActiveUntracked"
    And the cache knows key "NEW" for "WBA00000000DEMO01"
    When continue is tapped
    And continue is tapped
    Then the page is "Overview"
    And the card action is "edit in wallet"
    When the card action is tapped
    Then the wallet was opened at key "NEW"

  @MOV-3 @WEL-6
  Scenario Outline: a blocker of the pairing blocks the move, too (<page>)
    Given <blocker>
    When the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the card action is tapped
    And the move is confirmed
    Then the blockers are "<page>"
    When continue is tapped
    Then the page is "<page>"

    Examples:
      | page                        | blocker                                                       |
      | BackendError                | the backend fails on "status" requests with "500"             |
      | PhoneNotSupported           | an iPhone "iPhone10,1" running iOS "14.2"                     |
      | PhoneSoftwareUpdateRequired | Apple reports that keys cannot be created                     |
      | NotPrimarySubscriber        | the user is not the primary subscriber of "WBA00000000DEMO01" |
      | VehicleNotPrepared          | vehicle "WBA00000000DEMO01" is not prepared                   |

  @MOV-3
  Scenario: back, continue and retry stay in the move flow
    When the backend fails on "status" requests with "500"
    And the move is confirmed
    And continue is tapped
    Then the page is "BackendError"
    When the backend answers normally again
    And retry is tapped
    And continue is tapped
    Then the page is "GrabYourTwoKeys"
    When back is tapped
    Then the page is "Welcome"
    When continue is tapped
    Then the page is "GrabYourTwoKeys"

  @MOV-3 @WEL-1
  Scenario: an old key that is deleted meanwhile is no obstacle
    When vehicle "WBA00000000DEMO01" has no owner key
    And the move is confirmed
    Then the key state is "None"
    When continue is tapped
    Then the page is "GrabYourTwoKeys"

  @GEN-1 @MOV-4
  Scenario: back on Welcome gives the move up
    When the move is confirmed
    And back is tapped
    Then the page is "Overview"
    When back is tapped
    Then the page is "VehicleTab"

  @MOV-4
  Scenario: a key that the wallet finds during the move leads to Overview
    When the backend fails on "status" requests with "404"
    And the move is confirmed
    And the wallet holds key "OLD"
    And the backend answers normally again
    And the app comes to the foreground
    Then continue is enabled
    When continue is tapped
    Then the page is "Overview"
    And the key state is "ActiveTracked"

  @MOV-4
  Scenario Outline: the move flow ends with the flow (<action>)
    When the move is confirmed
    And <action>
    Then the page is "VehicleTab"
    When the entry is tapped
    And continue is tapped
    Then the page is "Overview"
    And the key state is "OtherDevice"

    Examples:
      | action             |
      | the page is closed |

  @MOV-4 @ERR-1
  Scenario: the move flow ends when a failed pairing is given up
    When the move is confirmed
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And Apple returns the error "userCanceled"
    And the page is closed
    And the entry is tapped
    And continue is tapped
    Then the page is "Overview"

  @MOV-4
  Scenario: a failed attempt alone does not end the move flow
    When the move is confirmed
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And Apple returns the error "userCanceled"
    And retry is tapped
    And Apple returns pass "NEW"
    Then the page is "Tutorial1"
    And the cache knows key "NEW" for "WBA00000000DEMO01"

  @MOV-4 @GEN-3
  Scenario: the move flow ends when another vehicle is selected
    When the move is confirmed
    And vehicle "WBA00000000DEMO02" has a tracked owner key "OTHER"
    And vehicle "WBA00000000DEMO02" is selected
    And the entry is tapped
    And continue is tapped
    Then the page is "Overview"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    Then the page is "Overview"

  @MOV-4 @GEN-4
  Scenario: the move flow does not outlive a kill
    When the move is confirmed
    And the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    Then the page is "Overview"

  @MOV-4 @GEN-5
  Scenario: the move flow does not outlive a sign-out
    When the move is confirmed
    And the user signs out
    And vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    Then the page is "Overview"

  @CBK-8
  Scenario: a backend that still names the old key does not erase the new one
    When the move is confirmed
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And Apple returns pass "NEW"
    And vehicle "WBA00000000DEMO01" has a tracked owner key "OLD"
    And continue is tapped
    And continue is tapped
    Then the page is "Overview"
    And the key state is "ActiveUntracked"
    And the cache knows key "NEW" for "WBA00000000DEMO01"
    When the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the page is "Overview"
    And the key state is "ActiveUntracked"
    And the cache knows key "NEW" for "WBA00000000DEMO01"
    When vehicle "WBA00000000DEMO01" has a tracked owner key "NEW"
    And the app goes to the background
    And the app comes to the foreground
    Then the key state is "ActiveTracked"

  @CBK-8 @WEL-2
  Scenario: with the new key deleted, the old one that the backend names counts again
    When the move is confirmed
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And Apple returns pass "NEW"
    And vehicle "WBA00000000DEMO01" has a tracked owner key "OLD"
    And the page is closed
    And key "NEW" is deleted from the wallet
    And the entry is tapped
    Then the page is "Welcome"
    And the key state is "OtherDevice"
    And the cache knows key "OLD" for "WBA00000000DEMO01"

  @CBK-7
  Scenario: a late success of a move is recorded
    When the move is confirmed
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And the page is closed
    And Apple returns pass "NEW"
    Then the page is "VehicleTab"
    And the key state is "ActiveUntracked"
    And the cache knows key "NEW" for "WBA00000000DEMO01"

  @OVR-2
  Scenario: a key on another phone cannot be deleted here
    When the app goes to the background
    And the app comes to the foreground
    Then the page is "MoveKeyWarning"

  @GEN-2
  Scenario: a tap that the page does not offer has no effect
    When continue is tapped
    And retry is tapped
    And the box is ticked
    And the card action is tapped
    And the tutorial is tapped
    And the error is confirmed
    And the entry is tapped
    Then the page is "MoveKeyWarning"
