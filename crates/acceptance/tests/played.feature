Feature: A session, step by step

  Scenario: what happened, in the order in which it happened
    When vehicle "WBA00000000DEMO01" is selected
    When the entry is tapped
    Then the page is "Welcome"
    When continue is tapped
    Then the page is "GrabYourTwoKeys"
    When continue is tapped
    Then the page is "ReadyToPair"
    When the box is ticked
    When continue is tapped
    When Apple returns the error "userCanceled"
    Then the page is "PairingError"
    When retry is tapped
    When Apple returns pass "K1"
    Then the page is "Tutorial1"
    Given the wallet holds key "K1"
    When continue is tapped
    Then the page is "Tutorial2"
    When continue is tapped
    Then the page is "Overview"
    Then the page is "Overview"
    Then the key state is "ActiveUntracked"
    Then no pairing is running
