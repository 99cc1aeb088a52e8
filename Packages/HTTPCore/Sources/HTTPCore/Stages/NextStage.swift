import Hummingbird

/// The rest of the way of a request, as every stage gets it.
typealias NextStage = @concurrent (Request, GatehouseContext) async throws -> Response
