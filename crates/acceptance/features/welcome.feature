Feature: Welcome
  The page finds out whether a pairing is possible.

  @WEL-1
  Scenario: the status is asked for and kept
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    Then the backend received 0 "status" requests
    When the entry is tapped
    Then the page is "Welcome"
    And the backend received 1 "status" requests
    And the cache knows key "K1" for "WBA00000000DEMO01"
    When the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    Then the key state is "OtherDevice"

  @WEL-1
  Scenario: coming to the foreground fetches a failed status again
    Given the backend fails on "status" requests with "404"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the blockers are "BackendError"
    When the backend answers normally again
    And the backend holds back "status" answers
    And the app goes to the background
    And the app comes to the foreground
    Then continue is disabled
    When the backend releases the "status" answers
    Then continue is enabled
    And the blockers are ""
    And the backend received 2 "status" requests
    When the app goes to the background
    And the app comes to the foreground
    Then the backend received 2 "status" requests

  @WEL-1 @WEL-4 @WEL-5
  Scenario Outline: a status that could not be fetched (<fault>) leads to BackendError
    Given the backend fails on "status" requests with "<fault>"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then continue is enabled
    And the key state is "Unknown"
    And the blockers are "BackendError"
    When continue is tapped
    Then the page is "BackendError"

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

  @WEL-1
  Scenario Outline: a failure that passes (<fault>) is tried again, <tries> tries in all
    Given the backend fails on "status" requests with "<fault>"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the backend received <tries> "status" requests

    Examples: of a connection that breaks, and of a backend that asks to wait
      | fault               | tries |
      | refused             | 3     |
      | 503                 | 3     |
      | 429                 | 3     |
      | 503 after 0 seconds | 3     |
      | 429 after 1 seconds | 3     |

    Examples: of a wait that is longer than what is left of the deadline
      | fault                 | tries |
      | 429 after 2 seconds   | 2     |
      | 503 after 120 seconds | 1     |
      | 429 after 120 seconds | 1     |

    Examples: of a failure that does not pass, also 409, which is only about requests for a password
      | fault | tries |
      | 409   | 1     |
      | 500   | 1     |
      | 404   | 1     |

  @WEL-3
  Scenario Outline: a request for a password (<fault>) is tried again like a question
    Given the backend fails on "password" requests with "<fault>"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the backend received <tries> "password" requests
    And the usage counter of "WBA00000000DEMO01" is "none"
    When the page is closed
    And the backend answers normally again
    And the entry is tapped
    Then the usage counter of "WBA00000000DEMO01" is 0

    Examples: of a try that broke off, and of one that is still worked on
      | fault                 | tries |
      | refused               | 3     |
      | 409                   | 3     |
      | 503 after 120 seconds | 1     |
      | 500                   | 1     |

  @WEL-1 @WEL-5
  Scenario: an older status does not hide that this fetch has failed
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And the page is closed
    And the backend fails on "status" requests with "500"
    And the entry is tapped
    Then the key state is "OtherDevice"
    When continue is tapped
    Then the page is "BackendError"

  @WEL-1
  Scenario: a failure does not count for the next showing of the page
    Given the backend fails on "status" requests with "500"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And the page is closed
    And the backend answers normally again
    And the entry is tapped
    Then the blockers are ""
    When continue is tapped
    Then the page is "GrabYourTwoKeys"

  @WEL-2
  Scenario Outline: the wallet says where the key is (<key>, the wallet <wallet>)
    Given vehicle "WBA00000000DEMO01" has <key> owner key "K1"
    And the wallet <wallet>
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the key state is "<state>"
    And the cache knows key "K1" for "WBA00000000DEMO01"

    Examples:
      | key          | wallet         | state           |
      | a tracked    | holds key "K1" | ActiveTracked   |
      | an untracked | holds key "K1" | ActiveUntracked |
      | a tracked    | holds key "K2" | OtherDevice     |
      | a tracked    | is empty       | OtherDevice     |
      | an untracked | is empty       | OtherDevice     |
      | a tracked    | cannot answer  | OtherDevice     |

  @WEL-2
  Scenario: without an owner key it does not matter what the wallet holds
    Given vehicle "WBA00000000DEMO01" has no owner key
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the key state is "None"

  @WEL-2
  Scenario: a wallet that cannot say keeps its last yes, over a restart too
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And the wallet cannot answer
    And the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the page is "Welcome"
    And the key state is "ActiveTracked"

  @WEL-2
  Scenario: a wallet that cannot say keeps its last no
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And the page is closed
    And the wallet holds key "K1"
    And the wallet cannot answer
    And the entry is tapped
    Then the key state is "OtherDevice"
    When the wallet answers again
    And the page is closed
    And the entry is tapped
    Then the key state is "ActiveTracked"

  @WEL-2
  Scenario: a yes about one key does not count for the next one
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet holds key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the key state is "ActiveTracked"
    When the page is closed
    And key "K1" is deleted from the wallet
    And vehicle "WBA00000000DEMO01" has a tracked owner key "K2"
    And the entry is tapped
    Then the key state is "OtherDevice"
    And the cache knows key "K2" for "WBA00000000DEMO01"

  @WEL-3
  Scenario: a password is fetched and unused
    When vehicle "WBA00000000DEMO01" is selected
    Then the usage counter of "WBA00000000DEMO01" is "none"
    When the entry is tapped
    Then the backend received 1 "password" requests
    And the usage counter of "WBA00000000DEMO01" is 0

  @WEL-3
  Scenario: the status and the password are asked for at the same time
    Given the backend holds back "status" answers
    And the backend holds back "password" answers
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the backend received 1 "status" requests
    And the backend received 1 "password" requests

  @WEL-3
  Scenario: showing the page again fetches both again
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And back is tapped
    Then the page is "Welcome"
    And the backend received 2 "status" requests
    And the backend received 2 "password" requests
    When the page is closed
    And the entry is tapped
    Then the backend received 3 "status" requests
    And the backend received 3 "password" requests

  @WEL-3
  Scenario: leaving the page cancels no request
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the backend holds back "status" answers
    And the backend holds back "password" answers
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And the page is closed
    And the backend releases the "status" answers
    And the backend releases the "password" answers
    Then the page is "VehicleTab"
    And the cache knows key "K1" for "WBA00000000DEMO01"
    And the usage counter of "WBA00000000DEMO01" is 0

  @WEL-3
  Scenario: a new showing joins the requests in flight
    Given the backend holds back "status" answers
    And the backend holds back "password" answers
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And the page is closed
    And the entry is tapped
    Then the backend received 1 "status" requests
    And the backend received 1 "password" requests
    And continue is disabled
    When the backend releases the "status" answers
    And the backend releases the "password" answers
    Then continue is enabled
    When continue is tapped
    Then the page is "GrabYourTwoKeys"
    And the backend received 1 "status" requests
    And the backend received 1 "password" requests

  @WEL-3 @WEL-5
  Scenario: the failure of a fetch that was joined counts for the new showing
    Given the backend fails on "status" requests with "500"
    And the backend holds back "status" answers
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And the page is closed
    And the backend answers normally again
    And the entry is tapped
    And the backend releases the "status" answers
    And continue is tapped
    Then the page is "BackendError"
    And the backend received 1 "status" requests

  @WEL-3
  Scenario Outline: a failed request for a new password (<fault>) keeps the old one and its counter
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And the page is closed
    And Apple returns the error "userCanceled"
    Then the usage counter of "WBA00000000DEMO01" is 1
    When the backend fails on "password" requests with "<fault>"
    And the entry is tapped
    Then the usage counter of "WBA00000000DEMO01" is 1
    When continue is tapped
    Then the page is "GrabYourTwoKeys"

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

  @WEL-3
  Scenario: a backend that has no password keeps the old one and its counter
    Given the backend issues password "11111111" for "WBA00000000DEMO01"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And the page is closed
    And Apple returns the error "userCanceled"
    And the backend has no password for "WBA00000000DEMO01"
    And the entry is tapped
    Then the usage counter of "WBA00000000DEMO01" is 1
    When continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    Then the last pairing used password "11111111"
    And the usage counter of "WBA00000000DEMO01" is 2

  @WEL-3
  Scenario: a new password begins at 0
    Given the backend issues password "11111111" for "WBA00000000DEMO01"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And the page is closed
    And Apple returns the error "userCanceled"
    Then the usage counter of "WBA00000000DEMO01" is 1
    When the backend issues password "22222222" for "WBA00000000DEMO01"
    And the entry is tapped
    Then the usage counter of "WBA00000000DEMO01" is 0
    When continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    Then the last pairing used password "22222222"

  @WEL-4
  Scenario: continue waits for the status
    Given the backend holds back "status" answers
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then continue is disabled
    And the blockers are ""
    When continue is tapped
    Then the page is "Welcome"
    When the backend releases the "status" answers
    Then continue is enabled

  @WEL-4
  Scenario: continue waits for the password too when there is no owner key
    Given the backend holds back "password" answers
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then continue is disabled
    When continue is tapped
    Then the page is "Welcome"
    When the backend releases the "password" answers
    Then continue is enabled
    When continue is tapped
    Then the page is "GrabYourTwoKeys"

  @WEL-4
  Scenario: after a failed status continue does not wait for the password
    Given the backend fails on "status" requests with "500"
    And the backend holds back "password" answers
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then continue is enabled
    When continue is tapped
    Then the page is "BackendError"

  @WEL-4
  Scenario Outline: with an owner key continue does not wait for the password (the wallet <wallet>)
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And the wallet <wallet>
    And the backend holds back "password" answers
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then continue is enabled
    When continue is tapped
    Then the page is "Overview"

    Examples:
      | wallet         |
      | holds key "K1" |
      | is empty       |
      | cannot answer  |

  @WEL-4 @WEL-7
  Scenario Outline: <page> waits for no password
    Given <blocker>
    And the backend holds back "password" answers
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then continue is enabled
    And the blockers are "<page>"
    When continue is tapped
    Then the page is "<page>"

    Examples:
      | page                        | blocker                                                      |
      | PhoneNotSupported           | an iPhone "iPhone10,6" running iOS "14.2"                    |
      | PhoneSoftwareUpdateRequired | Apple reports that keys cannot be created                    |
      | NotPrimarySubscriber        | the user is not the primary subscriber of "WBA00000000DEMO01" |
      | VehicleNotPrepared          | vehicle "WBA00000000DEMO01" is not prepared                  |

  @WEL-4 @MOV-3
  Scenario: in the move flow continue waits for the password, since it leads to the pairing
    Given vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the card action is tapped
    And the backend holds back "password" answers
    And the move is confirmed
    Then continue is disabled
    When the backend releases the "password" answers
    Then continue is enabled

  @WEL-4
  Scenario: a page that is shown again waits again
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And the backend holds back "status" answers
    And back is tapped
    Then the page is "Welcome"
    And continue is disabled

  @WEL-6
  Scenario: continue without a blocker leads to GrabYourTwoKeys
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the blockers are ""
    When continue is tapped
    Then the page is "GrabYourTwoKeys"

  @WEL-6 @WEL-7
  Scenario Outline: an owner key leads to Overview, whatever the blockers are (the wallet <wallet>)
    Given an iPhone "iPhone9,1" running iOS "12.0"
    And Apple reports that keys cannot be created
    And vehicle "WBA00000000DEMO01" has a tracked owner key "K1"
    And vehicle "WBA00000000DEMO01" is not prepared
    And the user is not the primary subscriber of "WBA00000000DEMO01"
    And the backend has no password for "WBA00000000DEMO01"
    And the wallet <wallet>
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the blockers are ""
    When continue is tapped
    Then the page is "Overview"

    Examples:
      | wallet         |
      | holds key "K1" |
      | is empty       |

  @WEL-6 @WEL-7
  Scenario Outline: the first blocker decides (<page>)
    Given an iPhone "<machine>" running iOS "<ios>"
    And Apple reports that keys <apple> be created
    And the user <subscriber> the primary subscriber of "WBA00000000DEMO01"
    And vehicle "WBA00000000DEMO01" <prepared> prepared
    And the backend <password> for "WBA00000000DEMO01"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    Then the page is "<page>"

    Examples: each alone
      | machine    | ios  | apple  | subscriber | prepared | password                   | page                        |
      | iPhone10,1 | 14.2 | can    | is         | is       | issues password "87654321" | PhoneNotSupported           |
      | iPhone12,1 | 13.5 | can    | is         | is       | issues password "87654321" | PhoneSoftwareUpdateRequired |
      | iPhone12,1 | 14.2 | cannot | is         | is       | issues password "87654321" | PhoneSoftwareUpdateRequired |
      | iPhone12,1 | 14.2 | can    | is not     | is       | issues password "87654321" | NotPrimarySubscriber        |
      | iPhone12,1 | 14.2 | can    | is         | is not   | issues password "87654321" | VehicleNotPrepared          |
      | iPhone12,1 | 14.2 | can    | is         | is       | has no password            | PairingPasswordUnavailable  |

    Examples: with all that comes after it
      | machine    | ios  | apple  | subscriber | prepared | password        | page                        |
      | iPhone10,1 | 13.5 | cannot | is not     | is not   | has no password | PhoneNotSupported           |
      | iPhone12,1 | 13.5 | can    | is not     | is not   | has no password | PhoneSoftwareUpdateRequired |
      | iPhone12,1 | 14.2 | cannot | is not     | is not   | has no password | PhoneSoftwareUpdateRequired |
      | iPhone12,1 | 14.2 | can    | is not     | is not   | has no password | NotPrimarySubscriber        |
      | iPhone12,1 | 14.2 | can    | is         | is not   | has no password | VehicleNotPrepared          |

  @WEL-6
  Scenario Outline: without any password (<fault>) no pairing can begin
    Given the backend fails on "password" requests with "<fault>"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the usage counter of "WBA00000000DEMO01" is "none"
    When continue is tapped
    Then the page is "PairingPasswordUnavailable"

    Examples:
      | fault     |
      | 503       |
      | 404       |
      | timeout   |
      | truncated |

  @WEL-6
  Scenario: a password that was used three times is a blocker
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And the backend fails on "password" requests with "500"
    And Apple returns the error "genericError"
    And retry is tapped
    And Apple returns the error "genericError"
    And the page is closed
    And the entry is tapped
    Then the usage counter of "WBA00000000DEMO01" is 2
    And the blockers are ""
    When continue is tapped
    And continue is tapped
    And the box is ticked
    And continue is tapped
    And Apple returns the error "genericError"
    And the page is closed
    And the entry is tapped
    Then the usage counter of "WBA00000000DEMO01" is 3
    And the blockers are "PairingPasswordUnavailable"
    When continue is tapped
    Then the page is "PairingPasswordUnavailable"

  @WEL-7
  Scenario: all blockers are listed in order
    Given an iPhone "iPhone10,1" running iOS "13.5"
    And Apple reports that keys cannot be created
    And the user is not the primary subscriber of "WBA00000000DEMO01"
    And vehicle "WBA00000000DEMO01" is not prepared
    And the backend has no password for "WBA00000000DEMO01"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the blockers are "PhoneNotSupported, PhoneSoftwareUpdateRequired, NotPrimarySubscriber, VehicleNotPrepared, PairingPasswordUnavailable"
    When continue is tapped
    Then the page is "PhoneNotSupported"

  @WEL-7
  Scenario: an old iOS and a refusal by Apple are one blocker
    Given an iPhone "iPhone12,1" running iOS "13.5"
    And Apple reports that keys cannot be created
    And vehicle "WBA00000000DEMO01" is not prepared
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the blockers are "PhoneSoftwareUpdateRequired, VehicleNotPrepared"

  @WEL-7
  Scenario: after a failed status BackendError is the only blocker
    Given an iPhone "iPhone10,1" running iOS "13.5"
    And vehicle "WBA00000000DEMO01" is not prepared
    And the backend fails on "status" requests with "500"
    And the backend fails on "password" requests with "500"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the blockers are "BackendError"
