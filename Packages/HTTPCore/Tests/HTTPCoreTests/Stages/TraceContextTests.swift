import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Instrumentation
import ServiceContextModule
import StrictJSON
import Testing

/// The instrument is one per process, so no other suite may install one.
@Suite("Trace context", .serialized)
struct TraceContextTests {
    private enum ParentKey: ServiceContextKey {
        typealias Value = String
    }

    private struct FakeInstrument: Instrument {
        func extract<Carrier, Extract: Extractor>(
            _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
        )
        where Extract.Carrier == Carrier {
            context[ParentKey.self] = extractor.extract(key: "traceparent", from: carrier)
        }

        func inject<Carrier, Inject: Injector>(_ context: ServiceContext, into carrier: inout Carrier, using injector: Inject)
        where Inject.Carrier == Carrier {}
    }

    @Test("of the client reaches the handler")
    func extracted() async throws {
        InstrumentationSystem.bootstrap(FakeInstrument())
        let service = try Fixture([
            Operation(.get, "/trace", id: "trace", summary: "", tag: "", access: .anyone) { _ in
                .json(.ok, ["parent": .string(orNull: ServiceContext.current?[ParentKey.self])])
            }
        ]).service
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let answer = try await service.answer(.get, "/trace", headers: [.known("traceparent"): parent])
        #expect(try answer.text("parent") == parent)
        #expect(try await service.answer(.get, "/trace").json["parent"] == .null)
    }
}
