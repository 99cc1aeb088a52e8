import AppSupport
import ArgumentParser
import Foundation
import HTTPCore
import Logging
import Persistence
import Settings

struct OpenAPI: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi", abstract: "Print the API description, as /openapi.json serves it.")

    func run() async throws {
        // Nothing of a server that runs here may be touched.
        let folder = FileManager.default.temporaryDirectory.appending(path: "gatehouse-openapi-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let settings = try Program.begin(
            ApiServerSettings.catalogue, flags: ["DATABASE_URL": "sqlite::memory:", "AUDIT_FOLDER": folder])
        let parts = try await ServerParts.make(settings, logger: Logger(label: "gatehouse"))
        print(String(decoding: parts.service.openAPIDocument, as: UTF8.self))
        await parts.database.close()
    }
}
