Feature: Tutorials
  Two pages that show how the key is used.

  @TUT-1 @TUT-2
  Scenario: after a pairing the tutorials lead to Overview
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And Apple returns pass "K1"
    Then the page is "Tutorial1"
    And continue is enabled
    When continue is tapped
    Then the page is "Tutorial2"
    And continue is enabled
    When continue is tapped
    Then the page is "Overview"

  @TUT-1 @TUT-2
  Scenario: the tutorials need no backend
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And Apple returns pass "K1"
    And the backend fails on "status" requests with "500"
    Then continue is enabled
    When continue is tapped
    Then continue is enabled
    When continue is tapped
    Then the page is "Overview"
    And the key state is "ActiveUntracked"

  @GEN-1
  Scenario: back leads from Tutorial2 to Tutorial1, and after a pairing on to Overview
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And Apple returns pass "K1"
    And continue is tapped
    And back is tapped
    Then the page is "Tutorial1"
    When back is tapped
    Then the page is "Overview"

  @GEN-1 @OVR-5
  Scenario: back leads to Overview, where the tutorials were opened
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the tutorial is tapped
    And continue is tapped
    And back is tapped
    Then the page is "Tutorial1"
    When back is tapped
    Then the page is "Overview"

  @GEN-1
  Scenario: close leaves both pages to the vehicle tab
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the tutorial is tapped
    And the page is closed
    Then the page is "VehicleTab"
    When the entry is tapped
    And the tutorial is tapped
    And continue is tapped
    Then the page is "Tutorial2"
    When the page is closed
    Then the page is "VehicleTab"

  @GEN-2
  Scenario: a tap that the pages do not offer has no effect
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the tutorial is tapped
    And retry is tapped
    And the box is ticked
    And the card action is tapped
    And the tutorial is tapped
    And the move is confirmed
    And the error is confirmed
    And the entry is tapped
    Then the page is "Tutorial1"
    When continue is tapped
    And retry is tapped
    And the box is ticked
    And the card action is tapped
    And the tutorial is tapped
    And the move is confirmed
    And the error is confirmed
    And the entry is tapped
    Then the page is "Tutorial2"

  @OVR-2
  Scenario Outline: a key that is deleted during the tutorial from Overview is noticed (<page>)
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the tutorial is tapped
    And <step>
    Then the page is "<page>"
    When the app goes to the background
    And key "K1" is deleted from the wallet
    And the app comes to the foreground
    Then the page is "KeyDeleted"
    And the key state is "OtherDevice"
    When the error is confirmed
    Then the page is "VehicleTab"

    Examples:
      | page      | step                                |
      | Tutorial1 | the app comes to the foreground     |
      | Tutorial2 | continue is tapped                  |

  @OVR-2
  Scenario: a wallet that cannot say is no deletion, during the tutorial either
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the tutorial is tapped
    And the app goes to the background
    And the wallet cannot answer
    And the app comes to the foreground
    Then the page is "Tutorial1"
    And the key state is "ActiveTracked"
