import Checksums
import Cryptography

/// Personal data that begins anywhere a word does: addresses of devices and wallets, numbers that a country gives.
///
/// All of it is off by default, and the pass is made only when one of the rules is asked for.
extension ScanTables {
    @inline(never) func scanIdentifiers(_ text: ByteText, _ block: Range<Int>, _ state: inout ScanState) {
        var offset = block.lowerBound
        while offset < block.upperBound {
            if text.has(.alnum, at: offset), !text.has(.word, at: offset &- 1), offset >= state.progress.identifierEnd,
                offset >= state.progress.markerEnd
            {
                self.identifier(text, offset, &state)
                if !state.isComplete { return }
            }
            offset &+= 1
        }
    }

    private func identifier(_ text: ByteText, _ start: Int, _ state: inout ScanState) {
        let end = text.end(of: .alnum, from: start, limit: 100)
        state.charge(end &- start)
        var found: Range<Int>?
        if let rule = self.rule(.mac), end &- start <= 4 { found = self.deviceAddress(rule, text, start, end, &state) }
        if found == nil, let rule = self.rule(.ipv6), text[end] == UInt8(ascii: ":") {
            found = self.networkAddress(rule, text, start, &state)
        }
        if let rule = self.rule(.wallet), (25...90).contains(end &- start), !text.has(.word, at: end) {
            self.wallet(rule, text, start..<end, &state)
        }
        if let found {
            state.progress.identifierEnd = found.upperBound
        } else if !self.nationalRules.isEmpty {
            self.nationalNumber(text, start, &state)
        }
    }

    /// Six pairs with one separator, or three groups of four with dots.
    private func deviceAddress(_ rule: Int, _ text: ByteText, _ start: Int, _ end: Int, _ state: inout ScanState) -> Range<Int>? {
        let width = end &- start
        let separator = text[end]
        guard
            width == 2 && (separator == UInt8(ascii: ":") || separator == UInt8(ascii: "-"))
                || width == 4 && separator == UInt8(ascii: ".")
        else { return nil }
        var (offset, groups) = (start, 0)
        var kinds: (hasZero: Bool, hasOnes: Bool, hasOther: Bool) = (false, false, false)
        while text.end(of: .hex, from: offset, limit: width &+ 1) == offset &+ width {
            for place in offset..<(offset &+ width) {
                switch ByteText.folded(text[place]) {
                case UInt8(ascii: "0"): kinds.hasZero = true
                case UInt8(ascii: "f"): kinds.hasOnes = true
                default: kinds.hasOther = true
                }
            }
            groups += 1
            offset &+= width
            if groups == 12 / width || text[offset] != separator { break }
            offset &+= 1
        }
        state.charge(20)
        // All zeros is no device, and all ones is every device.
        guard groups == 12 / width, kinds.hasOther || kinds.hasZero && kinds.hasOnes, text[start &- 1] != separator,
            !text.has(.word, at: offset), text[offset] != separator || !text.has(.hex, at: offset &+ 1)
        else { return nil }
        self.report(rule, text, whole: start..<offset, secret: start..<offset, &state)
        return start..<offset
    }

    /// A global address of RFC 4291, in any of its ways of writing; documentation (RFC 3849) is left out.
    private func networkAddress(_ rule: Int, _ text: ByteText, _ start: Int, _ state: inout ScanState) -> Range<Int>? {
        guard text[start &- 1] != UInt8(ascii: ":"), text[start &- 1] != UInt8(ascii: ".") else { return nil }
        var (offset, groups, hasGap) = (start, 0, false)
        var (first, second) = (0, 0)
        while groups < 8 {
            let end = text.end(of: .hex, from: offset, limit: 5)
            guard end > offset, end &- offset <= 4 else { break }
            if groups >= 2, text[end] == UInt8(ascii: "."), text.end(of: .digit, from: offset, limit: 4) == end {
                // The last 32 bits may be written as in IPv4.
                let quadEnd = text.end(of: [.digit, .dot], from: offset, limit: 15)
                groups += 2
                offset = quadEnd
                break
            }
            let value = (offset..<end).reduce(0) { $0 << 4 | Int(Unescaping.hexValue(text[$1]) ?? 0) }
            if groups == 0 { first = value } else if groups == 1, !hasGap { second = value }
            groups += 1
            offset = end
            if text[offset] == UInt8(ascii: ":"), text[offset &+ 1] == UInt8(ascii: ":"), !hasGap {
                hasGap = true
                offset &+= 2
            } else if text[offset] == UInt8(ascii: ":"), text.has(.hex, at: offset &+ 1), groups < 8 {
                offset &+= 1
            } else {
                break
            }
        }
        state.charge(offset &- start &+ 8)
        guard hasGap ? groups <= 7 : groups == 8, first >> 13 == 1, !(first == 0x2001 && second == 0xDB8),
            !text.has(.word, at: offset),
            text[offset] != UInt8(ascii: ":") || !text.has(.hex, at: offset &+ 1) && text[offset &+ 1] != UInt8(ascii: ":")
        else { return nil }
        self.report(rule, text, whole: start..<offset, secret: start..<offset, &state)
        return start..<offset
    }

    /// An address of Bitcoin (Base58Check, BIP 173, BIP 350) or Ethereum (EIP-55).
    private func wallet(_ rule: Int, _ text: ByteText, _ word: Range<Int>, _ state: inout ScanState) {
        let value = text.bytes(word)
        state.charge(value.count &* 8)
        if text.matches("0x", at: word.lowerBound) {
            guard let form = EthereumAddress.form(of: value.dropFirst(2)) else { return }
            // Without a checksum it may be any number of twenty bytes.
            self.report(rule, text, whole: word, secret: word, confidence: form == .checked ? .high : .low, &state)
        } else if text.matchesFolded("bc1", at: word.lowerBound) {
            // Version 0 has the older checksum, later ones the newer.
            let isOld = ByteText.folded(text[word.lowerBound &+ 3]) == UInt8(ascii: "q")
            if Bech32.variant(of: value) == (isOld ? .bech32 : .bech32m) {
                self.report(rule, text, whole: word, secret: word, confidence: .high, &state)
            }
        } else if text[word.lowerBound] == UInt8(ascii: "1") || text[word.lowerBound] == UInt8(ascii: "3"), value.count <= 35 {
            guard let bytes = Base58.decode(value), bytes.count == 25, bytes[0] == 0 || bytes[0] == 5 else { return }
            let hash = SHA256.hash(SHA256.hash(bytes.dropLast(4)).bytes)
            if hash.bytes.prefix(4).elementsEqual(bytes.suffix(4)) {
                self.report(rule, text, whole: word, secret: word, confidence: .high, &state)
            }
        }
    }
}
