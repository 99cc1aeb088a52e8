import Staleness

/// What the name of a file says: `numpy-2.1.0-cp312-cp312-win_amd64.whl`, `python-dateutil-2.9.0.tar.gz`.
struct DistributionName {
    /// The version as it stands there.
    let version: String

    /// Reads a name of at most 512 bytes; nil when it is not of the package, or of another form.
    init?(_ filename: String, of package: PythonPackageName) {
        guard filename.utf8.count <= 512 else { return nil }
        let bytes = Array(filename.utf8)
        if let stem = Self.stem(bytes, [".whl", ".egg"]) {
            let parts = stem.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
            guard parts.count >= 2, Self.isName(parts[0], of: package) else { return nil }
            self.version = String(decoding: parts[1], as: UTF8.self)
            return
        }
        guard let stem = Self.stem(bytes, [".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar.z", ".tar"]) else {
            return nil
        }
        // The name may have hyphens of its own; the version begins behind the one that ends the name.
        for (index, byte) in stem.enumerated() where byte == UInt8(ascii: "-") {
            guard Self.isName(stem.prefix(index), of: package) else { continue }
            let version = String(decoding: stem.dropFirst(index + 1), as: UTF8.self)
            if (try? PythonVersion(version)) != nil {
                self.version = version
                return
            }
        }
        return nil
    }

    private static func stem(_ bytes: [UInt8], _ endings: [String]) -> ArraySlice<UInt8>? {
        for ending in endings where bytes.count > ending.utf8.count {
            let start = bytes.count - ending.utf8.count
            let isSame = zip(bytes[start...], ending.utf8).allSatisfy { left, right in
                left == right || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(left) && left | 0x20 == right
            }
            if isSame { return bytes[..<start] }
        }
        return nil
    }

    private static func isName(_ bytes: ArraySlice<UInt8>, of package: PythonPackageName) -> Bool {
        // Not more than the longest spelling of a name is looked at.
        bytes.count <= PythonPackageName.longestText
            && PythonPackageName(String(decoding: bytes, as: UTF8.self)) == package
    }
}
