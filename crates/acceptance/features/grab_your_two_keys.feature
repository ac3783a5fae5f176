Feature: GrabYourTwoKeys
  Both keys of the vehicle have to be at hand.

  Background:
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped

  @KEY-1
  Scenario: continue is always enabled and leads to ReadyToPair
    Then the page is "GrabYourTwoKeys"
    And continue is enabled
    When continue is tapped
    Then the page is "ReadyToPair"

  @KEY-1
  Scenario: continue does not need the backend
    Given the backend fails on "status" requests with "500"
    And the backend fails on "password" requests with "500"
    When continue is tapped
    Then the page is "ReadyToPair"
    And the backend received 1 "status" requests
    And the backend received 1 "password" requests

  @GEN-1
  Scenario: back leads to Welcome, which asks anew
    When back is tapped
    Then the page is "Welcome"
    And the backend received 2 "status" requests

  @GEN-1
  Scenario: close leads to the vehicle tab
    When the page is closed
    Then the page is "VehicleTab"

  @GEN-2
  Scenario: a tap that the page does not offer has no effect
    When retry is tapped
    And the box is ticked
    And the card action is tapped
    And the tutorial is tapped
    And the move is confirmed
    And the move is cancelled
    And the error is confirmed
    And the entry is tapped
    And the app goes to the background
    And the app comes to the foreground
    Then the page is "GrabYourTwoKeys"
    And pairing was started 0 times
    And the backend received 1 "status" requests
