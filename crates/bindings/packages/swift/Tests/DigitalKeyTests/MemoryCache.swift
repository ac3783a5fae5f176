import DigitalKey

/// A cache in Swift, in memory, whose `takeUse` and `eraseAll` can fail.
actor MemoryCache: Cache {
    private var records: [String: VehicleRecord] = [:]
    private var passwords: [String: PairingPassword] = [:]
    private(set) var isOpen = true
    private let failure: Error?
    private var failingResumes = 0

    init(failure: Error? = nil) {
        self.failure = failure
    }

    private func record(_ vin: Vin) -> VehicleRecord {
        records[vin.text()] ?? VehicleRecord(key: .unknown, generation: 0)
    }

    private func apply(_ vin: Vin, _ change: RecordChange) throws {
        records[vin.text()] = try applyChange(record: record(vin), change: change)
    }

    func load(vin: Vin) async throws -> VehicleRecord {
        record(vin)
    }

    func store(vin: Vin, change: RecordChange) async throws {
        try apply(vin, change)
    }

    func storePassword(
        vin: Vin, password: PairingPassword, generation: Generation
    ) async throws -> StoredPassword {
        let after = try DigitalKey.storePassword(record: record(vin), generation: generation)
        records[vin.text()] = after.record
        if case .stored = after.stored { passwords[vin.text()] = password }
        return after.stored
    }

    func takeUse(vin: Vin) async throws -> Take {
        if let failure { throw failure }
        guard let password = passwords[vin.text()] else { return .noPassword }
        let after = try DigitalKey.takeUse(record: record(vin))
        records[vin.text()] = after.record
        switch after.outcome {
        case .granted(let counted): return .granted(password: password, counted: counted)
        case .noPassword: return .noPassword
        case .exhausted: return .exhausted
        }
    }

    func erase(vin: Vin) async throws {
        if let failure { throw failure }
        records[vin.text()] = nil
        passwords[vin.text()] = nil
    }

    func eraseAll() async throws {
        if let failure { throw failure }
        records = [:]
        passwords = [:]
    }

    func suspend() async throws {
        isOpen = false
    }

    /// Lets so many calls of `resume` fail.
    func failResumes(_ count: Int) {
        failingResumes = count
    }

    func resume() async throws {
        guard failingResumes == 0 else {
            failingResumes -= 1
            throw CacheError.Unavailable(reason: "the phone is locked")
        }
        isOpen = true
    }
}
