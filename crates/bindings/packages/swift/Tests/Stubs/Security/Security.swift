// A stub of the Keychain for systems without one: items of one class in memory, found by service and
// account. A test makes it refuse, as a phone does before its first unlock.

import Foundation

public typealias CFDictionary = [String: Any]
public typealias CFString = String
public typealias CFTypeRef = AnyObject
public typealias OSStatus = Int32

public let errSecDuplicateItem: OSStatus = -25299
public let errSecInteractionNotAllowed: OSStatus = -25308
public let errSecItemNotFound: OSStatus = -25300
public let errSecSuccess: OSStatus = 0
public let kSecAttrAccessible: CFString = "accessible"
public let kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly: CFString = "after first unlock, this device"
public let kSecAttrAccount: CFString = "account"
public let kSecAttrService: CFString = "service"
public let kSecClass: CFString = "class"
public let kSecClassGenericPassword: CFString = "generic password"
public let kSecReturnData: CFString = "return data"
public let kSecValueData: CFString = "data"

/// What a test does to the Keychain; only in this stub.
public final class StubKeychain: @unchecked Sendable {
    public static let shared = StubKeychain()

    private let lock = NSLock()
    private var items: [String: CFDictionary] = [:]
    private var refusals: [OSStatus] = []
    private var hidden = 0

    /// Forgets all items.
    public func reset() {
        lock.withLock { (items, refusals, hidden) = ([:], [], 0) }
    }

    /// Answers the next calls with these errors.
    public func refuse(_ answers: OSStatus...) {
        lock.withLock { refusals = answers }
    }

    /// Lets the next reads find no item, as if another thread added it right afterwards.
    public func hideItems(reads: Int) {
        lock.withLock { hidden = reads }
    }

    /// The attributes of all items.
    public var all: [CFDictionary] {
        lock.withLock { Array(items.values) }
    }

    /// Replaces the bytes of all items.
    public func overwrite(_ bytes: Data) {
        lock.withLock { items = items.mapValues { $0.merging([kSecValueData: bytes]) { $1 } } }
    }

    fileprivate func add(_ item: CFDictionary) -> OSStatus {
        lock.withLock {
            if !refusals.isEmpty { return refusals.removeFirst() }
            guard items[name(item)] == nil else { return errSecDuplicateItem }
            items[name(item)] = item
            return errSecSuccess
        }
    }

    fileprivate func read(_ query: CFDictionary) -> (OSStatus, Data?) {
        lock.withLock {
            if !refusals.isEmpty { return (refusals.removeFirst(), nil) }
            guard hidden == 0 else {
                hidden -= 1
                return (errSecItemNotFound, nil)
            }
            guard let item = items[name(query)] else { return (errSecItemNotFound, nil) }
            return (errSecSuccess, item[kSecValueData] as? Data)
        }
    }

    private func name(_ item: CFDictionary) -> String {
        "\(item[kSecClass] ?? "") \(item[kSecAttrService] ?? "") \(item[kSecAttrAccount] ?? "")"
    }
}

public func SecItemAdd(
    _ attributes: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?
) -> OSStatus {
    StubKeychain.shared.add(attributes)
}

public func SecItemCopyMatching(
    _ query: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?
) -> OSStatus {
    let (status, bytes) = StubKeychain.shared.read(query)
    result?.pointee = bytes.map { NSData(data: $0) }
    return status
}
