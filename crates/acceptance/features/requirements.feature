Feature: Who can have a digital key
  The phone, its software and the vehicle decide.

  @REQ-2 @WEL-6
  Scenario Outline: an iPhone XR, XS or later can have a key (<machine>)
    Given an iPhone "<machine>" running iOS "14.2"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    Then the page is "GrabYourTwoKeys"

    Examples:
      | machine     |
      | iPhone11,2  |
      | iPhone11,8  |
      | iPhone12,8  |
      | iPhone18,3  |
      | iPhone100,1 |

  @REQ-2 @WEL-6
  Scenario Outline: an older iPhone and other devices of Apple's cannot (<machine>)
    Given an iPhone "<machine>" running iOS "14.2"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    Then the page is "PhoneNotSupported"

    Examples:
      | machine    |
      | iPhone10,6 |
      | iPhone9,1  |
      | iPhone1,1  |
      | iPad13,1   |
      | iPod9,1    |

  @REQ-2 @WEL-8
  Scenario Outline: an unknown device is left to Apple, which says yes (<machine>)
    Given an iPhone "<machine>" running iOS "14.2"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the blockers are ""
    When continue is tapped
    Then the page is "GrabYourTwoKeys"

    Examples:
      | machine   |
      | x86_64    |
      | arm64     |
      | i386      |
      | iPhone    |
      | Watch9,1  |

  @REQ-2 @WEL-8
  Scenario: an unknown device is left to Apple, which says no
    Given an iPhone "arm64" running iOS "14.2"
    And Apple reports that keys cannot be created
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the blockers are "PhoneSoftwareUpdateRequired"
    When continue is tapped
    Then the page is "PhoneSoftwareUpdateRequired"

  @REQ-3 @WEL-6
  Scenario Outline: iOS <version> is new enough
    Given an iPhone "iPhone12,1" running iOS "<version>"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    Then the page is "GrabYourTwoKeys"

    Examples:
      | version |
      | 13.6    |
      | 13.6.1  |
      | 13.10   |
      | 14      |
      | 18.0    |
      | 26.1    |

  @REQ-3 @WEL-6
  Scenario Outline: iOS <version> is too old
    Given an iPhone "iPhone12,1" running iOS "<version>"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    And continue is tapped
    Then the page is "PhoneSoftwareUpdateRequired"

    Examples:
      | version |
      | 13.5.1  |
      | 13      |
      | 12.10   |
      | 9.9     |

  @REQ-3
  Scenario: an update of iOS helps at the next start of the app
    Given an iPhone "iPhone12,1" running iOS "13.5"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the blockers are "PhoneSoftwareUpdateRequired"
    When an iPhone "iPhone12,1" running iOS "13.6"
    And the app is killed and started again
    And vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the blockers are ""

  @REQ-4 @ENT-1
  Scenario: Android is not supported
    Given an Android phone
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is hidden

  @REQ-5 @ENT-2
  Scenario Outline: a vehicle with the activated package <package> is supported
    Given vehicle "WBA00000000DEMO01" answers the support request with:
      """
      {
        "bookedServicePackage": "<package>",
        "isDigitalKeyFirstSupported": false,
        "readerGraphics": "000200000000",
        "state": "ACTIVATED",
        "vehicleSoftwareUpgradeRequired": <upgrade>
      }
      """
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is shown
    And the cache knows that "WBA00000000DEMO01" supports Smart Access

    Examples:
      | package     | upgrade |
      | SMACC_1_5   | false   |
      | SMACC_1_5   | true    |
      | SMACC_2_UWB | false   |

  @REQ-5 @ENT-2
  Scenario: the state and the package are all that an answer needs, in any order
    Given vehicle "WBA00000000DEMO01" answers the support request with:
      """
      {"state": "ACTIVATED", "anythingNew": [1, 2], "bookedServicePackage": "SMACC_1_5"}
      """
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is shown

  @REQ-5 @ENT-2
  Scenario Outline: <state> with the package <package> is not supported
    Given vehicle "WBA00000000DEMO01" answers the support request with:
      """
      {"bookedServicePackage": "<package>", "state": "<state>"}
      """
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is hidden
    And the cache knows that "WBA00000000DEMO01" does not support Smart Access
    When vehicle "WBA00000000DEMO01" is selected
    Then the backend received 1 "support" requests

    Examples:
      | state         | package      |
      | NOT_AVAILABLE | NONE         |
      | NOT_AVAILABLE | SMACC_1_5    |
      | NOT_AVAILABLE | SMACC_FUTURE |
      | ACTIVATED     | NONE         |
      | SUSPENDED     | NONE         |

  @REQ-5 @ENT-2
  Scenario: an answer without the object says that the vehicle is not supported
    Given vehicle "WBA00000000DEMO01" answers the support request with:
      """
      absent
      """
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is hidden
    And the cache knows that "WBA00000000DEMO01" does not support Smart Access

  @REQ-5 @ENT-4
  Scenario Outline: <state> with the package <package> is unknown, and asked about again
    Given vehicle "WBA00000000DEMO01" answers the support request with:
      """
      {"bookedServicePackage": "<package>", "state": "<state>"}
      """
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is hidden
    And the cache does not know whether "WBA00000000DEMO01" supports Smart Access
    When vehicle "WBA00000000DEMO01" supports Smart Access
    And vehicle "WBA00000000DEMO01" is selected
    Then the backend received 2 "support" requests
    And the entry is shown

    Examples:
      | state     | package      |
      | SUSPENDED | SMACC_1_5    |
      | ACTIVATED | SMACC_FUTURE |
      | activated | SMACC_1_5    |
      | ACTIVATED | smacc_1_5    |

  @REQ-5 @ENT-4
  Scenario Outline: an object that is broken is no answer: <object>
    Given vehicle "WBA00000000DEMO01" answers the support request with:
      """
      <object>
      """
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is hidden
    And the cache does not know whether "WBA00000000DEMO01" supports Smart Access

    Examples:
      | object                                          |
      | {}                                              |
      | {"state": "ACTIVATED"}                          |
      | "NOT_AVAILABLE"                                 |
      | [1]                                             |

  @REQ-5 @ENT-4
  Scenario: a vehicle that the backend does not find is a failure, and not "not supported"
    Given the backend fails on "support" requests with "404"
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is hidden
    And the cache does not know whether "WBA00000000DEMO01" supports Smart Access

  @REQ-3
  Scenario: the suffix of a security response does not make iOS too old
    Given an iPhone "iPhone15,2" running iOS "16.5.1 (c)"
    When vehicle "WBA00000000DEMO01" is selected
    And the entry is tapped
    Then the blockers are ""

  @REQ-5
  Scenario Outline: one member is enough to say no (<member>)
    Given vehicle "WBA00000000DEMO01" answers the support request with:
      """
      {<member>}
      """
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is hidden
    And the cache knows that "WBA00000000DEMO01" does not support Smart Access

    Examples:
      | member                                                |
      | "state":"NOT_AVAILABLE"                               |
      | "bookedServicePackage":"NONE","state":7               |
      | "state":"NOT_AVAILABLE","bookedServicePackage":null   |

  @REQ-5
  Scenario: an optional member of another type counts as absent
    Given vehicle "WBA00000000DEMO01" answers the support request with:
      """
      {"state":"ACTIVATED","bookedServicePackage":"SMACC_2_UWB","vehicleSoftwareUpgradeRequired":"false"}
      """
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is shown

  @REQ-5
  Scenario: a package of another type leaves the answer open
    Given vehicle "WBA00000000DEMO01" answers the support request with:
      """
      {"state":"ACTIVATED","bookedServicePackage":["SMACC_1_5"]}
      """
    When vehicle "WBA00000000DEMO01" is selected
    Then the entry is hidden
    And the cache does not know whether "WBA00000000DEMO01" supports Smart Access
