Feature: The meaning of the steps
  The other files check the rules; this one checks the steps.

  Scenario: a fact that no step sets has its default
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the blockers are ""
    And the key state is "None"
    When continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    Then the last pairing used password "12345678"

  Scenario: setup steps come in any order, and later ones override earlier ones
    Given the backend has no password for "WBA00000000DEMO01"
    And vehicle "WBA00000000DEMO01" is not prepared
    And the user is not the primary subscriber of "WBA00000000DEMO01"
    And vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And vehicle "WBA00000000DEMO01" does not support Smart Access
    And the wallet holds key "K1"
    And an Android phone
    And the entry mode is "coming soon"
    And vehicle "WBA00000000DEMO01" supports Smart Access
    And vehicle "WBA00000000DEMO01" has no owner key
    And an iPhone "iPhone12,1" running iOS 14.2
    And the entry mode is "owner pairing"
    And the wallet is empty
    And the user is the primary subscriber of "WBA00000000DEMO01"
    And vehicle "WBA00000000DEMO01" is prepared
    And the backend issues password 87654321 for "WBA00000000DEMO01"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the blockers are ""
    And the key state is "None"

  Scenario: a change of the phone takes effect at the next start
    Given Apple reports that keys cannot be created
    When vehicle "WBA00000000DEMO01" is selected
    And the entry mode is "coming soon"
    And Apple reports that keys can be created
    And an iPhone "iPhone10,1" running iOS "13.5"
    And the entry is tapped
    Then the blockers are "PhoneSoftwareUpdateRequired"
    When the entry mode is "owner pairing"
    And the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the blockers are "PhoneNotSupported, PhoneSoftwareUpdateRequired"
    When an iPhone "iPhone12,1" running iOS "14.2"
    And the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the blockers are ""

  Scenario: the error page behind Welcome has the blockers of Welcome, another page has none
    Given vehicle "WBA00000000DEMO01" is not prepared
    And the backend has no password for "WBA00000000DEMO01"
    When vehicle "WBA00000000DEMO01" is selected
    Then the blockers are ""
    When the entry is tapped
    And continue is tapped
    Then the page is "VehicleNotPrepared"
    And the blockers are "VehicleNotPrepared,PairingPasswordUnavailable"
    When the page is closed
    Then the blockers are ""

  Scenario: a held answer shows the vehicle as it was when the request arrived
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the backend holds back "status" answers
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And vehicle "WBA00000000DEMO01" has a tracked owner key "K2"
    And the backend releases the "status" answers
    Then the cache knows key "K1" for "WBA00000000DEMO01"

  Scenario: releasing ends the holding
    Given the backend holds back "support" answers
    When vehicle "WBA00000000DEMO01" is selected
    And the backend releases the "support" answers
    And vehicle "WBA00000000DEMO02" is selected
    Then the entry is shown

  Scenario: "answers normally again" ends faults only
    Given the backend holds back "support" answers
    And the backend fails on "support" requests with 500
    And the backend fails on "status" requests with "500"
    When the backend answers normally again
    And vehicle "WBA00000000DEMO01" is selected
    Then the entry is hidden
    When the backend releases the "support" answers
    Then the entry is shown
    When the entry is tapped
    Then the key state is "None"

  Scenario: faults and holds outlive a kill
    Given the backend fails on "status" requests with "500"
    And the backend holds back "password" answers
    When vehicle "WBA00000000DEMO01" is selected
    And the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the blockers are "BackendError"
    And the usage counter of "WBA00000000DEMO01" is "none"
    When the backend releases the "password" answers
    Then the usage counter of "WBA00000000DEMO01" is 0

  Scenario: each try is counted, over all vehicles and kills
    Given the backend fails on "support" requests with "503"
    When vehicle "WBA00000000DEMO01" is selected
    And vehicle "WBA00000000DEMO02" is selected
    And the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    Then the backend received 9 "support" requests

  Scenario: a request to a silent backend ends after the deadline
    Given the backend fails on "support" requests with "timeout"
    When vehicle "WBA00000000DEMO01" is selected
    Then the backend received 1 "support" requests
    And the entry is hidden

  Scenario: a pass goes to the vehicle whose pairing was started, in place of any other key
    Given vehicle "WBA00000000DEMO02" has a tracked owner key "K2"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And vehicle "WBA00000000DEMO01" has a tracked owner key "OLD"
    And vehicle "WBA00000000DEMO02" is selected
    And Apple returns pass "K1"
    And the user signs out
    And vehicle "WBA00000000DEMO02" is selected
    And the entry is tapped
    Then the cache knows key "K2" for "WBA00000000DEMO02"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the cache knows key "K1" for "WBA00000000DEMO01"
    And the key state is "ActiveUntracked"

  Scenario: an answer of Apple's without a sheet has no effect on the page
    When Apple returns the error "userCanceled"
    And Apple returns neither a pass nor an error
    And Apple returns pass "K1"
    Then the page is "VehicleTab"
    When vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the key state is "ActiveTracked"
