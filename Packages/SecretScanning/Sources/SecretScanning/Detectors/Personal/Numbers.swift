import Checksums

/// Personal data made of digits: cards, bank accounts, social security numbers.
extension ScanTables {
    private static let separators: Atoms = [.dash, .dot]
    private static let longestCluster = 128

    /// Looks at the digits around an offset with the separators between them; each cluster once.
    func numbers(_ text: ByteText, around offset: Int, _ state: inout ScanState) {
        var start = offset
        let floor = max(state.progress.numberEnd, offset &- Self.longestCluster)
        while start > floor, self.continuesNumber(text, start &- 1) { start &-= 1 }
        var end = offset
        let bound = offset &+ Self.longestCluster
        while end < bound, self.continuesNumber(text, end) { end &+= 1 }
        state.progress.numberEnd = end
        state.charge(end &- start)
        if start < state.progress.markerEnd { return }
        guard end &- start >= 9 || self.rule(.iban) != nil || self.rule(.ipAddress) != nil else { return }
        if let rule = self.rule(.iban) { self.iban(rule, text, start, end, &state) }
        guard end &- start >= 7 else { return }
        var group = start
        while group < end {
            guard text.has(.digit, at: group), !text.has(.digit, at: group &- 1) || group == start else {
                group &+= 1
                continue
            }
            self.numberCandidates(text, group, end, &state)
            group = text.end(of: .digit, from: group, limit: end &- group)
        }
    }

    /// A digit, or one separator between two digits.
    @inline(__always) private func continuesNumber(_ text: ByteText, _ offset: Int) -> Bool {
        if text.has(.digit, at: offset) { return true }
        guard text.has(Self.separators, at: offset) || text[offset] == UInt8(ascii: " ") else { return false }
        return text.has(.digit, at: offset &- 1) && text.has(.digit, at: offset &+ 1)
    }

    private func numberCandidates(_ text: ByteText, _ start: Int, _ end: Int, _ state: inout ScanState) {
        let before = start &- 1
        guard !text.has([.alnum, .underscore], at: before), text[before] != UInt8(ascii: "."), text[before] != UInt8(ascii: "+")
        else {
            return
        }
        let firstEnd = text.end(of: .digit, from: start, limit: 20)
        if firstEnd &- start == 3 { self.socialSecurity(text, start, &state) }
        if firstEnd &- start == 9 { self.bareSocialSecurity(text, start, &state) }
        if let rule = self.rule(.routingNumber), firstEnd &- start == 9, !text.has(.alnum, at: firstEnd) {
            self.routingNumber(rule, text, start, &state)
        }
        if let rule = self.rule(.ipAddress), firstEnd &- start <= 3, text[firstEnd] == UInt8(ascii: ".") {
            self.publicAddress(rule, text, start, &state)
        }
        if let rule = self.rule(.card) { self.card(rule, text, start, firstEnd, &state) }
    }

    /// 12 to 19 digits in groups with one kind of separator, first digit 1, 3, 4, 5 or 6.
    private func card(_ rule: Int, _ text: ByteText, _ start: Int, _ firstEnd: Int, _ state: inout ScanState) {
        let first = text[start]
        // In the path of an address it is the number of something else.
        guard text[start &- 1] != UInt8(ascii: "/") else { return }
        guard first == UInt8(ascii: "1") || (UInt8(ascii: "3")...UInt8(ascii: "6")).contains(first) else { return }
        let isGrouped = firstEnd &- start >= 4 && firstEnd &- start <= 6
        guard isGrouped || (12...19).contains(firstEnd &- start) else { return }
        var end = firstEnd
        var shape = firstEnd &- start
        if isGrouped {
            let separator = text[firstEnd]
            guard separator == UInt8(ascii: " ") || separator == UInt8(ascii: "-") else { return }
            while text[end] == separator, end &- start < 24 {
                let groupEnd = text.end(of: .digit, from: end &+ 1, limit: 7)
                guard (3...6).contains(groupEnd &- end &- 1) else { break }
                shape = shape &* 10 &+ (groupEnd &- end &- 1)
                end = groupEnd
            }
            guard Self.cardShapes.contains(shape) else { return }
        }
        state.charge(40)
        guard !text.has([.alnum, .underscore], at: end) else { return }
        var (number, count, kinds) = (UInt64(0), 0, UInt16(0))
        for offset in start..<end where text.has(.digit, at: offset) {
            let digit = text[offset] & 0x0F
            number = number &* 10 &+ UInt64(digit)
            kinds |= 1 << UInt16(digit)
            count &+= 1
        }
        guard (12...19).contains(count), Self.isIssued(number, digits: count), Self.hasCheckDigit(number) else { return }
        // Milliseconds since 1970 have 13 digits and begin with 1.
        if count == 13, first == UInt8(ascii: "1") { return }
        let isDoubtful =
            kinds.nonzeroBitCount <= 3 || TestCards.numbers.contains(number)
            || (isGrouped ? Self.isInTable(text, start..<end) : ![14, 15, 16].contains(count))
            || text[start &- 1] == UInt8(ascii: "-") || text[end] == UInt8(ascii: "-")
        self.report(rule, text, whole: start..<end, secret: start..<end, confidence: isDoubtful ? .low : nil, &state)
    }

    /// How numbers are grouped on cards: one decimal digit for the length of each group.
    private static let cardShapes: Set<Int> = [4_444, 465, 464, 44_443, 445, 444]

    /// Whether further groups of digits stand beside, as in the rows of a table.
    private static func isInTable(_ text: ByteText, _ number: Range<Int>) -> Bool {
        let before = text.start(of: .blank, before: number.lowerBound, limit: 8)
        let after = text.end(of: .blank, from: number.upperBound, limit: 8)
        return before < number.lowerBound && text.has(.digit, at: before &- 1)
            || after > number.upperBound && text.has(.digit, at: after)
    }

    /// Whether the last digit is right, as `Luhn` in Checksums tells for texts: here whole payloads may be made of numbers, and none
    /// is copied.
    private static func hasCheckDigit(_ number: UInt64) -> Bool {
        var (rest, sum, isDoubled) = (number, UInt64(0), false)
        while rest > 0 {
            let digit = rest % 10
            sum += isDoubled ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit
            rest /= 10
            isDoubled.toggle()
        }
        return sum % 10 == 0
    }

    /// Whether an issuer uses the beginning of a number of 12 to 19 digits with this length.
    private static func isIssued(_ number: UInt64, digits count: Int) -> Bool {
        var prefix = number
        for _ in 0..<(count - 4) { prefix /= 10 }
        switch prefix {
        case 4_000...4_999: return count == 13 || count == 16 || count == 19
        case 5_100...5_599, 2_221...2_720: return count == 16
        case 3_400...3_499, 3_700...3_799: return count == 15
        case 3_000...3_059, 3_600...3_699, 3_800...3_999: return count >= 14
        case 3_528...3_589: return count >= 16
        case 6_011, 6_440...6_599, 6_200...6_299: return count >= 16
        case 5_000...5_099, 5_600...5_999, 6_000...6_999: return count >= 12
        case 1_800: return count == 15
        default: return false
        }
    }

    /// `ddd-dd-dddd` with one separator.
    private func socialSecurity(_ text: ByteText, _ start: Int, _ state: inout ScanState) {
        let separator = text[start &+ 3]
        guard separator == UInt8(ascii: "-") || separator == UInt8(ascii: ".") || separator == UInt8(ascii: " "),
            text[start &+ 6] == separator, text.end(of: .digit, from: start &+ 4, limit: 2) == start &+ 6,
            text.end(of: .digit, from: start &+ 7, limit: 5) == start &+ 11, !text.has([.word, .dash], at: start &+ 11),
            text[start &- 1] != UInt8(ascii: "-"),
            text[start &+ 11] != UInt8(ascii: ".") || !text.has(.digit, at: start &+ 12)
        else { return }
        state.charge(16)
        func number(_ offset: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 * 10 + Int(text[start &+ offset &+ $1] & 0x0F) }
        }
        let (area, group, serial) = (number(0, 3), number(4, 2), number(7, 4))
        let span = start..<(start &+ 11)
        if area >= 900 {
            let isITIN =
                (50...65).contains(group) || (70...88).contains(group) || (90...92).contains(group) || (94...99).contains(group)
            if isITIN, let rule = self.rule(.itin), separator == UInt8(ascii: "-") {
                self.report(rule, text, whole: span, secret: span, &state)
                return
            }
        }
        guard let rule = self.rule(.ssn) else { return }
        let isNeverGiven = area == 0 || area == 666 || area >= 900 || group == 0 || serial == 0
        let isKnownSample =
            (area, group, serial) == (78, 5, 1_120) || (area, group, serial) == (123, 45, 6_789)
            || Set(span.filter { text.has(.digit, at: $0) }.map { text[$0] }).count == 1
        let isDoubtful = isNeverGiven || isKnownSample || separator != UInt8(ascii: "-")
        self.report(rule, text, whole: span, secret: span, confidence: isDoubtful ? .low : nil, &state)
    }

    /// Nine digits without separators, and words about social security before them.
    private func bareSocialSecurity(_ text: ByteText, _ start: Int, _ state: inout ScanState) {
        guard let rule = self.rule(.ssn), !text.has([.alnum, .underscore, .dash], at: start &+ 9) else { return }
        let context = max(start &- 48, 0)..<start
        state.charge(96)
        guard (["ssn", "social security"] as [StaticString]).contains(where: { text.containsFolded($0, in: context) }) else {
            return
        }
        self.report(rule, text, whole: start..<(start &+ 9), secret: start..<(start &+ 9), &state)
    }

    /// Nine digits with weights 3, 7, 1, and a word about banks before them.
    private func routingNumber(_ rule: Int, _ text: ByteText, _ start: Int, _ state: inout ScanState) {
        let digits = (0..<9).map { Int(text[start &+ $0] & 0x0F) }
        guard digits[0] <= 3 || (6...8).contains(digits[0]) else { return }
        let sum =
            3 * (digits[0] + digits[3] + digits[6]) + 7 * (digits[1] + digits[4] + digits[7]) + digits[2] + digits[5] + digits[8]
        let context = max(start &- 48, 0)..<start
        state.charge(128)
        guard sum % 10 == 0, sum > 0,
            (["routing", "aba", "bank"] as [StaticString]).contains(where: { text.containsFolded($0, in: context) })
        else { return }
        self.report(rule, text, whole: start..<(start &+ 9), secret: start..<(start &+ 9), &state)
    }

    /// A dotted quad outside the private, loopback and link-local networks.
    private func publicAddress(_ rule: Int, _ text: ByteText, _ start: Int, _ state: inout ScanState) {
        var (parts, offset): ([Int], Int) = ([], start)
        for index in 0..<4 {
            let end = text.end(of: .digit, from: offset, limit: 4)
            guard (1...3).contains(end &- offset) else { return }
            let value = (offset..<end).reduce(0) { $0 * 10 + Int(text[$1] & 0x0F) }
            guard value <= 255 else { return }
            parts.append(value)
            if index < 3, text[end] != UInt8(ascii: ".") { return }
            offset = index < 3 ? end &+ 1 : end
        }
        let follows = text[offset]
        if text.has(.word, at: offset) || follows == UInt8(ascii: ".") && text.has(.digit, at: offset &+ 1) { return }
        let isPrivate =
            switch (parts[0], parts[1]) {
            case (0, _), (10, _), (127, _), (192, 168), (169, 254), (172, 16...31), (224..., _): true
            default: false
            }
        if !isPrivate { self.report(rule, text, whole: start..<offset, secret: start..<offset, &state) }
    }

    /// Two letters and two digits somewhere before or within a cluster, then letters and digits in groups of four.
    private func iban(_ rule: Int, _ text: ByteText, _ start: Int, _ end: Int, _ state: inout ScanState) {
        // The check digits are the first digits, or the letters of the bank stand between them and the cluster.
        var offset = start
        var candidate: Int?
        let bound = max(start &- 12, state.progress.markerEnd)
        while offset >= bound {
            if text.has(.upper, at: offset &- 2), text.has(.upper, at: offset &- 1), text.has(.digit, at: offset),
                text.has(.digit, at: offset &+ 1), !text.has([.alnum, .underscore], at: offset &- 3)
            {
                candidate = offset &- 2
                break
            }
            guard
                text.has(.alnum, at: offset &- 1) || text[offset &- 1] == UInt8(ascii: " ")
                    || text[offset &- 1] == UInt8(ascii: "-")
            else { break }
            offset &-= 1
        }
        guard let candidate else { return }
        let country = UInt16(text[candidate]) << 8 | UInt16(text[candidate &+ 1])
        guard let length = IBANLengths.table[country] else { return }
        var digits: [UInt8] = []
        var position = candidate
        while digits.count < length {
            if text.has([.upper, .digit], at: position) {
                digits.append(text[position])
            } else {
                let isGap = text[position] == UInt8(ascii: " ") || text[position] == UInt8(ascii: "-")
                guard isGap, text.has([.upper, .digit], at: position &+ 1) else { return }
            }
            position &+= 1
        }
        state.charge(length)
        guard !text.has(.alnum, at: position), IBAN.isValid(digits) else { return }
        state.progress.numberEnd = max(state.progress.numberEnd, position)
        self.report(rule, text, whole: candidate..<position, secret: candidate..<position, &state)
    }
}

/// How long an IBAN is by country: the registry of ISO 13616.
enum IBANLengths {
    static let table: [UInt16: Int] = {
        let text = """
            AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 \
            GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 \
            MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 \
            TN24 TR26 UA29 VA22 VG24 XK20
            """
        var table: [UInt16: Int] = [:]
        for entry in text.split(separator: " ") {
            let bytes = Array(entry.utf8)
            guard bytes.count == 4 else { continue }
            table[UInt16(bytes[0]) << 8 | UInt16(bytes[1])] = Int(bytes[2] & 0x0F) * 10 + Int(bytes[3] & 0x0F)
        }
        return table
    }()
}

/// The numbers that payment services publish for tests, in halves so that they are none here.
enum TestCards {
    static let numbers: Set<UInt64> = {
        let halves = [
            ("40128888", "88881881"), ("42424242", "42424242"), ("40000566", "55665556"), ("42222222", "22222"),
            ("37828224", "6310005"), ("37144963", "5398431"), ("37873449", "3671000"), ("51051051", "05105100"),
            ("52008282", "82828210"), ("54545454", "54545454"), ("22230031", "22003222"), ("60110009", "90139424"),
            ("60111111", "11111117"), ("30569309", "025904"), ("38520000", "023237"), ("36227206", "271667"),
            ("35301113", "33300000"), ("35660020", "20360505"), ("62000000", "00000005"), ("40000000", "00000002"),
        ]
        return Set(halves.compactMap { UInt64($0 + $1) })
    }()
}
