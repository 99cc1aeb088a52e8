import SchemasTestSupport

extension TestPlace {
    /// Makes the tables of an older tool in an empty PostgreSQL database, by hand.
    func make(_ older: OlderDatabase) async throws {
        try await self.query(older.statements.map { "\($0);\n" }.joined())
    }
}
