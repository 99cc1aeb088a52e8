import AppSupport
import ArgumentParser
import Cryptography
import Foundation
import HTTPCore
import LanguageModel
import Logging
import Persistence
import Retrieval
import RetrievalHTTP
import ServiceLifecycle
import Settings
import TokenBudgets

/// Documents, and answers from them (CONTRACTS §1.3).
struct RetrievalParts {
    let operations: [HTTPCore.Operation]
    let services: [any Service]

    /// What documents meet.
    struct Surroundings {
        let database: any Database
        let url: DatabaseURL
        let keyring: SecretKeyring
        /// Answers from passages; nil quotes them.
        let model: LanguageModelClient?
        let budget: TokenBudgets.TokenBudget?
        /// Whether cookies are for HTTPS alone.
        let isSecure: Bool
    }

    /// Puts it together over a database at the newest schema.
    ///
    /// - Throws: `ExitCode` after a line on standard error when the folder of uploads cannot be used.
    static func make(
        _ settings: SettingsReader, _ surroundings: Surroundings, logger: Logger
    ) async throws -> RetrievalParts {
        var configuration = RetrievalConfiguration()
        configuration.maximumDocumentBytes = try settings.value(of: RetrievalSettings.uploadMegabytes) << 20
        let store = try DocumentStore(
            database: surroundings.database, folder: try await Self.folder(settings, database: surroundings.url),
            queue: DocumentQueue(), keyring: surroundings.keyring, configuration: configuration)
        let extraction = try ConfinedExtraction(
            concurrency: configuration.concurrencyLimit, documentBytes: configuration.maximumDocumentBytes)
        let owners = OwnerFinder(keyring: surroundings.keyring, isSecure: surroundings.isSecure)
        // There must be time left to quote.
        let deadline = try settings.value(of: ApiServerSettings.requestDeadline) / 3 * 2
        let timeout = try min(settings.value(of: ApiServerSettings.modelTimeout), deadline)
        let answerer = Answerer(
            search: PassageSearch(database: surroundings.database),
            model: surroundings.model.map { LanguageModelAnswers(client: $0, timeout: timeout, streamTimeout: deadline) },
            budget: surroundings.budget.map { CallerTokens(budget: $0) }, logger: logger)
        let documents = DocumentOperations(
            store: store, owners: owners, uploadDeadline: try settings.value(of: RetrievalSettings.uploadTimeout))
        return RetrievalParts(
            operations: documents.operations + QueryOperations(answerer: answerer, owners: owners).operations,
            services: [DocumentWorker(store: store, extraction: extraction, logger: logger)])
    }

    /// The folder of uploads as set, else `documents` beside a SQLite file, else `var/documents`.
    static func folderPath(_ settings: SettingsReader, database url: DatabaseURL?) throws -> String {
        try settings.value(of: RetrievalSettings.folder) ?? url?.place(named: "documents") ?? "var/documents"
    }

    private static func folder(_ settings: SettingsReader, database url: DatabaseURL) async throws -> DocumentFolder {
        let path = try self.folderPath(settings, database: url)
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw Program.fail("DOCUMENT_FOLDER: \(path): \(error.localizedDescription)")
        }
        do {
            return try await DocumentFolder.open(path: path)
        } catch let error as RetrievalError {
            throw Program.fail("DOCUMENT_FOLDER: \(path): \(error.message)\(error.detail.map { " (\($0))" } ?? "")")
        }
    }
}
