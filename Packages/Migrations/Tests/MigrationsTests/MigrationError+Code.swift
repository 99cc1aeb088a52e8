import Migrations

/// An error that equals every ``MigrationError`` of one code, for expectations.
extension MigrationError {
    static func code(_ code: Code) -> MigrationError {
        MigrationError(code, message: "")
    }
}
