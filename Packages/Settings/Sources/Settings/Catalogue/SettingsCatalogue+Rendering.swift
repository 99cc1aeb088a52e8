extension SettingsCatalogue {
    /// The settings for the end of `--help`, no line longer than 76 characters, with a newline at the end.
    ///
    /// ```
    /// Server:
    ///   PORT (8080; --port)
    ///       Port to listen on; 1 to 65535
    /// ```
    public func renderHelp() -> String {
        self.sections.map { section in
            let entries = section.settings.map { setting in
                let hints = [setting.defaultColumn] + setting.aliases.map { "or \($0)" } + [setting.flag].compactMap(\.self)
                return "  \(setting.name) (\(hints.joined(separator: "; ")))\n"
                    + "\(setting.summary); \(setting.allowed)".wrapped(to: 76, indentation: "      ")
            }
            return "\(section.title):\n" + entries.joined()
        }.joined(separator: "\n")
    }

    /// The settings as Markdown tables under headings of the third level.
    public func renderMarkdown() -> String {
        self.sections.map { section in
            let rows = section.settings.map { setting in
                let names = ([setting.name] + setting.aliases).map { "`\($0)`" }.joined(separator: " or ")
                let flag = setting.flag.map { ", `\($0)`" } ?? ""
                let secret = setting.isSecret ? " (secret)" : ""
                let defaultText = setting.defaultText.map { $0.isEmpty ? "empty" : "`\($0)`" } ?? setting.defaultColumn
                let cells = [names + flag, defaultText, setting.allowed, setting.summary + secret]
                return "| "
                    + cells.map { $0.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|") }
                    .joined(separator: " | ") + " |\n"
            }
            return "### \(section.title)\n\n| setting | default | allowed | meaning |\n| --- | --- | --- | --- |\n"
                + rows.joined()
        }.joined(separator: "\n")
    }

    /// The text of `.env.example`: every setting with its meaning, defaults behind `#`, required ones to be filled in.
    public func renderEnvironmentExample() -> String {
        self.sections.map { section in
            let entries = section.settings.map { setting in
                let value = EnvironmentFile.quoted(setting.defaultText ?? "")
                return "# \(setting.summary); allowed: \(setting.allowed)\n"
                    + "\(setting.isRequired ? "" : "#")\(setting.name)=\(value)\n"
            }
            return "## \(section.title)\n\n" + entries.joined(separator: "\n")
        }.joined(separator: "\n")
    }
}

extension String {
    /// The text in lines of at most `width` characters, broken at blanks; a longer word has a line of its own.
    fileprivate func wrapped(to width: Int, indentation: String) -> String {
        var lines: [String] = []
        for word in self.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(indentation + word)
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - self.count))
    }
}
