import DatabaseTestSupport
import Foundation
import Testing

extension TestPlace {
    /// The files of the folder and all within it, the database's own among them if it is a SQLite file.
    func files() throws -> [String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: self.folder).map { "\(self.folder)/\($0)" }
        return names.filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: name, isDirectory: &isFolder) && !isFolder.boolValue
        }
    }

    /// Expects that none of some texts stands in any byte of any file.
    func expectNone(of texts: [String]) throws {
        let files = try self.files()
        if self.store == .sqlite { #expect(files.contains { $0.hasSuffix("gatehouse.sqlite") }) }
        for file in files { Self.expectNone(of: texts, in: try Data(contentsOf: URL(filePath: file)), file) }
    }

    /// Expects that none of some texts stands in some bytes.
    static func expectNone(of texts: [String], in bytes: Data, _ place: String) {
        let found = texts.indices.filter { bytes.range(of: Data(texts[$0].utf8)) != nil }
        #expect(found == [], "secrets with these numbers stand in \(place)")
    }
}
