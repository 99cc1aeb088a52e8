import StrictJSON

extension ModelQuestion {
    /// The bytes of the request.
    ///
    /// ```
    /// {"model":"small-7b","messages":[{"role":"user","content":"…"}],"temperature":0.2,"max_tokens":300,
    ///  "response_format":{"type":"json_object"},"stream":true,"stream_options":{"include_usage":true}}
    /// ```
    ///
    /// - Throws: ``LanguageModelError`` with code `invalidQuestion`, naming the field and the rule.
    func body(_ configuration: LanguageModelConfiguration, streamed: Bool) throws(LanguageModelError) -> [UInt8] {
        try self.check(configuration)
        var members: [(String, JSONValue)] = [
            ("model", .string(self.model ?? configuration.model)),
            (
                "messages",
                .array(self.messages.map { ["role": .string($0.role.rawValue), "content": .string($0.text)] })
            ),
        ]
        if let temperature = self.temperature { members.append(("temperature", .float(temperature))) }
        if let maximum = self.maximumTokens { members.append(("max_tokens", .integer(maximum))) }
        if self.wantsJSON { members.append(("response_format", ["type": "json_object"])) }
        if streamed {
            members.append(("stream", true))
            members.append(("stream_options", ["include_usage": true]))
        }
        return JSONValue.object(JSONObject(members)).compactBytes()
    }

    private func check(_ configuration: LanguageModelConfiguration) throws(LanguageModelError) {
        guard (1...256).contains(self.messages.count) else { throw .invalid("messages must be 1 to 256") }
        var bytes = 0
        for message in self.messages {
            // Texts are in memory already, so their lengths cannot add up to more than an Int holds.
            bytes += message.text.utf8.count
            guard bytes <= configuration.questionByteLimit else {
                throw .invalid("messages must have at most \(configuration.questionByteLimit) bytes together")
            }
        }
        guard self.model.map(LanguageModelConfiguration.isModel) ?? true else {
            throw .invalid("model must be a name of 1 to 256 bytes without control characters")
        }
        guard self.temperature.map({ (0...2).contains($0) }) ?? true else { throw .invalid("temperature must be 0 to 2") }
        guard self.maximumTokens.map({ (1...1_000_000).contains($0) }) ?? true else {
            throw .invalid("maximumTokens must be 1 to 1000000")
        }
        guard self.timeout.map({ $0 <= .seconds(86_400) }) ?? true else { throw .invalid("timeout must be at most a day") }
    }
}
