Feature: Entry on the vehicle tab
  The entry to the digital key is shown for vehicles that support it.

  @ENT-1 @REQ-4
  Scenario: on Android there is no entry and no request
    Given an Android phone
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is hidden
    And the backend received 0 "support" requests
    When the entry is tapped
    Then the page is "VehicleTab"
    And the backend received 0 "status" requests
    And the backend received 0 "password" requests

  @ENT-1
  Scenario: on Android there is no entry for a vehicle that is known to be supported either
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is shown
    When an Android phone
    And the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    Then the entry is hidden

  @ENT-1 @ENT-7
  Scenario: on Android there is no "coming soon" either
    Given an Android phone
    And the entry mode is "coming soon"
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is hidden
    And the backend received 0 "support" requests

  @ENT-2
  Scenario: before a vehicle is selected there is no entry
    When the app comes to the foreground
    Then the entry is hidden
    And the page is "VehicleTab"
    And the backend received 0 "support" requests

  @ENT-2
  Scenario: a supported vehicle is asked about once
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is shown
    And the cache knows that "WBA00000000DEMO01" supports Smart Access
    When vehicle "WBA00000000DEMO02" is selected
    And vehicle "WBA00000000DEMO01" is selected
    Then the entry is shown
    And the backend received 2 "support" requests

  @ENT-2
  Scenario: a vehicle that is not supported is asked about once
    Given vehicle "WBA00000000DEMO01" does not support Smart Access
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is hidden
    And the cache knows that "WBA00000000DEMO01" does not support Smart Access
    When the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    Then the entry is hidden
    And the backend received 1 "support" requests

  @ENT-2
  Scenario: the answer for one vehicle does not count for another
    Given vehicle "WBA00000000DEMO02" does not support Smart Access
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is shown
    And the cache knows nothing about "WBA00000000DEMO02"
    When vehicle "WBA00000000DEMO02" is selected
    Then the entry is hidden
    And the cache knows that "WBA00000000DEMO01" supports Smart Access
    And the cache knows that "WBA00000000DEMO02" does not support Smart Access

  @ENT-3
  Scenario: a vehicle that is known to be supported needs no backend
    When vehicle "WBA00000000DEMO01" is selected
    And the backend fails on "support" requests with "503"
    And the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    Then the entry is shown
    And the backend received 1 "support" requests

  @ENT-3
  Scenario: the known answer decides, also when the backend would answer differently now
    When vehicle "WBA00000000DEMO01" is selected
    And vehicle "WBA00000000DEMO01" does not support Smart Access
    And the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    Then the entry is shown

  @ENT-2
  Scenario: a question whose connection breaks is asked three times
    Given the backend fails on "support" requests with "refused"
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is hidden
    And the backend received 3 "support" requests

  @ENT-4
  Scenario: there is no entry until the answer arrives
    Given the backend holds back "support" answers
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is hidden
    When the entry is tapped
    Then the page is "VehicleTab"
    And the backend received 0 "status" requests
    When the backend releases the "support" answers
    Then the entry is shown

  @ENT-4
  Scenario Outline: a failed request (<fault>) shows no entry, and the next selection asks again
    Given the backend fails on "support" requests with "<fault>"
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is hidden
    And the page is "VehicleTab"
    And the cache knows nothing about "WBA00000000DEMO01"
    When the backend answers normally again
    And vehicle "WBA00000000DEMO01" is selected
    Then the entry is shown
    And the cache knows that "WBA00000000DEMO01" supports Smart Access

    Examples:
      | fault     |
      | 500       |
      | 503       |
      | 401       |
      | 404       |
      | 429       |
      | refused   |
      | timeout   |
      | garbage   |
      | truncated |
      | empty     |

  @ENT-4
  Scenario: after a failed request and a visit to another vehicle the selection asks again
    Given the backend fails on "support" requests with "500"
    When vehicle "WBA00000000DEMO01" is selected
    And vehicle "WBA00000000DEMO02" is selected
    And the backend answers normally again
    And vehicle "WBA00000000DEMO01" is selected
    Then the entry is shown
    And the backend received 3 "support" requests
    And the cache does not know whether "WBA00000000DEMO02" supports Smart Access

  @ENT-4
  Scenario Outline: a backend that fails for a moment (<fault>) is tried three times
    Given the backend fails on "support" requests with "<fault>"
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is hidden
    And the backend received 3 "support" requests

    Examples:
      | fault |
      | 503   |
      | 429   |

  @ENT-6
  Scenario: an answer that comes after the user has moved on counts for its own vehicle
    Given vehicle "WBA00000000DEMO02" does not support Smart Access
    And the backend holds back "support" answers
    When vehicle "WBA00000000DEMO01" is selected
    And vehicle "WBA00000000DEMO02" is selected
    Then the entry is hidden
    When the backend releases the "support" answers
    Then the entry is hidden
    And the cache knows that "WBA00000000DEMO01" supports Smart Access
    And the cache knows that "WBA00000000DEMO02" does not support Smart Access
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is shown
    And the backend received 2 "support" requests

  @ENT-6
  Scenario: selecting a vehicle again does not ask twice while the answer is on its way
    Given the backend holds back "support" answers
    When vehicle "WBA00000000DEMO01" is selected
    And vehicle "WBA00000000DEMO01" is selected
    And vehicle "WBA00000000DEMO02" is selected
    And vehicle "WBA00000000DEMO01" is selected
    Then the backend received 2 "support" requests
    When the backend releases the "support" answers
    Then the entry is shown
    And the backend received 2 "support" requests

  @ENT-6
  Scenario Outline: selecting the vehicle whose flow runs has no effect (<page>)
    Given vehicle "WBA00000000DEMO01" <key>
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    Then the page is "<page>"
    When vehicle "WBA00000000DEMO01" is selected
    Then the page is "<page>"
    And the backend received 1 "support" requests

    Examples:
      | key                            | page                 |
      | has no owner key               | GrabYourTwoKeys      |
      | has a tracked owner key "K1"   | Overview             |
      | is not prepared                | VehicleNotPrepared   |

  @ENT-6 @RDY-5
  Scenario: selecting the vehicle that is being paired does not disturb the pairing
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And vehicle "WBA00000000DEMO01" is selected
    Then the page is "ReadyToPair"
    And a pairing is running
    When Apple returns pass "K1"
    Then the page is "Tutorial1"

  @ENT-7
  Scenario: "coming soon" is shown for a supported vehicle, and leads nowhere
    Given the entry mode is "coming soon"
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is shown
    And the backend received 1 "support" requests
    When the entry is tapped
    Then the page is "VehicleTab"
    And the backend received 0 "status" requests
    And the backend received 0 "password" requests

  @ENT-7
  Scenario: "coming soon" follows the same rules
    Given the entry mode is "coming soon"
    And vehicle "WBA00000000DEMO02" does not support Smart Access
    And the backend holds back "support" answers
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is hidden
    When the backend releases the "support" answers
    Then the entry is shown
    When vehicle "WBA00000000DEMO02" is selected
    Then the entry is hidden
    When the backend fails on "support" requests with "500"
    And vehicle "WBA00000000DEMO03" is selected
    Then the entry is hidden
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is shown

  @ENT-7
  Scenario: "coming soon" becomes the entry with a new release, without a request
    Given the entry mode is "coming soon"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry mode is "owner pairing"
    And the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    Then the entry is shown
    And the backend received 1 "support" requests
    When the entry is tapped
    Then the page is "Welcome"

  @ENT-8
  Scenario: with a key on this phone the entry opens Overview directly
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the page is "Welcome"
    When the page is closed
    And the entry is tapped
    Then the page is "Overview"
    And the key state is "ActiveTracked"
    And the backend received 1 "password" requests

  @ENT-8
  Scenario: the next start of the app knows of the key, also without a backend
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And the app is killed and started again
    And the backend fails on "status" requests with "500"
    And vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the page is "Overview"
    And the key state is "ActiveTracked"

  @ENT-8 @ENT-9 @WEL-2
  Scenario: a wallet that has lost the key leads to Welcome and corrects what is known
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And the page is closed
    And key "K1" is deleted from the wallet
    And the backend fails on "status" requests with "500"
    And the entry is tapped
    Then the page is "Welcome"
    And the key state is "OtherDevice"
    And the cache knows key "K1" for "WBA00000000DEMO01"
    When the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    Then the key state is "OtherDevice"

  @ENT-9
  Scenario: a wallet that cannot say leads to Welcome and keeps what is known
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And the page is closed
    And the wallet cannot answer
    And the entry is tapped
    Then the page is "Welcome"
    And the key state is "ActiveTracked"

  @ENT-4
  Scenario: coming to the foreground asks again for what the cache does not know
    Given the backend fails on "support" requests with "503"
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is hidden
    When the backend answers normally again
    And the app goes to the background
    And the app comes to the foreground
    Then the entry is shown
    And the backend received 4 "support" requests
    When the app goes to the background
    And the app comes to the foreground
    Then the backend received 4 "support" requests

  @ENT-9
  Scenario: without a known key the entry opens Welcome, also with the key in the wallet
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    Then the key state is "Unknown"
    When the entry is tapped
    Then the page is "Welcome"

  @ENT-9
  Scenario Outline: without a key on this phone the entry opens Welcome each time (<key>)
    Given vehicle "WBA00000000DEMO01" <key>
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And the page is closed
    Then the key state is "<state>"
    When the entry is tapped
    Then the page is "Welcome"

    Examples:
      | key                          | state       |
      | has no owner key             | None        |
      | has a tracked owner key "K1" | OtherDevice |

  @ENT-4 @GEN-11
  Scenario: the vehicle tab says why there is no entry, and how long to wait
    Given the backend fails on "support" requests with "503 after 60 seconds"
    When vehicle "WBA00000000DEMO03" is selected
    Then the entry is hidden
    And the entry is hidden because of "a failure"
    And the page asks to wait 60 seconds
    When the backend answers normally again
    And vehicle "WBA00000000DEMO03" is selected
    Then the entry is shown
    And the entry is hidden because of "nothing"
    And the page asks for no wait

  @ENT-4 @REQ-5
  Scenario: the vehicle tab distinguishes an open question, an unknown value and no support
    Given the backend holds back "support" answers
    And vehicle "WBA00000000DEMO03" answers the support request with:
      """
      {"bookedServicePackage":"SMACC_9","state":"ACTIVATED"}
      """
    When vehicle "WBA00000000DEMO03" is selected
    Then the entry is hidden because of "an open question"
    When the backend releases the "support" answers
    Then the entry is hidden because of "an unknown value"
    When vehicle "WBA00000000DEMO03" does not support Smart Access
    And vehicle "WBA00000000DEMO03" is selected
    Then the entry is hidden because of "no support"

  @ENT-10
  Scenario: a refresh replaces the cached answer and moves no page
    Given vehicle "WBA00000000DEMO03" supports Smart Access
    When vehicle "WBA00000000DEMO03" is selected
    And the entry is tapped
    And vehicle "WBA00000000DEMO03" does not support Smart Access
    And the backend holds back "support" answers
    And vehicle "WBA00000000DEMO03" is refreshed
    Then the entry is shown
    And the backend received 2 "support" requests
    When vehicle "WBA00000000DEMO03" is refreshed
    Then the backend received 2 "support" requests
    When the backend releases the "support" answers
    Then the entry is hidden
    And the page is "Welcome"
    And the cache knows that "WBA00000000DEMO03" does not support Smart Access

  @ENT-10
  Scenario: a refresh that fails changes nothing
    When vehicle "WBA00000000DEMO03" is selected
    And the backend fails on "support" requests with 404
    And vehicle "WBA00000000DEMO03" is refreshed
    Then the entry is shown
    And the backend received 2 "support" requests
    And the cache knows that "WBA00000000DEMO03" supports Smart Access

  @ENT-10
  Scenario: a vehicle that is not selected is refreshed
    Given vehicle "WBA00000000DEMO03" does not support Smart Access
    When vehicle "WBA00000000DEMO03" is selected
    And vehicle "WBA00000000DEMO04" is selected
    And vehicle "WBA00000000DEMO03" supports Smart Access
    And vehicle "WBA00000000DEMO03" is refreshed
    Then the cache knows that "WBA00000000DEMO03" supports Smart Access
    When vehicle "WBA00000000DEMO03" is selected
    Then the entry is shown
    And the backend received 3 "support" requests
