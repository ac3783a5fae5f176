Feature: What a page offers

  Background:
    Given vehicle "WBA00000000DEMO03" supports Smart Access

  @GEN-8
  Scenario: without a vehicle no tap is offered
    When the app goes to the background
    Then the page offers ""

  @GEN-8
  Scenario: each page on the way to the key
    When vehicle "WBA00000000DEMO03" is selected
    Then the page offers "entry"
    When the entry is tapped
    Then the page offers "continue, back, close"
    When continue is tapped
    Then the page is "GrabYourTwoKeys"
    And the page offers "continue, back, close"
    When continue is tapped
    Then the page offers "continue, tick the box, back, close"
    When the box is ticked
    Then the page offers "continue, untick the box, back, close"
    When continue is tapped
    And Apple returns the error "userCanceled"
    Then the page offers "retry, confirm the error, back, close"
    When retry is tapped
    And Apple returns pass "K1"
    Then the page offers "continue, back, close"
    When continue is tapped
    And continue is tapped
    Then the page is "Overview"
    And the page offers "card action, tutorial, back, close"

  @GEN-8 @WEL-4
  Scenario: continue is offered once its target is known
    Given the backend holds back "password" answers
    When vehicle "WBA00000000DEMO03" is selected
    And the entry is tapped
    Then the page offers "back, close"
    When continue is tapped
    Then the page is "Welcome"
    When the backend releases the "password" answers
    Then the page offers "continue, back, close"

  @GEN-8 @ENT-7
  Scenario: a label that leads nowhere offers no tap
    Given the entry mode is "coming soon"
    When vehicle "WBA00000000DEMO03" is selected
    Then the entry is shown
    And the page offers ""

  @GEN-8
  Scenario: the warning before a key is moved
    Given vehicle "WBA00000000DEMO03" has a tracked owner key "K1"
    When vehicle "WBA00000000DEMO03" is selected
    And the entry is tapped
    And continue is tapped
    And the card action is tapped
    Then the page is "MoveKeyWarning"
    And the page offers "confirm the move, cancel the move, back, close"

  @GEN-8 @ERR-5
  Scenario Outline: retry is offered where trying again can help
    Given <situation>
    When vehicle "WBA00000000DEMO03" is selected
    And the entry is tapped
    And continue is tapped
    Then the page is "<page>"
    And the page offers "<taps>"

    Examples:
      | situation                                                | page                 | taps                                  |
      | the backend fails on "status" requests with "500"        | BackendError         | retry, confirm the error, back, close |
      | vehicle "WBA00000000DEMO03" is not prepared              | VehicleNotPrepared   | retry, confirm the error, back, close |
      | the user is not the primary subscriber of "WBA00000000DEMO03" | NotPrimarySubscriber | confirm the error, back, close   |
