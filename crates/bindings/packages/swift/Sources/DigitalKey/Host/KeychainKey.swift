#if canImport(Security)
import Foundation
import Security

/// The data key in the Keychain: made once, on this phone only, and readable after the first unlock.
///
/// It never makes another key in the place of one that it cannot read. Before the first unlock it throws
/// `DataKeyError.Unavailable`, and so do the files of a ``CacheFolder``: the core asks again, and a
/// ``DigitalKeyHost`` starts again at the unlock.
public final class KeychainKey: DataKeySource {
    private let service: String
    private let account: String

    /// Names the item in the Keychain. An app that had a key under another name goes on with that name.
    public init(service: String = "digital-key", account: String = "data-key") {
        self.service = service
        self.account = account
    }

    public func dataKey() throws -> DataKey {
        if let key = try read() { return key }
        let key = try DataKey.generate()
        switch KeychainAnswer(add(key)) {
        case .done: return key
        case .duplicate:
            // Another call has made one in the meantime: that one counts.
            if let key = try read() { return key }
            throw DataKeyError.Unavailable(reason: "the Keychain names a key and does not return it")
        case .missing: throw DataKeyError.Unavailable(reason: "the Keychain does not store a key")
        case .refused(let reason): throw DataKeyError.Unavailable(reason: reason)
        }
    }

    /// Returns the key; `nil` only if there is none.
    private func read() throws -> DataKey? {
        var found: CFTypeRef?
        let query = item.merging([kSecReturnData: true]) { $1 }
        switch KeychainAnswer(SecItemCopyMatching(query as CFDictionary, &found)) {
        case .done: break
        case .missing: return nil
        case .duplicate: throw DataKeyError.Unavailable(reason: "the Keychain has two keys")
        case .refused(let reason): throw DataKeyError.Unavailable(reason: reason)
        }
        guard let bytes = found as? Data, let key = try? DataKey(bytes: bytes) else {
            throw DataKeyError.Unavailable(reason: "the item in the Keychain is no data key")
        }
        return key
    }

    private func add(_ key: DataKey) -> OSStatus {
        let new: [CFString: Any] = [
            kSecValueData: key.expose(),
            kSecAttrAccessible: kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly,
        ]
        return SecItemAdd(item.merging(new) { $1 } as CFDictionary, nil)
    }

    private var item: [CFString: Any] {
        [kSecClass: kSecClassGenericPassword, kSecAttrService: service, kSecAttrAccount: account]
    }
}

/// What a status of the Keychain means for the key.
private enum KeychainAnswer {
    case done
    case missing
    case duplicate
    case refused(reason: String)

    init(_ status: OSStatus) {
        switch status {
        case errSecSuccess: self = .done
        case errSecItemNotFound: self = .missing
        case errSecDuplicateItem: self = .duplicate
        case errSecInteractionNotAllowed:
            self = .refused(reason: "the phone was not unlocked since its start; try again afterwards")
        default: self = .refused(reason: "the Keychain answered \(status)")
        }
    }
}
#endif
