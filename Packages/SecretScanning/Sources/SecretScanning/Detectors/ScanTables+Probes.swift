/// Which detectors are tried at which keyword.
extension ScanTables {
    @inline(never) func probe(_ probe: Probe, _ text: ByteText, _ hit: Range<Int>, _ state: inout ScanState) {
        state.charge(2)
        if state.isKey { self.probeKey(probe, text, hit, &state) }
        switch probe {
        case .secretWord: self.secretKeyword(text, hit, &state)
        case .assignmentWord:
            self.assignment(text, hit, &state)
            if hit.count == 5, text.matchesFolded("token", at: hit.lowerBound) {
                self.instruction(text, hit, nameEnd: text.end(of: .word, from: hit.upperBound, limit: 64), &state)
            }
        case .quote: self.quoted(text, hit.lowerBound, &state)
        case .url: self.urlWithPassword(text, hit, &state)
        case .aws: self.awsSecret(text, hit, &state)
        case .dot: self.discordToken(text, hit.lowerBound, &state)
        case .privateKey: self.privateKey(text, hit, &state)
        case .colon: self.telegramToken(text, hit.lowerBound, &state)
        case .artifactory: self.artifactory(text, hit.lowerBound, &state)
        case .slack: self.slackToken(text, hit, &state)
        case .authorization: self.authorizationHeader(text, hit, &state)
        case .cookie: self.cookieHeader(text, hit, &state)
        case .connectionString: self.connectionString(text, hit, &state)
        case .signature: self.sharedAccessSignature(text, hit, &state)
        case .dockerAuth: self.dockerAuth(text, hit, &state)
        case .context: self.contextual(text, hit, &state)
        case .awsID: self.awsPair(text, hit, &state)
        case .kubernetes: self.kubernetesSecret(text, hit.lowerBound, &state)
        case .serviceAccount: self.serviceAccount(text, hit, &state)
        case .curl: self.curlUser(text, hit, &state)
        case .at: self.email(text, hit.lowerBound, &state)
        case .plus: self.phone(text, hit.lowerBound, &state)
        case .percent: self.decodePercent(text, hit.lowerBound, &state)
        case .backslash: self.decodeEscapes(text, hit.lowerBound, &state)
        case .marker: self.marker(text, hit, &state)
        }
    }

    /// Whether the value of a JSON key is to be looked at together with it.
    private func probeKey(_ probe: Probe, _ text: ByteText, _ hit: Range<Int>, _ state: inout ScanState) {
        if probe == .secretWord, hit.upperBound == text.count { state.keyEndsInWord = true }
        switch probe {
        case .secretWord, .assignmentWord, .aws, .authorization, .context: state.keyHasContext = true
        default: break
        }
    }

    /// What a redaction wrote is not looked at again.
    private func marker(_ text: ByteText, _ hit: Range<Int>, _ state: inout ScanState) {
        if let end = self.endOfMarker(text, at: hit.lowerBound) { state.progress.markerEnd = end }
    }

    /// Where the replacement ends that a redaction by these rules wrote at an offset; `nil` if there is none.
    func endOfMarker(_ text: ByteText, at offset: Int) -> Int? {
        guard text[offset] == UInt8(ascii: "["), text.matches("[REDACTED:", at: offset) else { return nil }
        return self.markerTails.first { text.matches($0, at: offset &+ 10) }.map { offset &+ 10 &+ $0.count }
    }
}
