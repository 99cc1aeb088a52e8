public import Persistence
public import Testing

/// What every driver has to show, as a list of checks for a parameterised test.
///
/// ```swift
/// @Test("behaves like every driver", arguments: DatabaseConformance.checks)
/// func conforms(_ check: DatabaseConformance.Check) async throws {
///     let database = try await SQLiteDatabase.inMemory()
///     try await check.run(on: database)
/// }
/// ```
public enum DatabaseConformance {
    /// One promise of the contract.
    public struct Check: Sendable, CustomTestStringConvertible {
        /// The promise in words.
        public let title: String

        let body: @Sendable (any Database) async throws -> Void

        /// The title, under which a test run lists the check.
        public var testDescription: String { self.title }

        init(_ title: String, body: @escaping @Sendable (any Database) async throws -> Void) {
            self.title = title
            self.body = body
        }

        /// Checks the promise and closes the database.
        ///
        /// - Parameter database: An open database without tables, of which the check makes its own; on a server, a schema
        ///   of its own.
        /// - Throws: What the driver threw where it should not have; broken promises are recorded as issues.
        public func run(on database: any Database) async throws {
            do {
                try await self.body(database)
            } catch {
                await database.close()
                throw error
            }
            await database.close()
        }
    }

    /// All promises.
    public static var checks: [Check] {
        self.valueChecks + self.sizeChecks + self.statementChecks + self.violationChecks + self.transactionChecks
            + self.isolationChecks + self.queryChecks + self.lifeChecks
    }
}
