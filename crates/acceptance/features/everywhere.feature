Feature: Everywhere
  The rules that hold on every page.

  @GEN-1
  Scenario Outline: <action> leads from Welcome to the vehicle tab
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And <action>
    Then the page is "VehicleTab"
    And the entry is shown

    Examples:
      | action             |
      | back is tapped     |
      | the page is closed |

  @GEN-1
  Scenario: back leads page by page to the vehicle tab
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And back is tapped
    Then the page is "GrabYourTwoKeys"
    When back is tapped
    Then the page is "Welcome"
    When back is tapped
    Then the page is "VehicleTab"
    When back is tapped
    Then the page is "VehicleTab"

  @GEN-2
  Scenario: without a vehicle no tap has an effect
    When the entry is tapped
    And continue is tapped
    And retry is tapped
    And the page is closed
    And back is tapped
    And the box is ticked
    And the box is unticked
    And the card action is tapped
    And the tutorial is tapped
    And the move is confirmed
    And the move is cancelled
    And the error is confirmed
    And the app goes to the background
    And the app comes to the foreground
    And the app comes to the foreground
    And the wallet holds key "K1"
    Then the page is "VehicleTab"
    And the entry is hidden
    And the key state is "Unknown"
    And the backend received 0 "support" requests
    And the backend received 0 "status" requests
    And the backend received 0 "password" requests

  @GEN-2
  Scenario: on the vehicle tab only the entry has an effect
    When vehicle "WBA00000000DEMO01" is selected
    And continue is tapped
    And retry is tapped
    And the page is closed
    And back is tapped
    And the box is ticked
    And the card action is tapped
    And the tutorial is tapped
    And the move is confirmed
    And the move is cancelled
    And the error is confirmed
    Then the page is "VehicleTab"
    And the backend received 0 "status" requests
    And pairing was started 0 times

  @GEN-2
  Scenario: on Welcome only the offered taps have an effect
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And the entry is tapped
    And retry is tapped
    And the box is ticked
    And the card action is tapped
    And the tutorial is tapped
    And the move is confirmed
    And the move is cancelled
    And the error is confirmed
    And the app goes to the background
    And the app comes to the foreground
    And the wallet holds key "K1"
    Then the page is "Welcome"
    And continue is enabled
    And the backend received 1 "status" requests
    And the backend received 1 "password" requests

  @GEN-3
  Scenario: selecting another vehicle ends the flow
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And vehicle "WBA00000000DEMO02" is selected
    Then the page is "VehicleTab"
    And the entry is shown
    When vehicle "WBA00000000DEMO01" is selected
    Then the page is "VehicleTab"

  @GEN-3
  Scenario: answers for the old vehicle do not show on the new one
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    And the backend holds back "status" answers
    And the backend holds back "password" answers
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And vehicle "WBA00000000DEMO02" is selected
    And the backend releases the "status" answers
    And the backend releases the "password" answers
    Then the page is "VehicleTab"
    And the key state is "Unknown"
    And the usage counter of "WBA00000000DEMO02" is "none"
    And the cache knows key "K1" for "WBA00000000DEMO01"
    And the usage counter of "WBA00000000DEMO01" is 0

  @GEN-3 @WEL-4
  Scenario: the answer for the old vehicle does not enable continue on the new one
    Given the backend holds back "status" answers
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And vehicle "WBA00000000DEMO02" is selected
    And the entry is tapped
    Then the backend received 2 "status" requests
    And continue is disabled
    When the backend releases the "status" answers
    Then continue is enabled

  @GEN-3
  Scenario: a deletion on the old vehicle's card does not show on the new one
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    Then the page is "Overview"
    When vehicle "WBA00000000DEMO02" is selected
    And the app goes to the background
    And key "K1" is deleted from the wallet
    And the app comes to the foreground
    Then the page is "VehicleTab"
    And the key state is "Unknown"

  @GEN-3
  Scenario: each vehicle keeps its own password and counter
    Given the backend issues password "11111111" for "WBA00000000DEMO01"
    And the backend issues password "22222222" for "WBA00000000DEMO02"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And vehicle "WBA00000000DEMO02" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    Then the last pairing used password "22222222"
    And the usage counter of "WBA00000000DEMO01" is 0
    And the usage counter of "WBA00000000DEMO02" is 1

  @GEN-4
  Scenario: a kill while answers are in flight loses no known fact
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And the page is closed
    And the backend holds back "status" answers
    And the backend holds back "password" answers
    And vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And the app is killed and started again
    And the backend releases the "status" answers
    And the backend releases the "password" answers
    Then the page is "VehicleTab"
    And the entry is hidden
    And the cache knows key "K1" for "WBA00000000DEMO01"
    And the usage counter of "WBA00000000DEMO01" is 0
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is shown
    And the key state is "ActiveTracked"

  @GEN-4 @ENT-4
  Scenario: after a kill before the answer the next selection asks again
    Given the backend holds back "support" answers
    When vehicle "WBA00000000DEMO01" is selected
    And the app is killed and started again
    And the backend releases the "support" answers
    Then the cache knows nothing about "WBA00000000DEMO01"
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is shown
    And the backend received 2 "support" requests

  @GEN-4
  Scenario: a held answer stays held for the next start of the app
    Given the backend holds back "status" answers
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then continue is disabled
    And the backend received 2 "status" requests
    When the backend releases the "status" answers
    Then continue is enabled

  @GEN-4
  Scenario: repeated kills do no harm
    When the app is killed and started again
    And the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    And the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And the app is killed and started again
    And the app is killed and started again
    Then the page is "VehicleTab"
    And the usage counter of "WBA00000000DEMO01" is 0
    And the backend received 1 "support" requests

  @GEN-5
  Scenario: sign-out erases all records, ends the flow and deselects the vehicle
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO02" is selected
    And the entry is tapped
    And vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    Then the page is "Overview"
    When the user signs out
    Then the page is "VehicleTab"
    And the entry is hidden
    And the key state is "Unknown"
    And the cache knows nothing about "WBA00000000DEMO01"
    And the cache knows nothing about "WBA00000000DEMO02"
    When the app is killed and started again
    Then the cache knows nothing about "WBA00000000DEMO01"

  @GEN-5 @GEN-4
  Scenario: a sign-out while the app is suspended outlives a kill
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the usage counter of "WBA00000000DEMO01" is 0
    When the app goes to the background
    And the app is suspended
    And the user signs out
    And the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    Then the backend received 2 "support" requests
    And the usage counter of "WBA00000000DEMO01" is "none"

  @GEN-5
  Scenario: what was stored without an account is not read for an account
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And the app is started for account "anna"
    Then the cache knows nothing about "WBA00000000DEMO01"
    When vehicle "WBA00000000DEMO01" is selected
    Then the backend received 2 "support" requests

  @GEN-5 @GEN-4
  Scenario: what was stored for an account is read for it and for no other
    When the app is started for account "anna"
    And vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the usage counter of "WBA00000000DEMO01" is 0
    When the app is started for account "anna"
    Then the usage counter of "WBA00000000DEMO01" is 0
    When the app is started for account "otto"
    Then the cache knows nothing about "WBA00000000DEMO01"
    When the app is started for account "anna"
    Then the cache knows nothing about "WBA00000000DEMO01"

  @GEN-5
  Scenario: what is stored after a sign-out is not read for the account that signed out
    When the app is started for account "anna"
    And the user signs out
    And vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the usage counter of "WBA00000000DEMO01" is 0
    When the app is started for account "anna"
    Then the cache knows nothing about "WBA00000000DEMO01"

  @GEN-10
  Scenario: in the foreground the cache is open, also if the host does not resume the app
    When vehicle "WBA00000000DEMO01" is selected
    And the app goes to the background
    And the app is suspended
    And the app comes to the foreground
    Then the cache knows that "WBA00000000DEMO01" supports Smart Access
    When the entry is tapped
    Then continue is enabled
    And the usage counter of "WBA00000000DEMO01" is 0

  @GEN-10
  Scenario: a suspension that comes after the foreground leaves the cache open
    When vehicle "WBA00000000DEMO01" is selected
    And the app goes to the background
    And the app is resumed
    And the app comes to the foreground
    And the app is suspended
    And the entry is tapped
    Then continue is enabled
    And the usage counter of "WBA00000000DEMO01" is 0

  @GEN-10
  Scenario: a suspension in the background closes the cache until the app is resumed
    When vehicle "WBA00000000DEMO01" is selected
    And the app goes to the background
    And the app is suspended
    And the entry is tapped
    Then continue is disabled
    When the app is resumed
    Then continue is enabled
    And the usage counter of "WBA00000000DEMO01" is 0

  @GEN-5 @CBK-1
  Scenario: a key that is made while the app is suspended is not stored after a sign-out
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And the app goes to the background
    And the app is suspended
    And Apple returns pass "K1"
    And the user signs out
    And the app is resumed
    And the app comes to the foreground
    Then the page is "VehicleTab"
    And the cache knows nothing about "WBA00000000DEMO01"

  @GEN-5
  Scenario: after a sign-out all requests are made again
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And the user signs out
    And vehicle "WBA00000000DEMO01" is selected
    Then the entry is shown
    And the backend received 2 "support" requests
    When the entry is tapped
    Then the page is "Welcome"
    And the backend received 2 "status" requests
    And the backend received 2 "password" requests

  @GEN-5
  Scenario Outline: an answer to a request from before the sign-out is dropped (<endpoint>)
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the backend holds back "<endpoint>" answers
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And the user signs out
    And the backend releases the "<endpoint>" answers
    Then the page is "VehicleTab"
    And the entry is hidden
    And the cache knows nothing about "WBA00000000DEMO01"

    Examples:
      | endpoint |
      | support  |
      | status   |
      | password |

  @GEN-5 @GEN-3
  Scenario: an answer from before the sign-out does not serve the next user
    Given the backend holds back "status" answers
    And vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And the user signs out
    And vehicle "WBA00000000DEMO01" has no owner key
    And vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the backend received 2 "status" requests
    And continue is disabled
    When the backend releases the "status" answers
    Then the key state is "None"
    And continue is enabled

  @GEN-5 @ENT-6
  Scenario: the next user's request does not wait for the old one
    Given the backend holds back "support" answers
    When vehicle "WBA00000000DEMO01" is selected
    And the user signs out
    And vehicle "WBA00000000DEMO01" is selected
    Then the backend received 2 "support" requests
    And the entry is hidden
    When the backend releases the "support" answers
    Then the entry is shown

  @GEN-5 @CBK-2
  Scenario: a new password from before the sign-out is dropped
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And the backend holds back "password" answers
    And Apple returns the error "genericError"
    And the user signs out
    And the backend releases the "password" answers
    Then the page is "VehicleTab"
    And the cache knows nothing about "WBA00000000DEMO01"

  @GEN-5 @OVR-7
  Scenario: after a sign-out the wallet may change without a request
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the user signs out
    And key "K1" is deleted from the wallet
    And the app goes to the background
    And the app comes to the foreground
    Then the page is "VehicleTab"
    And the backend received 2 "status" requests

  @GEN-5 @CBK-7
  Scenario Outline: Apple's answer to a pairing from before the sign-out is dropped (<answer>)
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And the user signs out
    Then the page is "VehicleTab"
    When Apple returns <answer>
    Then the page is "VehicleTab"
    And no pairing is running
    And the key state is "Unknown"
    And the cache knows nothing about "WBA00000000DEMO01"
    And the backend received 1 "password" requests

    Examples:
      | answer                       |
      | pass "K1"                    |
      | pass "K1" with an error      |
      | the error "genericError"     |
      | neither a pass nor an error  |

  @GEN-5 @RDY-5
  Scenario: the sheet of a signed-out user prevents a pairing of the next user
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And the user signs out
    And vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    Then the page is "ReadyToPair"
    And pairing was started 1 times
    And the usage counter of "WBA00000000DEMO01" is 0
    When Apple returns the error "userCanceled"
    Then the page is "ReadyToPair"
    When continue is tapped
    Then pairing was started 2 times
    And the usage counter of "WBA00000000DEMO01" is 1

  @GEN-5 @CBK-7
  Scenario: a pass for a signed-out user opens no page of the next user
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And the user signs out
    And vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    Then the page is "ReadyToPair"
    When Apple returns pass "K1"
    Then the page is "ReadyToPair"
    And the key state is "None"
    And the usage counter of "WBA00000000DEMO01" is 0

  @GEN-5
  Scenario: signing out without any record does no harm
    When the user signs out
    And the user signs out
    Then the page is "VehicleTab"
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is shown

  @GEN-9
  Scenario: a vehicle that is forgotten leaves nothing and ends its flow
    When vehicle "WBA00000000DEMO04" is selected
    And vehicle "WBA00000000DEMO03" is selected
    And the entry is tapped
    Then the usage counter of "WBA00000000DEMO03" is 0
    When vehicle "WBA00000000DEMO03" is forgotten
    Then the page is "VehicleTab"
    And the entry is hidden
    And the cache knows nothing about "WBA00000000DEMO03"
    And the cache knows that "WBA00000000DEMO04" supports Smart Access
    When the app is killed and started again
    Then the cache knows nothing about "WBA00000000DEMO03"

  @GEN-9
  Scenario: answers that belong to a forgotten vehicle are dropped, Apple's too
    When vehicle "WBA00000000DEMO03" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    Then a pairing is running
    When vehicle "WBA00000000DEMO03" is forgotten
    And Apple returns pass "K1"
    Then the cache knows nothing about "WBA00000000DEMO03"
    And no pairing is running

  @GEN-9
  Scenario: a vehicle is forgotten while the app is suspended
    When vehicle "WBA00000000DEMO03" is selected
    And the app goes to the background
    And the app is suspended
    And vehicle "WBA00000000DEMO03" is forgotten
    And the app is killed and started again
    Then the cache knows nothing about "WBA00000000DEMO03"

  @GEN-9
  Scenario: a 404 alone forgets nothing
    When vehicle "WBA00000000DEMO03" is selected
    And the backend fails on "status" requests with 404
    And the entry is tapped
    Then the cache knows that "WBA00000000DEMO03" supports Smart Access
    And the usage counter of "WBA00000000DEMO03" is 0
