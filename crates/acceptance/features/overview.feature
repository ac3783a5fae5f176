Feature: Overview
  The card of the vehicle's owner key.

  @OVR-3 @OVR-4
  Scenario Outline: the card of <key> owner key on this phone
    Given vehicle "WBA00000000DEMO01" has <key> owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    Then the page is "Overview"
    And the key state is "<state>"
    And the card <marked> marked as unable to unlock
    And the card action is "edit in wallet"

    Examples:
      | key          | state           | marked |
      | a tracked    | ActiveTracked   | is not |
      | an untracked | ActiveUntracked | is     |

  @OVR-3 @OVR-4
  Scenario: the card of a key on another phone
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    Then the page is "Overview"
    And the key state is "OtherDevice"
    And the card is not marked as unable to unlock
    And the card action is "move to this phone"

  @OVR-4
  Scenario: "edit in wallet" opens the wallet at this key
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K2"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the card action is tapped
    Then the wallet was opened at key "K1"
    And the page is "Overview"

  @OVR-4
  Scenario: "move to this phone" opens the warning
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the card action is tapped
    Then the page is "MoveKeyWarning"

  @OVR-5
  Scenario: the tutorial button leads through both tutorials and back
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the tutorial is tapped
    Then the page is "Tutorial1"
    When continue is tapped
    And continue is tapped
    Then the page is "Overview"
    And the key state is "OtherDevice"

  @OVR-6
  Scenario: there is more information on the web
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    Then the "more information" link is "https://bmw.com/digitalkey"

  @OVR-1 @OVR-2
  Scenario Outline: a key that was deleted while the app was away (<key>) ends the flow
    Given vehicle "WBA00000000DEMO01" has <key> owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the app goes to the background
    And key "K1" is deleted from the wallet
    Then the page is "Overview"
    When the app comes to the foreground
    Then the page is "KeyDeleted"
    And retry is not offered
    And the key state is "OtherDevice"
    When the error is confirmed
    Then the page is "VehicleTab"
    When the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    Then the key state is "OtherDevice"
    And the cache knows key "K1" for "WBA00000000DEMO01"

    Examples:
      | key          |
      | a tracked    |
      | an untracked |

  @OVR-2 @ERR-5
  Scenario Outline: <action> leads from KeyDeleted to the vehicle tab as well
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the app goes to the background
    And key "K1" is deleted from the wallet
    And the app comes to the foreground
    And retry is tapped
    Then the page is "KeyDeleted"
    When <action>
    Then the page is "VehicleTab"

    Examples:
      | action             |
      | the page is closed |
      | back is tapped     |

  @OVR-2
  Scenario: a deletion is noticed although the backend fails
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the app goes to the background
    And the backend fails on "status" requests with "500"
    And key "K1" is deleted from the wallet
    And the app comes to the foreground
    Then the page is "KeyDeleted"

  @OVR-2
  Scenario: a deletion is noticed although the answer of the backend is late
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the backend holds back "status" answers
    And the app goes to the background
    And key "K1" is deleted from the wallet
    And the app comes to the foreground
    Then the page is "KeyDeleted"
    When the backend releases the "status" answers
    Then the page is "KeyDeleted"
    And the key state is "OtherDevice"

  @OVR-2
  Scenario: a wallet that cannot say keeps the page and the key state
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the app goes to the background
    And the wallet cannot answer
    And key "K1" is deleted from the wallet
    And the app comes to the foreground
    Then the page is "Overview"
    And the key state is "ActiveTracked"
    When the wallet answers again
    And the app goes to the background
    And the app comes to the foreground
    Then the page is "KeyDeleted"

  @OVR-2
  Scenario: a key that is still in the wallet keeps the page and the key state
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    And the wallet holds key "K2"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the app goes to the background
    And key "K2" is deleted from the wallet
    And the app comes to the foreground
    Then the page is "Overview"
    And the key state is "ActiveTracked"

  @OVR-2
  Scenario: a key on another phone cannot be deleted here
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K2"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the app goes to the background
    And the wallet is empty
    And the app comes to the foreground
    Then the page is "Overview"
    And the key state is "OtherDevice"

  @OVR-2
  Scenario: the next time the entry opens Welcome
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the app goes to the background
    And key "K1" is deleted from the wallet
    And the app comes to the foreground
    And the error is confirmed
    And the entry is tapped
    Then the page is "Welcome"

  @OVR-7
  Scenario: the status is read again on entering the page
    Given vehicle "WBA00000000DEMO01" has an untracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    Then the key state is "ActiveUntracked"
    When continue is tapped
    Then the page is "Overview"
    And the backend received 2 "status" requests
    And the key state is "ActiveTracked"
    And the card is not marked as unable to unlock

  @OVR-7
  Scenario: the status is read again on coming back from the tutorials
    Given vehicle "WBA00000000DEMO01" has an untracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the tutorial is tapped
    And vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And back is tapped
    Then the page is "Overview"
    And the key state is "ActiveTracked"

  @OVR-7
  Scenario: the status is read again on coming to the foreground
    Given vehicle "WBA00000000DEMO01" has an untracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    Then the card is marked as unable to unlock
    When the app goes to the background
    And the app comes to the foreground
    Then the page is "Overview"
    And the key state is "ActiveTracked"
    And the card is not marked as unable to unlock

  @OVR-7
  Scenario: the status is read again when the wallet changes
    Given vehicle "WBA00000000DEMO01" has an untracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K2"
    Then the page is "Overview"
    And the key state is "ActiveTracked"
    And the card is not marked as unable to unlock

  @OVR-7
  Scenario: there is no timer
    Given vehicle "WBA00000000DEMO01" has an untracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the box is ticked
    And continue is tapped
    Then the key state is "ActiveUntracked"
    And the backend received 2 "status" requests

  @OVR-7
  Scenario: a deletion shows without leaving the app
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And key "K1" is deleted from the wallet
    Then the page is "KeyDeleted"
    And the key state is "OtherDevice"

  @OVR-7 @WEL-2
  Scenario: a key that arrives in the wallet shows without leaving the app
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    Then the card action is "move to this phone"
    When the wallet holds key "K1"
    Then the page is "Overview"
    And the key state is "ActiveTracked"
    And the card action is "edit in wallet"

  @OVR-7
  Scenario Outline: a failed re-read (<fault>) keeps the page and the key state
    Given vehicle "WBA00000000DEMO01" has an untracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the backend fails on "status" requests with "<fault>"
    And vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the app goes to the background
    And the app comes to the foreground
    Then the page is "Overview"
    And the key state is "ActiveUntracked"
    And the cache knows key "K1" for "WBA00000000DEMO01"

    Examples:
      | fault     |
      | 500       |
      | 503       |
      | 401       |
      | 404       |
      | refused   |
      | timeout   |
      | garbage   |
      | truncated |
      | empty     |

  @OVR-7
  Scenario: a re-read that arrives after the page was left is stored and opens no page
    Given vehicle "WBA00000000DEMO01" has an untracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the backend holds back "status" answers
    And continue is tapped
    And the page is closed
    And the backend releases the "status" answers
    Then the page is "VehicleTab"
    And the key state is "ActiveTracked"

  @OVR-7
  Scenario: a key that the backend has deleted, and that is not on this phone, is gone
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And vehicle "WBA00000000DEMO01" has no owner key
    And the app goes to the background
    And the app comes to the foreground
    Then the page is "KeyDeleted"
    And the key state is "None"
    When the error is confirmed
    Then the page is "VehicleTab"

  @OVR-7 @OVR-4
  Scenario: a pass that the backend does not know any more can be removed in the wallet
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And vehicle "WBA00000000DEMO01" has no owner key
    And the app goes to the background
    And the app comes to the foreground
    Then the page is "Overview"
    And the card is marked as unable to unlock
    And the card action is "edit in wallet"
    When the card action is tapped
    Then the wallet was opened at key "K1"
    When key "K1" is deleted from the wallet
    Then the page is "KeyDeleted"

  @OVR-1
  Scenario: a local key is asked about when the page loads, whatever the backend answers
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the tutorial is tapped
    And the backend fails on "status" requests with "500"
    And the app goes to the background
    And key "K1" is deleted from the wallet
    And back is tapped
    Then the page is "KeyDeleted"

  @OVR-2
  Scenario Outline: with CarPlay a deletion shows without background and foreground (<page>)
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the tutorial is tapped
    And <step>
    Then the page is "<page>"
    When key "K1" is deleted from the wallet
    Then the page is "KeyDeleted"

    Examples:
      | page      | step                            |
      | Tutorial1 | the app comes to the foreground |
      | Tutorial2 | continue is tapped              |

  @GEN-1
  Scenario Outline: <action> leads to the vehicle tab
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And <action>
    Then the page is "VehicleTab"

    Examples:
      | action             |
      | back is tapped     |
      | the page is closed |

  @GEN-2
  Scenario: a tap that the page does not offer has no effect
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And retry is tapped
    And the box is ticked
    And the box is unticked
    And the move is confirmed
    And the move is cancelled
    And the error is confirmed
    And the entry is tapped
    Then the page is "Overview"
    And the backend received 2 "status" requests
    And the backend received 1 "password" requests

  @OVR-7
  Scenario: coming back re-reads the status also when an older request is still under way
    Given vehicle "WBA00000000DEMO01" has an untracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And the backend holds back "status" answers
    And continue is tapped
    And the app goes to the background
    And vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the app comes to the foreground
    And the backend releases the "status" answers
    Then the key state is "ActiveTracked"

  @WEL-2 @OVR-7
  Scenario: a key that was not made on this phone follows what the backend says
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And vehicle "WBA00000000DEMO01" has a tracked owner key "K2"
    And the app goes to the background
    And the app comes to the foreground
    Then the key state is "OtherDevice"
    And the page is "Overview"

  @OVR-4
  Scenario: a wallet that cannot be opened is said on the page until the next tap
    Given vehicle "WBA00000000DEMO03" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO03" is selected
    And the entry is tapped
    And continue is tapped
    And the wallet cannot answer
    And the card action is tapped
    Then the page is "Overview"
    And a notice is shown
    When the wallet answers again
    And the card action is tapped
    Then the wallet was opened at key "K1"
    And a notice is not shown
