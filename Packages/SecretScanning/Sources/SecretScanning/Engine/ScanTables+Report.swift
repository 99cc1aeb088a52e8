import Checksums
import StrictJSON

/// From a candidate to a finding: checks, filters, confidence.
extension ScanTables {
    /// Weighs a candidate and keeps it if it stands.
    ///
    /// - Parameter confidence: What the matcher knows better than the rule.
    @inline(never) func report(
        _ rule: Int, _ text: ByteText, whole: Range<Int>, secret: Range<Int>, confidence: Confidence? = nil,
        _ state: inout ScanState
    ) {
        state.charge(secret.count &+ 16)
        if self.endOfMarker(text, at: secret.lowerBound) != nil { return }
        // Most of what is found in folded text was found in the text itself.
        if state.isFolded, !state.keepsValues, let places = state.source(of: ScanState.Places(whole: whole, secret: secret)),
            state.wasFound(rule: rule, secret: places.secret)
        {
            return
        }
        let definition = self.facts[rule]
        if definition.group == .compatible, ValueFilter.isHarmless(text, secret) { return }
        var confidence = confidence ?? definition.confidence
        // The older system does not look at what stands around; inside a longer word it is rarely what it seems.
        if definition.isFlat, definition.group == .compatible,
            text.has(.alnum, at: whole.lowerBound &- 1) || text.has(.alnum, at: whole.upperBound)
        {
            confidence = confidence.lowered
        }
        var checksum = Finding.Checksum.none
        for check in definition.checks {
            switch Self.result(of: check, text, secret) {
            case .drop: return
            case .lower: confidence = confidence.lowered
            case .passed: (confidence, checksum) = (.high, .passed)
            case .failed: (confidence, checksum) = (confidence.lowered, .failed)
            case .nothing: break
            }
        }
        // What a right checksum vouches for is no stand-in, whatever word is in it.
        let isPlaceholder = checksum != .passed && ValueFilter.isPlaceholder(text, secret)
        if isPlaceholder {
            if definition.group == .generic { return }
            confidence = .low
        }
        let layers = state.layers
        guard let places = state.source(of: ScanState.Places(whole: whole, secret: secret)),
            !state.isRepeated(rule: rule, secret: places.secret, layerCount: layers.count)
        else { return }
        guard state.found.count - state.repetitions < state.findingLimit else {
            state.isComplete = false
            return
        }
        state.found.append(
            ScanState.Found(
                rule: rule, span: places.whole, secret: places.secret, confidence: confidence, checksum: checksum,
                isPlaceholder: isPlaceholder, layers: layers,
                value: state.keepsValues && !ValueFilter.isStandIn(text, secret) ? state.value(text, secret) : []))
    }

    private enum CheckResult {
        case nothing, drop, lower, passed, failed
    }

    private static func result(of check: Check, _ text: ByteText, _ secret: Range<Int>) -> CheckResult {
        switch check {
        case .crc32Base62(let prefix, let length):
            guard secret.count == prefix + length, length > 6 else { return .nothing }
            let value = text.bytes(secret)
            let expected = Base62.decode(value.suffix(6), as: UInt32.self)
            return CRC32.checksum(of: value.dropFirst(prefix).dropLast(6)) == expected ? .passed : .failed
        case .gitLabRoutable: return TokenChecksums.isGitLabRoutable(text.bytes(secret)) ? .passed : .nothing
        case .atlassianCRC: return TokenChecksums.isAtlassian(text.bytes(secret)) ? .passed : .nothing
        case .grafanaCRC:
            // The newer form has no checksum of this kind.
            if !text.matches("glsa_", at: secret.lowerBound) { return .nothing }
            return TokenChecksums.isGrafana(text.bytes(secret)) ? .passed : .failed
        case .macaroon(let prefix): return Macaroon.isWhole(text, secret.dropFirst(prefix)) ? .passed : .failed
        case .base64JSON(let prefix):
            var decoded: [UInt8] = []
            Base64.decode(text, secret.dropFirst(prefix), into: &decoded)
            guard let value = try? JSONValue(parsing: decoded), value.objectValue != nil else { return .drop }
            return .nothing
        case .base32Tail(let prefix):
            return secret.dropFirst(prefix).allSatisfy { text.has(.base32, at: $0) } ? .nothing : .lower
        case .entropy(let minimum):
            return Entropy.bits(text, secret) >= minimum ? .nothing : .drop
        case .notHex:
            return secret.allSatisfy { text.has(.hex, at: $0) } ? .drop : .nothing
        case .digit:
            return secret.contains { text.has(.digit, at: $0) } ? .nothing : .drop
        case .bech32:
            return Bech32.isValid(text.bytes(secret)) ? .passed : .failed
        case .jsonWebToken:
            switch JSONWebToken.form(text, secret) {
            case .none: return .drop
            case .objects: return .lower
            case .token: return .nothing
            }
        case .discordID:
            return self.isDecimalInBase64(text, secret) ? .nothing : .lower
        case .namePrefix(let prefix): return text.matches(prefix, at: secret.lowerBound) ? .lower : .nothing
        case .hexHead(let count):
            return secret.prefix(count).allSatisfy { text.has(.hex, at: $0) } ? .nothing : .lower
        case .hexTail(let prefix):
            return secret.dropFirst(prefix).allSatisfy { text.has(.hex, at: $0) } ? .nothing : .lower
        }
    }

    /// Whether the part before the first dot is base64 of a decimal number.
    private static func isDecimalInBase64(_ text: ByteText, _ secret: Range<Int>) -> Bool {
        var decoded: [UInt8] = []
        let end = text.end(of: .base64Either, from: secret.lowerBound, limit: 32)
        Base64.decode(text, secret.lowerBound..<end, into: &decoded)
        return decoded.count >= 15 && decoded.allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
    }
}
