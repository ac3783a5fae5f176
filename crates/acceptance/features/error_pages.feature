Feature: The other error pages
  The blockers of a pairing, and the ways out of their pages.

  @ERR-5
  Scenario Outline: a temporary blocker (<page>) offers retry, which shows Welcome again
    Given <blocker>
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    Then the page is "<page>"
    And retry is offered
    When <fix>
    And retry is tapped
    Then the page is "Welcome"
    And the backend received 2 "status" requests
    And the backend received 2 "password" requests
    And the blockers are ""
    When continue is tapped
    Then the page is "GrabYourTwoKeys"

    Examples:
      | page                       | blocker                                              | fix                                                            |
      | BackendError               | the backend fails on "status" requests with "500"    | the backend answers normally again                             |
      | VehicleNotPrepared         | vehicle "WBA00000000DEMO01" is not prepared          | vehicle "WBA00000000DEMO01" is prepared                        |
      | PairingPasswordUnavailable | the backend has no password for "WBA00000000DEMO01"  | the backend issues password "87654321" for "WBA00000000DEMO01" |

  @ERR-5
  Scenario Outline: a temporary blocker that is still there (<page>) leads to the same page again
    Given <blocker>
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And retry is tapped
    And continue is tapped
    Then the page is "<page>"

    Examples:
      | page                       | blocker                                             |
      | BackendError               | the backend fails on "status" requests with "500"   |
      | VehicleNotPrepared         | vehicle "WBA00000000DEMO01" is not prepared         |
      | PairingPasswordUnavailable | the backend has no password for "WBA00000000DEMO01" |

  @ERR-5 @WEL-6
  Scenario: Apple's refusal is no dead end
    Given Apple reports that keys cannot be created
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    Then the page is "PhoneSoftwareUpdateRequired"
    And the phone software issue is "AppleRefuses"
    And retry is offered
    When retry is tapped
    Then the page is "Welcome"

  @WEL-6
  Scenario: an old iOS is said to be one, also when Apple refuses
    Given an iPhone "iPhone12,1" running iOS "13.5"
    And Apple reports that keys cannot be created
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    Then the phone software issue is "IosTooOld"
    And retry is not offered

  @ERR-5
  Scenario Outline: a permanent blocker (<page>) offers no retry
    Given <blocker>
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    Then the page is "<page>"
    And retry is not offered
    When retry is tapped
    Then the page is "<page>"
    And the backend received 1 "status" requests
    And the backend received 1 "password" requests

    Examples:
      | page                        | blocker                                                      |
      | PhoneNotSupported           | an iPhone "iPhone10,1" running iOS "14.2"                    |
      | PhoneSoftwareUpdateRequired | an iPhone "iPhone12,1" running iOS "13.5"                    |
      | NotPrimarySubscriber        | the user is not the primary subscriber of "WBA00000000DEMO01" |

  @ERR-5
  Scenario Outline: close, back and confirm lead from <page> to the vehicle tab
    Given <blocker>
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the page is closed
    Then the page is "VehicleTab"
    When the entry is tapped
    And continue is tapped
    Then the page is "<page>"
    When back is tapped
    Then the page is "VehicleTab"
    When the entry is tapped
    And continue is tapped
    And the error is confirmed
    Then the page is "VehicleTab"
    And the entry is shown

    Examples:
      | page                        | blocker                                                       |
      | BackendError                | the backend fails on "status" requests with "500"             |
      | PhoneNotSupported           | an iPhone "iPhone10,1" running iOS "14.2"                     |
      | PhoneSoftwareUpdateRequired | an iPhone "iPhone12,1" running iOS "13.5"                     |
      | NotPrimarySubscriber        | the user is not the primary subscriber of "WBA00000000DEMO01" |
      | VehicleNotPrepared          | vehicle "WBA00000000DEMO01" is not prepared                   |
      | PairingPasswordUnavailable  | the backend has no password for "WBA00000000DEMO01"           |

  @GEN-2
  Scenario: a tap that the page does not offer has no effect
    Given the backend fails on "status" requests with "500"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And the card action is tapped
    And the tutorial is tapped
    And the move is confirmed
    And the move is cancelled
    And the entry is tapped
    And the app goes to the background
    And the app comes to the foreground
    Then the page is "BackendError"
    And the backend received 1 "status" requests

  @GEN-2
  Scenario: an answer that comes late does not change an error page
    Given the backend fails on "status" requests with "500"
    And the backend holds back "password" answers
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the backend answers normally again
    And the backend releases the "password" answers
    Then the page is "BackendError"
    And the usage counter of "WBA00000000DEMO01" is 0

  @GEN-11 @WEL-5
  Scenario: BackendError says how long the backend asks to wait
    Given vehicle "WBA00000000DEMO03" supports Smart Access
    And the backend fails on "status" requests with "429 after 30 seconds"
    When vehicle "WBA00000000DEMO03" is selected
    And the entry is tapped
    Then the page asks for no wait
    When continue is tapped
    Then the page is "BackendError"
    And the page asks to wait 30 seconds
    When the backend fails on "status" requests with 500
    And retry is tapped
    And continue is tapped
    Then the page is "BackendError"
    And the page asks for no wait

  @GEN-11 @WEL-6
  Scenario: PairingPasswordUnavailable says how long the backend asks to wait
    Given vehicle "WBA00000000DEMO03" supports Smart Access
    And the backend fails on "password" requests with "503 after 90 seconds"
    When vehicle "WBA00000000DEMO03" is selected
    And the entry is tapped
    And continue is tapped
    Then the page is "PairingPasswordUnavailable"
    And the page asks to wait 90 seconds
    When the backend answers normally again
    And the backend has no password for "WBA00000000DEMO03"
    And retry is tapped
    And continue is tapped
    Then the page is "PairingPasswordUnavailable"
    And the page asks for no wait
