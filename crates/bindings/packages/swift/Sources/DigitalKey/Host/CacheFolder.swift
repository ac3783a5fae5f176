import Foundation

/// The folder of the cache.
public enum CacheFolder {
    /// Returns the folder for the cache in the app's private container, and makes it if it is missing.
    ///
    /// On iOS its files are readable after the first unlock, and they are in no backup: a restored one would
    /// bring old usage counts back (RDY-4). Both are set again at each call, also for the files of a folder
    /// that exists, since a restore or another tool may have changed them.
    ///
    /// - Parameters:
    ///   - name: The name of the folder.
    ///   - parent: The folder above it; `nil` = Application Support. Never one that an app group shares:
    ///     iOS ends a suspended app that holds a lock on a file there.
    public static func prepare(named name: String = "digital-key", in parent: URL? = nil) throws -> URL {
        let files = FileManager.default
        let parent = try parent ?? files.url(
            for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
        var folder = parent.appendingPathComponent(name, isDirectory: true)
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
        #if !os(macOS)
        // New files inherit the class of their folder; older ones keep their own.
        try protect(folder, with: files)
        for case let file as URL in files.enumerator(at: folder, includingPropertiesForKeys: nil) ?? .init() {
            try protect(file, with: files)
        }
        #endif
        var values = URLResourceValues()
        values.isExcludedFromBackup = true
        try folder.setResourceValues(values)
        return folder
    }

    #if !os(macOS)
    private static func protect(_ file: URL, with files: FileManager) throws {
        try files.setAttributes(
            [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication],
            ofItemAtPath: file.path)
    }
    #endif
}
